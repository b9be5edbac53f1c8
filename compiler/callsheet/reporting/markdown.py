"""Pages → Markdown for a comment: what a workspace says can never become markup, a link or a mention.

Plain text is written with entities for all that CommonMark or GitHub could read as markup; names and
values stand in code. What does not fit into a comment is counted, with a link to the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from callsheet.reporting.fitting import fit, size
from callsheet.reporting.model import Style
from callsheet.reporting.page import (
    Block,
    Code,
    Fold,
    Heading,
    Inline,
    Items,
    Lines,
    Page,
    Paragraph,
    Section,
    Table,
    text_of,
)
from callsheet.reporting.pages import page_report
from callsheet.reporting.terminal import safe
from callsheet.words import and_more

MAX_BYTES = 65_536
"""The longest comment that GitHub takes, in bytes, which are never fewer than characters."""

_SPECIAL = re.compile(r"[^A-Za-z0-9 ,.:;'/=%?()+→·—\u00c0-\u024f-]|:(?! )")
_TONES = {"breaking": "🔴 ", "sensitive": "🟣 ", "error": "🔴 ", "warning": "🟡 "}


def plain(text: str) -> str:
    """Encode a text so that it is only text, also to what looks for links and mentions afterwards."""
    encoded = _SPECIAL.sub(lambda match: f"&#{ord(match[0])};", safe(text))
    # A mention would call people, a bare address would become a link.
    encoded = encoded.replace("&#64;", "&#64;&#8203;")
    return re.sub(r"(?i)www\.", lambda match: match[0][:-1] + "&#46;", encoded)


def code(text: str) -> str:
    """Return a text as code: in HTML's element, in which entities stand for themselves."""
    return f"<code>{plain(text)}</code>"


def _line(content: Inline) -> str:
    return "".join(code(one.text) if isinstance(one, Code) else plain(text_of(one)) for one in content)


def _heading(block: Heading) -> str:
    return f"{'#' * (block.level + 1)} {_line(block.content)}"


def _paragraph(block: Paragraph) -> str:
    return _TONES.get(block.tone, "") + _line(block.content)


def _table(block: Table) -> str:
    rows = [block.head, ["---"] * len(block.head)]
    written = [f"| {' | '.join(row)} |" for row in rows]
    written += [f"| {' | '.join(_line(cell) for cell in row)} |" for row in block.rows]
    return "\n".join(written)


def _lines(block: Lines) -> str:
    lines = [safe(one) for one in block.lines]
    longest = max((len(run) for one in lines for run in re.findall("`+", one)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}{block.language}", *lines, fence])


def _items(block: Items) -> str:
    return "\n".join(f"- {_line(one)}" for one in block.items)


def _fold(block: Fold) -> str:
    inner = "\n\n".join(write_block(one) for one in block.blocks)
    return f"<details><summary>{_line(block.summary)}</summary>\n\n{inner}\n\n</details>"


_WRITERS: dict[type, Callable[[Any], str]] = {
    Heading: _heading,
    Paragraph: _paragraph,
    Table: _table,
    Lines: _lines,
    Items: _items,
    Fold: _fold,
}


def write_block(block: Block) -> str:
    """Write one block."""
    return _WRITERS[type(block)](block)


def write_page(page: Page, style: Style) -> str:
    """Write a page: whole, or so much of it as fits into a comment, each part shortened by itself."""
    if not page.marker:
        return "\n\n".join(write_block(one) for one in page.whole) + "\n"
    before = [
        *(_alone(one) for one in page.blocks[:1]),
        *page.opening,
        *(_alone(one) for one in page.blocks[1:]),
    ]
    marker = marker_of(page.marker, style.prefix)
    ending = [f"[The whole report]({_url(style.link)})"] if style.link else []
    room = MAX_BYTES - 500 - sum(size(one) for one in (marker, *ending))
    fitted = fit([*before, *page.sections], room, write_block, len(before))
    parts = [marker, *fitted.parts]
    if fitted.shortened:
        parts.append(f"Shortened to fit here: {fitted.shortened}.")
    if fitted.left:
        parts.append(f"{and_more(fitted.left, 0, page.unit)}, which do not fit here.")
    return "\n\n".join([*parts, *ending]) + "\n"


def marker_of(name: str, prefix: str) -> str:
    """Return the first line of a page, by which the next one finds its comment: one for each workspace."""
    names = [*name.split(":"), prefix.strip("/")]
    return f"<!-- callsheet:{':'.join(_marked(one) for one in names if one)} -->"


def _marked(text: str) -> str:
    """Write all but small letters and digits as code points, so that two names never become one."""
    return re.sub("[^a-z0-9]", lambda match: f"_{ord(match[0]):x}_", text)


def _alone(block: Block) -> Section:
    return Section([block], [block], -10)


def _url(link: str) -> str:
    """Return a link without anything that could end it."""
    from urllib.parse import quote

    return quote(link, safe=":/?#=&%@+,;~-._") if link.startswith(("https://", "http://")) else "#"


MARKDOWN = page_report("markdown", write_page)
