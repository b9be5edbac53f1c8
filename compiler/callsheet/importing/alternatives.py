"""The choices that a sample makes of the alternatives of a description, as notes for the author."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from callsheet.documents import parts_of
from callsheet.words import counted

_MOST_NOTED = 3


class Choices:
    """Which alternative stands at each place of a body."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], tuple[str, int]] = {}

    def enter(self, path: tuple[str, ...], listed: Sequence[Any], chosen: Any) -> None:
        """Note that one of several alternatives was taken for the object at a path; null is none."""
        taken = [one for one in listed if not (isinstance(one, dict) and one.get("type") == "null")]
        if len(taken) > 1:
            self._made.setdefault(path, (_name_of(chosen, listed), len(taken)))

    def notes(self, payload: Any) -> list[str]:
        """Return what to say of the choices that the body contains."""
        made = {path: one for path, one in self._made.items() if _is_there(payload, path)}
        found = [_note(path, *one) for path, one in made.items()]
        more = len(found) - _MOST_NOTED
        rest = [f"{counted(more, 'other choice')} of the body took an alternative too"] if more > 0 else []
        return found[:_MOST_NOTED] + rest


def _note(path: tuple[str, ...], name: str, number: int) -> str:
    what = f"`{'.'.join(path)}` of the body" if path else "the body"
    way_out = "write another one by hand" if path else "`--fields NAME` takes the one that has the field"
    return f"{what} is one of {number} alternatives, of which {name} was taken: {way_out}"


def _name_of(chosen: Any, listed: Sequence[Any]) -> str:
    """Return what an alternative is called: by what it refers to, or by its number."""
    parts = parts_of(chosen.get("x-at", "")) if isinstance(chosen, dict) and "$ref" in chosen else ()
    number = next(at for at, one in enumerate(listed, start=1) if one is chosen)
    return f"`{parts[-1]}`" if parts else f"number {number}"


def _is_there(payload: Any, path: tuple[str, ...]) -> bool:
    """Return whether a body has an object at the path of its schema, which has no step for an item."""
    for step in path:
        while isinstance(payload, list) and payload:
            payload = payload[0]
        if not isinstance(payload, dict) or step not in payload:
            return False
        payload = payload[step]
    return True
