"""JSON text → its value alone, by the standard library's parser, where there is nothing to report.

What `json_reader` would refuse or report is not decided here: such a text gets no value, and is read there.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from callsheet.documents.parsed import MAX_DEPTH
from callsheet.documents.scalars import MAX_EXACT_INTEGER

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class NotPlain(Exception):  # noqa: N818 - a verdict: the slower reader decides
    """The text is not JSON, or has something that is to be reported."""


def value_of(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        NotPlain: where reading it with places could find anything.

    """
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_refuse,
        )
    except (ValueError, RecursionError):
        raise NotPlain from None
    if _is_deep(value) or not _is_text(text, value):
        raise NotPlain
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotPlain
    return found


def _integer(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > MAX_EXACT_INTEGER:
        raise NotPlain
    return int(text)


def _number(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")) or len(text) > 400 or Decimal(repr(number)) != Decimal(text):
        raise NotPlain
    return number


def _refuse(text: str) -> Any:
    raise NotPlain(text)


def _is_deep(value: Any) -> bool:
    """Return whether the nesting is deeper than a document may be."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [one for one in level if isinstance(one, dict | list)]
        if not level:
            return False
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)]
    return True


def _is_text(text: str, value: Any) -> bool:
    """Return whether every string of a value consists of characters: no half of a pair (RFC 7493)."""
    try:
        text.encode()
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
