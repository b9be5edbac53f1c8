"""A plain YAML scalar → a value by the YAML 1.2 core schema, or the trap that it is.

YAML 1.1, which many tools still read, reads other values from the same text: `no` is false, `1:20`
is 80, `017` is 15. Whatever the two versions read differently is refused with its fix, as is a
number that JSON or a double cannot carry exactly (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2).
"""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec import Struct

Scalar = str | int | float | bool | None

MAX_EXACT_INTEGER = 2**53 - 1
"""Beyond this, a JSON reader that uses doubles may get another number (RFC 7493 section 2.2)."""

_CONSTANTS: dict[str, Scalar] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_BOOLEANS_OF_YAML_1_1 = frozenset(
    word for lower in ("yes", "no", "on", "off") for word in (lower, lower.capitalize(), lower.upper())
)
_MAY_BE_NUMBER = frozenset("-+.0123456789")
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_SEXAGESIMAL = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_OTHER_BASE = re.compile(r"[-+]?(?:0o[0-7_]+|0b[01_]+|0[0-9_]+|0x[0-9a-fA-F_]+)\Z")
_UNDERSCORED = re.compile(
    r"(?:[-+]?(?=[0-9.]*_)[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9]+_[0-9_]*)(?:[eE][-+]?[0-9]+)?\Z"
)
_FLOAT_OF_BOTH = re.compile(r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?\Z")
"""What PyYAML, by YAML 1.1, reads as a number too: with a dot, and its exponent with a sign."""
_NOT_TEXT_IN_YAML_1_1 = {"=": "the default value of a mapping", "<<": "a merge"}
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}.*)?\Z")


class Trap(Struct, frozen=True):
    """A scalar that must not become a value: its code, what is wrong, what to do."""

    code: str
    message: str
    help: str


def resolve(text: str) -> Scalar | Trap:
    """Return the value of a plain scalar, or the `Trap` that it is."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text in _BOOLEANS_OF_YAML_1_1:
        truth = "true" if text.lower() in ("yes", "on") else "false"
        return Trap(
            "CS120",
            f"`{text}` is a boolean in YAML 1.1 and a string in YAML 1.2",
            f'write `{truth}` for the boolean, or `"{text}"` for the string',
        )
    if text in _NOT_TEXT_IN_YAML_1_1:
        return Trap(
            "CS121",
            f"`{text}` is {_NOT_TEXT_IN_YAML_1_1[text]} in YAML 1.1 and a string in YAML 1.2",
            f'write `"{text}"` for the string',
        )
    if text[0] not in _MAY_BE_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Scalar | Trap:
    if _INTEGER.match(text):
        return _integer(text)
    if _HEXADECIMAL.match(text):
        return _exact(int(text, 16), text)
    if _OTHER_BASE.match(text):
        return Trap(
            "CS121",
            f"`{text}` is read as different values by YAML 1.1 and YAML 1.2",
            f'write the decimal number, or `"{text}"` for the string',
        )
    if _FLOAT.match(text):
        return _float(text)
    if _NOT_FINITE.match(text):
        return Trap(
            "CS123",
            f"`{text}` is not a number that JSON can represent",
            f'write `"{text}"` for the string',
        )
    if _SEXAGESIMAL.match(text):
        return Trap(
            "CS121",
            f"`{text}` is a number in base 60 in YAML 1.1 and a string in YAML 1.2",
            f'write `"{text}"` for the string',
        )
    if _UNDERSCORED.match(text):
        plain = text.replace("_", "")
        return Trap(
            "CS121",
            f"`{text}` is a number in YAML 1.1 and a string in YAML 1.2",
            f'write `{plain}` for the number, or `"{text}"` for the string',
        )
    if _DATE.match(text):
        return Trap(
            "CS122",
            f"`{text}` is a date in YAML 1.1 and a string in YAML 1.2",
            f'write `"{text}"`: a date is a string here',
        )
    return text


def _integer(text: str) -> Scalar | Trap:
    if len(text) > 20:
        return _beyond(text)
    return _exact(int(text), text)


def _exact(number: int, text: str) -> Scalar | Trap:
    if abs(number) > MAX_EXACT_INTEGER:
        return _beyond(text)
    return number


def _beyond(text: str) -> Trap:
    return Trap(
        "CS124",
        f"`{_shortened(text)}` is beyond 2^53 - 1: other JSON readers would get another number",
        "write it in quotes, as a string",
    )


def _float(text: str) -> Scalar | Trap:
    if len(text) > 400:
        return _loses_digits(text)
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return Trap("CS123", f"`{text}` is beyond the range of a double", "write it in quotes, as a string")
    if not _FLOAT_OF_BOTH.match(text):
        return Trap(
            "CS121",
            f"`{_shortened(text)}` is a string in YAML 1.1 and a number in YAML 1.2",
            f'write `{number_for_both(text)}` for the number, or `"{_shortened(text)}"` for the string',
        )
    # `repr` is the shortest text that reads back as the same double: an equal decimal lost nothing.
    if Decimal(repr(number)) != Decimal(text):
        return _loses_digits(text)
    if number.is_integer() and abs(number) > MAX_EXACT_INTEGER and "e" not in text.lower():
        return _beyond(text)
    return number


def number_for_both(text: str) -> str:
    """Return a number as YAML 1.1 and 1.2 both read it: `7e10` is `7.0e+10`, and `-.5` is `-0.5`."""
    mantissa, e, exponent = text.lower().partition("e")
    sign = mantissa[0] if mantissa[0] in "-+" else ""
    whole, _, fraction = mantissa.removeprefix(sign).partition(".")
    signed = exponent if exponent[:1] in ("-", "+") else f"+{exponent}"
    return f"{sign}{whole or '0'}.{fraction or '0'}" + (f"e{signed}" if e else "")


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


def _loses_digits(text: str) -> Trap:
    return Trap(
        "CS125",
        f"`{_shortened(text)}` has more digits than a double can store",
        "shorten the number, or write it in quotes, as a string",
    )
