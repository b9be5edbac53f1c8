"""The schema of a body as its description writes it → JSON Schema for a validator that knows no OpenAPI.

It shares nothing with callsheet's own translation, so that the two can be compared. It asserts all that a
description says; what callsheet leaves out on purpose is a *leniency*, what it adds is a *strictness*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from jsonschema.protocols import Validator

LENIENCIES = {
    "format": "a `format` is not asserted",
    "oneOf": "more than one alternative of a `oneOf` may fit",
    "null": "`x-nullable` counts beside an enum without null, and `nullable` beside a reference",
    "closed": "what is closed among parts or beside a choice closes the whole",
    "discriminator": "without its discriminator, an object is any of the alternatives",
    "readOnly": "what is read-only by another part is not required",
    "pattern": "a pattern that cannot be run in linear time is not asserted",
}
STRICTNESS = "a field that only alternatives name fits one of them"
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
SAME = (
    "const", "minLength", "maxLength", "minimum", "maximum", "multipleOf", "minItems", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "dependentRequired", "minContains", "maxContains",
)  # fmt: skip
ONE = ("additionalProperties", "unevaluatedProperties", "not", "if", "then", "else", "contains",
       "propertyNames")  # fmt: skip
NAMED = ("properties", "patternProperties", "dependentSchemas")
Node = dict[str, Any]


class PlainSchema:
    """Validates values by one schema of a description.

    Args:
        description: all of it.
        node: the schema.
        lenient: which of `LENIENCIES` apply.
        named: whether a field that only alternatives name must fit one of them.

    Attributes:
        left_out: the patterns that this validator cannot run.

    """

    def __init__(
        self, description: Node, node: Any, lenient: frozenset[str] = frozenset(), *, named: bool = False
    ) -> None:
        self.description = description
        self.lenient = lenient
        self.named = named
        self.left_out: list[str] = []
        self.modern = str(description.get("openapi", "")).startswith("3.1")
        self.definitions: Node = {}
        root = self._of(node)
        self.schema: Any = {"allOf": [root], "definitions": self.definitions}
        kind = Draft202012Validator if self.modern else Draft4Validator
        checker = OF_GOOGLE if "format" in lenient else FORMATS
        self.validator: Validator = kind(self.schema, format_checker=checker)

    def refusal(self, value: Any) -> str | None:
        """Return why a value is refused; None where it is accepted."""
        error = next(iter(self.validator.iter_errors(value)), None)
        if error is None:
            return None
        return f"/{'/'.join(map(str, error.absolute_path))} {error.validator}: {error.message[:160]}"

    def look(self, reference: str) -> Any:
        """Return what a reference within the description leads to, or None."""
        value: Any = self.description
        for part in unquote(reference).removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list) and name.isdigit():
                value = dict(enumerate(value)).get(int(name))
            else:
                value = value.get(name) if isinstance(value, dict) else None
        return value

    def _of(self, node: Any, *, part: bool = False, own: bool = False) -> Any:
        """Translate a schema; `part` is one of an `allOf`, `own` what a definition is made of."""
        if isinstance(node, bool) and self.modern:
            return node
        if not isinstance(node, dict):
            return {}
        if isinstance(node.get("$ref"), str):
            found = self._reference(node["$ref"], part=part)
            kinds = [] if own else self._kinds(node["$ref"])
            found = {"allOf": [found, *kinds]} if kinds else found
            beside = {key: one for key, one in node.items() if key != "$ref"}
            if "null" in self.lenient and beside.get("nullable") is True:
                found = {"anyOf": [found, {"enum": [None]}]}
            return {"allOf": [found, self._of(beside, part=part)]} if self.modern and beside else found
        found = self._plain(node, part=part, own=own)
        if node.get("nullable") is True or node.get("x-nullable") is True:
            listed = isinstance(node.get("enum"), list) and "null" not in self.lenient
            return {"anyOf": [found, {"enum": [None]}]} if not listed else self._with_null(found)
        return found

    def _with_null(self, found: Node) -> Node:
        if isinstance(found.get("type"), str):
            return {**found, "type": [found["type"], "null"]}
        return found

    def _reference(self, reference: str, *, part: bool) -> Node:
        key = f"{'part ' if part else ''}{reference}".replace("~", "-").replace("/", "|").replace("%", "!")
        if key not in self.definitions:
            self.definitions[key] = {}
            self.definitions[key] = self._of(self.look(reference), part=part, own=True)
        return {"$ref": f"#/definitions/{key.replace(' ', '%20')}"}

    def _kinds(self, reference: str) -> list[Node]:
        """Return what the discriminator of a base without a choice says of a value: which kind it is."""
        base = self.look(reference)
        told = base.get("discriminator") if isinstance(base, dict) else None
        name = told.get("propertyName") if isinstance(told, dict) else told
        if not isinstance(name, str) or "oneOf" in base or "anyOf" in base:
            return []
        mapping = told.get("mapping") or {} if isinstance(told, dict) else {}
        start = "#/definitions/" if "definitions" in self.description else "#/components/schemas/"
        found: list[Node] = []
        for short in self.look(start.rstrip("/")) or ():
            one = f"{start}{short}"
            if one == reference or reference not in self._made_of(one):
                continue
            values = [it for it, to in mapping.items() if to in (one, short)]
            values += [short] if short not in mapping else []
            values += [it for it in [self.look(one).get("x-ms-discriminator-value")] if it]
            is_other = {
                "not": {"type": "object", "required": [name], "properties": {name: {"enum": values}}}
            }
            found.append({"anyOf": [is_other, self._reference(one, part=True)]})
        return found

    def _made_of(self, reference: str) -> set[str]:
        """Return the references that a schema is made of by `allOf`, through all of them."""
        rest, found = [self.look(reference)], set[str]()
        while rest:
            node = rest.pop()
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str) and node["$ref"] not in found:
                    found.add(node["$ref"])
                    rest.append(self.look(node["$ref"]))
                rest += node["allOf"] if isinstance(node.get("allOf"), list) else []
        return found

    def _plain(self, node: Node, *, part: bool, own: bool) -> Node:
        found: Node = {key: node[key] for key in SAME if key in node}
        kinds = node.get("type")
        listed = [one for one in (kinds if isinstance(kinds, list) else [kinds]) if one in TYPES]
        if listed:
            found["type"] = listed if len(listed) > 1 else listed[0]
        if isinstance(node.get("enum"), list):
            found["enum"] = node["enum"]
        for key, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            # True or false beside the bound before JSON Schema 6, the bound itself since.
            of_its_time = key in node and isinstance(node[key], bool) != self.modern
            if of_its_time and (self.modern or bound in node):
                found[key] = node[key]
        for key in ("format", "pattern"):
            if isinstance(node.get(key), str) and self._asserts(key, node[key]):
                found[key] = node[key]
        for key in ONE:
            if isinstance(node.get(key), dict | bool):
                found[key] = node[key] if isinstance(node[key], bool) else self._of(node[key])
        composed = part or any(isinstance(node.get(key), list) for key in ("allOf", "anyOf", "oneOf"))
        if composed and "closed" in self.lenient:
            for key in ("additionalProperties", "unevaluatedProperties"):
                if found.get(key) is False:
                    del found[key]
        for key in NAMED:
            if isinstance(node.get(key), dict):
                found[key] = {name: self._of(one) for name, one in node[key].items()}
        if isinstance(node.get("items"), dict | bool):
            found["items"] = self._of(node["items"])
        return self._required(node, self._lists(node, found, part=part, own=own))

    def _asserts(self, key: str, written: str) -> bool:
        if key == "format":
            return key not in self.lenient or written == "google-duration"
        if not _is_regular(written):
            self.left_out.append(written)
            return False
        return key not in self.lenient

    def _lists(self, node: Node, found: Node, *, part: bool, own: bool) -> Node:
        for key in ("allOf", "prefixItems"):
            if isinstance(node.get(key), list):
                is_part = key == "allOf"
                found[key] = [self._of(one, part=is_part or part, own=is_part and own) for one in node[key]]
        for key in ("oneOf", "anyOf"):
            if isinstance(node.get(key), list):
                written = "anyOf" if key == "oneOf" and "oneOf" in self.lenient else key
                choice = {written: [*self._alternatives(node, key, part=part)]}
                found["allOf"] = [*found.get("allOf", []), choice, *self._named_by(node, key)]
        return found

    def _named_by(self, node: Node, key: str) -> Iterator[Node]:
        """Yield that a field which only alternatives name fits one of them, where this is asserted."""
        names: dict[str, list[Any]] = {}
        for one in self._parts(node[key]) if self.named else ():
            for name, schema in (one.get("properties") or {}).items():
                names.setdefault(name, []).append(self._of(schema))
        if names:
            own = node.get("properties") or {}
            yield {"properties": {name: {"anyOf": it} for name, it in names.items() if name not in own}}

    def _parts(self, nodes: list[Any]) -> Iterator[Node]:
        """Yield schemas with what they refer to and are made of."""
        rest, seen = [*nodes], 0
        while rest and seen < 500:
            one, seen = rest.pop(), seen + 1
            if isinstance(one, dict):
                yield one
                rest += [self.look(one["$ref"])] if isinstance(one.get("$ref"), str) else []
                rest += [it for key in ("allOf", "anyOf", "oneOf") for it in one.get(key) or ()]

    def _alternatives(self, node: Node, key: str, *, part: bool) -> Iterator[Any]:
        """Yield the alternatives of a choice, each with the values that its discriminator maps to it."""
        told = node.get("discriminator")
        told = told if isinstance(told, dict) and "discriminator" not in self.lenient else {}
        mapping = told.get("mapping") or {}
        for one in node[key]:
            found = self._of(one, part=part or "properties" in node)
            reference = one.get("$ref") if isinstance(one, dict) else None
            name = told.get("propertyName")
            if name is not None and isinstance(reference, str):
                short = reference.rsplit("/", 1)[-1]
                values: list[Any] = [it for it, to in mapping.items() if to in (reference, short)] or [
                    short
                ]
                values += [int(it) for it in values if it.isdigit()]
                found = {"allOf": [found, {"properties": {name: {"enum": values}}, "required": [name]}]}
            yield found

    def _required(self, node: Node, found: Node) -> Node:
        names = node.get("required")
        if not isinstance(names, list):
            return found
        properties = node.get("properties") if isinstance(node.get("properties"), dict) else {}
        names = [one for one in names if isinstance(one, str)]
        kept = [it for it in dict.fromkeys(names) if not self._is_read_only((properties or {}).get(it))]
        if "readOnly" in self.lenient:
            kept = []
        return {**found, "required": kept} if kept else found

    def _is_read_only(self, node: Any) -> bool:
        seen = 0
        while isinstance(node, dict) and seen < 20:
            seen += 1
            if node.get("readOnly") is True:
                return True
            if "$ref" in node:
                node = self.look(node["$ref"])
            elif isinstance(node.get("allOf"), list) and node["allOf"]:
                return any(self._is_read_only(one) for one in node["allOf"])
            else:
                return False
        return False


def _is_regular(pattern: str) -> bool:
    """Return whether the validator can run a pattern: those of ECMAScript are not all of Python."""
    try:
        return re.compile(pattern) is not None
    except (re.error, OverflowError):
        return False


FORMATS = FormatChecker()
OF_GOOGLE = FormatChecker(())


@FORMATS.checks("google-duration")
@OF_GOOGLE.checks("google-duration")
def _is_duration(value: object) -> bool:
    """Return whether a text is a duration as Google's JSON writes it: seconds, with up to nine decimals."""
    return not isinstance(value, str) or re.fullmatch(r"-?\d+(\.\d{1,9})?s", value) is not None
