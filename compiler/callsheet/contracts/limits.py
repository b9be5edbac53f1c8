"""What a schema of a description says of one value → the same without what no validator takes.

A description is not ours to correct: a limit that is no limit, such as a negative length, says nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import Any

LARGEST = 2**53 - 1
"""Of a length or a number of items: no value reaches it, and readers of JSON keep it."""
MOST_DIGITS = 1e300
"""Beyond this, arithmetic on a bound leaves the range of a double."""


def sayable(node: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return the keywords that say something of one value, and the names of those that are not valid."""
    found, wrong = {}, []
    for name in [one for one in _VALID if one in node]:
        is_valid = _VALID[name]
        if is_valid(node[name]):
            found[name] = int(node[name]) if is_valid is is_count else node[name]
        elif node[name] is not None:
            wrong.append(name)
    return found, wrong


def exclusive_bounds(said: dict[str, Any]) -> dict[str, Any]:
    """Return exclusive bounds as numbers: they were true or false before JSON Schema 6."""
    found: dict[str, Any] = {}
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        value = said.get(name)
        if isinstance(value, bool):
            if value and bound in said:
                found[name] = said[bound]
        elif value is not None:
            found[name] = value
    return found


def is_count(value: Any) -> bool:
    """Return whether a value is a length or a number of items."""
    return _is_number(value) and 0 <= value <= LARGEST and not value % 1


def is_bound(value: Any) -> bool:
    """Return whether a value is a number that others can be compared with."""
    return _is_number(value) and abs(value) <= MOST_DIGITS


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)


def _is_finite(value: float) -> bool:
    return isinstance(value, int) or isfinite(value)


def _is_step(value: Any) -> bool:
    return is_bound(value) and value > 0


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


_VALID: dict[str, Callable[[Any], bool]] = {
    "enum": _is_list,
    "const": lambda _: True,
    "minLength": is_count,
    "maxLength": is_count,
    "minimum": is_bound,
    "maximum": is_bound,
    "exclusiveMinimum": lambda value: _is_flag(value) or is_bound(value),
    "exclusiveMaximum": lambda value: _is_flag(value) or is_bound(value),
    "multipleOf": _is_step,
    "minItems": is_count,
    "maxItems": is_count,
    "minContains": is_count,
    "maxContains": is_count,
    "uniqueItems": _is_flag,
    "minProperties": is_count,
    "maxProperties": is_count,
    # OpenAPI 2.0 and discovery write `required: true` at the property itself.
    "required": lambda value: _is_list(value) or _is_flag(value),
    "deprecated": _is_flag,
}
