"""Values for an action's parameters: are they the declared ones, of their types?"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import Any

from callsheet.documents.reading import decode, parse
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.rules.parameters import has_type
from callsheet.templates.dates import moment
from callsheet.words import nearest, reason_of

MOST_EXACT = 2**53 - 1
"""The largest whole number that every reader of JSON keeps (RFC 8785, I-JSON)."""
NOT_FINITE = "contains a number that is not finite: NaN, or one that is too large"


class Inexact(float):
    """A number that was written with more digits than it keeps."""


def number_of(text: str) -> float:
    """Read a number with a fraction or an exponent; `Inexact` where digits of it are lost."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        return number
    return number if Decimal(text) == Decimal(repr(number)) else Inexact(number)


def has_large_number(value: Any) -> bool:
    """Return whether a value is or contains a whole number that JSON does not keep."""
    if isinstance(value, dict | list):
        return any(map(has_large_number, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int) and abs(value) > MOST_EXACT


def _has_inexact(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_has_inexact, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Inexact)


def check_parameters(declared: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that may be used; raises `CallsheetError` CS926 with every fault.

    `declared` is the `parameters` of a compiled action. An optional parameter without a value, or with
    null, is left out of the result.
    """
    faults = [
        f"`{name}` is not declared{nearest(name, declared)}" for name in given if name not in declared
    ]
    values = {}
    for name, fields in declared.items():
        value = given.get(name)
        if value is None:
            if not fields.get("optional"):
                faults.append(f"`{name}` is required and has no value")
            continue
        fault = _fault(fields, value)
        if fault:
            faults.append(f"`{name}` {fault}")
        values[name] = value
    if faults:
        raise CallsheetError(
            "CS926",
            "the parameters do not fit the action",
            help="set each declared parameter to a value of its type",
            details=tuple(faults),
        )
    return values


def read_parameters(
    declared: Mapping[str, Any], given: Mapping[str, Any] | Sequence[str]
) -> Mapping[str, Any]:
    """Return values by name; read them where they are as the command line has them.

    Args:
        declared: the `parameters` of a compiled action.
        given: values by name, or texts: `NAME=VALUE`, or the path of a file that contains a mapping.

    Raises:
        ArgumentError: for a file that cannot be read, or contains something else.

    """
    if isinstance(given, Mapping):
        return given
    found: dict[str, Any] = {}
    for one in given:
        name, equals, text = one.partition("=")
        if equals:
            found[name] = read_argument(declared, name, text)
        else:
            found |= _from_file(one)
    return found


def _from_file(path: str) -> dict[str, Any]:
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{path} cannot be read: {reason_of(error)}") from None
    text, problem = decode(content, path)
    if problem is None:
        documents, problems = parse(text, path)
        problem = problems[0] if problems else None
        if problem is None and len(documents) == 1 and isinstance(documents[0].value, dict):
            return documents[0].value
    where = f":{problem.span.line}:{problem.span.column}: {problem.message}" if problem else ""
    raise ArgumentError(f"{path}{where}: a file of parameters must contain one mapping")


def read_argument(declared: Mapping[str, Any], name: str, text: str) -> Any:
    """Read a value given on the command line by the type that its parameter declares."""
    kind = declared.get(name, {}).get("type", "string")
    if kind in ("string", "date", "datetime"):
        return text
    try:
        return json.loads(text, parse_float=number_of)
    except (ValueError, RecursionError):
        return text


def _fault(fields: Mapping[str, Any], value: Any) -> str:
    kind = fields["type"]
    if _has_inexact(value):
        return "has more digits than a number of JSON keeps: send it as a string"
    if not has_type(value, kind):
        return f"is not of type {kind}"
    if kind in ("date", "datetime"):
        return _not_a_moment(value)
    if "enum" in fields and value not in fields["enum"]:
        return f"is not one of {json.dumps(fields['enum'], ensure_ascii=False)}"
    if isinstance(value, str):
        return _wrong_text(fields, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in fields and value < fields["minimum"]:
            return f"is less than {fields['minimum']}"
        if "maximum" in fields and value > fields["maximum"]:
            return f"is more than {fields['maximum']}"
        if "multipleOf" in fields and isinstance(value, float) and not isfinite(value):
            return NOT_FINITE
        if "multipleOf" in fields and not is_multiple(value, fields["multipleOf"]):
            return f"is not a multiple of {fields['multipleOf']}"
    return ""


def is_multiple(value: float, step: float) -> bool:
    """Return whether a number is a multiple of another, by the digits in which JSON writes them."""
    from fractions import Fraction

    return (Fraction(str(value)) / Fraction(str(step))).denominator == 1


def _wrong_text(fields: Mapping[str, Any], value: str) -> str:
    if not value.isascii() and _SURROGATE.search(value):
        return "contains an unpaired surrogate, which is not a character"
    if len(value) < fields.get("minLength", 0):
        return f"is shorter than {fields['minLength']} characters"
    if len(value) > fields.get("maxLength", len(value)):
        return f"is longer than {fields['maxLength']} characters"
    keywords = {key: fields[key] for key in ("pattern", "format") if key in fields}
    if keywords and not _matches(keywords, value):
        return "does not have the declared format"
    return ""


def _matches(keywords: dict[str, Any], value: str) -> bool:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        keywords, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions()
    ).is_valid(value)


def _not_a_moment(value: str) -> str:
    try:
        moment(value)
    except ValueError:
        return "is not a date or time of RFC 3339"
    return ""


_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\r\n\x00]")


def has_line_break(text: str) -> bool:
    """Return whether a text would break out of a header's line."""
    return _LINE_BREAK.search(text) is not None
