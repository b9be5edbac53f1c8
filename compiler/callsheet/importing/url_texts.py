"""Texts of URLs with marks: encoded as a client sends them, and nothing twice."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

_ENCODED_MARK = re.compile("%EE%80%8[2-7]")


def quoted(text: str) -> str:
    """Encode a key or a value of a query; marks stay as they are."""
    return _ENCODED_MARK.sub(lambda match: unquote(match[0]), quote(text, safe=""))


def encoded(url: str) -> str:
    """Encode what a URL cannot contain, and nothing twice; marks stay as they are."""
    found = quote(url, safe=":/?#[]@!$&'()*+,;=~%") if not url.isascii() or " " in url else url
    return _ENCODED_MARK.sub(lambda match: unquote(match[0]), found)
