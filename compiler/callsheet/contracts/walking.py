"""A value × a translated schema → each value inside it, with all the schemas that may describe it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.contracts.nodes import Judge, in_place, named_in
from callsheet.documents import Path

Nodes = tuple[Any, ...]
Named = dict[str, list[Any]]

_CONDITIONS = ("if", "then", "else")
_ALTERNATIVES = ("anyOf", "oneOf")


class Walk:
    """Walks through values by one root; what several values share of it is found once."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.judge = Judge()
        self._named: dict[tuple[int, ...], Named] = {}
        self._chosen: dict[tuple[int, ...], Named] = {}
        self._parts: dict[tuple[int, ...], Nodes] = {}

    def values(self, value: Any) -> Iterator[tuple[Nodes, Any, Path]]:
        """Yield each value that a schema describes: the schemas, the value, its path."""
        rest: list[tuple[Nodes, Any, Path]] = [((self.root,), value, ())]
        while rest:
            nodes, one, path = rest.pop()
            if not nodes:
                continue
            yield nodes, one, path
            if isinstance(one, dict):
                rest += [(self.under(nodes, key), inner, (*path, key)) for key, inner in one.items()]
            elif isinstance(one, list):
                rest += [
                    (self.item(nodes, index), inner, (*path, index)) for index, inner in enumerate(one)
                ]

    def named(self, nodes: Nodes) -> Named:
        """Return the properties that any of the nodes names, with all that they are made of."""
        key = tuple(map(id, nodes))
        if key not in self._named:
            self._named[key] = self._together(nodes)
        return self._named[key]

    def chosen(self, nodes: Nodes) -> Named:
        """Return the properties that only alternatives name, and no condition."""
        key = tuple(map(id, nodes))
        if key not in self._chosen:
            named, plain = self.named(nodes), self._together(nodes, (*_CONDITIONS, *_ALTERNATIVES))
            without = self._together(nodes, _CONDITIONS)
            self._chosen[key] = {
                name: schemas
                for name, schemas in without.items()
                if name not in plain and len(schemas) == len(named[name])
            }
        return self._chosen[key]

    def parts(self, nodes: Nodes) -> Nodes:
        """Return the nodes, and those that they hold the same value against."""
        key = tuple(map(id, nodes))
        if key not in self._parts:
            seen: dict[int, Any] = {}
            rest = [*nodes]
            while rest:
                one = rest.pop(0)
                if isinstance(one, dict) and id(one) not in seen:
                    seen[id(one)] = one
                    kept = {name: it for name, it in one.items() if name not in ("not", "if")}
                    rest += in_place(kept, self.root)
            self._parts[key] = tuple(seen.values())
        return self._parts[key]

    def _together(self, nodes: Nodes, without: tuple[str, ...] = ()) -> Named:
        found: Named = {}
        for node in nodes:
            for name, schemas in named_in(node, self.root, without).items():
                known = found.setdefault(name, [])
                known += [one for one in schemas if all(one is not other for other in known)]
        return found

    def under(self, nodes: Nodes, key: str) -> Nodes:
        """Return the schemas of the value of a key."""
        named = self.named(nodes)
        found = [*named.get(key, ()), *self._matched(nodes, key)]
        if found or key in named:
            return tuple(found)
        return tuple(
            one[name]
            for one in self.parts(nodes)
            for name in ("additionalProperties", "unevaluatedProperties")
            if name in one
        )

    def is_matched(self, nodes: Nodes, key: str) -> bool:
        """Return whether a pattern of any of the nodes describes a key."""
        return bool(self._matched(nodes, key))

    def _matched(self, nodes: Nodes, key: str) -> list[Any]:
        return [
            schema
            for one in self.parts(nodes)
            for pattern, schema in one.get("patternProperties", {}).items()
            if self.judge.matches(pattern, key)
        ]

    def item(self, nodes: Nodes, index: int) -> Nodes:
        """Return the schemas of an item of a list."""
        found: list[Any] = []
        for one in self.parts(nodes):
            first = one.get("prefixItems", ())
            found.append(first[index] if index < len(first) else one.get("items"))
        return tuple(one for one in found if isinstance(one, dict))
