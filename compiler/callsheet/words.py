"""Phrases that every room writes in the same way: numbers with their noun, and how many more there are."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def and_more(number: int, most: int, noun: str = "more") -> str:
    """Return what follows the first `most` of a number of things: ` and 3 more`; nothing where all fit."""
    return f" and {number - most} {noun}" if number > most else ""


def listed(names: Sequence[str], most: int) -> str:
    """Return the first names, and how many more there are: `a, b and 3 more`."""
    return ", ".join(names[:most]) + and_more(len(names), most)
