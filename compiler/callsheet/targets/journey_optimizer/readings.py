"""A text of a journey → what it reads of the answers of actions: which action, and which field.

Source: Adobe's documentation of Journey Optimizer, pages "Field references" and "Use API call responses in
custom actions": `@action{ActionName.path}` in expressions, and in messages
`{{context.journey.actions.ActionName.path}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from callsheet.targets.journey_optimizer.lowering.references import after_bracket

STATUS = "jo_status_code"
FAILURE = "errorResponse"
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_LITERAL = r"'[^']*'|\"[^\"]*\"|/\*.*?(?:\*/|\Z)"
_IN_EXPRESSION = re.compile(rf"{_LITERAL}|@action\{{\s*({_NAME})", re.DOTALL)
_IN_MESSAGE = re.compile(
    rf"\bcontext\.journey\.actions(?:\.({_NAME})|\[\s*(?:'({_NAME})'|\"({_NAME})\")\s*\])"
)
_STEP = re.compile(
    r"\s*(?:\.\s*(?:'([^']*)'|\"([^\"]*)\"|`([^`]*)`|([\w-]+))|\[\s*(?:\d+|'([^']*)'|\"([^\"]*)\")\s*\])"
)
_ELEMENT = re.compile(r"\bcurrentActionField\b")
_TREATS_NULL = re.compile(r"\bis\s+(?:not\s+)?null\b|[=!]=\s*null\b|\bnull\s*[=!]=|\bdefaultValue\b")


class Reading(Struct, frozen=True):
    """One field of an answer that a journey reads; its path is empty for the whole answer."""

    action: str
    path: tuple[str, ...]


def readings(text: str) -> Iterator[Reading]:
    """Yield each field of an answer that an expression, or a template of a message, reads.

    A function on a list (`.at(0)`, `.all(…)`) leads to its elements, as `holds_field` reads a path; what
    its condition reads of an element is a field too. Texts and comments of an expression read nothing.
    """
    for pattern in (_IN_EXPRESSION, _IN_MESSAGE):
        for match in pattern.finditer(text):
            name = next((one for one in match.groups() if one), None)
            if name is not None:
                conditions: list[tuple[str, ...]] = []
                yield Reading(name, tuple(_path(text, match.end(), (), conditions)))
                yield from (Reading(name, path) for path in conditions)


def _path(
    text: str, at: int, before: tuple[str, ...], conditions: list[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return the path of a field; what conditions on its elements read is added to `conditions`."""
    path = before
    while (step := _STEP.match(text, at)) is not None:
        at = step.end()
        name = next((one for one in step.groups() if one is not None), None)
        if text[at : at + 1] != "(":
            path = path if name is None else (*path, name)
            continue
        end = after_bracket(text, at)
        if end is None:
            break
        inner = _without_literals(text[at:end])
        for element in _ELEMENT.finditer(inner):
            conditions.append(_path(inner, element.end(), path, conditions))
        at = end
    return path


def treats_null(text: str) -> bool:
    """Return whether an expression tests for null, or has a default; its texts do not count."""
    return _TREATS_NULL.search(_without_literals(text)) is not None


def _without_literals(text: str) -> str:
    return re.sub(_LITERAL, "''", text, flags=re.DOTALL)


def texts(node: Any) -> Iterator[str]:
    """Yield every text of an answer of the API, at any depth."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for one in node.values():
            yield from texts(one)
    elif isinstance(node, list):
        for one in node:
            yield from texts(one)


def holds_field(payload: Any, path: tuple[str, ...]) -> bool:
    """Return whether an example of an answer may have a field; a list stands for its elements.

    What is null or an empty list in the example says nothing of what is in it.
    """
    if payload is None:
        return False  # there is no example
    found = [payload]
    for part in path:
        found = [element for one in found for element in (one if isinstance(one, list) else [one])]
        if not found or None in found:
            return True
        found = [one[part] for one in found if isinstance(one, Mapping) and part in one]
        if not found:
            return False
    return True
