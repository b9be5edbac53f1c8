"""The expressions of compiled slots, parsed again: each once."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import nodes

from callsheet.templates.syntax import parse_leaf


@lru_cache(maxsize=1_000)
def parse_slot(text: str) -> nodes.Expr:
    """Return the tree of an expression as a compiled object contains it: without its braces.

    Raises:
        TypeError: for a text that is no expression; the compiler writes none.

    """
    (part,) = parse_leaf("{{ " + text + " }}")
    if isinstance(part, str):
        raise TypeError("the expression of a compiled action is a string")
    return part.node
