"""A compiled action ⇄ an object of the service, by one template that is read in both directions."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from callsheet.documents import equal
from callsheet.language.difference import NOTHING
from callsheet.language.kinds import deployed_kinds
from callsheet.language.target import fields_of_body, is_one_way
from callsheet.targets.rest.normal import is_empty, same
from callsheet.targets.rest.template import (
    KeyPath,
    bare,
    each_exact,
    field_of,
    get,
    marked,
    put,
    with_slots,
)

_NAME = re.compile(r"[A-Za-z0-9_]{1,30}\Z")


class BodyMapping:
    """The `body` of a Target document, with what it says of slots and of normalised fields.

    Args:
        spec: of the Target.

    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.partial = bool(spec.get("partial"))
        self.normalised: Mapping[str, Sequence[str]] = spec.get("normalised") or {}
        self.unseen = frozenset(spec.get("writeOnly") or ())
        slot = spec.get("slot")
        self.slot = None if slot is None else lambda name: slot.replace("NAME", name)
        self.leaves: dict[KeyPath, Any] = dict(fields_of_body(spec["body"]))
        fields = {path: field_of(leaf) for path, leaf in self.leaves.items()}
        self.fields = {path: one for path, one in fields.items() if one is not None}
        whole = [path for path, one in self.fields.items() if not one.path and one.bare]
        self.whole = whole[0] if whole else None
        self.constants = [
            path for path, leaf in self.leaves.items() if path not in self.fields and not is_one_way(leaf)
        ]

    def to_body(self, action: Mapping[str, Any]) -> dict[str, Any]:
        """Return the object of the service for a compiled action; a field that it lacks is left out.

        Raises:
            ValueError: for a slot that the service's own templates cannot say.

        """
        return self._collected(lambda path: self._sent(path, action))

    def shown_of(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what an object shows of callsheet's fields: what the service adds is its own."""
        return self._collected(lambda path: get(body, path))

    def _collected(self, leaf: Callable[[KeyPath], Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for path in self.leaves:
            value = leaf(path)
            if value is not NOTHING:
                put(found, path, value)
        return found

    def _sent(self, path: KeyPath, action: Mapping[str, Any]) -> Any:
        value = bare(marked(self.leaves[path], {"action": action}))
        return value if value is NOTHING or path == self.whole else with_slots(value, self.slot)

    def differing(self, body: Mapping[str, Any], action: Mapping[str, Any]) -> list[KeyPath]:
        """Return the paths at which an object is not what it would be for an action."""
        return [path for path in self.leaves if not self._holds(path, body, action)]

    def _holds(self, path: KeyPath, body: Mapping[str, Any], action: Mapping[str, Any]) -> bool:
        now = get(body, path)
        if ".".join(path) in self.unseen and now is NOTHING:
            return True
        if path == self.whole:
            field = self.fields[path]
            return equal(field.back(now) if now is not NOTHING else now, action)
        try:
            sent = each_exact(
                marked(self.leaves[path], {"action": action}), lambda one: with_slots(one, self.slot)
            )
        except ValueError:
            return False
        return same(sent, now, self.normalised.get(".".join(path), ()))

    def from_body(
        self, body: Mapping[str, Any], known: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    ) -> dict[str, Any] | None:
        """Return the compiled action of an object; None where it is not callsheet's.

        What a one-way leaf or a constant says otherwise stands under `atTarget`: it shows as drift.

        Args:
            body: the object.
            known: by address, what callsheet wrote of it, or meant to, the likeliest first: what the
                service does not keep comes from there.

        """
        bases = self._bases(body, known or {})
        if bases is None:
            return None
        # What an earlier reading found otherwise there says nothing of what is there now.
        bases = [{key: one for key, one in base.items() if key != "atTarget"} for base in bases]
        for base in bases:
            if not self.differing(body, base):
                return dict(base)
        if not bases and any(not self._holds(path, body, {}) for path in self.constants):
            return None
        action: dict[str, Any] = json.loads(json.dumps(bases[0] if bases else {}))
        other: dict[str, Any] = {}
        held = []
        for path in self.leaves:
            if not self._holds(path, body, action):
                self._overlay(action, other, path, get(body, path))
            if self._holds(path, body, action):
                held.append(path)
        for path in held:
            if not self._holds(path, body, action):
                # Two fields of the body say one field of the action, and the service holds them apart: the
                # last one counts, whatever was known before.
                now = get(body, path)
                other[".".join(path)] = None if now is NOTHING else now
        if not isinstance(action.get("name"), str):
            return None
        if self.whole is None and not _NAME.match(action["name"]):
            return None
        return {**action, "atTarget": other} if other else action

    def _bases(
        self, body: Mapping[str, Any], known: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> Sequence[Mapping[str, Any]] | None:
        """Return the actions that an object may be; None where it is not callsheet's."""
        if self.whole is not None:
            whole = self.fields[self.whole].back(get(body, self.whole))
            return [whole] if isinstance(whole, dict) and isinstance(whole.get("name"), str) else None
        said = {one.path: one.back(get(body, path)) for path, one in self.fields.items()}
        name, kind = said.get(("name",)), said.get(("kind",))
        kinds = [kind] if isinstance(kind, str) else deployed_kinds()
        return next((known[it] for it in (f"{one}/{name}" for one in kinds) if known.get(it)), ())

    def _overlay(self, action: dict[str, Any], other: dict[str, Any], path: KeyPath, now: Any) -> None:
        """Write what an object says otherwise into the action: as its field, or as what is there."""
        field = self.fields.get(path)
        if path == self.whole:
            return
        if field is None or (self.slot is not None and not _is_plain(get(action, field.path))):
            other[".".join(path)] = None if now is NOTHING else now
            return
        value = NOTHING if now is NOTHING else field.back(now)
        if value is NOTHING and now is not NOTHING:
            other[".".join(path)] = now
        elif value is NOTHING or (is_empty(value) and get(action, field.path) is NOTHING):
            _drop(action, field.path)
        elif field.path:
            put(action, field.path, value)


def _is_plain(value: Any) -> bool:
    """Return whether a value contains no slot, so that the service gets it as it is."""
    if isinstance(value, dict):
        return all(not key.startswith("$") and _is_plain(one) for key, one in value.items())
    return all(map(_is_plain, value)) if isinstance(value, list) else True


def _drop(value: dict[str, Any], path: KeyPath) -> None:
    inner = get(value, path[:-1])
    if isinstance(inner, dict):
        inner.pop(path[-1], None)
