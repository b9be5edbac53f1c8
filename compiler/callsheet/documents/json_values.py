"""JSON values: read from text, and compared in the one way: to Python, `1` and `true` are equal.

Source: RFC 8785 (two values are the same where their canonical texts are): `1` and `1.0` are one number,
`1` and `true` are two values, and the order of members does not count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import DecodeError, Raw
from msgspec.json import decode

_NUMBERS = (int, float)


def decoded(text: str | Raw) -> Any:
    """Return the value of a JSON text, as `json.loads` does, three times as fast; raises ValueError."""
    try:
        return decode(text)
    except DecodeError:
        # It is no JSON, or has what msgspec refuses: half a surrogate pair, a number beyond a double.
        return json.loads(text if isinstance(text, str) else bytes(text))


def equal(one: Any, other: Any) -> bool:
    """Return whether two values are the same JSON.

    What is not JSON (a mark for "not there") is equal to itself only.
    """
    pairs = [(one, other)]
    while pairs:  # no recursion: what a service answers may be nested deeply
        left, right = pairs.pop()
        if left is right:
            continue
        if isinstance(left, Mapping) and isinstance(right, Mapping):
            if left.keys() != right.keys():
                return False
            pairs += [(value, right[key]) for key, value in left.items()]
        elif isinstance(left, list | tuple) and isinstance(right, list | tuple):
            if len(left) != len(right):
                return False
            pairs += zip(left, right, strict=True)
        elif not _same_scalar(left, right):
            return False
    return True


def among(value: Any, others: Iterable[Any]) -> bool:
    """Return whether a value is the same JSON as one of others."""
    return any(equal(value, one) for one in others)


def _same_scalar(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return False  # `left is right` has answered where both are booleans
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return left == right or (left != left and right != right)  # noqa: PLR0124 - NaN
    return isinstance(left, str) and isinstance(right, str) and left == right
