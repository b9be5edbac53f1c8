"""Keywords of JSON Schema that OpenAPI has since 3.1 → the same, with what they contain translated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callsheet.contracts.limits import is_count, sayable
from callsheet.contracts.shapes import Around
from callsheet.documents import pointer_of
from callsheet.rules.parameters import is_linear

if TYPE_CHECKING:
    from callsheet.contracts.schemas import Translator

Node = dict[str, Any]
_DESCRIBING_ITEMS = (
    *("$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "if", "then", "else"),
    *("contains", "dependentSchemas"),
)
_OF_A_NAME = ("enum", "const", "minLength", "maxLength")


def conditions(translator: Translator, node: Node, pointer: str, depth: int, whole: Around) -> Node:
    """Translate `if` with what follows from it."""
    if not isinstance(node.get("if"), dict | bool):
        return {}
    found = {"if": translator.translated(node["if"], f"{pointer}/if", depth + 1, whole)}
    for name in ("then", "else"):
        if name in node:
            one = translator.translated(node[name], f"{pointer}/{name}", depth + 1, whole)
            found[name] = translator.alternative(node[name], one, whole)
    return found


def of_dependents(
    translator: Translator, node: Node, pointer: str, depth: int, whole: Around
) -> list[Node]:
    """Translate what must be where a key is there, as conditions."""
    found = []
    for name, one in _mapping(node, "dependentSchemas").items():
        at = f"{pointer}/dependentSchemas{pointer_of((name,))}"
        schema = translator.translated(one, at, depth + 1, whole)
        found.append({"if": {"type": "object", "required": [name]}, "then": schema, "x-at": at})
    return found


def of_keys(translator: Translator, node: Node, pointer: str, depth: int) -> Node:
    """Translate what is said of keys that are not written one by one."""
    found: Node = {}
    for pattern, one in _mapping(node, "patternProperties").items():
        at = f"{pointer}/patternProperties{pointer_of((pattern,))}"
        patterns = found.setdefault("patternProperties", {})
        if is_linear(pattern):
            patterns[pattern] = translator.closed(one, at, depth + 1)
        else:
            translator.odd.append((at, "is a pattern that cannot be run in linear time"))
            # Any key may be one of these.
            patterns[""] = {}
    if isinstance(node.get("propertyNames"), dict):
        names: Node = {}
        for part in reversed(list(translator.shapes.parts(node["propertyNames"]))):
            said, _ = sayable(part)
            names |= {key: said[key] for key in _OF_A_NAME if key in said}
            names |= translator.text(part, f"{pointer}/propertyNames")
        found["propertyNames"] = names
    needed = {
        name: list(dict.fromkeys(one for one in names if isinstance(one, str)))
        for name, names in _mapping(node, "dependentRequired").items()
        if isinstance(names, list)
    }
    return {**found, "dependentRequired": needed} if needed else found


def of_items(translator: Translator, node: Node, pointer: str, depth: int) -> Node:
    """Translate what some item of a list must be, and what those are that nothing else describes."""
    found: Node = {}
    if isinstance(node.get("contains"), dict | bool):
        bounds = ("minContains", "maxContains")
        found = {name: int(node[name]) for name in bounds if is_count(node.get(name))}
        found["contains"] = translator.closed(node["contains"], f"{pointer}/contains", depth + 1)
    rest = node.get("unevaluatedItems")
    if isinstance(rest, dict) or rest is False:
        at = f"{pointer}/unevaluatedItems"
        if any(name in node for name in _DESCRIBING_ITEMS):
            translator.odd.append((at, "is beside what may describe items: it was not checked"))
        elif "items" not in node:
            # Nothing else is there that could have described them.
            found["items"] = translator.closed(rest, at, depth + 1)
    return found


def _mapping(node: Node, name: str) -> dict[str, Any]:
    found = node.get(name)
    return found if isinstance(found, dict) else {}
