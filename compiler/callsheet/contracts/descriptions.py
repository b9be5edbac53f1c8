"""A description, parsed → its operations by name, found in one pass."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from msgspec import Struct

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Written(NamedTuple):
    """An operation of OpenAPI as its description writes it."""

    path: str
    method: str
    item: dict[str, Any]
    node: dict[str, Any]

    @property
    def by_path(self) -> str:
        """What it is called without an id."""
        return f"{self.method.upper()} {self.path}"


class Description(Struct, eq=False, dict=True, weakref=True):
    """A vendor's description; nothing in it is changed."""

    value: dict[str, Any]

    @cached_property
    def operations(self) -> dict[str, list[Written]]:
        """The operations of an OpenAPI description, by `operationId` and as `POST /path`."""
        found: dict[str, list[Written]] = {}
        for one in self._written():
            name = one.node.get("operationId")
            for key in {name, one.by_path} if isinstance(name, str) else (one.by_path,):
                found.setdefault(key, []).append(one)
        return found

    def names(self, tag: str | None = None) -> list[str]:
        """Return the names of the operations of an OpenAPI description, or of those with a tag."""
        return [
            str(one.node.get("operationId") or one.by_path)
            for one in self._written()
            if tag is None or tag in (one.node.get("tags") or ())
        ]

    @cached_property
    def methods(self) -> dict[Any, tuple[str, dict[str, Any]]]:
        """The methods of a Google discovery document, each with its pointer, by `id`."""
        found: dict[Any, tuple[str, dict[str, Any]]] = {}
        for at, one in _methods(self.value, ""):
            found.setdefault(one.get("id"), (at, one))
        return found

    def _written(self) -> Iterator[Written]:
        paths = self.value.get("paths")
        for path, item in (paths if isinstance(paths, dict) else {}).items():
            for method in METHODS:
                if isinstance(item, dict) and isinstance(item.get(method), dict):
                    yield Written(path, method, item, item[method])


def _methods(node: dict[str, Any], at: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, one in (node.get("methods") or {}).items():
        yield f"{at}/methods/{name}", one
    for name, one in (node.get("resources") or {}).items():
        yield from _methods(one, f"{at}/resources/{name}")
