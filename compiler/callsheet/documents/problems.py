"""What the reader has to say about a file: data first, words second."""

from __future__ import annotations

from msgspec import Struct

from callsheet.documents.places import START, Span


class Related(Struct, frozen=True, kw_only=True):
    """A second place that a reader needs in order to understand a problem."""

    file: str
    span: Span
    message: str


Concern = tuple[str, str]
"""The name of a definition and the name of an environment; `ANY` for all of them."""

ANY = "*"


class Problem(Struct, frozen=True, kw_only=True):
    """One finding: its code, where it is, what is wrong and what to do.

    Attributes:
        about: which definitions it concerns, in which environments; empty where it may concern any.
        missing: the name of a definition that it reports as not there.
        suggested: the name that it supposes to be meant.

    """

    code: str
    file: str
    message: str
    help: str
    span: Span = START
    related: tuple[Related, ...] = ()
    about: tuple[Concern, ...] = ()
    missing: str | None = None
    suggested: str | None = None
