"""Arithmetic and composed strings → journey expressions, by section 2.2 of the reference on deployment."""

from __future__ import annotations

from collections.abc import Iterable

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import as_decimal, as_text, number
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import TEXT_TYPES, Value, constant, or_else

SIGN_OF_REST = "the rest of a division with a negative number has another sign"


def calculated(sign: str, left: Value, right: Value) -> Value:
    """Return a calculation; missing where an operand is.

    Both operands get one type, since `*` needs one, and the quotient of two integers is not verified to be
    a decimal (section 11, point 8). Ours refuses a division by zero, of which a journey makes 0.
    """
    if sign == "+" and left.kind in TEXT_TYPES and right.kind in TEXT_TYPES:
        left, right = as_text(left), as_text(right)
        return _made(ex.joined([left.expression, right.expression]), "string", left, right)
    if sign == "//":
        raise NeedsRelayError("a journey's expression has no division that rounds down")
    left, right = number(left), number(right)
    if sign == "%":
        if (left.kind, right.kind) != ("integer", "integer"):
            raise NeedsRelayError("the rest of a division is written for integers")
        rest = _made(ex.infix(left.expression, "%", right.expression), "integer", left, right)
        return rest.made(rest.expression, differs=SIGN_OF_REST)
    if sign == "/" or left.kind != right.kind:
        left, right = as_decimal(left), as_decimal(right)
    return _made(ex.infix(left.expression, sign, right.expression), left.kind, left, right)


def negative(value: Value) -> Value:
    """Return a number with the other sign."""
    zero = ex.literal(0 if number(value).kind == "integer" else 0.0)
    return value.made(ex.infix(zero, "-", value.expression))


def _made(expression: ex.Expression, kind: str, left: Value, right: Value) -> Value:
    missing = ex.any_of(left.missing, right.missing)
    return Value(expression=expression, kind=kind, missing=missing).taking(left, right)


def composed(parts: Iterable[Value]) -> Value:
    """Return values joined into a string, in which one that is missing leaves nothing."""
    written = [text_or_nothing(one) for one in parts]
    kept = [one for one in written if one.constant != ("",)] or [constant("")]
    made = Value(expression=ex.joined([one.expression for one in kept]), kind="string")
    return made.taking(*kept)


def text_or_nothing(value: Value) -> Value:
    """Return the value as a string, which is empty where it is missing."""
    text = as_text(value)
    return text if text.missing is None else or_else(text, constant(""))
