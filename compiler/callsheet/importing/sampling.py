"""A schema of a description → a value that it takes; what may differ from call to call is a slot."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from callsheet.calling.parameters import MOST_EXACT, has_large_number
from callsheet.documents import equal
from callsheet.importing.amounts import Amount, NoValueError
from callsheet.importing.credentials import is_hidden
from callsheet.importing.described_schemas import DEPTH, Described, is_shown_credential
from callsheet.importing.differing import differing
from callsheet.importing.fitting import fits, is_finite, takes
from callsheet.importing.model import Credential, ImportFault, Known, Slot
from callsheet.importing.plain_values import plain_value, whole_limits
from callsheet.language.credential_names import has_secret_word, is_secret_key, last_key

_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_=/+.-]{12,}\Z")
"""A text that is no word of an enumeration."""
_LEAST = 4
"""Characters that a value and what is around it have in JSON."""
MOST_ITEMS = 1_000
"""Of a list; the file of an action is no larger."""
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


class SelfReferenceError(NoValueError):
    """What a schema requires contains itself without an end."""


class Sampler(Described):
    """Values for schemas of a description.

    Args:
        description: with its examples.
        root: the schema whose definitions are referred to.
        fields: of the outermost object, beyond the required ones.
        alternative: which one of each choice is taken, from 0.

    Attributes:
        known: the fields of the outermost object.
        choices: that were made of alternatives.

    """

    unsent = "readOnly"
    """What marks the fields that the other side has alone."""

    def __init__(
        self,
        description: dict[str, Any],
        root: dict[str, Any],
        fields: Collection[str] = (),
        alternative: int = 0,
    ) -> None:
        super().__init__(description, root, alternative)
        self.fields = fields
        self.known: set[str] = set()
        self.amount = Amount()

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
        self.amount.take(_LEAST, path)
        # What a description shows where a credential belongs may be one.
        is_password = self.is_password(node)
        is_secret = is_password or is_secret_key(path)
        node = self._flat(node, path)
        const = node.get("const")
        is_whole = isinstance(const, dict | list) and is_finite(const)
        if "const" in node and (is_whole or fits(const, node)):
            return self._known_at(path, node["const"], is_secret=is_password)
        if "enum" in node:
            return self._known_at(path, self._listed(node, path), is_secret=is_password)
        example = None if is_secret else self.shown(node)
        if isinstance(example, str) and is_shown_credential(example, path):
            example = None
        kinds = node.get("type", "object" if "properties" in node or path == () else "string")
        kind = kinds[0] if isinstance(kinds, list) else kinds
        if kind == "object":
            return self._object(node, path, depth)
        if kind == "array":
            return self._array(node, path, depth)
        if kind == "null":
            return None
        if example is None or isinstance(example, dict | list) or not fits(example, node):
            self.amount.take(_length(node), path)
            example = self._plain(node, path[-1] if path else "value")
        if has_large_number(example):
            example = next((one for one in (1, 0, MOST_EXACT, -MOST_EXACT) if fits(one, node)), 1)
        fields = {
            "type": kind,
            **{key: node[key] for key in _CONSTRAINTS if key in node and not has_large_number(node[key])},
            **(whole_limits(node) if kind == "integer" else {}),
        }
        return Slot("_".join(path[-1:]) or "value", fields, example)

    def _known_at(self, path: tuple[str, ...], value: Any, *, is_secret: bool) -> Any:
        """Return a value that the description itself names; one of a password is a credential."""
        self.amount.take(len(value) if isinstance(value, str) else 0, path)
        is_opaque = isinstance(value, str) and is_secret_key(path) and _OPAQUE.match(value) is not None
        if isinstance(value, str) and (is_secret or is_opaque or is_hidden(value, ())):
            return Credential(value)
        return value if has_secret_word(last_key(path)) else known(value)

    def _listed(self, node: dict[str, Any], path: tuple[str, ...]) -> Any:
        """Return the first value of an enumeration that the rest of its schema takes."""
        taken = [one for one in node["enum"] if is_finite(one) and takes(node, one)]
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
        for part in self.parts(node):
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
        before = self.amount.characters
        try:
            one = self.value(node.get("items", {}), path, depth + 1)
            self.amount.take((self.amount.characters - before) * (max(least, 1) - 1), path)
            if not node.get("uniqueItems"):
                return [one] * max(least, 1)
            return differing(one, self._flat(self.resolved(node.get("items", {})), path), max(least, 1))
        except NoValueError:
            if node.get("minItems", 0):
                raise
            self.amount.characters = before
            return []

    def _plain(self, node: dict[str, Any], name: str) -> Any:
        """Return a value of a schema's type and format."""
        shown = _FORMATS.get(str(self.described_at(node).get("format")))
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
        parts = self.parts(node, path)
        for part in parts:
            required.update(part.get("required") or ())
            for name, one in (part.get("properties") or {}).items():
                properties[name] = both(self.resolved(properties.get(name, {})), self.resolved(one))
        if depth == 0:
            self.known |= properties.keys()
            required |= set(self.fields)
        # What is required and not described takes anything.
        properties |= {name: {} for name in required if name not in properties}
        properties = {
            name: one for name, one in properties.items() if name in required or not one.get(self.unsent)
        }
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
                before = self.amount.characters
                try:
                    self.amount.take(len(name), path)
                    found[name] = self.value(one, (*path, name), depth + 1)
                except NoValueError:
                    if name in required:
                        raise
                    self.amount.characters = before
        return {name: found[name] for name in properties if name in found}

    def _takes(self, name: str, required: set[str], depth: int) -> bool:
        """Return whether a property is written: what is required, or all where nothing is."""
        return name in required or (depth == 0 and not required)


_CONSTRAINTS = dict.fromkeys(
    ("minLength", "maxLength", "minimum", "maximum", "multipleOf", "pattern")
).keys()
"""What a parameter declares of its values, in this order."""
_COMPOSED = ("allOf", "anyOf", "oneOf", "if", "then", "else", "x-at", "properties", "required")


def _length(node: dict[str, Any]) -> int:
    """Return how long a value of a schema is at least."""
    return int(node.get("minLength", 0))


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
