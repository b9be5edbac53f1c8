"""Sections × room → what is shown of each: the whole, a part, its head with the reasons, or nothing.

Room goes to every head first, then to what is gravest and, of that, to what is smallest: a section that
is too large is cut by itself, and takes no smaller one with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from callsheet.reporting.page import (
    Block,
    Code,
    Fold,
    Heading,
    Inline,
    Items,
    Lines,
    Paragraph,
    Section,
    Table,
    text_of,
)
from callsheet.words import and_more

MOST_ROWS = 10
MOST_LINES = 10
MOST_LETTERS = 160
Write = Callable[[Block], str]


class Fitted(Struct, frozen=True):
    """What fits, in its order; how many sections are shortened, and how many are left out."""

    parts: list[str]
    shortened: int
    left: int


def size(text: str) -> int:
    """Count the bytes that a part takes, with the empty line after it."""
    return len(text.encode("utf-8", "surrogatepass")) + 2


def fit(sections: Sequence[Section], room: int, write: Write, fixed: int) -> Fitted:
    """Choose what is shown of each section, so that all of it fits.

    The first `fixed` sections keep their order; of the others, the gravest and smallest come first where
    something has to be cut.
    """
    whole = [_joined(one.blocks, write) for one in sections]
    if sum(map(size, whole)) <= room:
        return Fitted(whole, 0, 0)
    short = [_smaller(_short(one, write), text) for one, text in zip(sections, whole, strict=True)]
    heads = [_smaller(write(shortened(one.short[0])), it) for one, it in zip(sections, short, strict=True)]
    order = sorted(range(len(sections)), key=lambda at: (sections[at].weight, size(whole[at])))
    chosen: dict[int, str] = {}
    for texts in (heads, short, whole):
        for at in order:
            more = size(texts[at]) - (size(chosen[at]) if at in chosen else 0)
            if more <= room and (at in chosen or texts is heads):
                chosen[at] = texts[at]
                room -= more
    for at in order:
        if chosen.get(at) == short[at] != whole[at]:
            text = _part(sections[at], short[at], room, write)
            room -= size(text) - size(chosen[at])
            chosen[at] = text
    cut = sum(text != whole[at] for at, text in chosen.items())
    shown = [
        *(at for at in sorted(chosen) if at < fixed),
        *(at for at in order if at in chosen and at >= fixed),
    ]
    return Fitted([chosen[at] for at in shown], cut, len(sections) - len(chosen))


def _smaller(one: str, other: str) -> str:
    return min(one, other, key=size)


def _joined(blocks: Sequence[Block], write: Write) -> str:
    return "\n\n".join(write(one) for one in blocks)


def _short(one: Section, write: Write) -> str:
    return _joined([shortened(block) for block in one.short], write)


def _part(section: Section, head: str, room: int, write: Write) -> str:
    """Add to a head so many of the first blocks as there is room for; folded where the whole is."""
    first = section.blocks[0]
    folded = isinstance(first, Fold)
    left = room - (size(write(Fold((_FIRST,), []))) + 2 if folded else 0)
    kept: list[Block] = []
    for block in first.blocks if isinstance(first, Fold) else section.blocks[1:]:
        less = shortened(block)
        left -= size(write(less))
        if left < 0:
            break
        kept.append(less)
    if not kept:
        return head
    return "\n\n".join([head, write(Fold((_FIRST,), kept)) if folded else _joined(kept, write)])


_FIRST = "The first of them"


def shortened(block: Block) -> Block:
    """Return a block with less in it, and with what it begins with."""
    match block:
        case Table():
            more = and_more(len(block.rows), MOST_ROWS)
            rows = [[_inline(one) for one in row] for row in block.rows[:MOST_ROWS]]
            rest: list[Inline] = [(more,), *[("",)] * (len(block.head) - 1)]
            return replace(block, rows=[*rows, rest] if more else rows)
        case Lines():
            more = and_more(len(block.lines), MOST_LINES, "line")
            lines = [_clipped(one) for one in block.lines[:MOST_LINES]]
            return replace(block, lines=[*lines, f" {more}"] if more else lines)
        case Items():
            more = and_more(len(block.items), MOST_ROWS)
            kept = [_inline(one) for one in block.items[:MOST_ROWS]]
            return replace(block, items=[*kept, (more,)] if more else kept)
        case Fold():
            return Paragraph(_inline(block.summary))
        case Heading() | Paragraph():
            return replace(block, content=_inline(block.content))


def _inline(content: Inline) -> Inline:
    """Clip each piece of a line; a long line keeps its end too, where reason and place are written."""
    clipped = tuple(
        Code(_clipped(one.text)) if isinstance(one, Code) else _clipped(text_of(one)) for one in content
    )
    return clipped if len(clipped) <= 16 else (*clipped[:10], " … ", *clipped[-4:])


def _clipped(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"
