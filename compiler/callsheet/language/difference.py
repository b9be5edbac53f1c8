"""One change of one field, and how much attention it asks for."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from callsheet.documents import Path, pointer_of

Impact = Literal["cosmetic", "compatible", "breaking", "sensitive"]
IMPACTS: tuple[Impact, ...] = ("cosmetic", "compatible", "breaking", "sensitive")
"""From what has no effect to what a reviewer must look at."""


class _Nothing:
    """There is no value on this side."""

    def __repr__(self) -> str:
        return "nothing"

    def __reduce__(self) -> str:
        """Return the name of the only one: a copy of it, also in another process, is itself."""
        return "NOTHING"


NOTHING = _Nothing()


class Difference(Struct, frozen=True, kw_only=True):
    """One change of one field.

    Attributes:
        path: into the compiled action.
        before: the value before, or `NOTHING`.
        after: the value after, or `NOTHING`.
        words: what changed, in the terms of an action.
        place: file, line and column of the new value, where it is known.

    """

    path: Path
    before: Any
    after: Any
    words: str
    impact: Impact
    reason: str
    place: tuple[str, int, int] | None = None

    def __repr__(self) -> str:
        """Return the place alone: somebody may have written a secret into what is deployed."""
        return f"Difference({self.pointer!r}, {self.reason!r})"

    @property
    def operation(self) -> str:
        """add, remove or change."""
        if self.before is NOTHING:
            return "add"
        return "remove" if self.after is NOTHING else "change"

    @property
    def pointer(self) -> str:
        """The path as a JSON Pointer (RFC 6901)."""
        return pointer_of(self.path)


def heaviest(impacts: list[Impact]) -> Impact:
    """Return the impact that asks for the most attention; cosmetic where there is none."""
    return max(impacts, key=IMPACTS.index, default="cosmetic")


def value_at(value: Any, path: Path) -> Any:
    """Return the value at a path, NOTHING where there is none."""
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return NOTHING
    return value
