"""A compiled action ⇄ an object of the service, by one template that is read in both directions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from callsheet.language.rules.target import INVERTIBLE
from callsheet.language.target import fields_of_body

_ABSENT = object()
Path = tuple[str, ...]


class BodyMapping:
    """The `body` of a Target document."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.constants: dict[Path, Any] = {}
        self.fields: list[tuple[Path, Path, bool]] = []
        for path, leaf in fields_of_body(body):
            found = INVERTIBLE.match(leaf) if isinstance(leaf, str) else None
            if found is None:
                self.constants[path] = leaf
            else:
                where = tuple(found[1].strip(".").split(".")) if found[1] else ()
                self.fields.append((path, where, found[2] is not None))
        # The whole action first, so that single fields count more where somebody changed one of them.
        self.fields.sort(key=lambda one: len(one[1]))

    def to_body(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """Give the object of the service for a compiled action; a field that it lacks is left out."""
        body: dict[str, Any] = {}
        for path, value in self.constants.items():
            _put(body, path, value)
        for path, where, as_text in self.fields:
            value = _get(action, where)
            if value is not _ABSENT:
                text = json.dumps(value, sort_keys=True, ensure_ascii=False) if as_text else value
                _put(body, path, text)
        return body

    def from_body(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Give the compiled action of an object; None where it is none of callsheet's.

        A constant that is another one now stands under `atTarget`, so that it shows as drift.
        """
        action: dict[str, Any] = {}
        for path, where, as_text in self.fields:
            value = _get(body, path)
            if value is _ABSENT:
                continue
            if as_text:
                try:
                    value = json.loads(value)
                except (TypeError, ValueError, RecursionError):
                    return None
            if where:
                _put(action, where, value)
            elif isinstance(value, dict):
                action = json.loads(json.dumps(value))
            else:
                return None
        if not isinstance(action.get("name"), str):
            return None
        other = {
            ".".join(path): None if (now := _get(body, path)) is _ABSENT else now
            for path, value in self.constants.items()
            if _get(body, path) != value
        }
        return {**action, "atTarget": other} if other else action


def _get(value: Any, path: Path) -> Any:
    for part in path:
        if not isinstance(value, Mapping) or part not in value:
            return _ABSENT
        value = value[part]
    return value


def _put(value: dict[str, Any], path: Path, leaf: Any) -> None:
    for part in path[:-1]:
        inner = value.get(part)
        if not isinstance(inner, dict):
            inner = value[part] = {}
        value = inner
    value[path[-1]] = leaf


def at(value: Any, dotted: str) -> Any:
    """Give what stands at a dotted path; None where nothing does."""
    found = _get(value, tuple(dotted.split("."))) if dotted else value
    return None if found is _ABSENT else found
