"""One change of what a command does or protects, beside the changes of what is deployed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Document, Path
from callsheet.language import Definition
from callsheet.language.difference import IMPACTS, NOTHING, Difference, Impact
from callsheet.language.secret_patterns import without_credentials
from callsheet.words import listed


class Protection(Struct, frozen=True, kw_only=True):
    """A change that decides what a command does, whom it asks, or what it checks.

    Attributes:
        subject: `Environment/production`, `Policy/https_only`, or the name of a file.
        difference: what changed, with its impact, its reason code and its place.
        environments: where it counts; empty for the whole workspace.

    """

    subject: str
    difference: Difference
    environments: tuple[str, ...] = ()


def protection(
    subject: str,
    words: str,
    reason: str,
    impact: Impact = "sensitive",
    *,
    path: Path = (),
    before: Any = NOTHING,
    after: Any = NOTHING,
    place: tuple[str, int, int] | None = None,
    environments: Sequence[str] = (),
) -> Protection:
    """Make one; it is sensitive unless it only adds to what is protected."""
    found = Difference(
        path=path,
        before=before,
        after=after,
        # What it names may be a line of any file.
        words=without_credentials(words),
        impact=impact,
        reason=reason,
        place=place,
    )
    return Protection(subject=subject, difference=found, environments=tuple(environments))


def grouped(found: Iterable[Protection]) -> list[Protection]:
    """Join what is the same in several environments; the gravest first."""
    groups: dict[tuple[object, ...], Protection] = {}
    for one in found:
        it = one.difference
        key = (one.subject, it.pointer, it.words, it.reason, repr(it.before), repr(it.after))
        known = groups.get(key)
        if known is None:
            groups[key] = one
        else:
            groups[key] = replace(known, environments=(*known.environments, *one.environments))
    return sorted(
        groups.values(),
        key=lambda one: (-IMPACTS.index(one.difference.impact), one.subject, one.difference.pointer),
    )


def place_of(document: Document, path: Path) -> tuple[str, int, int]:
    """Return where a document writes a field, or the nearest one around it."""
    while path and path not in document.places.values:
        path = path[:-1]
    return document.location(path)


def place_in(definition: Definition, path: Path) -> tuple[str, int, int]:
    """Return where a field of a definition's spec is written: in its file, or in its connection's."""
    document, there, _ = definition.written(path)
    return place_of(document, there)


def quoted(names: Sequence[str], most: int = 5) -> str:
    """Return the first names as code, and how many more there are."""
    return listed([f"`{one}`" for one in names], most)
