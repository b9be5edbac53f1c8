"""Marks of a shell's variables: a name between U+E000 and U+E001, which no text of a line contains."""

from __future__ import annotations

import re
from urllib.parse import quote_plus

MARK = re.compile("\ue000([A-Za-z_][A-Za-z0-9_]*)\ue001")


def mark_of(name: str) -> str:
    """Return the mark of a variable of the shell."""
    return f"\ue000{name}\ue001"


def as_written(text: str) -> str:
    """Return a text with its marks written as the shell's variables again."""
    return MARK.sub(lambda match: f"${match[1]}", text)


def encoded_text(text: str) -> str:
    """Encode a text for a query as forms do, with `+` for a blank, but for the marks in it."""
    at, found = 0, ""
    for match in MARK.finditer(text):
        found += quote_plus(text[at : match.start()]) + match[0]
        at = match.end()
    return found + quote_plus(text[at:])
