"""Texts, and lists and mappings of texts × a schema → the JSON values that they can stand for."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.contracts.nodes import all_of

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,3})?")
_DEPTH = 6
_CHOICES = ("anyOf", "oneOf")
_MORE = ("if", "then", "else")


def parts_of(schema: Any, root: dict[str, Any], depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every schema that a value of this one may be held against: also of choices and conditions."""
    for node in all_of(schema, root):
        yield node
        if depth < _DEPTH:
            for name in _CHOICES:
                for one in node.get(name, ()):
                    yield from parts_of(one, root, depth + 1)
            for name in _MORE:
                yield from parts_of(node.get(name), root, depth + 1)


def kinds_of(schema: Any, root: dict[str, Any]) -> set[str]:
    """Return the JSON types that a value of a schema may have; all of them where it does not say."""
    found: set[str] = set()
    for node in parts_of(schema, root):
        kinds = node.get("type")
        found.update([kinds] if isinstance(kinds, str) else kinds or ())
        if kinds is None:
            found.update({"object"} if "properties" in node or "patternProperties" in node else ())
            found.update({"array"} if "items" in node or "prefixItems" in node else ())
            found.update(map(_kind, [*node.get("enum", ()), *([node["const"]] if "const" in node else [])]))
    return found or {"string"}


def properties_of(schema: Any, root: dict[str, Any]) -> tuple[set[str], str]:
    """Return the properties that a schema names, and whether it is closed, open, or describes others."""
    names: set[str] = set()
    free = "open"
    for node in parts_of(schema, root):
        names |= (node.get("properties") or {}).keys()
        if node.get("unevaluatedProperties") is False or node.get("additionalProperties") is False:
            free = "closed" if free == "open" else free
        elif node.get("additionalProperties") or node.get("patternProperties"):
            free = "described"
    return names, free


def readings(value: Any, schema: Any, root: dict[str, Any]) -> Iterator[Any]:
    """Yield what texts can stand for: first as the most special type, then as the plainest."""
    yield _read(value, [schema], root, 0, plain=False)
    yield _read(value, [schema], root, 0, plain=True)


def _read(value: Any, schemas: list[Any], root: dict[str, Any], depth: int, *, plain: bool) -> Any:
    nodes = [node for one in schemas for node in parts_of(one, root)]
    if depth > _DEPTH:
        return value
    if isinstance(value, Mapping):
        if _is_list(value) and "array" in _kinds(schemas, root):
            value = [value[one] for one in sorted(value, key=int)]
        else:
            return {
                key: _read(one, _of_key(nodes, key), root, depth + 1, plain=plain)
                for key, one in value.items()
            }
    if isinstance(value, list):
        return [
            _read(one, _of_item(nodes, at), root, depth + 1, plain=plain) for at, one in enumerate(value)
        ]
    candidates = [*_candidates(value, nodes, schemas, root, depth, plain=plain)]
    return candidates[-1] if plain else candidates[0]


def _candidates(
    text: str, nodes: list[Any], schemas: list[Any], root: dict[str, Any], depth: int, *, plain: bool
) -> Iterator[Any]:
    """Yield the values that a text can stand for by the types and the values that schemas name."""
    kinds = _kinds(schemas, root)
    named = [one for node in nodes for one in (*node.get("enum", ()), *_const(node))]
    for value in (_null(text), _boolean(text), _number(text)):
        kind = _kind(value)
        if value is not text and (kind in kinds or (kind == "integer" and "number" in kinds)):
            yield value
    if "string" in kinds or any(isinstance(one, str) and one == text for one in named):
        yield text
    elif "array" in kinds and depth:
        # Within another value there is no style that says how.
        items = text.split(",") if text else []
        yield _read(items, schemas, root, depth + 1, plain=plain)
    else:
        yield text


def _kinds(schemas: list[Any], root: dict[str, Any]) -> set[str]:
    return set[str]().union(*(kinds_of(one, root) for one in schemas)) if schemas else {"string"}


def _is_list(value: Mapping[str, Any]) -> bool:
    return bool(value) and all(re.fullmatch("[0-9]{1,6}", key) for key in value)


def _of_key(nodes: list[Any], key: str) -> list[Any]:
    """Return the schemas of a property, wherever they are written."""
    found = [node["properties"][key] for node in nodes if key in (node.get("properties") or {})]
    if not found:
        # A pattern is not run here: it may be one that takes for ever.
        found = [one for node in nodes for one in (node.get("patternProperties") or {}).values()]
    return found or [node["additionalProperties"] for node in nodes if "additionalProperties" in node]


def _of_item(nodes: list[Any], at: int) -> list[Any]:
    found = []
    for node in nodes:
        first = node.get("prefixItems") or []
        if at < len(first):
            found.append(first[at])
        elif "items" in node:
            found.append(node["items"])
    return found


def _const(node: dict[str, Any]) -> list[Any]:
    return [node["const"]] if "const" in node else []


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
