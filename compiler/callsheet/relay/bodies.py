"""The body of a call → the parameters: one JSON object, bounded in depth, each name once."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from callsheet.calling.parameters import number_of

MAX_DEPTH = 32
MAX_DIGITS = 400
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class BodyError(Exception):
    """A body that is not what a call has; it says why, without any of it."""


def read_parameters(body: bytes) -> dict[str, Any]:
    """Read the JSON object of a body.

    Raises:
        BodyError: for what is not UTF-8, not JSON, not an object, too deep, or has a name twice.

    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise BodyError("the body is not UTF-8") from None
    if _is_deep(body):
        raise BodyError(f"the body is nested deeper than {MAX_DEPTH} levels")
    try:
        found = json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_whole,
        )
    except (ValueError, RecursionError):
        raise BodyError("the body is not JSON") from None
    if not isinstance(found, dict):
        raise BodyError("the body is not a JSON object")
    return found


def _is_deep(body: bytes) -> bool:
    """Count brackets outside of strings; the usual body has fewer of them than the bound."""
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _BRACKETS.finditer(body):
        mark = found[0]
        if mark in (b"[", b"{"):
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif mark in (b"]", b"}"):
            depth -= 1
    return False


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BodyError("the body has a name twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise BodyError(f"the body contains {name}, which is not JSON")


def _finite(text: str) -> float:
    number = number_of(text)
    if not math.isfinite(number):
        raise BodyError("the body contains a number that is too large")
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise BodyError("the body contains a number that is too large")
    return int(text)
