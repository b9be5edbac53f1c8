"""The filters `date` and `timestamp` → journey expressions; the language formats no date (section 2.4).

A date is written as a string, `2026-11-25`, and taken apart by position. Ours writes a moment in its own
offset, a journey in UTC: exact for a date without a time and for Unix seconds.
"""

from __future__ import annotations

import re
from typing import Any

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.expressions import Expression
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import Value

IN_UTC = "the date and time are those of UTC, and not of the value's own offset"
SINCE_1970 = "moments from 1970 on"
WITH_TIME = "a string that is a date without a time may not be read"

_DAY = {"Y": (0, 4), "m": (5, 7), "d": (8, 10)}
_CLOCK = {"H": (11, 13), "M": (14, 16)}
_DIRECTIVE = re.compile(r"%(.?)", re.DOTALL)


def date(value: Value, arguments: list[Any]) -> Value:
    """Write a date in another form, by the pieces of its ISO form."""
    if len(arguments) != 1 or not isinstance(arguments[0], str):
        raise NeedsRelayError("the filter `date` takes a form")
    day, clock, differs = _written(value)
    pieces = _pieces(arguments[0], day, clock)
    within = SINCE_1970 if value.kind == "integer" else ""
    return value.made(ex.joined(pieces), "string", differs=differs, within=within)


def _written(value: Value) -> tuple[Expression, Expression | None, str]:
    """Return the ISO forms of a value: of its day, and with its clock where it has one; how they differ."""
    x = value.expression
    if value.kind == "dateOnly":
        return ex.call("toString", x), None, ""
    if value.kind == "integer":
        moment = ex.call("toDateTime", ex.infix(x, "*", ex.literal(1000)))
        return _day_and_clock(moment, "")
    if value.kind == "dateTime":
        return _day_and_clock(x, IN_UTC)
    if value.kind == "string":
        return _day_and_clock(ex.call("toDateTime", x), f"{IN_UTC}; {WITH_TIME}")
    raise NeedsRelayError(f"a journey's expression takes no date from a value of the type {value.kind}")


def _day_and_clock(moment: Expression, differs: str) -> tuple[Expression, Expression, str]:
    return ex.call("toString", ex.call("toDateOnly", moment)), ex.call("toString", moment), differs


def _pieces(form: str, day: Expression, clock: Expression | None) -> list[Expression]:
    if form == "%Y-%m-%d":
        return [day]
    found: list[Expression] = []
    text, at = "", 0
    for match in _DIRECTIVE.finditer(form):
        text += form[at : match.start()]
        at = match.end()
        if match[1] == "%":
            text += "%"
            continue
        piece = _piece(match[1], day, clock)
        if isinstance(piece, str):
            text += piece
            continue
        found += [*([ex.string(text)] if text else []), piece]
        text = ""
    text += form[at:]
    found += [ex.string(text)] if text or not found else []
    return found


def _piece(directive: str, day: Expression, clock: Expression | None) -> Expression | str:
    if directive in _DAY:
        return _part(day, _DAY[directive])
    if directive in ("H", "M", "S") and clock is None:
        return "00"
    if directive in _CLOCK and clock is not None:
        return _part(clock, _CLOCK[directive])
    if directive == "S" and clock is not None:
        # Seconds that are zero may be left out: 2023-06-03T06:30Z.
        longer = ex.infix(ex.call("length", clock), ">", ex.literal(18))
        return ex.conditional(longer, _part(clock, (17, 19)), ex.string("00"))
    if directive == "z":
        return "+00:00"
    raise NeedsRelayError(f"a journey's expression cannot write %{directive} of a date")


def _part(text: Expression, between: tuple[int, int]) -> Expression:
    return ex.call("substr", text, *(ex.literal(one) for one in between))


def timestamp(value: Value, arguments: list[Any]) -> Value:
    """Write Unix seconds: milliseconds divided as decimals, and truncated.

    What type the quotient of integers has is not verified (section 11, point 8), so both are decimals.
    """
    if arguments:
        raise NeedsRelayError("the filter `timestamp` takes no argument")
    x, differs = value.expression, ""
    if value.kind == "dateOnly":
        x = ex.call("toDateTime", ex.string("UTC"), x)
    elif value.kind == "string":
        x, differs = ex.call("toDateTime", x), WITH_TIME
    elif value.kind != "dateTime":
        raise NeedsRelayError(f"the filter `timestamp` takes a date or time, and this is {value.kind}")
    milliseconds = ex.call("toDecimal", ex.call("toInteger", x))
    seconds = ex.call("toInteger", ex.infix(milliseconds, "/", ex.literal(1000.0)))
    return value.made(seconds, "integer", differs=differs, within=SINCE_1970)
