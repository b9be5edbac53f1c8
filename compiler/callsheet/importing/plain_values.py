"""A schema of one value → a plain value of its type, within its limits."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from callsheet.calling.parameters import MOST_EXACT, is_multiple
from callsheet.importing.fitting import fits, matching

_TYPES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


def plain_value(node: dict[str, Any], name: str) -> Any:
    """Return a value of a schema's type, with its name where it is a text."""
    if "enum" in node:
        return node["enum"][0]
    kind = node.get("type", "string")
    value = _TYPES.get(kind[0] if isinstance(kind, list) else kind, "text")
    if isinstance(value, str):
        if (found := matching(node)) is not None:
            return found
        text = "x" * max(node.get("minLength", 0), 1) if "minLength" in node else name
        return text[: node["maxLength"]] if "maxLength" in node else text
    if isinstance(value, bool):
        return value
    return _within(node, node.get("minimum", value))


def _within(node: dict[str, Any], value: Any) -> Any:
    """Return a number within the limits of a schema."""
    if "exclusiveMinimum" in node and value <= node["exclusiveMinimum"]:
        value = node["exclusiveMinimum"] + 1
    if "maximum" in node:
        value = min(value, node["maximum"])
    if "exclusiveMaximum" in node and value >= node["exclusiveMaximum"]:
        value = node["exclusiveMaximum"] - 1
    step = node.get("multipleOf")
    return value if not step or is_multiple(value, step) else _multiple_near(node, value, step)


def _multiple_near(node: dict[str, Any], value: Any, step: Any) -> Any:
    """Return the next multiple of a number, or the one before where the next is beyond the limits."""
    # A whole number is a multiple of 2.5 where it is one of 5.
    is_integer = node.get("type") == "integer"
    unit = Decimal(Fraction(str(step)).numerator if is_integer else str(step))
    for rounding in (ROUND_CEILING, ROUND_FLOOR):
        number = (Decimal(str(value)) / unit).to_integral_value(rounding) * unit
        is_whole = is_integer or (isinstance(value, int) and isinstance(step, int))
        found = int(number) if is_whole else float(number)
        if fits(found, node):
            return found
    return value


def whole_limits(node: dict[str, Any]) -> dict[str, int]:
    """Return the limits of a whole number that a schema says by the numbers beyond them."""
    found = {}
    low, high = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if isinstance(low, int | float) and abs(low) < MOST_EXACT:
        found["minimum"] = max(floor(low) + 1, node.get("minimum", -MOST_EXACT))
    if isinstance(high, int | float) and abs(high) < MOST_EXACT:
        found["maximum"] = min(ceil(high) - 1, node.get("maximum", MOST_EXACT))
    return found
