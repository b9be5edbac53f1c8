"""A value × a translated schema → whether it is valid, and if not, its faults: by one pass over both.

What a schema says of a value at a place is found once, however many ways lead there: the work is at most
the size of the value times that of the schema. jsonschema-rs judges what a keyword says of one value; what
is said of what is inside the value, or by other schemas, is put together here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from msgspec import Struct

from callsheet.contracts.choices import Choices
from callsheet.contracts.faults import MAX_FAULTS, Fault, no_alternative, not_among, unknown_keys, worded
from callsheet.contracts.nodes import Judge, named_in, resolved
from callsheet.contracts.solving import Solver
from callsheet.documents import Path

BUDGET = 100_000
"""So many pairs of a schema and a value are looked at before there is no verdict."""


class Result(Struct, frozen=True):
    """What a schema says of a value.

    Attributes:
        valid: whether the value satisfies it.
        faults: the first ones of an invalid value; none where it only has what another alternative names.
        count: of all of its faults.
        mistyped: whether the value itself has another type, so that nothing inside it was looked at.
        evaluated: the properties of a valid value that the schema says something of.

    """

    valid: bool = True
    faults: tuple[Fault, ...] = ()
    count: int = 0
    mistyped: bool = False
    evaluated: frozenset[str] = frozenset()


class Pair(Struct, frozen=True):
    """A schema, and a value at a path that is held against it."""

    node: Any
    value: Any
    path: Path


Node = dict[str, Any]
Steps = Generator[Pair, Result, Result]
Part = Generator[Pair, Result, None]


class Evaluation:
    """Evaluates values by one schema.

    Attributes:
        steps: how many pairs the last value took.

    """

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.judge = Judge()
        self.choices = Choices(root, self.judge)
        self.steps = 0
        self._named: dict[int, dict[str, list[Any]]] = {}

    def result(self, value: Any) -> Result:
        """Return what the schema says of a value.

        Raises:
            OutOfBudget: where it takes more steps than the budget has.

        """
        solver = Solver(self._evaluate, lambda one: (id(one.node), one.path), Result(), BUDGET)
        try:
            return solver.solve(Pair(self.root, value, ()))
        finally:
            self.steps = solver.steps

    def _evaluate(self, pair: Pair) -> Steps:
        node, value, path = pair.node, pair.value, pair.path
        found = _Gathered()
        if not isinstance(node, dict):
            return found.result()
        for keyword in self.judge.failing(node, value):
            found.refuse(worded(keyword, node, value, path))
            found.mistyped |= keyword == "type"
        if isinstance(value, dict):
            yield from self._properties(node, value, path, found)
        elif isinstance(value, list):
            yield from self._items(node, value, path, found)
        for one in node.get("allOf", ()):
            found.take((yield Pair(one, value, path)))
        for keyword in ("anyOf", "oneOf"):
            if keyword in node:
                found.take((yield from self._choice(node, keyword, value, path)))
        yield from self._conditions(node, value, path, found)
        if "$ref" in node:
            found.take((yield Pair(resolved(node, self.root), value, path)))
        rest = node.get("unevaluatedProperties")
        if rest is False and isinstance(value, dict):
            yield from self._unevaluated(node, value, path, found)
        elif isinstance(rest, dict) and isinstance(value, dict):
            for name in [one for one in value if one not in found.evaluated]:
                found.evaluated.add(name)
                found.take_inner((yield Pair(rest, value[name], (*path, name))))
        return found.result()

    def _properties(self, node: Node, value: dict[str, Any], path: Path, found: _Gathered) -> Part:
        named = node.get("properties", {})
        for name, one in named.items():
            if name in value:
                found.evaluated.add(name)
                found.take_inner((yield Pair(one, value[name], (*path, name))))
        matched: set[str] = set()
        for pattern, one in node.get("patternProperties", {}).items():
            for name in [name for name in value if self.judge.matches(pattern, name)]:
                matched.add(name)
                found.take_inner((yield Pair(one, value[name], (*path, name))))
        found.evaluated |= matched
        if "additionalProperties" not in node:
            return
        extra = node["additionalProperties"]
        others = [name for name in value if name not in named and name not in matched]
        found.evaluated.update(others)
        if extra is False:
            found.refuse(unknown_keys(others, set(named), node, path))
            return
        for name in others:
            found.take_inner((yield Pair(extra, value[name], (*path, name))))

    def _items(self, node: Node, value: list[Any], path: Path, found: _Gathered) -> Part:
        first = node.get("prefixItems", ())
        for index, item in enumerate(value):
            one = first[index] if index < len(first) else node.get("items")
            if one is not None:
                found.take_inner((yield Pair(one, item, (*path, index))))
        if "contains" not in node:
            return
        number = 0
        for index, item in enumerate(value):
            number += (yield Pair(node["contains"], item, (*path, index))).valid
        if number < node.get("minContains", 1):
            found.refuse(worded("contains", node, value, path))
        if number > node.get("maxContains", number):
            found.refuse(worded("maxContains", node, value, path))

    def _conditions(self, node: Node, value: Any, path: Path, found: _Gathered) -> Part:
        if "not" in node and (yield Pair(node["not"], value, path)).valid:
            found.refuse(worded("not", node, value, path))
            # What takes no value at all is no near alternative.
            found.mistyped |= not node["not"]
        if "if" in node:
            condition = yield Pair(node["if"], value, path)
            if condition.valid:
                found.take(condition)
            chosen = node.get("then" if condition.valid else "else")
            if chosen is not None:
                found.take((yield Pair(chosen, value, path)))

    def _choice(self, node: Node, keyword: str, value: Any, path: Path) -> Steps:
        """Return what a choice says: that of the alternatives that fit, else of the nearest one."""
        decided = self.choices.decide(node[keyword], value)
        if decided.named is not None:
            there = (*path, decided.key)
            fault = not_among(decided.named.allowed, value[decided.key], there, decided.named.at)
            return Result(valid=False, faults=(fault,), count=1)
        results = yield from _each(decided.branches, value, path)
        fitting = [one for one in results if one.valid]
        if fitting and (keyword == "anyOf" or len(fitting) == 1):
            return Result(evaluated=frozenset().union(*(one.evaluated for one in fitting)))
        failing = [one for one in results if one.count]
        if failing:
            return min(failing, key=_distance)
        return Result(valid=False, faults=(no_alternative(node, path),), count=1)

    def _unevaluated(self, node: Node, value: dict[str, Any], path: Path, found: _Gathered) -> Part:
        """Refuse what nothing names; what only alternatives name that do not fit is judged by them."""
        rest = [name for name in value if name not in found.evaluated]
        if not rest:
            return
        if id(node) not in self._named:
            self._named[id(node)] = named_in(node, self.root)
        named = self._named[id(node)]
        others = found.count
        found.valid = False
        found.refuse(unknown_keys([one for one in rest if one not in named], set(named), node, path))
        if others:
            return  # it was looked at, and its schema failed elsewhere
        for name in rest:
            results = yield from _each(named.get(name, ()), value[name], (*path, name))
            if results and all(one.count for one in results):
                found.take_inner(min(results, key=_distance))


class _Gathered:
    """What was found so far of one pair."""

    def __init__(self) -> None:
        self.valid = True
        self.faults: list[Fault] = []
        self.count = 0
        self.mistyped = False
        self.evaluated: set[str] = set()

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Add faults of the value."""
        more = list(faults)
        self.valid &= not more
        self.faults += more
        self.count += len(more)

    def take_inner(self, result: Result) -> None:
        """Add what is said of something inside the value."""
        self.valid &= result.valid
        self.faults += result.faults
        self.count += result.count

    def take(self, result: Result) -> None:
        """Add what another schema says of the value."""
        self.take_inner(result)
        self.mistyped |= result.mistyped
        self.evaluated |= result.evaluated

    def result(self) -> Result:
        """Return it, the faults nearest to the value first."""
        if self.valid:
            return Result(evaluated=frozenset(self.evaluated))
        faults = sorted(self.faults, key=lambda one: (len(one.path), str(one.path)))[:MAX_FAULTS]
        return Result(valid=False, faults=tuple(faults), count=self.count, mistyped=self.mistyped)


def _each(nodes: Iterable[Any], value: Any, path: Path) -> Generator[Pair, Result, list[Result]]:
    """Return what each of some schemas says of a value."""
    found: list[Result] = []
    for one in nodes:
        result = yield Pair(one, value, path)
        found.append(result)
    return found


def _distance(result: Result) -> tuple[bool, int, int]:
    """Return how far a value is from an alternative: by type, number of faults, and where they are."""
    return result.mistyped, result.count, -max(len(one.path) for one in result.faults)
