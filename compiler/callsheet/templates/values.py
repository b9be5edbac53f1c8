"""JSON values: their type names, their text, and their canonical form (RFC 8785)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from callsheet.patterns import late

_TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_ODD = r"-?(?:[0-9]+(?:\.[0-9]+)?[eE]|[0-9]+\.0(?![0-9])|[0-9]{16}|NaN|Infinity)"
"""A number that may be written otherwise: with an exponent, as 1.0, beyond 2^53, or not finite."""
_ODD_ALONE, _ODD_FIELD, _ODD_ITEM = (late(one + _ODD) for one in ("", '":', r"[,\[]"))
_MAY_HAVE_SUCH = late(r"[0-9](?:\.0|[eE]|[0-9]{15})")
"""Of those, what begins with a digit: found ten times faster, as a search for one set of characters is."""
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def type_name(value: Any) -> str:
    """Return the JSON type of a value: null, boolean, integer, number, string, array or object."""
    return _TYPE_NAMES.get(type(value), "unknown")


def text_of(value: Any) -> str:
    """Return a scalar as text: numbers and booleans as JSON writes them.

    Raises:
        TypeError: for null, a list or a mapping, which have no text.

    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return canonical_text(value)
    raise TypeError(f"{type_name(value)} has no text")


def canonical_text(value: Any) -> str:
    """Return the canonical JSON of a value (RFC 8785).

    `json.dumps` with sorted keys gives the same bytes where every character is below the surrogates
    (there the order of code points is the order of UTF-16 units) and no number is written with an
    exponent or with `.0` at its end: where the text proves that, it is taken; otherwise `rfc8785`
    writes it.

    Raises:
        ValueError: for a number that is not finite or beyond 2^53, or half a surrogate pair.

    """
    text = _encode(value)
    if not _may_differ(text) and (text.isascii() or max(text) < "\ud800"):
        return text
    import rfc8785

    return rfc8785.dumps(value).decode("utf-8")


def _may_differ(text: str) -> bool:
    if _MAY_HAVE_SUCH.search(text) is None and "NaN" not in text and "Infinity" not in text:
        return False
    # Three expressions, each of which begins with what is quick to find.
    return bool(_ODD_ALONE.match(text) or _ODD_FIELD.search(text) or _ODD_ITEM.search(text))


def digest_of(canonical: str) -> str:
    """Return the digest of a canonical text: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
