"""Phrases that every room writes in the same way: numbers with nouns, how many more, what was meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def and_more(number: int, most: int, noun: str = "") -> str:
    """Return how many come after the first `most`: `and 3 more`, `and 1 more line`; `""` where all fit."""
    more = counted(number - most, f"more {noun}") if noun else f"{number - most} more"
    return f"and {more}" if number > most else ""


def first_of(items: Sequence[str], most: int, noun: str = "") -> list[str]:
    """Return the first items of a list, and one more that counts the others."""
    more = and_more(len(items), most, noun)
    return [*items[:most], more] if more else list(items)


def listed(names: Sequence[str], most: int) -> str:
    """Return the first names in one line, and how many more there are: `a, b and 3 more`."""
    more = and_more(len(names), most)
    return ", ".join(names[:most]) + (f" {more}" if more else "")


def reason_of(error: Exception, otherwise: str = "it is not a path") -> str:
    """Return why a file cannot be used, in the words of the system; `otherwise` where it has none."""
    return str(getattr(error, "strerror", None) or otherwise).lower()


def near(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is near to a word; None where none is."""
    import difflib  # late: only a mistake needs it

    close = difflib.get_close_matches(word, [one for one in known if one != word], n=1, cutoff=0.6)
    return close[0] if close else None


def misspelt(word: str, known: Iterable[str]) -> str | None:
    """Return the known word of which a word is a misspelling; None where it is a word of its own.

    Stricter than `near`, for words that may well be right: one or two slips of the keyboard, or another way
    to write the same words. Other numbers are other names.
    """
    found = [(slips, one) for one in known if (slips := _slips(word, one)) is not None]
    return min(found)[1] if found else None


def _slips(word: str, known: str) -> int | None:
    """Return by how many slips a word differs from a known one; None where it is another one."""
    if _letters(word) == _letters(known):
        # `user_id` for `userId`; where only the numbers differ, another name is meant.
        return 0 if _plain(word) == _plain(known) else None
    shorter = min(len(word), len(known))
    most = 0 if shorter < 3 else 1 if shorter < 8 else 2
    if abs(len(word) - len(known)) > most or len({*word} ^ {*known}) > 2 * most:
        return None
    slips = _distance(word, known)
    return slips if slips <= most else None


def _plain(word: str) -> str:
    return "".join(one for one in word.lower() if one.isalnum())


def _letters(word: str) -> str:
    return "".join(one for one in word.lower() if one.isalpha())


def _distance(one: str, other: str) -> int:
    """Return how many letters must be added, removed, replaced, or exchanged with their neighbour."""
    before: list[int] = []
    above: list[int] = [*range(len(other) + 1)]
    for row, letter in enumerate(one, 1):
        line: list[int] = [row]
        for column, wanted in enumerate(other, 1):
            cost: int = min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != wanted))
            exchanged = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted
            line.append(min(cost, before[column - 2] + 1) if exchanged else cost)
        before, above = above, line
    return above[-1]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean `x`?)` where a known word is near, else nothing."""
    return meant(near(word, known))


def meant(word: str | None) -> str:
    """Return ` (did you mean `x`?)` for a word, and nothing for none."""
    return f" (did you mean `{word}`?)" if word is not None else ""
