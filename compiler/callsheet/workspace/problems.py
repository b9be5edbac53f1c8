"""What the reader has to say about a file: data first, words second."""

from __future__ import annotations

from dataclasses import dataclass

from callsheet.workspace.places import START, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A second place that a reader needs in order to understand a problem."""

    file: str
    span: Span
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: its code, where it is, what is wrong and what to do.

    `line_text` is filled where the file is at hand (the reader, the language room).
    """

    code: str
    file: str
    message: str
    help: str
    span: Span = START
    related: tuple[Related, ...] = ()
