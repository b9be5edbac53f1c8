"""Filters of lists, and of what has a length."""

from __future__ import annotations

from typing import Any

from callsheet.templates.filters.table import LIST, template_filter
from callsheet.templates.values import canonical_text, text_of, type_name


@template_filter("length", frozenset({"string", "array", "object"}), "integer")
def _length(value: Any) -> int:
    """Return the number of characters, items or fields.

    {{ "Ada" | length }} → 3
    """
    return len(value)


@template_filter("first", LIST, "any")
def _first(value: list[Any]) -> Any:
    """Return the first item of a list.

    {{ ["a", "b"] | first }} → "a"
    """
    if not value:
        raise ValueError("the list is empty")
    return value[0]


@template_filter("last", LIST, "any")
def _last(value: list[Any]) -> Any:
    """Return the last item of a list.

    {{ ["a", "b"] | last }} → "b"
    """
    if not value:
        raise ValueError("the list is empty")
    return value[-1]


@template_filter("join", LIST, "string")
def _join(value: list[Any], separator: Any = "") -> str:
    """Return the items as one string, with a separator between them.

    {{ ["a", 1] | join(", ") }} → "a, 1"
    """
    return str(separator).join(text_of(item) for item in value)


@template_filter("unique", LIST, "array")
def _unique(value: list[Any]) -> list[Any]:
    """Return the items without repetitions, in their order.

    {{ ["a", "b", "a"] | unique }} → ["a", "b"]
    """
    found: dict[str, Any] = {}
    for item in value:
        found.setdefault(canonical_text(item), item)
    return list(found.values())


@template_filter("sort", LIST, "array")
def _sort(value: list[Any]) -> list[Any]:
    """Return the items in ascending order; all strings or all numbers.

    {{ ["b", "a"] | sort }} → ["a", "b"]
    """
    if len({type_name(item) in ("integer", "number") for item in value}) > 1:
        raise TypeError("sort takes only strings or only numbers")
    return sorted(value)
