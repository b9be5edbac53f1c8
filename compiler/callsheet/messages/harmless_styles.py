"""Styles of an email → styles that load nothing, and end neither their rule nor their element."""

from __future__ import annotations

import re
from collections.abc import Mapping

BASE = (
    ":where(a[title]) { color: #06c; text-decoration: underline; }"
    " :where(img:not([src])) { outline: 1px dashed #767676; outline-offset: -1px; }"
)
"""How a link that leads nowhere, and an image that is not loaded, look."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|([\s\S])|\Z)")
_STRING = r"""(?:"(?:\\[\s\S]|[^"\\\n])*(?:"|(?=\n)|\Z)|'(?:\\[\s\S]|[^'\\\n])*(?:'|(?=\n)|\Z))"""
_TOKEN = re.compile(
    rf"""(?P<comment>/\*.*?(?:\*/|\Z))
    |(?P<own>url\(\s*(?:"\#[\w-]*"|'\#[\w-]*'|\#[\w-]*)\s*\))
    |(?P<url>(?:url|src)\((?:\s*{_STRING}|(?:\\.|[^)\\])*)[^)]*\)?)
    |(?P<import>@import\b(?:{_STRING}|\\.|[^;"'\\])*;?)
    |(?P<opened>(?:(?:-webkit-)?image-set|image|(?:-webkit-)?cross-fade|element)\()
    |(?P<kept>{_STRING}|\\[\s\S])""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_PARENTHESIS = re.compile(rf"{_STRING}|\\[\s\S]|[()]")


def sheet_for(attributes: Mapping[str, str], text: str) -> tuple[str, int]:
    """Return the style sheet of a `style` element, for its media, and how much it would load."""
    if attributes.get("type", "").strip().lower() not in ("", "text/css"):
        return "", 0
    found, images = sheet(text)
    media, _ = declarations(attributes.get("media", ""))
    return (f"@media {media.replace(';', ' ')} {{\n{found}\n}}" if media else found), images


def sheet(text: str) -> tuple[str, int]:
    """Return a style sheet without what it loads, and how much that was."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", "\ufffd")
    text = _ESCAPE.sub(_plain_letter, text)
    parts: list[str] = []
    at = loading = 0
    while found := _TOKEN.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        if found["comment"]:
            parts.append("/**/")  # a space would part a selector
        elif found["import"]:
            loading += 1
        elif found["url"]:
            loading += 1
            parts.append("none")
        elif found["opened"]:
            loading += 1
            parts.append("none")
            at = _closed(text, at)
        else:
            parts.append(found[0])
    parts.append(text[at:])
    return _TAG.sub(r"\\3c ", "".join(parts)), loading


def _closed(text: str, at: int) -> int:
    """Return where a function ends whose parenthesis is open; without an end, it is the rest."""
    depth = 1
    for found in _PARENTHESIS.finditer(text, at):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if not depth:
            return found.end()
    return len(text)


def _plain_letter(found: re.Match[str]) -> str:
    """Return an escape so that it hides no name of what loads: letters and hyphens are written as such."""
    hexadecimal, one = found.groups()
    if hexadecimal:
        number = int(hexadecimal, 16)
        one = chr(number) if number < 128 else ""
    if one and one.isascii() and (one.isalpha() or one in "-<"):
        return one
    return f"\\{hexadecimal} " if hexadecimal else f"\\{one}" if one else ""


def declarations(text: str) -> tuple[str, int]:
    """Return the style of one element for a rule of its own, and how much it would have loaded.

    One that is not closed would take the rules behind it with it, and is left out.
    """
    text, images = sheet(text)
    text = re.sub(r"[{}\s]+", " ", text).strip()
    text = _ESCAPE.sub(lambda found: f"\\{found[1]} " if found[1] else found[0] if found[2] else "", text)
    rest = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\\.", "", text)
    closed = not re.search("[\"']", rest) and rest.count("(") == rest.count(")")
    return (text if closed else ""), images
