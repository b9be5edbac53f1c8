"""Filters of numbers, and conversions → journey expressions (section 2.6 of the reference)."""

from __future__ import annotations

from typing import Any

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import (
    as_decimal,
    as_text,
    number,
    text_argument,
)
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import NUMBERS, TEXT_TYPES, UNKNOWN, Value

HALF_UP = "a half is rounded up (2.5 gives 3), and not to the even neighbour"
WRITTEN_NUMBER = "a number with spaces, a sign + or an exponent may not be read"
UNESCAPED = "quotes, backslashes and control characters in the items are not escaped"
TRUTH_NUMBER = "true is taken for 1 and false for 0, which is not documented"


def to_integer(value: Value, arguments: list[Any]) -> Value:
    """Write `toInteger`, which truncates."""
    _no_arguments("int", arguments)
    return _converted(value, "int", "toInteger", "integer")


def to_number(value: Value, arguments: list[Any]) -> Value:
    """Write `toDecimal`."""
    _no_arguments("float", arguments)
    return _converted(value, "float", "toDecimal", "decimal")


def _converted(value: Value, name: str, function: str, kind: str) -> Value:
    if value.kind == kind:
        return value
    if value.kind in NUMBERS:
        return value.made(ex.call(function, value.expression), kind)
    if value.kind == "boolean":
        return value.made(ex.call(function, value.expression), kind, differs=TRUTH_NUMBER)
    text = text_argument(value, name)
    return text.made(ex.call(function, text.expression), kind, differs=WRITTEN_NUMBER)


def to_string(value: Value, arguments: list[Any]) -> Value:
    """Write `toString`; a string is one already."""
    _no_arguments("string", arguments)
    return as_text(value)


def rounded(value: Value, arguments: list[Any]) -> Value:
    """Write `round`; with digits, of the number shifted by as many.

    The type of the result of a division is not verified (section 11, point 8), and both operands are
    decimals here.
    """
    places = arguments[0] if arguments else 0
    if (
        len(arguments) > 1
        or not isinstance(places, int)
        or isinstance(places, bool)
        or not 0 <= places <= 15
    ):
        raise NeedsRelayError("the filter `round` takes 0 to 15 digits")
    if number(value).kind == "integer":
        return value
    if not places:
        return value.made(ex.call("round", value.expression), "integer", differs=HALF_UP)
    shift = ex.literal(float(10**places))
    shifted = ex.call("round", ex.infix(as_decimal(value).expression, "*", shift))
    return value.made(
        ex.infix(ex.call("toDecimal", shifted), "/", shift), "decimal", differs=HALF_UP, unverified=(8,)
    )


def absolute(value: Value, arguments: list[Any]) -> Value:
    """Write the choice between a number and its negative."""
    _no_arguments("abs", arguments)
    zero = ex.literal(0 if number(value).kind == "integer" else 0.0)
    x = value.expression
    return value.made(ex.conditional(ex.infix(x, "<", zero), ex.infix(zero, "-", x), x))


def to_json(value: Value, arguments: list[Any]) -> Value:
    """Write what JSON of a number or a boolean is, and of a list of strings without quotes in them."""
    _no_arguments("tojson", arguments)
    if value.kind in ("integer", "boolean", "decimal"):
        return as_text(value)
    if value.kind == "listString":
        items = ex.call("serializeList", value.expression, ex.string(","), ex.TRUE)
        return value.made(
            ex.joined([ex.string("["), items, ex.string("]")]),
            "string",
            differs=UNESCAPED,
        )
    if value.kind in (*TEXT_TYPES, UNKNOWN):
        raise NeedsRelayError("a journey's expression cannot escape a string for JSON")
    raise NeedsRelayError("a journey's expression cannot write an object or a list as JSON")


def _no_arguments(name: str, arguments: list[Any]) -> None:
    if arguments:
        raise NeedsRelayError(f"the filter `{name}` takes no argument")
