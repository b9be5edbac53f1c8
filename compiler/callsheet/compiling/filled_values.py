"""Values that read each other → values, each filled in before what reads it."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from callsheet.compiling.value_texts import is_ours
from callsheet.documents import Path, Problem
from callsheet.language.catalog import Spots
from callsheet.language.environment import Environment
from callsheet.language.merge import holds
from callsheet.templates.evaluate import evaluate_leaf
from callsheet.templates.faults import TemplateFault
from callsheet.templates.scope import Scope
from callsheet.templates.syntax import Expression, parse_leaf

MAX_CHAIN = 100
"""So many values may read each other in a row."""
MAX_SIZE = 20_000
"""A value may come to so many values, keys and tens of characters: one that doubles others has no end."""


class Resolver:
    """Fills in one value after the other; one that another reads comes before that."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.problems: list[Problem] = []
        self.values = _copied(environment.values)
        self.done: set[Path] = set()
        self.open: list[Path] = []
        self.sizes: dict[int, tuple[Any, int]] = {}

    def run(self) -> dict[str, Any]:
        """Return the values, filled in; what keeps one from it is in `problems`."""
        self._fill(())
        found: dict[str, Any] = self.values
        return found

    def _fill(self, path: Path, *, or_open: bool = False) -> None:
        """Fill in everything at a path and below it, with `or_open` except what is being filled in."""
        if path in self.done:
            return  # what it came to is filled in, too
        value = self._at(path)
        if isinstance(value, dict):
            for key in value:
                self._fill((*path, key), or_open=or_open)
        elif isinstance(value, list):
            for index in range(len(value)):
                self._fill((*path, index), or_open=or_open)
        elif isinstance(value, str) and is_ours(value):
            if or_open and path in self.open:
                return
            self._leaf(path, value)

    def _leaf(self, path: Path, text: str) -> None:
        if path in self.open:
            circle = (*self.open[self.open.index(path) :], path)
            names = " → ".join(".".join(map(str, ("values", *one))) for one in circle)
            fault = TemplateFault("CS333", 0, f"values read each other: {names}", "write one of them out")
            self._problem(path, fault)
            self.done.update(self.open)
            return
        self.open.append(path)
        try:
            if len(self.open) > MAX_CHAIN:
                raise _too_long(self.open)
            result = self._evaluated(text)
            if self._size(result) > MAX_SIZE:
                raise _too_large()
        except TemplateFault as fault:
            self._problem(path, fault)
            result = text
        self.open.pop()
        if path not in self.done:
            self.done.add(path)
            self._put(path, result)

    def _evaluated(self, text: str) -> Any:
        parts = parse_leaf(text)
        for part in parts:
            if isinstance(part, Expression):
                for read, known in _reads(part):
                    self._read(read, known=known)
        names = {"values": self.values, "env": {"name": self.environment.name}}
        scope = Scope(names, None, {})
        return evaluate_leaf(parts, scope)

    def _read(self, path: Path, *, known: bool) -> None:
        """Fill in what an expression reads; what is not there is reported when it is evaluated."""
        for length in range(len(path) + 1):
            if not holds(self.values, path[:length]):
                return
            if not isinstance(self._at(path[:length]), dict | list):
                self._fill(path[:length], or_open=not known)
                return
        self._fill(path, or_open=not known)

    def _size(self, value: Any) -> int:
        """Return how large a value is; one that is a part of many is counted once, and added each time."""
        if not isinstance(value, dict | list):
            return 1 + (len(value) // 10 if isinstance(value, str) else 0)
        known = self.sizes.get(id(value))
        if known is None or known[0] is not value:
            inner = [*value, *value.values()] if isinstance(value, dict) else value
            known = self.sizes[id(value)] = (value, 1 + sum(map(self._size, inner)))
        return known[1]

    def _at(self, path: Path) -> Any:
        value: Any = self.values
        for part in path:
            value = value[part]
        return value

    def _put(self, path: Path, value: Any) -> None:
        self._at(path[:-1])[path[-1]] = value

    def _problem(self, path: Path, fault: TemplateFault) -> None:
        for document in self.environment.chain:
            there: Path = ("spec", "values", *path)
            if holds(document.value, there):
                spots = Spots(fault.code, document)
                self.problems.append(spots.inside(there, fault.offset, fault.message, do=fault.help))
                return


def _too_long(chain: list[Path]) -> TemplateFault:
    first, last = (".".join(map(str, ("values", *one))) for one in (chain[0], chain[-1]))
    return TemplateFault(
        "CS510",
        0,
        f"more than {MAX_CHAIN} values read each other in a row, from `{first}` to `{last}`",
        "write some of them out",
    )


def _too_large() -> TemplateFault:
    return TemplateFault(
        "CS510", 0, "the value is too large with all that it reads", "read less of the other values"
    )


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _reads(part: Expression) -> list[tuple[Path, bool]]:
    """Return the paths below `values` that an expression reads, and whether each is known to its end."""
    output = nodes.Output([part.node])
    steps = list(output.find_all((nodes.Getattr, nodes.Getitem)))
    inner = {id(one.node) for one in steps if isinstance(one, nodes.Getattr | nodes.Getitem)}
    found = []
    for one in [*steps, *output.find_all(nodes.Name)]:
        path = _path(one) if id(one) not in inner else None
        if path is not None:
            found.append(path)
    return found


def _path(node: nodes.Node) -> tuple[Path, bool] | None:
    """Return the path of `values.a.b[0]`, and whether it is known to its end; None for another name."""
    if isinstance(node, nodes.Name):
        return ((), True) if node.name == "values" else None
    if not isinstance(node, nodes.Getattr | nodes.Getitem):
        return None
    before = _path(node.node)
    if before is None or not before[1]:
        return before
    if isinstance(node, nodes.Getattr):
        return (*before[0], node.attr), True
    if isinstance(node.arg, nodes.Const):
        return (*before[0], node.arg.value), True
    return before[0], False
