"""Groups of imported actions → those that can share a connection, and the odd ones; what is said of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from callsheet.language.action import Action

Groups = Sequence[Sequence[Action]]
ALONE = "it names no connection: it would not compile to the same with one"
_NAMED = 5
"""How many requests a note names."""


def fitting_groups(groups: Groups, can_be: Callable[[Groups], bool]) -> tuple[Groups, list[Action]]:
    """Return the groups without the actions that would be others with a connection, and these.

    Args:
        groups: whose actions have something in common.
        can_be: returns whether each of some groups compiles to the same with a connection.

    """
    # Most often, all of them can be: one look at the whole is enough.
    if can_be(groups):
        return groups, []
    kept = [_fitting(some, can_be) for some in groups]
    odd = [
        one for some, it in zip(groups, kept, strict=True) if len(some) > 1 for one in some if one not in it
    ]
    fitting = [some for some in kept if some]
    return (fitting, odd) if can_be(fitting) else ([], [one for some in groups for one in some])


def _fitting(some: Sequence[Action], can_be: Callable[[Groups], bool]) -> list[Action]:
    """Return the actions of a group that can name one connection, halving what cannot."""
    if can_be([some]):
        return [*some]
    middle = len(some) // 2
    halves = (some[:middle], some[middle:]) if middle else ()
    return [it for half in halves for it in _fitting(half, can_be)]


def each_note_once(notes: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what was left out of requests, each note once with the requests that it is of."""
    labels: dict[str, list[str]] = {}
    for label, some in notes.items():
        for one in some:
            labels.setdefault(one, []).append(label)
    found = []
    for note, some in labels.items():
        more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
        found.append(f"{', '.join(some[:_NAMED])}{more}: {note}")
    return found
