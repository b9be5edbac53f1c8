"""HTML → its tags and texts, exactly where a browser finds them (HTML standard, 13.2.5).

Python's own parser ends comments, tags and raw text elsewhere than browsers do, and each release differs.
"""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

from msgspec import Struct

_TEXT = re.compile(r"[^<]+")
_TAG = re.compile(r"<(/?)([A-Za-z][^\t\n\f />]*)")
_ATTRIBUTE = re.compile(
    r"""[\t\n\f /]*(?:(?P<end>>)|(?P<name>=?[^\t\n\f />=]*)"""
    r"""(?:[\t\n\f ]*=[\t\n\f ]*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'"""
    r"""|(?P<plain>[^\t\n\f >"'][^\t\n\f >]*|(?=>))))?)"""
)
_UNENDED = re.compile(r"[\t\n\f ]*=[\t\n\f ]*[\"']")
"""What is left of a value whose quotation mark is not closed."""
_COMMENT = re.compile(r"<!---?>|<!--.*?(?:--!?>|\Z)", re.DOTALL)
_OTHER_COMMENT = re.compile(r"<[!?/][^>]*(?:>|\Z)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_REFERENCE = re.compile(r"&(?:#[xX][0-9a-fA-F]+;?|#[0-9]+;?|[A-Za-z][A-Za-z0-9]*;?)")
_NESTED_SCRIPT = re.compile(r"<(/?)script(?=[\t\n\f />])|(-->)", re.IGNORECASE)


class Token(Struct, frozen=True):
    """A tag, a text or, with neither, a comment.

    Attributes:
        end: where the next one begins.
        tag: its name in lower case; empty for a text.
        closing: whether the tag closes an element.
        itself: whether it ends with `/>`.
        attributes: each once, the first of a name, with its references read.
        text: with its references read.

    """

    end: int
    tag: str = ""
    closing: bool = False
    itself: bool = False
    attributes: tuple[tuple[str, str], ...] = ()
    text: str = ""


def normalised(html: str) -> str:
    """Return HTML as a browser's parser is given it."""
    return html.replace("\r\n", "\n").replace("\r", "\n")


def token_at(html: str, at: int, *, foreign: bool = False) -> Token:
    """Return what begins at a place; in SVG and MathML (`foreign`), CDATA is text."""
    if found := _TEXT.match(html, at):
        return Token(found.end(), text=unescape(found[0].replace("\0", "")))
    if found := _TAG.match(html, at):
        return _tag(html, found)
    if foreign and (found := _CDATA.match(html, at)):
        return Token(found.end(), text=found[1])
    found = _COMMENT.match(html, at) or _OTHER_COMMENT.match(html, at)
    if found is not None and found[0] != "</":
        return Token(found.end())
    return Token(at + 1, text="<")


def raw_text(html: str, at: int, name: str) -> tuple[str, int]:
    """Return the text of an element that has no elements, and where its closing tag begins."""
    if name == "plaintext":
        return html[at:], len(html)
    closing = re.compile(rf"</{name}(?=[\t\n\f />])", re.IGNORECASE)
    found = closing.search(html, at)
    if name == "script" and found is not None:
        hidden = html.find("<!--", at, found.start())
        if hidden >= 0:
            end = _after_hidden(html, hidden)
            return html[at:end], end
    end = found.start() if found is not None else len(html)
    return html[at:end], end


def _after_hidden(html: str, at: int) -> int:
    """Return where a script ends that has `<!--`: a script in there, and its closing tag, belong to it."""
    nested = False
    at += 2
    while found := _NESTED_SCRIPT.search(html, at):
        if found[2]:
            again = html.find("<!--", found.end())
            closing = re.compile(r"</script(?=[\t\n\f />])", re.IGNORECASE).search(html, found.end())
            if closing is None or not 0 <= again < closing.start():
                return closing.start() if closing is not None else len(html)
            nested, at = False, again + 2
        elif found[1] and not nested:
            return found.start()
        else:
            nested, at = not found[1], found.end()
    return len(html)


def _tag(html: str, opened: re.Match[str]) -> Token:
    attributes: dict[str, str] = {}
    at = opened.end()
    while at < len(html):
        found = _ATTRIBUTE.match(html, at)
        if found is None or found.end() == at:
            break
        at = found.end()
        if found["end"]:
            itself = html[at - 2] == "/" and at - 2 >= found.start()  # and not of a value without quotes
            closing = bool(opened[1])
            name = _lower(opened[2]).replace("\0", "\ufffd")
            return Token(at, name, closing, itself, () if closing else tuple(attributes.items()))
        if _UNENDED.match(html, at):
            break
        value = next((found[it] for it in ("double", "single", "plain") if found[it] is not None), "")
        if found["name"]:
            attributes.setdefault(_lower(found["name"]), _value(value))
    return Token(len(html))  # a tag that does not end is no tag, and nothing comes after it


def _lower(name: str) -> str:
    """Return a name with ASCII letters in lower case: others stay."""
    return "".join(one.lower() if one.isascii() else one for one in name)


def _value(text: str) -> str:
    """Return the value of an attribute: a name without `;` before a letter or `=` is no reference there."""

    def read(found: re.Match[str]) -> str:
        name = found[0][1:]
        if name.startswith("#") or name in html5:
            after = text[found.end() : found.end() + 1]
            return found[0] if after == "=" and not name.endswith(";") else unescape(found[0])
        return found[0]

    return _REFERENCE.sub(read, text.replace("\0", "\ufffd"))
