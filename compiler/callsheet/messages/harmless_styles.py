"""Styles of an email → styles that load nothing, and end neither their rule nor their element."""

from __future__ import annotations

import re

BASE = (
    ":where(a[title]) { color: #06c; text-decoration: underline; }"
    " :where(img:not([src])) { outline: 1px dashed #767676; outline-offset: -1px; }"
)
"""How a link that leads nowhere, and an image that is not loaded, look."""
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_IMPORT = re.compile(r"@import\b[^;]*;?", re.IGNORECASE)
_LOADING = re.compile(
    r"(?:url|src|image|(?:-webkit-)?image-set|(?:-webkit-)?cross-fade|element)\s*\([^)]*\)?", re.IGNORECASE
)


def sheet(text: str) -> tuple[str, int]:
    """Return a style sheet without what it loads, and how much that was."""
    text = _COMMENT.sub(" ", text).replace("\\", "").replace("<", "").replace("\r", "\n")
    text, imports = _IMPORT.subn("", text)
    text, loading = _LOADING.subn("none", text)
    return text.replace("\0", ""), imports + loading


def declarations(text: str) -> tuple[str, int]:
    """Return the style of one element for a rule of its own, and how much it would have loaded.

    One that is not closed would take the rules behind it with it, and is left out.
    """
    text, images = sheet(text)
    text = re.sub(r"[{}\s]+", " ", text).strip()
    even = all(text.count(one) % 2 == 0 for one in "\"'")
    return (text if even and text.count("(") == text.count(")") else ""), images
