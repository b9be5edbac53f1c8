"""Each of our filters → a journey expression with its verdict, or the reason why the journey has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsheet.targets.journey_optimizer.lowering import (
    date_filters,
    list_filters,
    number_filters,
    text_filters,
)
from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import as_decimal, as_text, known
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import NUMBERS, Value, or_else
from callsheet.templates.filters import ALIASES

Lowering = Callable[[Value, list[Any]], Value]

LOWERINGS: Mapping[str, Lowering] = {
    "abs": number_filters.absolute,
    "capitalize": text_filters.capitalize,
    "date": date_filters.date,
    "digits": text_filters.digits,
    "first": list_filters.first,
    "float": number_filters.to_number,
    "int": number_filters.to_integer,
    "join": list_filters.join,
    "last": list_filters.last,
    "length": list_filters.length,
    "lower": text_filters.lower,
    "replace": text_filters.replace,
    "round": number_filters.rounded,
    "sort": list_filters.sort,
    "split": text_filters.split,
    "string": number_filters.to_string,
    "timestamp": date_filters.timestamp,
    "title": text_filters.title,
    "tojson": number_filters.to_json,
    "trim": text_filters.trim,
    "truncate": text_filters.truncate,
    "unique": list_filters.unique,
    "upper": text_filters.upper,
}

FOR_THE_RELAY: Mapping[str, str] = {
    "base64": "a journey's expression has no base64",
    "fromjson": "a journey's expression cannot read JSON",
    "sha256": "a journey's expression has no hash",
    "urlencode": "a journey's expression has no URL encoding",
}
"""Filters that the language lacks (section 2.4, "Absent from the language"), with the reason."""


def filtered(name: str, value: Value, arguments: list[Value]) -> Value:
    """Return what a filter makes of a value; raises `NeedsRelayError` with the reason where none can."""
    name = ALIASES.get(name, name)
    if name == "default":
        return _default(value, arguments)
    if name in FOR_THE_RELAY:
        raise NeedsRelayError(FOR_THE_RELAY[name])
    if name not in LOWERINGS:
        raise NeedsRelayError(f"no journey expression is known for the filter `{name}`")
    return LOWERINGS[name](value, known(arguments, name))


def _default(value: Value, arguments: list[Value]) -> Value:
    """Write the value or another; with `true`, also where the value is empty, 0 or false."""
    other, *rest = arguments
    empty_too = bool(rest) and bool(known(rest, "default")[0])
    if value.missing is None and not empty_too:
        return value
    if other.kind == "string" and value.kind in ("dateTime", "dateOnly"):
        value = as_text(value)
    if value.kind != other.kind and {value.kind, other.kind} <= {*NUMBERS}:
        value, other = as_decimal(value), as_decimal(other)
    return or_else(value, other, empty_too=_is_empty if empty_too else None)


def _is_empty(value: Value) -> ex.Expression:
    x = value.expression
    if value.kind == "boolean":
        return ex.negated(x)
    if value.kind in NUMBERS:
        return ex.infix(x, "==", ex.literal(0 if value.kind == "integer" else 0.0))
    if value.kind.startswith("list"):
        return ex.infix(ex.call("listSize", x), "==", ex.literal(0))
    if value.kind in ("dateTime", "dateOnly"):
        return ex.FALSE
    return ex.infix(x, "==", ex.EMPTY)
