"""A description of several files → one value, in which each `$ref` leads somewhere within it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.contracts.descriptions import METHODS
from callsheet.documents import parts_of, pointer_of
from callsheet.documents.file_references import file_of

PARTS = "x-callsheet-parts"
"""Where the other files are in the bundle, by path: extensions of a description begin with `x-`."""


def bundled(file: str, value: dict[str, Any], parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a description with the values of its other files within it.

    Args:
        file: of the description.
        value: of it.
        parts: the values of the other files, by path.

    """
    whole = _Rewriter(file, file, parts).of(value)
    if parts:
        whole[PARTS] = {one: _Rewriter(one, file, parts).of(found) for one, found in parts.items()}
    return with_operations(whole)


def with_operations(description: dict[str, Any]) -> dict[str, Any]:
    """Return a description with path items and operations in the place of the `$ref` to them."""
    paths = description.get("paths")
    if not isinstance(paths, dict) or not any(map(_has_reference, paths.values())):
        return description
    found = {path: _item(one, description) for path, one in paths.items()}
    return {**description, "paths": found}


def file_and_pointer(pointer: str) -> tuple[str, str]:
    """Return the file in a bundle that a pointer leads into, and the pointer there; empty for none."""
    parts = parts_of(pointer)
    if len(parts) < 2 or parts[0] != PARTS:
        return "", pointer
    return parts[1], pointer_of(parts[2:])


def why_unread(reference: str) -> str:
    """Return why a reference that leads out of the bundle leads nowhere, as a relative clause says it."""
    path = reference.partition("#")[0]
    if not path:
        return "is no pointer into the file: one begins with `#/`"
    if "://" in path or path.startswith("//"):
        return "is at another address: nothing is fetched"
    if not path.endswith((".json", ".yaml", ".yml")):
        return "is not read: only .json, .yaml and .yml files of the workspace are"
    return "is not in the workspace, or cannot be read"


def _has_reference(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    operations = [item.get(one) for one in METHODS]
    return "$ref" in item or any(isinstance(one, dict) and "$ref" in one for one in operations)


def _item(item: Any, description: dict[str, Any]) -> Any:
    found = _followed(item, description)
    if not isinstance(found, dict):
        return found
    return {key: _followed(one, description) if key in METHODS else one for key, one in found.items()}


def _followed(node: Any, description: dict[str, Any]) -> Any:
    """Return what a node stands for; what is beside its `$ref` goes before what that says (OpenAPI 3.1)."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(node.get("$ref"), str) and node["$ref"] not in seen:
        seen.add(node["$ref"])
        there = _at(description, node["$ref"])
        if not isinstance(there, dict):
            return node
        beside = {key: one for key, one in node.items() if key != "$ref"}
        node = {**there, **beside}
    return node


def _at(description: dict[str, Any], reference: str) -> Any:
    found: Any = description
    for part in parts_of(reference[1:]) if reference.startswith("#/") else ("",):
        found = found.get(part) if isinstance(found, dict) else None
    return found


class _Rewriter:
    """Writes the references of one file as they lead within the bundle, into a copy."""

    def __init__(self, file: str, main: str, parts: Mapping[str, Any]) -> None:
        self.file = file
        self.main = main
        self.parts = parts
        self.known: dict[int, Any] = {}

    def of(self, node: Any) -> Any:
        """Return a value, with what is shared in it shared again."""
        if not isinstance(node, dict | list):
            return node
        known = self.known.get(id(node))
        if known is not None:
            return known
        if isinstance(node, list):
            items: list[Any] = []
            self.known[id(node)] = items
            items += map(self.of, node)
            return items
        found: dict[str, Any] = {}
        self.known[id(node)] = found
        for key, one in node.items():
            if key == "$ref" and isinstance(one, str):
                found[key] = self._reference(one)
            elif key == "mapping" and isinstance(one, dict):
                found[key] = {name: self._mapped(to) for name, to in one.items()}
            else:
                found[key] = self.of(one)
        return found

    def _mapped(self, to: Any) -> Any:
        """Return where a mapping leads: a reference, or a whole file; the name of a schema stays."""
        is_file = isinstance(to, str) and ("#" in to or file_of(self.file, to) in self.parts)
        return self._reference(to) if is_file else to

    def _reference(self, reference: str) -> str:
        path, _, pointer = reference.partition("#")
        file = file_of(self.file, path) if path else self.file
        if file == self.main:
            return f"#{pointer}" if pointer else reference
        if file not in self.parts:
            return reference
        return f"#{pointer_of((PARTS, file))}{pointer}"
