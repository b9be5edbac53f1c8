"""Filters of lists → journey expressions, by section 2.6 of the reference on deployment."""

from __future__ import annotations

from typing import Any

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import (
    UTC_MOMENT,
    WHOLE_DECIMAL,
    text_argument,
)
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.text_filters import PLANE
from callsheet.targets.journey_optimizer.lowering.values import ITEM_TYPES, TEXT_TYPES, UNKNOWN, Value

ORDER_OF_STRINGS = "strings may be sorted by another order: it is not documented"
ORDER_OF_DISTINCT = "the order of the items is not documented"
_WRITTEN_ITEMS = {"listDecimal": WHOLE_DECIMAL, "listDateTime": UTC_MOMENT}


def length(value: Value, arguments: list[Any]) -> Value:
    """Write `length` of a string, `listSize` of a list."""
    _no_arguments("length", arguments)
    if value.kind.startswith("list"):
        return value.made(ex.call("listSize", value.expression), "integer")
    if value.kind in (*TEXT_TYPES, UNKNOWN):
        text = text_argument(value, "length")
        return text.made(ex.call("length", text.expression), "integer", within=PLANE)
    raise NeedsRelayError("a journey's expression cannot count the fields of an object")


def first(value: Value, arguments: list[Any]) -> Value:
    """Write `getListItem` of the first place; of an empty list ours has none either."""
    _no_arguments("first", arguments)
    return item(value, ex.literal(0), "first")


def last(value: Value, arguments: list[Any]) -> Value:
    """Write `getListItem` of the last place."""
    _no_arguments("last", arguments)
    size = ex.call("listSize", value.expression)
    return item(value, ex.infix(size, "-", ex.literal(1)), "last")


def item(value: Value, place: ex.Expression, what: str) -> Value:
    """Write one item of a list of scalars, which `getListItem` needs."""
    if value.kind not in ITEM_TYPES:
        raise NeedsRelayError(f"`{what}` of a journey takes a list of scalars of one declared type")
    return value.made(ex.call("getListItem", value.expression, place), ITEM_TYPES[value.kind])


def join(value: Value, arguments: list[Any]) -> Value:
    """Write `serializeList`; how it writes a null is not described, and ours refuses one."""
    separator = arguments[0] if arguments else ""
    if len(arguments) > 1 or not isinstance(separator, str):
        raise NeedsRelayError("the filter `join` takes a separator")
    if value.kind not in ITEM_TYPES:
        raise NeedsRelayError("`serializeList` of a journey takes a list of scalars of one declared type")
    written = ex.call("serializeList", value.expression, ex.string(separator), ex.FALSE)
    return value.made(written, "string", differs=_WRITTEN_ITEMS.get(value.kind, ""))


def unique(value: Value, arguments: list[Any]) -> Value:
    """Write `distinct`."""
    _no_arguments("unique", arguments)
    if value.kind not in ITEM_TYPES:
        raise NeedsRelayError("`distinct` is written for a list of scalars of one declared type")
    return value.made(ex.call("distinct", value.expression), differs=ORDER_OF_DISTINCT)


def sort(value: Value, arguments: list[Any]) -> Value:
    """Write `sort` in ascending order."""
    _no_arguments("sort", arguments)
    if value.kind not in ITEM_TYPES:
        raise NeedsRelayError("`sort` is written for a list of scalars of one declared type")
    differs = "" if value.kind in ("listInteger", "listDecimal") else ORDER_OF_STRINGS
    return value.made(ex.call("sort", value.expression, ex.TRUE), differs=differs)


def _no_arguments(name: str, arguments: list[Any]) -> None:
    if arguments:
        raise NeedsRelayError(f"the filter `{name}` takes no argument")
