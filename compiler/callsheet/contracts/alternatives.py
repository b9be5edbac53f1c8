"""A value that fits a schema × its alternatives → fields that every alternative that names them refuses.

Where alternatives are open, a value fits one that does not name a field, whatever the field contains: JSON
Schema accepts it. Whoever writes a field that others name means one of those.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from callsheet.contracts.faults import Fault, worded
from callsheet.contracts.nodes import Judge, all_of
from callsheet.contracts.walking import Walk


class Alternatives:
    """The alternatives of one schema, wherever it has some."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.judge = Judge()
        self.walk = Walk(root)
        self.has_some = _has_some(root)

    def faults(self, value: Any) -> tuple[Fault, ...]:
        """Return the faults of fields by the alternatives that name them; `value` fits the schema."""
        return tuple(self._faults(value)) if self.has_some else ()

    def _faults(self, value: Any) -> Iterator[Fault]:
        for nodes, one, path in self.walk.values(value):
            if not isinstance(one, dict):
                continue
            chosen = self.walk.chosen(nodes)
            fields = [name for name in one if chosen.get(name)]
            free = ("additionalProperties", "patternProperties")
            if not fields or any(name in part for part in self.walk.parts(nodes) for name in free):
                continue
            for name in fields:
                refusals = [self._refusal(schema, one[name]) for schema in chosen[name]]
                if all(refusals):
                    keyword, node = refusals[0] or ("", {})
                    yield from worded(keyword, node, one[name], (*path, name))

    def _refusal(self, schema: Any, value: Any) -> tuple[str, dict[str, Any]] | None:
        """Return the keyword by which a schema refuses a value, and its node; None where it takes it."""
        for node in all_of(schema, self.root):
            failing = self.judge.failing(node, value)
            if failing:
                return failing[0], node
        return None


def _has_some(root: dict[str, Any]) -> bool:
    """Return whether there is a choice anywhere in a schema."""
    rest: list[Any] = [root]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            if "anyOf" in one or "oneOf" in one:
                return True
            rest += one.values()
        elif isinstance(one, list):
            rest += one
    return False
