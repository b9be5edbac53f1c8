"""The table of filters, which the modules beside it fill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

MAX_TEXT = 1_048_576


class Filter(Struct, frozen=True):
    """One filter: what it takes and returns (JSON type names), and its function.

    Attributes:
        arguments: what each argument takes, in their order.
        required: how many of them must be given.

    """

    name: str
    takes: frozenset[str]
    gives: str
    function: Callable[..., Any]
    arguments: tuple[frozenset[str], ...] = ()
    required: int = 0

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
_ARGUMENTS = {
    "str": TEXT,
    "str | None": TEXT | {"null"},
    "int": frozenset({"integer"}),
    "Any": ANY,
}
"""What an argument takes, by the annotation of the function."""


def template_filter(
    name: str, takes: frozenset[str], gives: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Enter a function in the table, with what it takes and returns.

    Its arguments are those of the function after the value, as they are annotated.
    """

    def enter(function: Callable[..., Any]) -> Callable[..., Any]:
        annotations = [one for key, one in function.__annotations__.items() if key != "return"]
        arguments = tuple(_ARGUMENTS[one] for one in annotations[1:])
        defaults = getattr(function, "__defaults__", None) or ()
        FILTERS[name] = Filter(name, takes, gives, function, arguments, len(arguments) - len(defaults))
        return function

    return enter
