r"""Filters of strings → journey expressions, by section 2.6 of the reference on deployment.

Lengths and positions are counted in characters of the Basic Multilingual Plane, where ours and Java's are
equal; case is that of ASCII letters, since no locale is stated. `trim` is written by regular expressions,
because the function `trim` promises spaces only.
"""

from __future__ import annotations

from typing import Any

from callsheet.targets.journey_optimizer.lowering import expressions as ex
from callsheet.targets.journey_optimizer.lowering.conversions import text_argument
from callsheet.targets.journey_optimizer.lowering.expressions import Expression
from callsheet.targets.journey_optimizer.lowering.model import NeedsRelayError
from callsheet.targets.journey_optimizer.lowering.values import Value

ASCII = "letters without accents: the locale of upper and lower case is not stated"
PLANE = "characters of the Basic Multilingual Plane: an emoji may count as two"
BLANKS = "white space of ASCII: spaces, tabs and line breaks"
FIRST_WORD = "only the first word begins with a capital letter"
TRAILING_PARTS = "empty parts at the end may be left out, which is not documented"


def lower(value: Value, arguments: list[Any]) -> Value:
    """Write `lower`."""
    _count("lower", arguments, 0)
    return _text(value, "lower", lambda x: ex.call("lower", x), within=ASCII)


def upper(value: Value, arguments: list[Any]) -> Value:
    """Write `upper`."""
    _count("upper", arguments, 0)
    return _text(value, "upper", lambda x: ex.call("upper", x), within=ASCII)


def capitalize(value: Value, arguments: list[Any]) -> Value:
    """Write a first letter in upper case and the others in lower case."""
    _count("capitalize", arguments, 0)
    return _text(value, "capitalize", _capitalized, within=ASCII)


def title(value: Value, arguments: list[Any]) -> Value:
    """Write the same, for want of a way to go through the words."""
    _count("title", arguments, 0)
    return _text(value, "title", _capitalized, within=ASCII, differs=FIRST_WORD)


def _capitalized(x: Expression) -> Expression:
    first = ex.call("upper", ex.call("substr", x, ex.literal(0), ex.literal(1)))
    others = ex.call("lower", ex.call("substr", x, ex.literal(1)))
    longer = ex.infix(ex.call("length", x), ">", ex.literal(1))
    return ex.conditional(longer, ex.joined([first, others]), ex.call("upper", x))


def trim(value: Value, arguments: list[Any]) -> Value:
    """Write two replacements, of what is at the beginning and what is at the end."""
    if len(arguments) > 1 or not all(isinstance(one, str) and one for one in arguments):
        raise NeedsRelayError("the filter `trim` takes a string of characters")
    characters = ex.one_of(arguments[0]) if arguments else "\\s"

    def trimmed(x: Expression) -> Expression:
        return _without(_without(x, f"^{characters}+"), f"{characters}+$")

    return _text(value, "trim", trimmed, within="" if arguments else BLANKS)


def _without(x: Expression, pattern: str) -> Expression:
    return ex.call("replaceAll", x, ex.string(pattern), ex.EMPTY)


def replace(value: Value, arguments: list[Any]) -> Value:
    """Write a replacement of every match.

    What `$` and a backslash mean in the replacement is not verified (section 11, point 4): refused.
    """
    if len(arguments) != 2 or not all(isinstance(one, str) for one in arguments) or not arguments[0]:
        raise NeedsRelayError("the filter `replace` takes a string that is not empty, and another")
    old, new = arguments
    if "$" in new or "\\" in new:
        raise NeedsRelayError(
            "what `$` and a backslash mean in a replacement of a journey is not documented"
        )
    return _text(value, "replace", lambda x: ex.call("replaceAll", x, ex.exactly(old), ex.string(new)))


def digits(value: Value, arguments: list[Any]) -> Value:
    """Write a replacement of all but digits."""
    _count("digits", arguments, 0)
    return _text(value, "digits", lambda x: _without(x, "[^0-9]"))


def truncate(value: Value, arguments: list[Any]) -> Value:
    """Write a guarded `substr`."""
    length, end = [*arguments, "…"][:2] if 1 <= len(arguments) <= 2 else (None, None)
    if not isinstance(length, int) or isinstance(length, bool) or not isinstance(end, str):
        raise NeedsRelayError("the filter `truncate` takes a length and an end mark")
    if length < len(end):
        raise NeedsRelayError("the filter `truncate` takes a length that is not shorter than its end mark")

    def truncated(x: Expression) -> Expression:
        start = ex.call("substr", x, ex.literal(0), ex.literal(length - len(end)))
        kept = _without(start, "\\s+$")
        longer = ex.infix(ex.call("length", x), ">", ex.literal(length))
        return ex.conditional(longer, ex.joined([kept, ex.string(end)] if end else [kept]), x)

    return _text(_text(value, "truncate", truncated, within=PLANE), "truncate", lambda x: x, within=BLANKS)


def split(value: Value, arguments: list[Any]) -> Value:
    """Write a split by a regular expression that matches the separator only."""
    if len(arguments) != 1 or not isinstance(arguments[0], str) or not arguments[0]:
        raise NeedsRelayError("the filter `split` takes a separator")
    found = _text(
        value, "split", lambda x: ex.call("split", x, ex.exactly(arguments[0])), differs=TRAILING_PARTS
    )
    return found.made(found.expression, "listString")


def _text(value: Value, name: str, write: Any, *, within: str = "", differs: str = "") -> Value:
    text = text_argument(value, name)
    return text.made(write(text.expression), "string", within=within, differs=differs)


def _count(name: str, arguments: list[Any], number: int) -> None:
    if len(arguments) != number:
        raise NeedsRelayError(f"the filter `{name}` takes no argument")
