"""The value of a variable, or of a field, as JSON has it → the text that tools write in its place.

Source: `Variable` in postman-collection 5, which casts a value by the type beside it, and what JavaScript's
`String` makes of numbers and lists. What would be `[object Object]` is not written by any import.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from callsheet.importing.model import ImportFault
from callsheet.templates.values import canonical_text

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


class Unwritable(str):
    """Why the value of a variable has no text that an action could send."""

    __slots__ = ()


class UnwritableError(Exception):
    """A value has no text; its message is what it is."""


def text_of_value(held: Any) -> str:
    """Return what JavaScript writes for a value of JSON; raises UnwritableError for an object."""
    if isinstance(held, str):
        return held
    if isinstance(held, list):
        return ",".join("" if one is None else text_of_value(one) for one in held)
    if isinstance(held, dict):
        raise UnwritableError("an object")
    if held is None or isinstance(held, bool):
        return canonical_text(held)
    number = float(held)
    if not math.isfinite(number):
        raise UnwritableError("a number that is too large")
    return canonical_text(number)


def text_of_field(held: Any, what: str) -> str:
    """Return the text of a field of a request; nothing is an empty one.

    Raises:
        ImportFault: for a list or an object.

    """
    if isinstance(held, list | dict):
        raise ImportFault(f"{what} is not a string", "correct it in the file, or write the action by hand")
    return "" if held is None else text_of_value(held)


def variable_text(held: Any, kind: Any = None) -> str:
    """Return the text of a variable, by its type where it has one that Postman casts by.

    Nothing is an empty text, as a variable without a value is for a person to fill in.
    """
    if held is None:
        return ""
    try:
        return _CASTS.get(str(kind).lower(), text_of_value)(held)
    except UnwritableError as error:
        return Unwritable(str(error))


def _of_boolean(held: Any) -> str:
    # To JavaScript a list and an object are true, whatever is in them.
    return canonical_text(isinstance(held, list | dict) or bool(held))


def _of_number(held: Any) -> str:
    if isinstance(held, str):
        text = held.strip()
        if text and not _NUMBER.match(text):
            raise UnwritableError("of the type number, and is none")
        return text_of_value(float(text or 0))
    if isinstance(held, list | dict):
        raise UnwritableError("of the type number, and is none")
    return text_of_value(float(held))


def _of_list(held: Any) -> str:
    if not isinstance(held, list):
        raise UnwritableError("of the type array, and is none")
    return text_of_value(held)


def _of_object(held: Any) -> str:
    raise UnwritableError("an object" if isinstance(held, dict) else "of the type object")


_CASTS: dict[str, Callable[[Any], str]] = {
    "boolean": _of_boolean,
    "number": _of_number,
    "array": _of_list,
    "object": _of_object,
}
