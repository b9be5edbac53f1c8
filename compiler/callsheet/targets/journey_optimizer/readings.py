"""A text of a journey → what it reads of the answers of actions: which action, and which field.

Source: Adobe's documentation of Journey Optimizer, pages "Field references" and "Use API call responses in
custom actions": `@action{ActionName.path}` in expressions, and in messages
`{{context.journey.actions.ActionName.path}}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from callsheet.targets.journey_optimizer.lowering.references import after_bracket

STATUS = "jo_status_code"
FAILURE = "errorResponse"
_IN_EXPRESSION = re.compile(r"@action\{\s*([A-Za-z_][A-Za-z0-9_]*)")
_IN_MESSAGE = re.compile(r"\bcontext\.journey\.actions\.([A-Za-z_][A-Za-z0-9_]*)")
_STEP = re.compile(r"\s*\.\s*(?:'([^']*)'|\"([^\"]*)\"|`([^`]*)`|([\w-]+))")


@dataclass(frozen=True, slots=True)
class Reading:
    """One field of an answer that a journey reads; its path is empty for the whole answer."""

    action: str
    path: tuple[str, ...]


def readings(text: str) -> Iterator[Reading]:
    """Yield each field of an answer that an expression, or a template of a message, reads.

    A function on a list (`.at(0)`, `.all(…)`) leads to its elements, as `holds_field` reads a path.
    """
    for pattern in (_IN_EXPRESSION, _IN_MESSAGE):
        for match in pattern.finditer(text):
            yield Reading(match[1], tuple(_path(text, match.end())))


def _path(text: str, at: int) -> Iterator[str]:
    while (step := _STEP.match(text, at)) is not None:
        at = step.end()
        if text[at : at + 1] != "(":
            yield next(one for one in step.groups() if one is not None)
            continue
        end = after_bracket(text, at)
        if end is None:
            return
        at = end


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
    """Return whether an example of an answer has a field; a list stands for its elements."""
    for part in path:
        if isinstance(payload, list):
            payload = payload[0] if payload else None
        if not isinstance(payload, Mapping) or part not in payload:
            return False
        payload = payload[part]
    return True
