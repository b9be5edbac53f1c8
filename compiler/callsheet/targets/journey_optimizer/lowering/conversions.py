"""Values as strings and as numbers, and constants among the arguments of filters."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import NUMBERS, UNKNOWN, Value, taken_for_string
from callsheet.templates.values import text_of

WHOLE_DECIMAL = "a number without a fraction is written as the journey writes decimals, perhaps 1.0 for 1"
UTC_MOMENT = (
    "a date with a time is written in UTC, with seconds and milliseconds only where they are not zero"
)


def as_text(value: Value) -> Value:
    """Return the value as the string that a template of ours writes, where it is not missing."""
    if value.kind == "string":
        return value
    if value.constant:
        text = text_of(value.constant[0])
        return replace(value, expression=ex.string(text), kind="string", constant=(text,))
    if value.kind == UNKNOWN:
        return taken_for_string(value)
    if value.kind in ("integer", "boolean", "dateOnly"):
        return value.made(ex.call("toString", value.expression), "string")
    if value.kind == "decimal":
        return value.made(ex.call("toString", value.expression), "string", differs=WHOLE_DECIMAL)
    if value.kind == "dateTime":
        return value.made(ex.call("toString", value.expression), "string", differs=UTC_MOMENT)
    raise NeedsRelayError("a journey's expression cannot write a list or an object as a string")


def text_argument(value: Value, filter_name: str) -> Value:
    """Return the value as a string for a filter of strings; other types are faults of the template."""
    if value.kind in ("dateTime", "dateOnly", UNKNOWN):
        value = as_text(value)
    if value.kind != "string":
        raise NeedsRelayError(f"the filter `{filter_name}` takes a string, and this is {value.kind}")
    return value


def as_decimal(value: Value) -> Value:
    """Return a number as a decimal: operators of multiplication need both of one type."""
    if value.kind == "decimal":
        return value
    if value.kind != "integer":
        raise NeedsRelayError(f"a journey calculates with numbers, and this is {value.kind}")
    if value.constant:
        number_of = float(value.constant[0])
        return replace(value, expression=ex.literal(number_of), kind="decimal", constant=(number_of,))
    return value.made(ex.call("toDecimal", value.expression), "decimal")


def number(value: Value) -> Value:
    """Return a number as it is; raises `NeedsRelayError` for anything else."""
    if value.kind not in NUMBERS:
        raise NeedsRelayError(f"a journey calculates with numbers, and this is {value.kind}")
    return value


def known(arguments: list[Value], filter_name: str) -> list[Any]:
    """Return the arguments of a filter as values; raises `NeedsRelayError` where one is not known."""
    if not all(one.constant for one in arguments):
        raise NeedsRelayError(f"an argument of the filter `{filter_name}` depends on a parameter")
    return [one.constant[0] for one in arguments]
