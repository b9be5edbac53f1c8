"""The nodes of a translated schema: where they lead, and what jsonschema-rs says of one of them alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from callsheet.contracts.sources import ContractFault
from callsheet.documents import parts_of, pointer_of

_OF_ONE_VALUE = (
    "type", "enum", "const", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minProperties",
    "maxProperties", "required", "dependentRequired", "propertyNames",
)  # fmt: skip
_OF_WHAT_IS_INSIDE = ("enum", "const", "uniqueItems")


class Judge:
    """Judges values by the keywords of one node that say nothing of other nodes; compiles each once."""

    def __init__(self) -> None:
        self._validators: dict[int, tuple[Any, bool]] = {}
        self._kept: list[Any] = []
        self._patterns: dict[str, Any] = {}

    def failing(self, node: dict[str, Any], value: Any) -> list[str]:
        """Return the keywords of a node that a value does not satisfy, in the order of jsonschema-rs."""
        if id(node) not in self._validators:
            own = {name: node[name] for name in _OF_ONE_VALUE if name in node}
            looks_inside = any(name in own for name in _OF_WHAT_IS_INSIDE)
            self._validators[id(node)] = (compiled(own) if own else None, looks_inside)
            self._kept.append(node)
        validator, looks_inside = self._validators[id(node)]
        if validator is None:
            return []
        looked_at = value if looks_inside else _outside_of(value)
        if validator.is_valid(looked_at):
            return []
        return list(dict.fromkeys(str(one.schema_path[0]) for one in validator.iter_errors(looked_at)))

    def matches(self, pattern: str, key: str) -> bool:
        """Return whether a key is one of those of a pattern."""
        if pattern not in self._patterns:
            self._patterns[pattern] = compiled({"pattern": pattern})
        return bool(self._patterns[pattern].is_valid(key))

    def is_among(self, value: Any, allowed: Sequence[Any]) -> bool:
        """Return whether a value is one of those of an `enum`."""
        if id(allowed) not in self._validators:
            self._validators[id(allowed)] = (compiled({"enum": list(allowed)}), True)
            self._kept.append(allowed)
        return bool(self._validators[id(allowed)][0].is_valid(value))


def compiled(schema: dict[str, Any]) -> Any:
    """Compile a schema by jsonschema-rs.

    Raises:
        ContractFault: CS450 where it is not valid.

    """
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    except (jsonschema_rs.ValidationError, ValueError) as error:
        words = str(getattr(error, "message", error))[:120]
        raise ContractFault(
            "CS450",
            f"a schema of the contract is not valid: {words}",
            "check it with a validator of its format, or download the file again",
        ) from None


def _outside_of(value: Any) -> Any:
    """Return a value without what is inside it: as large, with the same keys."""
    if isinstance(value, dict):
        return dict.fromkeys(value)
    return [None] * len(value) if isinstance(value, list) else value


def definition_key(target: str) -> str:
    """Return the key of a definition: a pointer, in which what no URI contains is written otherwise.

    The library that runs a schema takes references for URIs.
    """
    return _ODD.sub(lambda match: "".join(f"_x{ord(one):x}_" for one in match[0]), target)


_ODD = re.compile(r"[^A-Za-z0-9._/~-]+|_x")


def reference_to(key: str, target: str) -> dict[str, Any]:
    """Return the reference to a definition by its key; `target` is its pointer in the description."""
    return {"$ref": f"#/$defs{pointer_of((key,))}", "x-at": target}


def resolved(node: dict[str, Any], root: dict[str, Any]) -> Any:
    """Return what a translated reference refers to."""
    (key,) = parts_of(node["$ref"].removeprefix("#/$defs"))
    return root.get("$defs", {}).get(key, {})


def all_of(schema: Any, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each schema once that every value of a schema satisfies: it, its parts, what they refer to."""
    seen: set[int] = set()
    rest = [schema]
    while rest:
        node = rest.pop(0)
        if not isinstance(node, dict) or id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        rest += node.get("allOf", ())
        if "$ref" in node:
            rest.append(resolved(node, root))


def in_place(node: dict[str, Any], root: dict[str, Any]) -> Iterator[Any]:
    """Yield the schemas that a node holds the same value against."""
    if "$ref" in node:
        yield resolved(node, root)
    for name in ("allOf", "anyOf", "oneOf"):
        yield from node.get(name, ())
    for name in ("not", "if", "then", "else"):
        if name in node:
            yield node[name]


def inside(node: dict[str, Any]) -> Iterator[Any]:
    """Yield the schemas that a node holds what is inside a value against."""
    yield from node.get("properties", {}).values()
    yield from node.get("patternProperties", {}).values()
    yield from node.get("prefixItems", ())
    for name in ("items", "contains", "additionalProperties", "unevaluatedProperties"):
        if isinstance(node.get(name), dict):
            yield node[name]


def named_in(node: Any, root: dict[str, Any], without: Sequence[str] = ()) -> dict[str, list[Any]]:
    """Return the properties that a schema names, with all that it is made of: their schemas by name.

    `without` are keywords whose schemas do not count.
    """
    found: dict[str, list[Any]] = {}
    seen: set[int] = set()
    rest = [node]
    while rest:
        one = rest.pop()
        if not isinstance(one, dict) or id(one) in seen:
            continue
        seen.add(id(one))
        for name, schema in one.get("properties", {}).items():
            # What stands beside an alternative is named in it, and described elsewhere.
            found.setdefault(name, []).extend([schema] if schema else [])
        parts = {key: part for key, part in one.items() if key not in ("not", "if", *without)}
        rest += in_place(parts, root)
    return found
