"""A value × a translated schema → open keys that look like one that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from callsheet.contracts.faults import pointer_in
from callsheet.contracts.walking import Nodes, Walk
from callsheet.documents import Path
from callsheet.words import misspelt

MAX_OTHERS = 100
"""An object with more keys that the contract does not name is a mapping, whose keys are free."""


class NearKey(Struct, frozen=True):
    """A key that is probably misspelt.

    Attributes:
        path: of the key.
        meant: the property that the contract names, and the value lacks.
        at: the pointer of that property in the contract.

    """

    path: Path
    meant: str
    at: str


def near_keys(schema: dict[str, Any], value: Any) -> Iterator[NearKey]:
    """Yield the keys of a value, at any depth, that are near to one that the schema names there."""
    walk = Walk(schema)
    found = [
        near
        for nodes, one, path in walk.values(value)
        if isinstance(one, dict)
        for near in _near(walk, nodes, one, path)
    ]
    yield from sorted(found, key=lambda one: [str(part) for part in one.path])


def _near(walk: Walk, nodes: Nodes, value: dict[str, Any], path: Path) -> Iterator[NearKey]:
    named = walk.named(nodes)
    others = [key for key in value if key not in named]
    if len(others) > MAX_OTHERS:
        return
    for key in others:
        meant = misspelt(key, named)
        if meant is not None and meant not in value and not walk.is_matched(nodes, key):
            at = next((pointer_in(one) for one in named[meant] if isinstance(one, dict)), "")
            yield NearKey((*path, key), meant, at or pointer_in(walk.parts(nodes)[0]))
