"""A schema of a description → a value that it takes; what may differ from call to call is a slot."""

from __future__ import annotations

from collections.abc import Collection
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from callsheet.calling.parameters import MOST_EXACT, has_large_number, is_multiple
from callsheet.contracts.discriminators import first_decided
from callsheet.documents import equal, parts_of
from callsheet.importing.differing import differing
from callsheet.importing.fitting import fits, matching, takes
from callsheet.importing.model import ImportFault, Known, Slot
from callsheet.language.credential_names import has_secret_word, is_secret_key, last_key

DEPTH = 12
MOST_ITEMS = 1_000
"""Of a list; the file of an action is no larger."""
_TYPES = {"string": "text", "integer": 1, "number": 1.5, "boolean": True}
_FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "email": "ada@example.com",
    "uri": "https://www.example.com/",
    "url": "https://www.example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "192.0.2.1",
    "hostname": "www.example.com",
}


class NoValueError(ImportFault):
    """A schema takes no value: what may be left out is left out."""


class SelfReferenceError(NoValueError):
    """What a schema requires contains itself without an end."""


class Sampler:
    """Values for schemas of a description.

    Args:
        description: with its examples.
        root: the schema whose definitions are referred to.
        fields: of the outermost object, beyond the required ones.
        alternative: which one of each choice is taken, from 0.

    """

    def __init__(
        self,
        description: dict[str, Any],
        root: dict[str, Any],
        fields: Collection[str] = (),
        alternative: int = 0,
    ) -> None:
        self.fields = fields
        self.alternative = alternative
        self.known: set[str] = set()
        self.description = description
        self.definitions = root.get("$defs", {})

    def value(self, schema: Any, path: tuple[str, ...], depth: int) -> Any:
        """Return a value that a schema takes.

        Raises:
            NoValueError: where there is none, or none has an end.

        """
        node = self.resolved(schema)
        if depth > DEPTH:
            raise SelfReferenceError(
                f"its body requires at `{'.'.join(path[:4])}` what contains itself without an end",
                "write the action by hand",
            )
        # What a description shows where a credential belongs may be one.
        is_secret = is_secret_key(path)
        for key in ("const",) if is_secret else ("const", "default"):
            if key in node and (isinstance(node[key], dict | list) or fits(node[key], node)):
                return _known_at(path, node[key])
        node = self._flat(node, path)
        if "enum" in node:
            return _known_at(path, self._listed(node, path))
        example = None if is_secret else self.shown(node)
        kinds = node.get("type", "object" if "properties" in node or path == () else "string")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(node, path, depth)
        if kind == "array":
            return self._array(node, path, depth)
        if kind == "null":
            return None
        if example is None or isinstance(example, dict | list) or not fits(example, node):
            example = self._plain(node, path[-1] if path else "value")
        if has_large_number(example):
            example = next((one for one in (1, 0, MOST_EXACT, -MOST_EXACT) if fits(one, node)), 1)
        fields = {
            "type": kind,
            **{key: node[key] for key in _CONSTRAINTS if key in node and not has_large_number(node[key])},
            **(_whole_limits(node) if kind == "integer" else {}),
        }
        return Slot("_".join(path[-1:]) or "value", fields, example)

    def _listed(self, node: dict[str, Any], path: tuple[str, ...]) -> Any:
        """Return the first value of an enumeration that the rest of its schema takes."""
        taken = [one for one in node["enum"] if takes(node, one)]
        if not taken:
            raise NoValueError(
                f"no value of the `enum` at `{'.'.join(path[:4])}` is one that its schema takes",
                "write the action by hand",
            )
        return next((one for one in taken if fits(one, node)), taken[0])

    def _flat(self, node: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
        """Return a schema with the type and the limits of what it is made of, where it says none itself."""
        if "properties" in node or path == ():
            return node
        found = dict(node)
        for part in self._parts(node):
            found |= {key: one for key, one in part.items() if key not in found and key not in _COMPOSED}
            if "properties" in part:
                found.setdefault("type", "object")
        return found

    def _array(self, node: dict[str, Any], path: tuple[str, ...], depth: int) -> list[Any]:
        least = int(node.get("minItems", 1))
        if least > MOST_ITEMS:
            raise ImportFault(
                f"a list at `{'.'.join(path[:4])}` has {least} items at least", "write the action by hand"
            )
        if node.get("maxItems") == 0:
            return []
        try:
            one = self.value(node.get("items", {}), path, depth + 1)
            if not node.get("uniqueItems"):
                return [one] * max(least, 1)
            return differing(one, self._flat(self.resolved(node.get("items", {})), path), max(least, 1))
        except NoValueError:
            if node.get("minItems", 0):
                raise
            return []

    def _plain(self, node: dict[str, Any], name: str) -> Any:
        """Return a value of a schema's type and format."""
        shown = _FORMATS.get(str(self._described(node).get("format")))
        if (
            shown is None
            or node.get("type") not in ("string", ["string", "null"])
            or _CONSTRAINTS & node.keys()
        ):
            return plain_value(node, name)
        return shown

    def _object(self, node: dict[str, Any], path: tuple[str, ...], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        required: set[str] = set()
        properties: dict[str, Any] = {}
        parts = self._parts(node)
        for part in parts:
            required.update(part.get("required") or ())
            for name, one in (part.get("properties") or {}).items():
                properties[name] = both(self.resolved(properties.get(name, {})), self.resolved(one))
        if depth == 0:
            self.known |= properties.keys()
            required |= set(self.fields)
        # What is required and not described takes anything.
        properties |= {name: {} for name in required if name not in properties}
        least = max(int(part.get("minProperties") or 0) for part in parts)
        if least > MOST_ITEMS:
            raise ImportFault(
                f"an object at `{'.'.join(path[:4])}` has {least} keys at least", "write the action by hand"
            )
        for number in range(len(properties), least):
            more = node.get("additionalProperties")
            properties[f"key_{number + 1}"] = more if isinstance(more, dict) else {}
            required.add(f"key_{number + 1}")
        for name, one in sorted(properties.items(), key=lambda it: it[0] not in required):
            if self._takes(name, required, depth) or len(found) < least:
                try:
                    found[name] = self.value(one, (*path, name), depth + 1)
                except NoValueError:
                    if name in required:
                        raise
        return {name: found[name] for name in properties if name in found}

    def _takes(self, name: str, required: set[str], depth: int) -> bool:
        """Return whether a property is written: what is required, or all where nothing is."""
        return name in required or (depth == 0 and not required)

    def _parts(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a schema with what it is made of; of a choice, one alternative."""
        found = [node]
        for one in map(self.resolved, node.get("allOf") or ()):
            if "if" not in one:
                found += self._parts(one)
            for part in first_decided(one):
                found += self._parts(self.resolved(part))
        for name in ("oneOf", "anyOf"):
            if listed := node.get(name):
                found += self._parts(self.resolved(listed[self.alternative % len(listed)]))
        return found

    def resolved(self, schema: Any) -> dict[str, Any]:
        """Return a schema with what its references lead to."""
        node = schema if isinstance(schema, dict) else {}
        for _ in range(DEPTH):
            if "$ref" not in node:
                break
            (key,) = parts_of(node["$ref"].removeprefix("#/$defs"))
            node = {**self.definitions.get(key, {}), **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def shown(self, node: dict[str, Any]) -> Any:
        """Return the example that the description shows at the place of a schema."""
        value = self._described(node)
        examples = value.get("examples")
        listed = examples[0] if isinstance(examples, list) and examples else None
        return value.get("example", listed)

    def _described(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return what the description writes at the place of a schema."""
        return self.described(node.get("x-at", ""))

    def described(self, pointer: str) -> dict[str, Any]:
        """Return the mapping at a pointer of the description; empty where there is none."""
        value: Any = self.description
        for name in parts_of(pointer):
            if isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            else:
                value = value.get(name) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}


_CONSTRAINTS = dict.fromkeys(
    ("minLength", "maxLength", "minimum", "maximum", "multipleOf", "pattern")
).keys()
"""What a parameter declares of its values, in this order."""
_COMPOSED = ("allOf", "anyOf", "oneOf", "if", "then", "else", "x-at", "properties", "required")


def _whole_limits(node: dict[str, Any]) -> dict[str, int]:
    """Return the limits of a whole number that a schema says by the numbers beyond them."""
    found = {}
    low, high = node.get("exclusiveMinimum"), node.get("exclusiveMaximum")
    if isinstance(low, int | float) and abs(low) < MOST_EXACT:
        found["minimum"] = max(floor(low) + 1, node.get("minimum", -MOST_EXACT))
    if isinstance(high, int | float) and abs(high) < MOST_EXACT:
        found["maximum"] = min(ceil(high) - 1, node.get("maximum", MOST_EXACT))
    return found


def both(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return what two parts of a schema say of a property, of which the second goes before the first."""
    found = {**one, **other}
    if "enum" in one and "enum" in other:
        common = [it for it in one["enum"] if any(equal(it, value) for value in other["enum"])]
        found["enum"] = common or other["enum"]
    return found


def known(value: Any) -> Any:
    """Return a value that the description itself names: whatever its key is called, it is no credential."""
    return Known(value) if isinstance(value, str) else value


def _known_at(path: tuple[str, ...], value: Any) -> Any:
    """Return a value that the description itself names; one of a password stays a credential."""
    return value if has_secret_word(last_key(path)) else known(value)


def plain_value(node: dict[str, Any], name: str) -> Any:
    """Return a value of a schema's type, with its name where it is a text."""
    if "enum" in node:
        return node["enum"][0]
    kind = node.get("type", "string")
    value = _TYPES.get(kind[0] if isinstance(kind, list) else kind, "text")
    if isinstance(value, str):
        if (found := matching(node)) is not None:
            return found
        text = "x" * max(node.get("minLength", 0), 1) if "minLength" in node else name
        return text[: node["maxLength"]] if "maxLength" in node else text
    if isinstance(value, bool):
        return value
    return _within(node, node.get("minimum", value))


def _within(node: dict[str, Any], value: Any) -> Any:
    """Return a number within the limits of a schema."""
    if "exclusiveMinimum" in node and value <= node["exclusiveMinimum"]:
        value = node["exclusiveMinimum"] + 1
    if "maximum" in node:
        value = min(value, node["maximum"])
    if "exclusiveMaximum" in node and value >= node["exclusiveMaximum"]:
        value = node["exclusiveMaximum"] - 1
    step = node.get("multipleOf")
    return value if not step or is_multiple(value, step) else _multiple_near(node, value, step)


def _multiple_near(node: dict[str, Any], value: Any, step: Any) -> Any:
    """Return the next multiple of a number, or the one before where the next is beyond the limits."""
    # A whole number is a multiple of 2.5 where it is one of 5.
    is_integer = node.get("type") == "integer"
    unit = Decimal(Fraction(str(step)).numerator if is_integer else str(step))
    for rounding in (ROUND_CEILING, ROUND_FLOOR):
        number = (Decimal(str(value)) / unit).to_integral_value(rounding) * unit
        is_whole = is_integer or (isinstance(value, int) and isinstance(step, int))
        found = int(number) if is_whole else float(number)
        if fits(found, node):
            return found
    return value
