"""A name that is wanted × what is there already → one that nothing has: the same, or with a number."""

from __future__ import annotations

from collections.abc import Callable, Collection

MAX_NAME = 30
"""How many characters a name may have."""


def first_free(name: str, is_taken: Callable[[str], bool], numbered: Callable[[int], str]) -> str:
    """Return a name that is not taken: the one that is wanted, else the first of those with a number.

    Args:
        name: that is wanted.
        is_taken: returns whether something has a name already.
        numbered: returns the name with a number, from 2 on.

    """
    chosen, number = name, 1
    while is_taken(chosen):
        number += 1
        chosen = numbered(number)
    return chosen


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name of an action or a connection that nothing has, no longer than one may be."""
    return first_free(
        name,
        lambda it: it in taken,
        lambda number: f"{name[: MAX_NAME - 1 - len(str(number))]}_{number}",
    )


def name_in_templates(name: str) -> str:
    """Return a name by which a template can read values: no digit begins one."""
    return name if name[:1].isalpha() else f"api_{name}"[:MAX_NAME]


def free_path(path: str, is_taken: Callable[[str], bool]) -> str:
    """Return a path at which nothing is, with the number before the first dot: `push-2.json.j2`."""
    folder, slash, file = path.rpartition("/")
    stem, dot, suffix = file.partition(".")
    return first_free(path, is_taken, lambda number: f"{folder}{slash}{stem}-{number}{dot}{suffix}")
