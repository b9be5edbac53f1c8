"""What stands under `not` in a description → the schema that it says there to the letter, if that is known.

Descriptions are read leniently: `nullable` counts beside a reference, several alternatives of a `oneOf` may
fit, a `format` is not asserted. Under `not` each of these would refuse more, and not less.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callsheet.rules.parameters import is_linear

_OF_NAMES = ("properties", "patternProperties", "dependentSchemas")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_ONE = (
    *("items", "additionalProperties", "unevaluatedProperties", "unevaluatedItems", "contains"),
    *("propertyNames", "not", "if", "then", "else"),
)
_CLOSING = ("additionalProperties", "unevaluatedProperties")
_SILENT = ("nullable", "x-nullable", "discriminator", "readOnly")
"""What says nothing to the letter, but for `nullable` beside a type."""
_COMPOSED = ("$ref", *_LISTS)
_DEPTH = 20
TYPES = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
"""Those of JSON Schema."""

Follow = Callable[[str], Any]


class _UnknownError(Exception):
    """What a schema takes is not known to the letter."""


def to_the_letter(node: Any, follow: Follow, *, siblings: bool) -> Any:
    """Return a schema as it can stand under `not`; None where what it takes is not known.

    Args:
        node: the schema.
        follow: returns what a reference leads to; None where that is nothing.
        siblings: whether what is written beside a reference counts.

    """
    try:
        return _exact(node, follow, siblings=siblings)
    except _UnknownError:
        return None


def _is_plain(pattern: Any) -> bool:
    """Return whether a pattern is one that is asserted."""
    return isinstance(pattern, str) and not pattern.startswith("/^") and is_linear(pattern)


def _exact(node: Any, follow: Follow, depth: int = 0, *, siblings: bool) -> Any:
    if isinstance(node, bool):
        return node
    if not isinstance(node, dict) or depth > _DEPTH:
        raise _UnknownError

    def inner(one: Any) -> Any:
        return _exact(one, follow, depth + 1, siblings=siblings)

    if isinstance(node.get("$ref"), str):
        target = follow(node["$ref"])
        beside = {name: one for name, one in node.items() if name != "$ref"} if siblings else {}
        return {"allOf": [inner(target), inner(beside)]} if beside else inner(target)
    if len(node.get("oneOf") or ()) > 1 or "format" in node or not _is_plain(node.get("pattern", "")):
        raise _UnknownError
    kinds = node.get("type", [])
    if not set([kinds] if isinstance(kinds, str) else kinds) <= TYPES:
        raise _UnknownError
    if depth and any(node.get(name) is False for name in _CLOSING):
        raise _UnknownError  # which names there are depends on what is around it
    found: dict[str, Any] = {name: one for name, one in node.items() if name not in _SILENT}
    if "type" in node and "enum" not in node and not any(name in node for name in _COMPOSED):
        found |= {name: node[name] for name in ("nullable", "x-nullable") if name in node}
    for name, one in node.items():
        if name in _OF_NAMES and isinstance(one, dict):
            if name == "patternProperties" and not all(map(is_linear, one)):
                raise _UnknownError
            found[name] = {key: inner(it) for key, it in one.items()}
        elif name in _LISTS and isinstance(one, list):
            found[name] = [inner(it) for it in one]
        elif name in _ONE and isinstance(one, dict):
            found[name] = inner(one)
    return found
