"""A message's texts → what a reader would stumble over: hints for its author, never errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from callsheet.messages.segments import segments_of
from callsheet.messages.texts import Texts

CLIPPED_BYTES = 102 * 1024
"""Gmail shows no more than 102 KB of an email's HTML, and a link to the rest."""
PUSH_TITLE, PUSH_TEXT = 50, 150
"""So many characters phones commonly show of a push before it is opened; it depends on device and font."""
FCM_BYTES = 4_096
SUBJECT = 60
ENOUGH_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3 (AA)."""
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr")
)
_NAMED = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff",
    "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "yellow": "#ffff00", "orange": "#ffa500",
    "navy": "#000080", "maroon": "#800000", "purple": "#800080", "teal": "#008080", "lightgray": "#d3d3d3",
    "darkgray": "#a9a9a9",
}  # fmt: skip


def hints_of(channel: str, texts: Texts) -> list[str]:
    """Return the hints for a message in one language."""
    return list({"email": _email, "push": _push, "sms": _sms}[channel](texts.fields))


def _email(fields: dict[str, str]) -> Iterator[str]:
    if len(fields.get("subject", "")) > SUBJECT:
        yield f"the subject has {len(fields['subject'])} characters: many inboxes show about {SUBJECT}"
    html = fields.get("html")
    if html is None:
        yield "there is no HTML: readers see only the text"
        return
    size = len(html.encode())
    if size > CLIPPED_BYTES:
        yield f"the HTML has {size / 1024:.0f} KB: Gmail cuts it off after 102 KB"
    reader = _MarkupHints()
    reader.feed(html)
    reader.close()
    yield from reader.found
    if re.search(r"<script|\son\w+\s*=|javascript:", html, re.IGNORECASE):
        yield "the HTML contains a script: no mail program runs it, and many refuse the email"
    if not re.search(r"<html[^>]*\slang=", html, re.IGNORECASE):
        yield "<html> has no lang: a screen reader guesses the language"


def _push(fields: dict[str, str]) -> Iterator[str]:
    for name, most in (("title", PUSH_TITLE), ("text", PUSH_TEXT)):
        length = len(fields.get(name, ""))
        if length > most:
            yield f"the {name} has {length} characters: phones commonly show about {most}"
    size = sum(len(one.encode()) for one in fields.values())
    if size > FCM_BYTES:
        yield f"the texts have {size} bytes: FCM takes 4,096 of a whole message"


def _sms(fields: dict[str, str]) -> Iterator[str]:
    found = segments_of(fields.get("text", ""))
    if found.number > 1:
        yield f"it is sent, and paid for, as {found.number} segments"
    if found.culprits:
        listed = " ".join(found.culprits[:8])
        yield f"it is UCS-2, 70 characters in a segment instead of 160, for: {listed}"


class _MarkupHints(HTMLParser):
    """Finds images without a text, and text whose colour is too near to its background."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.open: list[tuple[str, str | None, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "img" and "alt" not in named:
            self._tell(f"an image has no alt text: {named.get('src', '')[:60]}")
        if tag in _VOID:
            return
        style = named.get("style", "")
        colour = _colour(_declared(style, "color") or named.get("color", ""))
        behind = _colour(_declared(style, "background-color") or _declared(style, "background"))
        behind = behind or _colour(named.get("bgcolor", ""))
        inherited = self.open[-1] if self.open else ("", "#000000", "#ffffff")
        self.open.append((tag, colour or inherited[1], behind or inherited[2]))

    def handle_endtag(self, tag: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == tag:
                del self.open[index:]
                return

    def handle_data(self, data: str) -> None:
        tags = {one[0] for one in self.open}
        if not data.strip() or not self.open or tags & {"style", "script", "title", "head"}:
            return
        _, colour, behind = self.open[-1]
        if colour and behind:
            ratio = contrast(colour, behind)
            if ratio < ENOUGH_CONTRAST:
                self._tell(
                    f"{colour} on {behind} has a contrast of {ratio:.1f}, less than {ENOUGH_CONTRAST}:"
                    f" {data.strip()[:40]!r}"
                )

    def _tell(self, words: str) -> None:
        if words not in self.found:
            self.found.append(words)


def _declared(style: str, name: str) -> str:
    found = re.findall(rf"(?:^|;)\s*{name}\s*:\s*([^;]+)", style, re.IGNORECASE)
    return found[-1].strip() if found else ""


def _colour(written: str) -> str | None:
    """Return a colour as #rrggbb; None for what is not known here."""
    text = written.strip().lower().split(" ", maxsplit=1)[0]
    text = _NAMED.get(text, text)
    if re.fullmatch(r"#[0-9a-f]{3}", text):
        return "#" + "".join(one * 2 for one in text[1:])
    return text if re.fullmatch(r"#[0-9a-f]{6}", text) else None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, contrast ratio)."""
    first, second = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (first + 0.05) / (second + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
