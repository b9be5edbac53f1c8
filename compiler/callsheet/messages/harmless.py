"""The HTML of an email → the same to look at: nothing in it runs, loads, leads anywhere or asks.

What is written is a list of what is let through, element by element and attribute by attribute, so that a
browser reads exactly this. The styles of single elements become rules of a style sheet: a Content Security
Policy can then allow each style sheet by its hash, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from enum import Enum
from html import escape, unescape

from msgspec import Struct

from callsheet.messages.foreign import ROOTS, Foreign
from callsheet.messages.harmless_styles import BASE, declarations, sheet_for
from callsheet.messages.html_tokens import Token, normalised, raw_text, token_at

MOST_LETTERS = 300_000
"""A longer one is not shown."""
_SHOWN = frozenset({
    "a", "abbr", "acronym", "address", "applet", "article", "aside", "audio", "b", "bdi", "bdo", "big",
    "blockquote", "br", "button", "canvas", "caption", "center", "cite", "code", "col", "colgroup",
    "data", "datalist", "dd", "del", "details", "dfn", "dialog", "dir", "div", "dl", "dt", "em",
    "fieldset", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "i", "img", "ins", "kbd", "label", "legend", "li", "listing", "main", "map", "mark",
    "marquee", "menu", "meter", "nav", "nobr", "object", "ol", "optgroup", "option", "output", "p",
    "picture", "pre", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "search",
    "section", "select", "small", "span", "strike", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "tr", "tt", "u", "ul", "var",
    "video", "wbr",
})  # fmt: skip
"""Elements that a browser shows, or hides, as it does in the email; none runs or loads anything without its
attributes."""
_EMPTY = frozenset({"br", "col", "hr", "img", "wbr"})
_INSTEAD = {"form": "div", "image": "img", "xmp": "pre", "plaintext": "pre"}
"""What is written for an element that looks the same."""
_RAW = frozenset({
    "iframe", "noembed", "noframes", "plaintext", "script", "style", "textarea", "title", "xmp",
})  # fmt: skip
"""Elements in which a tag is text."""
_COUNTED = frozenset({
    "applet", "audio", "button", "embed", "form", "iframe", "input", "math", "object", "script", "select",
    "svg", "textarea", "video",
})  # fmt: skip
"""What runs, sends or plays in the email, and does not here."""
_WRITTEN = {"button": ' type="button"', "select": " disabled", "textarea": " disabled"}
"""What keeps an element from doing anything."""
_ATTRIBUTES = frozenset({
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color", "colspan",
    "dir", "face", "height", "high", "id", "label", "lang", "low", "max", "min", "open", "optimum",
    "role", "rowspan", "selected", "size", "start", "title", "type", "valign", "value", "width",
})  # fmt: skip
_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
_OF_HTTPS = re.compile(r"https://[^\s\x00-\x1f]+", re.IGNORECASE)
_LOADS = frozenset({"background", "poster", "srcset"})


class Images(Enum):
    """Which images that an email names may be loaded."""

    NONE = "none"
    OF_HTTPS = "https"


class Harmless(Struct, frozen=True):
    """An email to look at.

    Attributes:
        html: a whole document.
        styles: its style sheets, exactly as they are in it.
        images: how many images of others' hosts were left out.
        scripts: how many scripts, forms and things to click were.
        has_data: whether an image is in it.

    """

    html: str
    styles: tuple[str, ...] = ()
    images: int = 0
    scripts: int = 0
    has_data: bool = False


def harmless(html: str, images: Images = Images.NONE) -> Harmless | None:
    """Return an email to look at; None for one that is too long."""
    if len(html) > MOST_LETTERS:
        return None
    reader = _Reader(normalised(html), images)
    reader.read()
    return reader.result()


class _Reader:
    def __init__(self, html: str, images: Images) -> None:
        self.text = html
        self.loaded = images
        self.parts: list[str] = []
        self.sheets: list[str] = []
        self.rules: dict[str, str] = {}
        self.document = {"html": "", "body": ""}
        self.images = self.scripts = 0
        self.has_data = False
        self.foreign = Foreign()
        self.opened: Counter[str] = Counter()

    def result(self) -> Harmless:
        rules = "\n".join(f".{name}{_STRONG} {{ {text} }}" for text, name in self.rules.items())
        styles = tuple(one for one in (BASE, rules, *self.sheets) if one)
        head = "".join(f"<style>{one}</style>" for one in styles)
        body = "".join(self.parts)
        return Harmless(
            f'<!doctype html><html{self.document["html"]}><head><meta charset="utf-8">{head}</head>'
            f"<body{self.document['body']}>{body}</body></html>",
            styles,
            self.images,
            self.scripts,
            self.has_data,
        )

    def read(self) -> None:
        """Read the whole."""
        at = 0
        while at < len(self.text):
            in_html = not self.foreign.inside or self.foreign.in_html
            token = token_at(self.text, at, foreign=not in_html)
            at = token.end
            if not token.tag:
                if not self.foreign.inside:
                    self.parts.append(_text(token.text))
                continue
            if token.tag in _RAW and not token.closing and in_html:
                text, at = raw_text(self.text, at, token.tag)
                at = token_at(self.text, at).end  # its closing tag
                if not self.foreign.inside:
                    self._raw(token, text)
            elif not self.foreign.inside or not self.foreign.takes(token, self._is_open):
                self._close(token) if token.closing else self._open(token)

    def _is_open(self, tag: str) -> bool:
        return self.opened[tag] > 0

    def _open(self, token: Token) -> None:
        self._count(token)
        tag = _INSTEAD.get(token.tag, token.tag)
        self.opened[token.tag] += 1
        if token.tag in ROOTS:
            if not token.itself:
                self.foreign.open.append((token.tag, False))
        elif tag in self.document:
            self.document[tag] = self.document[tag] or self._attributes(token)
        elif tag in _SHOWN:
            self.parts.append(f"<{tag}{self._attributes(token)}{_WRITTEN.get(tag, '')}>")
        elif tag == "input" and self._is_open("select"):
            self.parts.append("</select>")  # it ends one

    def _count(self, token: Token) -> None:
        self.scripts += sum(name.startswith("on") for name, _ in token.attributes)
        self.scripts += token.tag in _COUNTED
        self.images += token.tag in ("link", "source", "track")

    def _close(self, token: Token) -> None:
        self.opened[token.tag] = max(0, self.opened[token.tag] - 1)
        tag = _INSTEAD.get(token.tag, token.tag)
        if tag in _SHOWN and tag not in _EMPTY - {"br"} and token.tag not in _RAW:
            self.parts.append(f"</{tag}>")

    def _raw(self, token: Token, text: str) -> None:
        """Write an element in which tags are text."""
        self._count(token)
        if token.tag == "style":
            styles, images = sheet_for(dict(token.attributes), text)
            self.images += images
            self.sheets += [styles] if styles.strip() else []
        elif token.tag == "textarea":
            shown = f"<textarea{self._attributes(token)} disabled>{_text(unescape(text))}</textarea>"
            self.parts.append(shown)
        elif token.tag in ("xmp", "plaintext"):
            # The first line break of a `pre` is not shown.
            self.parts.append(f"<pre{self._attributes(token)}>\n{_text(text)}</pre>")

    def _attributes(self, token: Token) -> str:
        tag = _INSTEAD.get(token.tag, token.tag)
        found: dict[str, str] = {}
        classes = []
        for name, text in token.attributes:
            if name == "style":
                style, images = declarations(text)
                self.images += images
                if style:
                    classes.append(self.rules.setdefault(style, f"mail-{len(self.rules) + 1}"))
            elif name in _LOADS or (name == "src" and tag == "img"):
                if name == "src" and _IMAGE.fullmatch(text):
                    found["src"] = text
                    self.has_data = True
                elif name == "src" and self.loaded is Images.OF_HTTPS and _OF_HTTPS.fullmatch(text):
                    found["src"] = text
                else:
                    self.images += 1
            elif name == "href" and tag == "a":
                found.setdefault("title", text)  # where it leads is said, and it leads nowhere
            elif tag == "button" and name == "type":
                continue  # one of the kind that does nothing is written
            elif name in _ATTRIBUTES or name.startswith("aria-"):
                found.setdefault(name, text)
        if classes:
            found["class"] = " ".join([*filter(None, [found.get("class", "")]), *classes])
        return "".join(
            f' {name}="{escape(value)}"' for name, value in found.items() if re.fullmatch("[a-z-]+", name)
        )


def _text(text: str) -> str:
    return escape(text, quote=False).replace("\r", "&#13;")


_STRONG = ":not(#_):not(#_):not(#_)"
"""What makes the rule of one element stronger than those of a style sheet, as its own style is."""
