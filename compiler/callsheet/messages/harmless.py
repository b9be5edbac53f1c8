"""The HTML of an email → the same to look at: nothing in it runs, loads, leads anywhere or asks.

What is written is a list of what is let through, element by element and attribute by attribute, so that a
browser reads exactly this. The styles of single elements become rules of a style sheet: a Content Security
Policy can then allow each style sheet by its hash, and nothing else.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from msgspec import Struct

from callsheet.messages.harmless_styles import BASE, declarations, sheet

MOST_LETTERS = 300_000
"""A longer one is not shown."""
_SHOWN = frozenset({
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br",
    "caption", "center", "cite", "code", "col", "colgroup", "dd", "del", "dfn", "div", "dl", "dt",
    "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp",
    "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "tt", "u", "ul", "var", "wbr",
})  # fmt: skip
_EMPTY = frozenset({"br", "col", "hr", "img", "wbr"})
_LEFT_OUT = frozenset({
    "applet", "audio", "button", "canvas", "datalist", "embed", "frameset", "iframe", "map", "math",
    "meter", "noembed", "noframes", "noscript", "object", "option", "plaintext", "progress",
    "script", "select", "svg", "template", "textarea", "title", "video", "xmp",
})  # fmt: skip
"""Elements that are left out with all that is in them."""
_ATTRIBUTES = frozenset({
    "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "class", "color", "colspan",
    "dir", "face", "height", "id", "lang", "role", "rowspan", "size", "start", "title", "type",
    "valign", "value", "width",
})  # fmt: skip
_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|webp);base64,[A-Za-z0-9+/=\s]*")
_LOADS = frozenset({"background", "poster", "srcset"})


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


def harmless(html: str) -> Harmless | None:
    """Return an email to look at; None for one that is too long."""
    if len(html) > MOST_LETTERS:
        return None
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.sheets: list[str] = []
        self.rules: dict[str, str] = {}
        self.document = {"html": "", "body": ""}
        self.images = self.scripts = 0
        self.has_data = False
        self.left_out: list[str] = []
        self.in_style = False

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

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.left_out:
            if tag == self.left_out[-1]:
                self.left_out.append(tag)
            return
        self.scripts += sum(name.startswith("on") for name, _ in attrs)
        if tag in _LEFT_OUT:
            self.scripts += tag not in ("title", "noscript", "noembed", "noframes", "template")
            self.left_out.append(tag)
        elif tag == "style":
            self.in_style = True
        elif tag in self.document:
            self.document[tag] = self.document[tag] or self._attributes(tag, attrs)
        elif tag in _SHOWN:
            self.parts.append(f"<{tag}{self._attributes(tag, attrs)}>")
        elif tag in ("form", "input"):
            self.scripts += 1
        elif tag == "link":
            self.images += 1

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _LEFT_OUT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.left_out:
            if tag == self.left_out[-1]:
                self.left_out.pop()
        elif tag == "style":
            self.in_style = False
        elif tag in _SHOWN and tag not in _EMPTY:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.left_out:
            return
        if self.in_style:
            text, images = sheet(data)
            self.images += images
            self.sheets += [text] if text.strip() else []
        else:
            self.parts.append(escape(data, quote=False))

    def _attributes(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        found: dict[str, str] = {}
        classes = []
        for name, value in attrs:
            text = value or ""
            if name == "style":
                style, images = declarations(text)
                self.images += images
                if style:
                    classes.append(self.rules.setdefault(style, f"mail-{len(self.rules) + 1}"))
            elif name in _LOADS or (name == "src" and tag == "img"):
                if name == "src" and _IMAGE.fullmatch(text):
                    found["src"] = text
                    self.has_data = True
                else:
                    self.images += 1
            elif name == "href" and tag == "a":
                found.setdefault("title", text)  # where it leads is said, and it leads nowhere
            elif name in _ATTRIBUTES or name.startswith("aria-"):
                found.setdefault(name, text)
        if classes:
            found["class"] = " ".join([*filter(None, [found.get("class", "")]), *classes])
        return "".join(
            f' {name}="{escape(value)}"' for name, value in found.items() if re.fullmatch("[a-z-]+", name)
        )


_STRONG = ":not(#_):not(#_):not(#_)"
"""What makes the rule of one element stronger than those of a style sheet, as its own style is."""
