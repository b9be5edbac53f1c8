"""Filters of numbers."""

from __future__ import annotations

from callsheet.templates.filters.table import NUMBER, template_filter


@template_filter("round", NUMBER, "number")
def _round(value: float, digits: int = 0) -> int | float:
    """Round half to even; return an integer without a number of digits.

    {{ 2.567 | round(2) }} → 2.57
    {{ 2.4 | round }} → 2
    """
    if not isinstance(digits, int) or not 0 <= digits <= 15:
        raise ValueError("round takes 0 to 15 digits")
    return round(value, digits) if digits else round(value)


@template_filter("abs", NUMBER, "number")
def _abs(value: float) -> int | float:
    """Return the value without its sign.

    {{ -3 | abs }} → 3
    """
    return abs(value)
