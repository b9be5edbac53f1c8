"""What a review contains, for the formats of machines: one entry for each difference to look at."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from callsheet.language.difference import Difference
from callsheet.planning.model import Change
from callsheet.results import DiffResult

GRAVE = ("breaking", "sensitive")


class Entry(Struct, frozen=True):
    """One difference, of an object or of what commands do and protect, and what it is of."""

    subject: str
    difference: Difference

    @property
    def grave(self) -> bool:
        """Whether it needs attention."""
        return self.difference.impact in GRAVE

    @property
    def message(self) -> str:
        """What it is of, and what changed."""
        return f"{self.subject}: {self.difference.words}"

    @property
    def file(self) -> str:
        """The file that it is about: where it is written, else what it is of."""
        return self.difference.place[0] if self.difference.place else self.subject

    @property
    def line(self) -> int:
        """The line of it, from 1."""
        return self.difference.place[1] if self.difference.place else 1

    @property
    def column(self) -> int:
        """The column of it, from 1."""
        return self.difference.place[2] if self.difference.place else 1


def protected(result: DiffResult) -> list[Entry]:
    """Return what changed of what commands do and protect."""
    return [Entry(one.subject, one.difference) for one in result.protections]


def grave_changes(changes: Iterable[Change]) -> list[Entry]:
    """Return the breaking and the sensitive differences of these changes."""
    found = [Entry(change.address, one) for change in changes for one in change.diff]
    return [one for one in found if one.grave]


def reviewed(result: DiffResult) -> list[Entry]:
    """Return everything that a reviewer looks at: what is protected first."""
    return [*protected(result), *grave_changes(change for change, _ in result.grouped())]


def marks(entries: Iterable[Entry]) -> list[str]:
    """Return a name for each entry that stays when lines move."""
    seen: Counter[str] = Counter()
    found = []
    for one in entries:
        facts = "\0".join(
            (one.subject, one.difference.reason, one.difference.pointer, one.difference.words)
        )
        seen[facts] += 1
        found.append(hashlib.sha256(f"{facts}\0{seen[facts]}".encode("utf-8", "surrogatepass")).hexdigest())
    return found
