"""Texts of URLs with marks: encoded as a client sends them, and nothing twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

from callsheet.importing.marks import VALUE, filled
from callsheet.importing.model import ImportFault
from callsheet.importing.query_parts import QueryParts, is_text
from callsheet.importing.shell_marks import as_written

PLAIN_IN_PATH = re.compile("[!-~]*")
_PLAIN_IN_QUERY = re.compile("[A-Za-z0-9_.~-]*")
_RAW = re.compile(r"""["<>^`{}|\\]|%(?![0-9A-Fa-f]{2})""")
_RAW_IN_QUERY = re.compile(r"""["'<>^`{}|\\;\[\]]""")
_NO_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_ENCODED_MARK = re.compile("%EE%80%8[2-7]")


def quoted(text: str) -> str:
    """Encode a key or a value of a query; marks stay as they are."""
    return _ENCODED_MARK.sub(lambda match: unquote(match[0]), quote(text, safe=""))


def encoded(url: str) -> str:
    """Encode what a URL cannot contain, and nothing twice; marks stay as they are."""
    found = quote(url, safe=":/?#[]@!$&'()*+,;=~%")
    return _ENCODED_MARK.sub(lambda match: unquote(match[0]), found)


def encoded_path(base: str, notes: list[str]) -> str:
    """Encode what a URL before its query cannot contain; notes take what some tools send as it is."""
    if raw := _RAW.search(base):
        notes.append(f"`{raw[0]}` in the path is percent-encoded: the tool sends it as it is")
    return encoded(_NO_ESCAPE.sub("%25", base))


def note_raw_query(query: str, notes: list[str]) -> None:
    """Note what of a query is percent-encoded that some tools send as it is, and some services read."""
    if raw := _RAW_IN_QUERY.search(query):
        notes.append(f"`{raw[0]}` in the query is percent-encoded: the tool sends it as it is")


def refuse_backslash(host: str) -> None:
    r"""Refuse a host with `\` after it: a browser ends it there, and others read a user's name (RFC 3986).

    Raises:
        ImportFault: where there is one.

    """
    if "\\" in host:
        raise ImportFault(
            "the host of its URL is followed by `\\`, which is another host for other programs",
            "write the URL with `/`",
        )


def query_text(parts: QueryParts, values: Mapping[str, str]) -> str:
    """Return the query that a URL says itself: `+`, other bytes, and names without `=` are kept."""

    def again(written: str) -> str:
        return "+".join(map(piece, as_written(written).split("+")))

    def piece(written: str) -> str:
        if not is_text(written):
            return encoded(written)
        return quoted(with_plain_values(unquote(written), values, _PLAIN_IN_QUERY))

    return "&".join(
        again(key) if is_bare else f"{again(key)}={again(held)}"
        for (key, held), is_bare in zip(parts.written, parts.bare, strict=True)
    )


def with_plain_values(text: str, values: Mapping[str, str], plain: re.Pattern[str]) -> str:
    """Write values in their places that would have to be encoded, which no template does in a URL."""
    filled(text, values)  # raises where that is too long

    def in_place(match: re.Match[str]) -> str:
        held = filled(match[0], values)
        return match[0] if plain.fullmatch(held) else held

    return VALUE.sub(in_place, text)
