"""A schema of a description → a value that it takes; what may differ from call to call is a slot."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from callsheet.contracts.discriminators import first_decided
from callsheet.documents import parts_of
from callsheet.importing.model import Slot

DEPTH = 12
_TYPES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


class Sampler:
    """Values for schemas of a description.

    Args:
        description: with its examples.
        root: the schema whose definitions are referred to.
        fields: of the outermost object, beyond the required ones.

    """

    def __init__(
        self, description: dict[str, Any], root: dict[str, Any], fields: Collection[str] = ()
    ) -> None:
        self.fields = fields
        self.known: set[str] = set()
        self.description = description
        self.definitions = root.get("$defs", {})

    def value(self, schema: Any, path: tuple[str, ...], depth: int) -> Any:
        """Return a value that a schema takes."""
        node = self._resolved(schema)
        if depth > DEPTH:
            return {}
        for key in ("const", "default"):
            if key in node:
                return node[key]
        if "enum" in node:
            return node["enum"][0]
        example = self._example(node)
        kinds = node.get("type", "object" if "properties" in node or path == () else "string")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(node, path, depth)
        if kind == "array":
            item = self.value(node.get("items", {}), path, depth + 1)
            return [item] * max(node.get("minItems", 1), 1)
        if kind == "null":
            return None
        if example is None or isinstance(example, dict | list):
            example = plain_value(node, path[-1] if path else "value")
        fields = {"type": kind, **{key: node[key] for key in _CONSTRAINTS if key in node}}
        return Slot("_".join(path[-1:]) or "value", fields, example)

    def _object(self, node: dict[str, Any], path: tuple[str, ...], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        required: set[str] = set()
        properties: dict[str, Any] = {}
        for part in self._parts(node):
            required.update(part.get("required") or ())
            for name, one in (part.get("properties") or {}).items():
                properties[name] = {**self._resolved(properties.get(name, {})), **self._resolved(one)}
        if depth == 0:
            self.known |= properties.keys()
            required |= set(self.fields)
        for name, one in properties.items():
            if self._takes(name, required, depth):
                found[name] = self.value(one, (*path, name), depth + 1)
        return found

    def _takes(self, name: str, required: set[str], depth: int) -> bool:
        """Return whether a property is written: what is required, or all where nothing is."""
        return name in required or (depth == 0 and not required)

    def _parts(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a schema with what it is made of; of a choice, the first alternative."""
        found = [node]
        listed = [self._resolved(one) for one in node.get("allOf") or ()]
        for one in listed:
            if "if" not in one:
                found += self._parts(one)
            for part in first_decided(one):
                found += self._parts(self._resolved(part))
        for name in ("oneOf", "anyOf"):
            found += [one for it in (node.get(name) or ())[:1] for one in self._parts(self._resolved(it))]
        return found

    def _resolved(self, schema: Any) -> dict[str, Any]:
        node = schema if isinstance(schema, dict) else {}
        for _ in range(DEPTH):
            if "$ref" not in node:
                break
            (key,) = parts_of(node["$ref"].removeprefix("#/$defs"))
            node = {**self.definitions.get(key, {}), **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def _example(self, node: dict[str, Any]) -> Any:
        """Return the example that the description shows at the place of a schema."""
        value: Any = self.description
        for name in parts_of(node.get("x-at", "")):
            value = value.get(name) if isinstance(value, dict) else None
        examples = value.get("examples") if isinstance(value, dict) else None
        listed = examples[0] if isinstance(examples, list) and examples else None
        return value.get("example", listed) if isinstance(value, dict) else None


_CONSTRAINTS = ("minLength", "maxLength", "minimum", "maximum", "pattern")


def plain_value(node: dict[str, Any], name: str) -> Any:
    """Return a value of a schema's type, with its name where it is a text."""
    if "enum" in node:
        return node["enum"][0]
    kind = node.get("type", "string")
    value = _TYPES.get(kind[0] if isinstance(kind, list) else kind, "text")
    if value == "text":
        return "x" * max(node.get("minLength", 0), 1) if "minLength" in node else name
    return node.get("minimum", value)
