"""Is an example one that its schema takes, and what is a text that a pattern matches?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import isfinite
from re import _parser  # type: ignore[attr-defined]  # the tree of a pattern; sre_parse before Python 3.11
from typing import Any

from callsheet.calling.parameters import MOST_EXACT
from callsheet.language.secret_patterns import secret_kind

_KEPT = frozenset(
    """
    type enum const minLength maxLength pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
    minItems maxItems uniqueItems
    """.split()  # noqa: SIM905 - a list of words
)
_MOST_CHARACTERS = 1_000
_MOST_BRANCHES = 100
_PREFERRED = "0aA1-_ .@/"


def is_finite(value: Any) -> bool:
    """Return whether a value of a description contains no number beyond a double, which no JSON has."""
    if isinstance(value, dict | list):
        return all(map(is_finite, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, float) or isfinite(value)


def fits(value: Any, node: dict[str, Any]) -> bool:
    """Return whether a plain value is one that a schema takes, and no credential that was left in it."""
    if isinstance(value, str) and secret_kind(value):
        return False
    if isinstance(value, int) and abs(value) > MOST_EXACT:
        return False  # no JSON of an action contains it exactly
    return is_finite(value) and takes(node, value)


def takes(node: dict[str, Any], value: Any) -> bool:
    """Return whether a schema takes a plain value."""
    from jsonschema_rs import is_valid

    try:
        return is_valid({key: one for key, one in node.items() if key in _KEPT}, value)
    except ValueError:
        return True  # a schema that is none says nothing


def matching(node: dict[str, Any]) -> str | None:
    """Return a text for the pattern and the lengths of a schema; None where none is found."""
    pattern = node.get("pattern")
    if not isinstance(pattern, str):
        return None
    least = node.get("minLength", 0) if isinstance(node.get("minLength", 0), int) else 0
    try:
        tree = _parser.parse(pattern)
        for times in dict.fromkeys((*range(12), max(least - 1, 0), least)):
            text = "".join(_texts(tree, times))
            if len(text) >= least and fits(text, node):
                return text
    except (re.error, RecursionError, OverflowError, KeyError, _NoTextError):
        return None
    return None


def others_matching(node: dict[str, Any]) -> Iterator[str]:
    """Yield texts for the pattern of a schema by its other branches; not all of them fit it."""
    pattern = node.get("pattern")
    if not isinstance(pattern, str):
        return
    try:
        tree = _parser.parse(pattern)
        for branch in range(1, _MOST_BRANCHES):
            for times in range(12):
                yield "".join(_texts(tree, times, branch))
    except (re.error, RecursionError, OverflowError, KeyError, _NoTextError):
        return


class _NoTextError(Exception):
    """A part of a pattern for which no text is made, as a look-around."""


def _texts(tree: Any, times: int, branch: int = 0) -> list[str]:
    """Return the pieces of a text that a tree of `re` matches.

    Args:
        tree: of the pattern.
        times: how often what may be repeated is there, beyond what is needed.
        branch: which alternative is taken, of each choice.

    """
    found: list[str] = []
    for operation, argument in tree:
        match str(operation):
            case "LITERAL":
                found.append(chr(argument))
            case "NOT_LITERAL":
                found.append(next(one for one in _PREFERRED if one != chr(argument)))
            case "ANY":
                found.append("a")
            case "IN":
                found.append(_one_of(argument))
            case "AT" | "ASSERT_NOT":
                continue
            case "SUBPATTERN":
                found += _texts(argument[3], times, branch)
            case "ATOMIC_GROUP":
                found += _texts(argument, times, branch)
            case "BRANCH":
                found += _texts(argument[1][branch % len(argument[1])], times, branch)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = argument
                wanted = min(int(most), int(least) + times)
                found += _texts(inner, times, branch) * min(wanted, _MOST_CHARACTERS)
            case _:
                raise _NoTextError(operation)
        if len(found) > _MOST_CHARACTERS:
            raise _NoTextError("it is too long")
    return found


_CATEGORIES = {"CATEGORY_DIGIT": "0", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}


def _one_of(members: Any) -> str:
    """Return a character of a class."""
    if str(members[0][0]) == "NEGATE":
        taken = re.compile(_class_of(members[1:]))
        return next((one for one in _PREFERRED if not taken.fullmatch(one)), "\u00e9")
    operation, argument = members[0]
    match str(operation):
        case "LITERAL":
            return chr(argument)
        case "RANGE":
            return chr(argument[0])
        case "CATEGORY":
            return _CATEGORIES.get(str(argument), "-")
        case _:
            raise _NoTextError(operation)


def _class_of(members: Any) -> str:
    """Return a pattern for the members of a class."""
    names = {"CATEGORY_DIGIT": r"\d", "CATEGORY_WORD": r"\w", "CATEGORY_SPACE": r"\s"}
    parts = []
    for operation, argument in members:
        match str(operation):
            case "LITERAL":
                parts.append(re.escape(chr(argument)))
            case "RANGE":
                parts.append(f"{re.escape(chr(argument[0]))}-{re.escape(chr(argument[1]))}")
            case _:
                parts.append(names[str(argument)])
    return f"[{''.join(parts)}]"
