"""CS421: numbers of YAML that lose the form in which they are written, because they become part of a text.

`3.10` is the number 3.1, and `+49` is 49: inside a text, a URL or a header, nothing else is left of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from callsheet.documents import Document, Path, Problem
from callsheet.documents.scalars import Trap, resolve
from callsheet.language.action import Definition
from callsheet.language.catalog import Spots, declare
from callsheet.language.environment import Environment
from callsheet.language.merge import holds, value_in
from callsheet.templates.values import text_of

declare(
    "CS421",
    "written-form-lost",
    """A number in a string should be written as it will be sent: `3.10` becomes `3.1`, `+49` becomes `49`.

YAML and JSON keep the number, and not how it was written. In quotes, it is a string, and stays as it is.
This does not apply to a number that stays one, as the whole of a payload's field.

Bad:
    request: {query: {version: 3.10}}
Good:
    request: {query: {version: "3.10"}}
""",
    severity="warning",
)

_TO_TEXT = frozenset(("string", "lower", "upper", "trim", "urlencode", "replace"))
"""Filters whose result is the text of what they get, or made from it."""


def lost_in_template(node: nodes.Node, environment: Environment, *, in_text: bool) -> Iterator[Problem]:
    """Report the numbers of an environment's values that an expression puts into a text.

    Args:
        node: of the expression.
        environment: for which it is evaluated.
        in_text: does the whole of it become a text, or a part of one?

    """
    for path in _values_in(node, in_text=in_text):
        if not holds(environment.values, path):
            continue
        for document in environment.chain:
            if holds(document.value["spec"].get("values"), path):
                yield from _lost(document, ("spec", "values", *path), value_in(environment.values, path))
                break


def lost_constant(
    value: Any, action: Definition, environment: Environment, path: Path
) -> Iterator[Problem]:
    """Report a number that an action, or an overlay, writes where it becomes a text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    document, there, _ = environment.written(action, path)
    yield from _lost(document, there, value)


def _values_in(node: nodes.Node, *, in_text: bool) -> Iterator[Path]:
    """Return the paths below `values` whose very value becomes a text."""
    if isinstance(node, nodes.Concat):
        for one in node.nodes:
            yield from _values_in(one, in_text=True)
    elif isinstance(node, nodes.CondExpr):
        for branch in (node.expr1, node.expr2):
            if branch is not None:
                yield from _values_in(branch, in_text=in_text)
    elif isinstance(node, nodes.Filter) and node.node is not None:
        if node.name == "default" or node.name in _TO_TEXT:
            yield from _values_in(node.node, in_text=in_text or node.name in _TO_TEXT)
    elif in_text:
        path = _path(node)
        if path:
            yield path


def _path(node: nodes.Node) -> Path | None:
    """Return the path of `values.a.b[0]`; None for any other expression."""
    if isinstance(node, nodes.Name):
        return () if node.name == "values" else None
    if isinstance(node, nodes.Getattr):
        before, step = _path(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        before, step = _path(node.node), node.arg.value
    else:
        return None
    return None if before is None else (*before, step)


def _lost(document: Document, path: Path, value: Any) -> Iterator[Problem]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    span = document.places.values.get(path)
    if span is None or span.line != span.end_line:
        return
    written = _lines(document.text)[span.line - 1][span.column - 1 : span.end_column - 1]
    shown = text_of(value)
    if written != shown and _number(written) == value:
        yield Spots("CS421", document).value(
            path,
            f"`{written}` is a number, and becomes `{shown}` in a string",
            do=f'write `"{written}"` to keep its form, or `{shown}` to keep it a number',
        )


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def _number(written: str) -> float | None:
    """Return the number that is written; None for an alias, or what else may stand there."""
    found = resolve(written)
    if isinstance(found, Trap):
        try:
            # JSON has numbers that YAML 1.1 does not know.
            return float(written)
        except ValueError:
            return None
    return found if isinstance(found, int | float) else None
