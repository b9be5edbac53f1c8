"""Filters of texts: letters, pieces, digests and encodings."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import quote

from callsheet.templates.filters.table import MAX_TEXT, SCALAR, TEXT, template_filter
from callsheet.templates.values import text_of


@template_filter("lower", TEXT, "string")
def _lower(value: str) -> str:
    """Return the string in lower case.

    {{ "ADA" | lower }} → "ada"
    """
    return value.lower()


@template_filter("upper", TEXT, "string")
def _upper(value: str) -> str:
    """Return the string in upper case.

    {{ "fr" | upper }} → "FR"
    """
    return value.upper()


@template_filter("capitalize", TEXT, "string")
def _capitalize(value: str) -> str:
    """Return the string with its first letter in upper case, the others in lower case.

    {{ "ADA" | capitalize }} → "Ada"
    """
    return value.capitalize()


@template_filter("title", TEXT, "string")
def _title(value: str) -> str:
    """Return the string with the first letter of each word in upper case.

    {{ "ada lovelace" | title }} → "Ada Lovelace"
    """
    return re.sub(r"\S+", lambda word: word[0][:1].upper() + word[0][1:].lower(), value)


@template_filter("trim", TEXT, "string")
def _trim(value: str, characters: str | None = None) -> str:
    """Remove white space (or the named characters) from both ends.

    {{ "  Ada " | trim }} → "Ada"
    {{ "--Ada-" | trim("-") }} → "Ada"
    """
    return value.strip(characters)


@template_filter("replace", TEXT, "string")
def _replace(value: str, old: str, new: str) -> str:
    """Replace every occurrence of a string by another.

    {{ "a-b-c" | replace("-", "") }} → "abc"
    """
    if not isinstance(old, str) or not isinstance(new, str):
        raise TypeError("replace takes two strings")
    if len(value) + value.count(old) * max(len(new) - len(old), 0) > MAX_TEXT:
        raise OverflowError
    return value.replace(old, new)


@template_filter("truncate", TEXT, "string")
def _truncate(value: str, length: int, end: str = "…") -> str:
    """Return at most so many characters, including the end mark.

    {{ "Good morning" | truncate(5) }} → "Good…"
    {{ "Good morning" | truncate(4, "") }} → "Good"
    """
    if not isinstance(length, int) or length < len(end):
        raise ValueError("truncate takes a length of at least that of its end mark")
    return value if len(value) <= length else value[: length - len(end)].rstrip() + end


@template_filter("digits", TEXT, "string")
def _digits(value: str) -> str:
    """Return only the digits 0 to 9, as phone numbers are normalised before they are hashed.

    {{ "+33 6 12 34 56 78" | digits }} → "33612345678"
    """
    return "".join(character for character in value if character in "0123456789")


@template_filter("split", TEXT, "array")
def _split(value: str, separator: str) -> list[str]:
    """Return the parts of a string between a separator.

    {{ "a,b" | split(",") }} → ["a", "b"]
    """
    if not separator:
        raise ValueError("split takes a separator")
    return value.split(separator)


@template_filter("sha256", TEXT, "string")
def _sha256(value: str) -> str:
    """Return the SHA-256 of the string's UTF-8 bytes, in hexadecimal (FIPS 180-4).

    {{ "foo@example.com" | sha256 }} → "321ba197033e81286fedb719d60d4ed5cecaed170733cb4a92013811afc0e3b6"
    """
    return hashlib.sha256(value.encode("utf-8")).hexdigest()


@template_filter("base64", TEXT, "string")
def _base64(value: str) -> str:
    """Return Base64 of the string's UTF-8 bytes (RFC 4648 section 4).

    {{ "Ada" | base64 }} → "QWRh"
    """
    return base64.b64encode(value.encode("utf-8")).decode("ascii")


@template_filter("urlencode", SCALAR, "string")
def _urlencode(value: Any) -> str:
    """Percent-encode (RFC 3986), but for `/`; a URL does not encode the result again.

    {{ "a b/c&d" | urlencode }} → "a%20b/c%26d"
    """
    return quote(text_of(value), safe="/")
