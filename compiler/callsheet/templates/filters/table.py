"""The table of filters, which the modules beside it fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

MAX_TEXT = 1_048_576


class Filter(Struct, frozen=True):
    """One filter: what it takes and returns (JSON type names), and its function."""

    name: str
    takes: frozenset[str]
    gives: str
    function: Callable[..., Any]

    @property
    def documentation(self) -> str:
        """The docstring of the function."""
        return self.function.__doc__ or ""


FILTERS: dict[str, Filter] = {}
ANY = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
TEXT = frozenset({"string"})
SCALAR = frozenset({"string", "integer", "number", "boolean"})
NUMBER = frozenset({"integer", "number"})
LIST = frozenset({"array"})


def template_filter(
    name: str, takes: frozenset[str], gives: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, with what it takes and returns."""

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        FILTERS[name] = Filter(name, takes, gives, function)
        return function

    return enter
