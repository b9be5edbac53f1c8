"""Filters that make one type of another: texts, numbers and JSON."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from callsheet.templates.filters.table import ANY, SCALAR, TEXT, template_filter
from callsheet.templates.values import canonical_text, text_of


@template_filter("string", SCALAR, "string")
def _string(value: Any) -> str:
    """Return the value as a string.

    {{ 42 | string }} → "42"
    """
    return text_of(value)


@template_filter("int", SCALAR, "integer")
def _int(value: Any) -> int:
    """Return the value as an integer; a string must contain one, a number is cut towards zero.

    {{ "42" | int }} → 42
    {{ 3.9 | int }} → 3
    """
    if isinstance(value, str) and not re.fullmatch(r"\s*[-+]?[0-9]{1,16}\s*", value):
        raise ValueError("the string is not an integer")
    return int(value)


@template_filter("float", SCALAR, "number")
def _float(value: Any) -> float:
    """Return the value as a number; a string must contain one.

    {{ "2.5" | float }} → 2.5
    """
    if isinstance(value, str) and not re.fullmatch(
        r"\s*[-+]?[0-9]{1,17}(\.[0-9]{1,17})?([eE][-+]?[0-9]{1,3})?\s*", value
    ):
        raise ValueError("the string is not a number")
    number = float(value)
    if not math.isfinite(number):
        raise OverflowError
    return number


@template_filter("tojson", ANY, "string")
def _tojson(value: Any) -> str:
    r"""Return the value as canonical JSON (RFC 8785).

    {{ {"b": 1, "a": [true, none]} | tojson }} → "{\"a\":[true,null],\"b\":1}"
    """
    return canonical_text(value)


@template_filter("fromjson", TEXT, "any")
def _fromjson(value: str) -> Any:
    """Return the value of a string of JSON.

    {{ "[1, 2]" | fromjson }} → [1, 2]
    """
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        raise ValueError("the string is not JSON") from None
