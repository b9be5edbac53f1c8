"""What a page is made of, whatever its markup: headings, tables, code, folds.

Text of a workspace goes in as it is; the writer of each markup encodes it. A run of inline text is a
tuple of plain texts and `Code`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct

from callsheet.words import and_more


class Code(Struct, frozen=True):
    """A piece of a line that is a name or a value."""

    text: str


class Share(Struct, frozen=True):
    """A figure that is a part of a whole, 0 to 1: a small chart where the markup has one."""

    part: float
    text: str


Inline = tuple[str | Code | Share, ...]


class Heading(Struct, frozen=True):
    """A heading; level 1 is the page's own."""

    level: int
    content: Inline


class Paragraph(Struct, frozen=True):
    """One paragraph; `tone` is an impact or a severity, by which it may be coloured."""

    content: Inline
    tone: str = ""


class Facts(Struct, frozen=True):
    """What a part of a page is about, by which a reader filters: one change.

    Attributes:
        hosts: that are called before or after it.
        environments: where it is the same.

    """

    address: str
    impact: str
    owner: str = ""
    hosts: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()


class Table(Struct, frozen=True):
    """A table with a head; `about` has what each row is about, where the rows are changes."""

    head: Sequence[str]
    rows: Sequence[Sequence[Inline]]
    about: Sequence[Facts | None] = ()


class Lines(Struct, frozen=True):
    """Lines of code: a difference where they begin with `-` and `+`."""

    lines: Sequence[str]
    language: str = "diff"


class Items(Struct, frozen=True):
    """A list."""

    items: Sequence[Inline]


class Fold(Struct, frozen=True):
    """Something that is opened when it is asked for."""

    summary: Inline
    blocks: Sequence[Block]


Block = Heading | Paragraph | Table | Lines | Items | Fold


class Section(Struct, frozen=True):
    """A part of a page that can be shortened by itself where there is no room.

    Attributes:
        blocks: the whole.
        short: its head, and why it is there.
        weight: the lower, the sooner it gets room.
        about: the change that it shows; None for anything else.

    """

    blocks: Sequence[Block]
    short: Sequence[Block]
    weight: int = 0
    about: Facts | None = None


class Page(Struct, frozen=True):
    """A whole page: its title, what comes first, its other blocks, and the sections.

    Attributes:
        marker: names the page among the comments of one pull request; empty for a page without a comment,
            and is never shortened.
        opening: sections that stand before everything but the title.
        unit: what its sections are, for `and 3 more changes`.
        defined: the addresses on it that the workspace defines: each has a page in the catalog.

    """

    marker: str
    title: str
    blocks: Sequence[Block]
    sections: Sequence[Section] = ()
    unit: str = "change"
    opening: Sequence[Section] = ()
    defined: Collection[str] = ()

    @property
    def whole(self) -> Sequence[Block]:
        """Every block, in order."""
        return [*self.first, *self.blocks[1:], *(block for one in self.sections for block in one.blocks)]

    @property
    def first(self) -> Sequence[Block]:
        """The title, and what comes before everything else."""
        return [*self.blocks[:1], *(block for one in self.opening for block in one.blocks)]


def text_of(one: str | Share) -> str:
    """Return the text of a piece of a line that is not code."""
    return one.text if isinstance(one, Share) else one


def inline(text: str) -> Inline:
    """Split words at their backticks: what is between two of them is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return (text,)
    return tuple(Code(one) if index % 2 else one for index, one in enumerate(parts) if one)


def some(items: Sequence[str], most: int) -> Inline:
    """Return the first names of a list, as code, and how many more there are."""
    content: list[str | Code] = []
    for one in items[:most]:
        content += [", ", Code(one)] if content else [Code(one)]
    more = and_more(len(items), most)
    return (*content, f" {more}") if more else tuple(content)
