"""The tags in an SVG or a formula → where it ends, as browsers see it (HTML standard, 13.2.6.5)."""

from __future__ import annotations

from collections.abc import Callable

from callsheet.messages.html_tokens import Token

MOST_DEEP = 500
"""So many elements are looked through for the one that a tag closes: browsers nest about as many."""
ROOTS = frozenset({"svg", "math"})
_ENDS = frozenset({
    "b", "big", "blockquote", "body", "br", "center", "code", "dd", "div", "dl", "dt", "em", "embed",
    "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta",
    "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table",
    "tt", "u", "ul", "var",
})  # fmt: skip
"""What cannot be in it, and ends it."""
_WITH_HTML = frozenset({"foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext"})
"""What has HTML in it."""
_NO_CONTENT = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip


class Foreign:
    """An SVG or a formula while it is read: what is open in it, each with whether it is HTML."""

    def __init__(self) -> None:
        self.open: list[tuple[str, bool]] = []

    @property
    def inside(self) -> bool:
        """Whether one is open."""
        return bool(self.open)

    @property
    def in_html(self) -> bool:
        """Whether what is read now is HTML inside it."""
        return bool(self.open) and (self.open[-1][1] or self.open[-1][0] in _WITH_HTML)

    def takes(self, token: Token, is_open_outside: Callable[[str], bool]) -> bool:
        """Read a tag; False for one that ended it, and that is to be read as HTML."""
        if token.closing:
            return self._closed(token.tag, is_open_outside)
        if not self.in_html and self._breaks(token):
            while self.open and not self.in_html:
                self.open.pop()
            return self.inside and self.takes(token, is_open_outside)
        html = self.in_html and token.tag not in ROOTS
        if not (token.tag in _NO_CONTENT if html else token.itself):
            self.open.append((token.tag, html))
        return True

    def _breaks(self, token: Token) -> bool:
        sized = token.tag == "font" and {"color", "face", "size"} & {name for name, _ in token.attributes}
        return token.tag in _ENDS or bool(sized)

    def _closed(self, tag: str, is_open_outside: Callable[[str], bool]) -> bool:
        if tag in ("p", "br") and not self.in_html:
            while self.open and not self.in_html:
                self.open.pop()
            return self.inside
        for at in range(len(self.open) - 1, max(-1, len(self.open) - 1 - MOST_DEEP), -1):
            if self.open[at][0] == tag:
                del self.open[at:]
                return True
            if self.open[at][0] in _WITH_HTML and at < len(self.open) - 1:
                return True  # nothing outside of it is closed from inside
        if self.in_html or not is_open_outside(tag):
            return True
        self.open.clear()
        return False
