"""Alternatives of a schema × a value → those that its keys leave: a `const` or an `enum` decides first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from callsheet.contracts.faults import pointer_in
from callsheet.contracts.nodes import Judge, all_of, resolved
from callsheet.documents import equal


class Named(Struct, frozen=True):
    """The values that an alternative allows of a property, and where it says so."""

    allowed: Sequence[Any]
    at: str


class Decision(Struct, frozen=True):
    """What the keys of a value leave of alternatives: every other one is certainly not satisfied.

    Attributes:
        branches: those that are left.
        key: the property by whose value none is left; empty where some are.
        named: the values that any of them allows of it.

    """

    branches: Sequence[Any]
    key: str = ""
    named: Named | None = None


class Choices:
    """Decides between the alternatives of one root."""

    def __init__(self, root: dict[str, Any], judge: Judge) -> None:
        self.root = root
        self.judge = judge
        self._deciders: dict[int, tuple[list[Any], dict[str, list[Named]]]] = {}

    def decide(self, branches: list[Any], value: Any) -> Decision:
        """Return which alternatives the keys of a value leave."""
        if not isinstance(value, dict):
            return Decision(branches)
        if id(branches) not in self._deciders:
            self._deciders[id(branches)] = self._deciders_of(branches)
        left, deciders = self._deciders[id(branches)]
        keys = [name for name in deciders if name in value]
        if not keys:
            return Decision(branches)
        fits = {
            name: [self.judge.is_among(value[name], one.allowed) for one in deciders[name]] for name in keys
        }
        for name in keys:
            if not any(fits[name]):
                return Decision((), name, _together(deciders[name]))
        chosen = [branch for number, branch in enumerate(left) if all(fits[name][number] for name in keys)]
        return Decision(chosen or branches)

    def _deciders_of(self, branches: list[Any]) -> tuple[list[Any], dict[str, list[Named]]]:
        """Return the alternatives that take objects, and the keys whose values each of them names."""
        left, found = [], []
        for branch in branches:
            keys = self._keys(branch)
            if keys is not None:
                left.append(branch)
                found.append(keys)
        if len(left) < 2:
            return branches, {}
        names = [name for name in found[0] if all(name in one for one in found)]
        return left, {name: [one[name] for one in found] for name in names}

    def _keys(self, branch: Any) -> dict[str, Named] | None:
        """Return the properties of which an alternative names the values; None where it takes no object."""
        found: dict[str, Named] = {}
        for node in all_of(branch, self.root):
            if "object" not in _listed(node.get("type", "object")):
                return None
            for name, schema in node.get("properties", {}).items():
                named = self._named(schema)
                if named is not None:
                    found.setdefault(name, named)
        return found

    def _named(self, schema: Any) -> Named | None:
        """Return the values that a schema names; None where it names none."""
        seen: set[int] = set()
        while isinstance(schema, dict) and id(schema) not in seen:
            seen.add(id(schema))
            if "const" in schema:
                return Named((schema["const"],), pointer_in(schema))
            if isinstance(schema.get("enum"), list):
                return Named(schema["enum"], pointer_in(schema))
            if "$ref" not in schema:
                return None
            schema = resolved(schema, self.root)
        return None


def _together(named: list[Named]) -> Named:
    """Return the values that any alternative allows, each once."""
    found: list[Any] = []
    for one in named:
        found += [value for value in one.allowed if not any(equal(value, other) for other in found)]
    return Named(found, named[0].at)


def _listed(kinds: Any) -> list[Any]:
    return [kinds] if isinstance(kinds, str) else list(kinds)
