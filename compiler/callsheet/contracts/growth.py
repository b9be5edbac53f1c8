"""A translated schema → how often a validator without memory may look at one value by it."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from callsheet.contracts.nodes import in_place, inside
from callsheet.contracts.solving import OutOfBudget, Solver

MAX_LOOKS = 10_000
"""More are not left to jsonschema-rs, which follows every way also when it compiles."""

MAX_WORK = 20_000_000
"""So many looks at all the values of one document are left to it: about a second."""

_NODES = 1_000_000


def looks_of(schema: dict[str, Any]) -> float:
    """Return how often jsonschema-rs may look at one value, at most; infinite where a schema is circular.

    It goes through every alternative again at each level: where alternatives refer to themselves, or to one
    another many times, the number of looks is a power of the depth.
    """

    def looks(node: Any) -> Generator[Any, float, float]:
        if not isinstance(node, dict):
            return 1.0
        here = 0.0
        for one in in_place(node, schema):
            here += yield one
        # What nothing evaluated is found by evaluating again.
        here *= 2 if "unevaluatedProperties" in node else 1
        deepest = 0.0
        for one in inside(node):
            deepest = max(deepest, (yield one))
        return max(1.0, here + deepest)

    try:
        return Solver(looks, id, float("inf"), _NODES).solve(schema)
    except OutOfBudget:
        return float("inf")


def is_small(value: Any, most: float) -> bool:
    """Return whether a value consists of at most so many values."""
    count, rest = 0, [value]
    while rest:
        one = rest.pop()
        count += 1
        if count > most:
            return False
        rest += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return True
