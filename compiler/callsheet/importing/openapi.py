"""An operation of an OpenAPI description → a request with what it requires, its contract linked.

A value is the description's own: its example, default, or first value; else one of its type. What stands
for a value in the path, and every text, number and flag of the body that is required, becomes a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from callsheet.contracts.operations import Operation, find_operation
from callsheet.contracts.sources import ContractFault, ContractFile
from callsheet.documents import parts_of
from callsheet.errors import of_its_shape
from callsheet.importing.model import Imported, ImportFault, Slot, misshapen
from callsheet.outbound.urls import with_query
from callsheet.words import nearest

DEPTH = 12
_TYPES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}


def read_operation(file: ContractFile, name: str | None, fields: Collection[str] = ()) -> Imported:
    """Read one operation.

    Args:
        file: the description.
        name: its operationId, or `POST /path`.
        fields: of the body, beyond those that are required.

    Raises:
        ImportFault: where there is none, where it takes no JSON, or calls nothing.

    """
    try:
        operation = find_operation(file.description, name or "?")
    except ContractFault as fault:
        way_out = "choose one with --operation" if name is None else fault.help
        words = fault.message if name else "the description has many operations"
        raise ImportFault(words, way_out) from None
    with of_its_shape(misshapen("an OpenAPI description")):
        return _request(file, operation, name, fields)


def _request(
    file: ContractFile, operation: Operation, name: str | None, fields: Collection[str]
) -> Imported:
    if not operation.json_body or not operation.urls[0].startswith("http"):
        what = "takes no JSON body" if not operation.json_body else "names no server"
        raise ImportFault(f"the operation {what}", "choose another operation, or write the action by hand")
    result = Imported(method=operation.method, url=re.sub(r"\{\+?([^}]*)\}", _path_slot, operation.urls[0]))
    result.contract = {"openapi": file.reference, "operation": name}
    for name_in_url in re.findall(r"\{\+?([^}]*)\}", operation.urls[0]):
        result.slots[name_in_url] = Slot(name_in_url, {"type": "string"}, name_in_url)
    _parameters(result, operation)
    _security(result, operation)
    if operation.body is not None:
        sampler = _Sampler(file.value, operation.body, fields)
        value = sampler.value(operation.body, (), 0)
        if unknown := [one for one in fields if one not in sampler.known]:
            near = nearest(unknown[0], sampler.known)
            raise ImportFault(f"the body has no field `{unknown[0]}`{near}", "choose others with --fields")
        result.payload, result.has_payload = value, True
        result.headers.append(("Content-Type", "application/json"))
    return result


def _path_slot(match: re.Match[str]) -> str:
    return f"\ue002{match[1]}\ue003"


def _parameters(result: Imported, operation: Operation) -> None:
    for one in operation.parameters:
        usual = one["name"].lower() in ("authorization", "content-type", "accept")
        if not one["required"] or usual:
            continue
        value = _plain(one["schema"], one["name"])
        if one["in"] == "query":
            result.url = with_query(result.url, f"{one['name']}={value}")
        else:
            result.headers.append((one["name"], str(value)))


def _security(result: Imported, operation: Operation) -> None:
    """Stand in for who calls: what it is becomes a reference to a secret, as any credential does."""
    for scheme in operation.security[0] if operation.security else ():
        kind = str(scheme.get("scheme") or scheme.get("type")).lower()
        if kind == "basic":
            result.user = ("user", "password")
        elif kind == "apikey" and scheme.get("in") == "header":
            result.headers.append((str(scheme.get("name")), "\ue000API_KEY\ue001"))
        elif kind in ("bearer", "oauth2", "openidconnect"):
            result.headers.append(("Authorization", "Bearer token"))
        else:
            result.notes.append(f"the operation requires {kind}: write `authentication` by hand")


class _Sampler:
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
            example = _plain(node, path[-1] if path else "value")
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
            if name in required or (depth == 0 and not required):
                found[name] = self.value(one, (*path, name), depth + 1)
        return found

    def _parts(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a schema with what it is made of; of a choice, the first alternative."""
        found = [node]
        listed = [self._resolved(one) for one in node.get("allOf") or ()]
        chosen = _discriminated(listed)
        for one in listed:
            if "if" not in one:
                found += self._parts(one)
            elif one["if"] == chosen:
                found += self._parts(self._resolved(one["then"]))
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


def _discriminated(listed: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the condition of the first alternative of a choice by a property, as in the contract."""
    for one in listed:
        for name, schema in (one.get("properties") or {}).items():
            if one.get("required") == [name] and "enum" in schema:
                return {"properties": {name: {"const": schema["enum"][0]}}, "required": [name]}
    return None


_CONSTRAINTS = ("minLength", "maxLength", "minimum", "maximum", "pattern")


def _plain(node: dict[str, Any], name: str) -> Any:
    if "enum" in node:
        return node["enum"][0]
    kind = node.get("type", "string")
    value = _TYPES.get(kind[0] if isinstance(kind, list) else kind, "text")
    if value == "text":
        return "x" * max(node.get("minLength", 0), 1) if "minLength" in node else name
    return node.get("minimum", value)
