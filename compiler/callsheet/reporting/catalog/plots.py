"""Numbers → plots of bars, as SVG that is made when the site is: each stands beside a table of the same."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

ROW = 26
"""The height of one bar with the space below it."""
_BEGIN, _END, _NOTE = 190, 640, 720
_LONGEST = 24
COLUMN, FLOOR = 40, 100
MOST_BARS = 40


class Segment(Struct, frozen=True):
    """A piece of a bar: what it is of, and where it is."""

    name: str
    x: float
    width: float
    title: str


class Bar(Struct, frozen=True):
    """One bar with its name before it and its number after it."""

    label: str
    title: str
    y: int
    segments: Sequence[Segment]
    end: float
    note: str


class Bars(Struct, frozen=True):
    """A plot of bars from left to right."""

    rows: Sequence[Bar]
    width: int
    height: int


class Column(Struct, frozen=True):
    """One column with its name below it; `named` is whether there is room for the name."""

    label: str
    x: int
    y: float
    height: float
    number: int
    named: bool


class Columns(Struct, frozen=True):
    """A plot of columns from the floor up."""

    columns: Sequence[Column]
    width: int


def bars_of(rows: Sequence[tuple[str, Sequence[tuple[str, int, str]], str]]) -> Bars:
    """Return a plot of stacked bars.

    Args:
        rows: the name of each, its pieces (what it is of, how much, in words), and what is said after it.

    """
    most = max((sum(max(number, 0) for _, number, _ in pieces) for _, pieces, _ in rows), default=0) or 1
    found = []
    for at, (label, pieces, note) in enumerate(rows[:MOST_BARS]):
        x = float(_BEGIN)
        segments = []
        for name, number, title in pieces:
            width = round((_END - _BEGIN) * max(number, 0) / most, 1)
            if number > 0:
                segments.append(Segment(name, round(x, 1), width, title))
            x += width
        found.append(Bar(_short(label), label, at * ROW + 4, segments, round(x + 6, 1), note))
    return Bars(found, _NOTE, len(found) * ROW + 4)


def columns_of(numbers: Sequence[tuple[str, int]]) -> Columns:
    """Return a plot of columns, each with its name and number; of many, every second one is named."""
    most = max((number for _, number in numbers), default=0) or 1
    every = 1 if len(numbers) <= 13 else 2
    columns = [
        Column(
            label,
            at * COLUMN + 10,
            round(FLOOR - (FLOOR - 12) * number / most, 1),
            round((FLOOR - 12) * number / most, 1),
            number,
            at % every == 0,
        )
        for at, (label, number) in enumerate(numbers)
    ]
    return Columns(columns, max(len(columns) * COLUMN + 20, _NOTE))


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST else f"{label[: _LONGEST - 1]}…"
