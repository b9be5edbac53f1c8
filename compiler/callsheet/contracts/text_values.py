"""Texts, and lists and mappings of texts × a schema → the JSON values that they can stand for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.contracts.walking import Nodes, Walk

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?")
_DEPTH = 6


def kinds_of(nodes: Nodes, walk: Walk) -> set[str]:
    """Return the JSON types that a value of schemas may have; string where they do not say."""
    found: set[str] = set()
    for node in walk.parts(nodes):
        kinds = node.get("type")
        found.update([kinds] if isinstance(kinds, str) else kinds or ())
        if kinds is None:
            found.update({"object"} if "properties" in node or "patternProperties" in node else ())
            found.update({"array"} if "items" in node or "prefixItems" in node else ())
            found.update(map(_kind, _named(node)))
    return found or {"string"}


def properties_of(nodes: Nodes, walk: Walk) -> tuple[set[str], str]:
    """Return the properties that schemas name, and whether they are closed, open, or describe others."""
    free = "open"
    for node in walk.parts(nodes):
        if node.get("unevaluatedProperties") is False or node.get("additionalProperties") is False:
            free = "closed" if free == "open" else free
        elif node.get("additionalProperties") or node.get("patternProperties"):
            free = "described"
    return {*walk.named(nodes)}, free


def readings(value: Any, walk: Walk) -> Iterator[Any]:
    """Yield what texts can stand for by a schema: first as the most special type, then as the plainest."""
    yield _read(value, (walk.root,), walk, 0, plain=False)
    yield _read(value, (walk.root,), walk, 0, plain=True)


def _read(value: Any, nodes: Nodes, walk: Walk, depth: int, *, plain: bool) -> Any:
    if depth > _DEPTH:
        return value
    # What only a condition asks is a value of that type too.
    nodes = (*nodes, *(one["if"] for one in walk.parts(nodes) if "if" in one))
    if isinstance(value, Mapping):
        if _is_list(value) and "array" in kinds_of(nodes, walk):
            value = [value[one] for one in sorted(value, key=int)]
        else:
            return {
                key: _read(one, walk.under(nodes, key), walk, depth + 1, plain=plain)
                for key, one in value.items()
            }
    if isinstance(value, list):
        return [
            _read(one, walk.item(nodes, at), walk, depth + 1, plain=plain) for at, one in enumerate(value)
        ]
    candidates = [*_candidates(value, nodes, walk, depth, plain=plain)]
    return candidates[-1] if plain else candidates[0]


def _candidates(text: str, nodes: Nodes, walk: Walk, depth: int, *, plain: bool) -> Iterator[Any]:
    """Yield the values that a text can stand for by the types and the values that schemas name."""
    kinds = kinds_of(nodes, walk)
    for value in (_null(text), _boolean(text), _number(text)):
        kind = _kind(value)
        if value is not text and (kind in kinds or (kind == "integer" and "number" in kinds)):
            yield value
    named = [one for node in walk.parts(nodes) for one in _named(node)]
    if "string" in kinds or any(isinstance(one, str) and one == text for one in named):
        yield text
    elif "array" in kinds and depth:
        # Within another value there is no style that says how.
        yield _read(text.split(",") if text else [], nodes, walk, depth + 1, plain=plain)
    else:
        yield text


def _is_list(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(re.fullmatch("[0-9]{1,6}", key) for key in value)


def _named(node: dict[str, Any]) -> list[Any]:
    """Return the values that a schema names."""
    return [*node.get("enum", ()), *([node["const"]] if "const" in node else [])]


def _kind(value: Any) -> str:
    for kind, types in (("null", type(None)), ("boolean", bool), ("integer", int), ("number", float)):
        if isinstance(value, types):
            return kind
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _null(text: str) -> Any:
    return None if text in ("", "null") else text


def _boolean(text: str) -> Any:
    return text == "true" if text in ("true", "false") else text


def _number(text: str) -> Any:
    """Return the number that a text is, as JSON writes one; the text itself where it is none."""
    if not _NUMBER.fullmatch(text):
        return text
    if text.lstrip("-").isdigit():
        return int(text)
    number = float(text)
    return number if math.isfinite(number) else text
