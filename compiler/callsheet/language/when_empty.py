"""`$whenEmpty: drop`: a mapping of a payload that is left out where no parameter in it has a value.

A compiled mapping has the marker as its author wrote it, beside its fields, or beside `$literal`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.documents import Path

WHEN_EMPTY = "$whenEmpty"
DROP = "drop"
"""What the marker says: the only value that it has."""

_OWN = ("$literal", WHEN_EMPTY)


def is_droppable(node: Any) -> bool:
    """Return whether a compiled value is a mapping that is left out where it is empty."""
    return isinstance(node, Mapping) and node.get(WHEN_EMPTY) == DROP


def members(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the fields of a compiled mapping, without what compiling and the marker add."""
    if "$literal" in node:
        found: Mapping[str, Any] = node["$literal"]
        return found
    return {key: one for key, one in node.items() if key != WHEN_EMPTY} if WHEN_EMPTY in node else node


def is_mapping(value: Any) -> bool:
    """Return whether a compiled value is a mapping of the payload's own: neither a slot nor a secret."""
    return isinstance(value, Mapping) and not any(key.startswith("$") and key not in _OWN for key in value)


def is_misspelt(key: str) -> bool:
    """Return whether a key of a payload is meant to be the marker, and is not."""
    return key != WHEN_EMPTY and key.replace("_", "").replace("-", "").lower() == WHEN_EMPTY.lower()


def inside(node: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield what a compiled mapping or list contains, by key or index; a slot contains nothing."""
    if isinstance(node, list):
        yield from enumerate(node)
    elif is_mapping(node):
        yield from members(node).items()


def droppable_in(node: Any, path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the mappings of a compiled payload that are left out where they are empty, outer ones first."""
    if is_droppable(node):
        yield path, node
    for key, one in inside(node):
        yield from droppable_in(one, (*path, key))
