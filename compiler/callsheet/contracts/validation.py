"""A value × a translated schema → faults in the words of an author, each with the place in the contract.

Valid values are recognized by the compiled Rust validator, where its work is bounded. The faults of others,
and the verdict where its work is not bounded, are found by `evaluation.py`. Where a choice (`oneOf`,
`anyOf`) fails, the alternative that comes nearest is reported instead of "none of these".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from callsheet.contracts.alternatives import Alternatives
from callsheet.contracts.evaluation import Evaluation
from callsheet.contracts.faults import Fault, pointer_in, refused
from callsheet.contracts.growth import MAX_LOOKS, MAX_WORK, is_small, looks_of
from callsheet.contracts.nodes import compiled, resolved
from callsheet.contracts.solving import OutOfBudget
from callsheet.documents import Path

DEPTH = 12

__all__ = ["Fault", "Validation", "Verdict", "deprecated_in"]


class Verdict(Struct, frozen=True):
    """What is wrong with a value.

    Attributes:
        faults: empty where it is valid.
        decided: False where value and schema are too large to be compared: there is no verdict.

    """

    faults: tuple[Fault, ...] = ()
    decided: bool = True


class Validation:
    """One translated schema, compiled once."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        # Compiling by jsonschema-rs follows every way too.
        self._looks = looks_of(schema)
        self._validator = compiled(schema) if self._looks <= MAX_LOOKS else None

    def verdict(self, value: Any) -> Verdict:
        """Return what is wrong with a value, or that this could not be found out."""
        wrong = False
        if self._validator is not None and is_small(value, MAX_WORK / self._looks):
            if self._validator.is_valid(value):
                return Verdict(self._alternatives.faults(value))
            wrong = True
        try:
            result = self._evaluation.result(value)
            return Verdict(self._alternatives.faults(value) if result.valid else result.faults)
        except OutOfBudget:
            return Verdict((refused(self.schema),)) if wrong else Verdict(decided=False)

    def faults(self, value: Any) -> tuple[Fault, ...]:
        """Return what is certainly wrong with a value; empty where it is valid."""
        return self.verdict(value).faults

    @cached_property
    def _alternatives(self) -> Alternatives:
        return Alternatives(self.schema)

    @cached_property
    def _evaluation(self) -> Evaluation:
        return Evaluation(self.schema)


def deprecated_in(schema: dict[str, Any], value: Any) -> Iterator[tuple[Path, str]]:
    """Yield the properties of a value that a schema marks as deprecated, each with its pointer there."""
    yield from _deprecated(schema, value, (), schema, 0, {})


def _deprecated(
    node: Any, value: Any, path: Path, root: dict[str, Any], depth: int, seen: dict[tuple[int, Path], int]
) -> Iterator[tuple[Path, str]]:
    # Alternatives lead to the same node on many ways: it is looked at again only on a shorter one.
    if not isinstance(node, dict) or depth > DEPTH or seen.get((id(node), path), DEPTH + 1) <= depth:
        return
    seen[id(node), path] = depth
    if "$ref" in node:
        yield from _deprecated(resolved(node, root), value, path, root, depth + 1, seen)
    for name in ("allOf", "anyOf", "oneOf"):
        for one in node.get(name, ()):
            yield from _deprecated(one, value, path, root, depth + 1, seen)
    if isinstance(value, dict):
        for key, one in node.get("properties", {}).items():
            if key in value:
                if isinstance(one, dict) and one.get("deprecated") is True:
                    yield (*path, key), pointer_in(one) or pointer_in(node)
                yield from _deprecated(one, value[key], (*path, key), root, depth + 1, seen)
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _deprecated(node.get("items"), one, (*path, index), root, depth + 1, seen)
