"""A vendor's schema (OpenAPI 2.0, 3.0, 3.1, discovery) → JSON Schema 2020-12, with what it refers to.

An object is closed where its description closes it (`additionalProperties: false`), and open elsewhere.
Where a description is odd, it is noted and never an error of the action.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import unquote

from callsheet.contracts.anchors import anchors_in
from callsheet.contracts.bundling import why_unread
from callsheet.contracts.discriminators import decided, discriminated, references_in
from callsheet.contracts.keywords import conditions, of_dependents, of_items, of_keys
from callsheet.contracts.kind_choices import of_kinds
from callsheet.contracts.kinds import Kinds
from callsheet.contracts.limits import exclusive_bounds, sayable
from callsheet.contracts.negations import TYPES, to_the_letter
from callsheet.contracts.nodes import definition_key, reference_to
from callsheet.contracts.shapes import Around, Shapes
from callsheet.documents import parts_of, pointer_of
from callsheet.rules.parameters import is_linear

_ELSEWHERE = ("exclusiveMinimum", "exclusiveMaximum", "minContains", "maxContains")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_COMPOSED = ("$ref", "allOf", "anyOf", "oneOf")
_DURATION = r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"
DEPTH = 100

_NULLABLE = ("nullable", "x-nullable")
_NOTES = ("deprecated", "description", "summary", "title", "example", "examples", "default", "readOnly")
"""What says nothing of a value that is written beside a reference."""


class Translator:
    """Translates the schemas of one description, each definition once.

    Attributes:
        definitions: what was translated, by the pointer in the description.
        odd: what the description gets wrong, each with its pointer.

    """

    def __init__(self, description: dict[str, Any], *, discovery: bool = False) -> None:
        self.description = description
        self.discovery = discovery
        self.definitions: dict[str, Any] = {}
        self.odd: list[tuple[str, str]] = []
        version = str(description.get("openapi", ""))
        self.takes_siblings = version.startswith("3.") and not version.startswith("3.0")
        self.shapes = Shapes(self._followed, named_is_closed=discovery)
        self.kinds = Kinds(description, self.shapes, self._pointer_of, self.look)

    def whole(self, node: Any, pointer: str) -> dict[str, Any]:
        """Return a schema with the definitions that it needs, to stand alone."""
        return self.standing_alone(self.closed(node, pointer))

    def standing_alone(self, root: dict[str, Any]) -> dict[str, Any]:
        """Return what was translated with the definitions that it needs."""
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **root,
            "$defs": self.definitions,
        }

    def closed(self, node: Any, pointer: str, depth: int = 0) -> dict[str, Any]:
        """Translate a schema of a whole value: a closed one refuses what it does not name."""
        found = self.translated(node, pointer, depth)
        if self.shapes.is_closed(node):
            found = {**found, "unevaluatedProperties": False}
        return found

    def translated(self, node: Any, pointer: str, depth: int = 0, around: Around = ()) -> dict[str, Any]:
        """Translate one schema; `around` are those that are held against the same value."""
        if node is False:
            return {"x-at": pointer, "not": {}}
        if not isinstance(node, dict) or depth > DEPTH:
            return {}
        if _is_nullable(node) and any(name in node for name in _COMPOSED):
            return self._or_null(node, pointer, depth, around)
        if isinstance(node.get("$ref"), str):
            return self._referring(node, pointer, depth, around)
        said, wrong = sayable(node)
        self.odd += [(f"{pointer}/{name}", f"is no {name}, and says nothing") for name in wrong]
        found = {"x-at": pointer, **{name: said[name] for name in said if name not in _ELSEWHERE}}
        found |= self._type(node)
        found |= exclusive_bounds(said)
        found |= self.text(node, pointer)
        found |= self._inner(node, pointer, depth, (*around, node))
        if isinstance(found.get("required"), list):
            whole = (*around, node)
            names = dict.fromkeys(one for one in found["required"] if isinstance(one, str))
            found["required"] = [one for one in names if not self.shapes.is_read_only(one, whole)]
        else:
            # OpenAPI 2.0 and discovery write `required: true` at the property itself.
            found.pop("required", None)
        return found

    def _or_null(self, node: dict[str, Any], pointer: str, depth: int, around: Around) -> dict[str, Any]:
        """Translate a schema that is made of others, none of which need take the null that it allows."""
        plain = {name: one for name, one in node.items() if name not in _NULLABLE}
        kinds = next((it for one in self.shapes.parts(node) if (it := self._type(one).get("type"))), None)
        found: dict[str, Any] = {"x-at": pointer}
        if kinds is not None:
            found["type"] = list(dict.fromkeys([*([kinds] if isinstance(kinds, str) else kinds), "null"]))
        if node.get("deprecated") is True:
            found["deprecated"] = True
        found["anyOf"] = [self.translated(plain, pointer, depth, around), {"type": "null", "x-at": pointer}]
        return found

    def _referring(self, node: dict[str, Any], pointer: str, depth: int, around: Around) -> dict[str, Any]:
        """Translate a reference; before OpenAPI 3.1, what is written beside it says nothing."""
        found = self._reference(node["$ref"], pointer)
        beside = {name: one for name, one in node.items() if name not in ("$ref", *_NOTES)}
        if self.takes_siblings and any(not name.startswith("x-") for name in beside):
            more = self.translated(beside, pointer, depth, (*around, node))
            found = {**found, **more}
        return {**found, "deprecated": True} if node.get("deprecated") is True else found

    def _reference(self, reference: str, pointer: str) -> dict[str, Any]:
        target = self._pointer_of(reference)
        if target is None:
            self.odd.append((pointer, f"refers to {reference[:80]}, which {why_unread(reference)}"))
            return {}
        if not self.kinds.is_made_of(pointer):
            base = self.kinds.base(target)
            if self.kinds.of(base):
                return of_kinds(self, base, is_whole=not self.kinds.is_part(pointer))
        return self.definition(reference, target, pointer)

    def definition(self, reference: str, target: str, pointer: str) -> dict[str, Any]:
        """Return the reference to what is at a pointer of the description, translated once."""
        key = definition_key(target)
        if key not in self.definitions:
            value = self.look(target)
            if value is None:
                self.odd.append((pointer, f"refers to {reference[:80]}, which is not there"))
                value = {}
            self.definitions[key] = {}
            if self._is_circular(target):
                self.odd.append((target, "refers only to itself"))
                return reference_to(key, target)
            self.definitions[key] = self.translated(value, target)
        return reference_to(key, target)

    def _is_circular(self, target: str) -> bool:
        """Return whether a definition is made of itself, and not only contains itself in a property."""
        seen: set[str] = set()
        rest = [self.look(target)]
        while rest:
            node = rest.pop()
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$ref"), str):
                to = self._pointer_of(node["$ref"])
                if to == target:
                    return True
                if to is not None and to not in seen:
                    seen.add(to)
                    rest.append(self.look(to))
            if "$ref" not in node or self.takes_siblings:
                rest += [one for name in ("allOf", "anyOf", "oneOf") for one in node.get(name) or ()]
                rest += [node.get(name) for name in ("not", "if", "then", "else")]
                dependent = node.get("dependentSchemas")
                rest += dependent.values() if isinstance(dependent, dict) else ()
                if node.get("oneOf") or node.get("anyOf"):
                    # A base that only names its kinds is no choice: each of them is made of it.
                    rest += self._mapped(node).values()
        return False

    def _mapped(self, node: dict[str, Any]) -> dict[str, dict[str, str]]:
        """Return what a discriminator maps its values to, as references that lead somewhere."""
        return {
            key: {"$ref": one}
            for key, one in references_in(node).items()
            if self._followed(one) is not None
        }

    def _followed(self, reference: str) -> Any:
        target = self._pointer_of(reference)
        return None if target is None else self.look(target)

    def _pointer_of(self, reference: str) -> str | None:
        if self.discovery and not reference.startswith("#"):
            return f"/schemas/{reference}"
        if not reference.startswith("#/"):
            return self._anchors.get(reference[1:]) if self.takes_siblings else None
        # A reference is a URI (RFC 6901 section 6): names are encoded in it, where their authors know that.
        decoded = unquote(reference[1:])
        return (
            reference[1:] if decoded == reference[1:] or self.look(reference[1:]) is not None else decoded
        )

    @cached_property
    def _anchors(self) -> dict[str, str]:
        return anchors_in(self.description)

    def look(self, pointer: str) -> Any:
        """Return the value at a pointer of the description, or None."""
        value: Any = self.description
        for name in parts_of(pointer):
            if isinstance(value, list) and name.isdigit() and int(name) < len(value):
                value = value[int(name)]
            elif isinstance(value, dict) and name in value:
                value = value[name]
            else:
                return None
        return value

    def _type(self, node: dict[str, Any]) -> dict[str, Any]:
        kinds = node.get("type")
        kinds = [kinds] if isinstance(kinds, str) else kinds if isinstance(kinds, list) else []
        kinds = [one for one in kinds if isinstance(one, str) and one in TYPES]
        found: dict[str, Any] = {}
        if _is_nullable(node) and "null" not in kinds:
            kinds = [*kinds, "null"] if kinds else []
            if isinstance(node.get("enum"), list):
                # By the letter of OpenAPI 3.0.3 ("Clarify Nullable") an enum names null itself; by what
                # vendors mean, and take, `nullable` says it.
                found["enum"] = [*node["enum"], None]
        if kinds:
            found["type"] = kinds if len(kinds) > 1 else kinds[0]
        return found

    def text(self, node: dict[str, Any], pointer: str) -> dict[str, Any]:
        """Translate what a text must be; a pattern only where it runs in linear time."""
        if node.get("format") == "google-duration":
            return {"pattern": _DURATION}
        pattern = node.get("pattern")
        if not isinstance(pattern, str):
            return {}
        if pattern.startswith("/^"):
            self.odd.append(
                (pointer, "has a pattern as JavaScript writes it, which matches nothing as it is")
            )
        elif is_linear(pattern):
            return {"pattern": pattern}
        else:
            self.odd.append((pointer, "has a pattern that cannot be run in linear time"))
        return {}

    def _inner(self, node: dict[str, Any], pointer: str, depth: int, whole: Around) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if isinstance(node.get("properties"), dict):
            found["properties"] = {
                name: {
                    **self.closed(one, f"{pointer}/properties{pointer_of((name,))}", depth + 1),
                    **self.shapes.sides(one),
                }
                for name, one in node["properties"].items()
            }
        if isinstance(node.get("items"), dict) or node.get("items") is False:
            found["items"] = self.closed(node["items"], f"{pointer}/items", depth + 1)
        extra = node.get("additionalProperties")
        if isinstance(extra, dict):
            found["additionalProperties"] = self.closed(extra, f"{pointer}/additionalProperties", depth + 1)
        elif extra is True and "properties" not in node:
            found["additionalProperties"] = {}  # an alternative of any fields is meant, and not only open
        rest = node.get("unevaluatedProperties")
        if isinstance(rest, dict) and not self.shapes.evaluates_all(node):
            found["unevaluatedProperties"] = self.closed(
                rest, f"{pointer}/unevaluatedProperties", depth + 1
            )
        for name in _LISTS:
            if isinstance(node.get(name), list) and not node[name]:
                self.odd.append((f"{pointer}/{name}", f"is no {name}, and says nothing"))
            elif isinstance(node.get(name), list):
                # That only one alternative may fit is rarely meant, and rarely true.
                written = "anyOf" if name == "oneOf" and "anyOf" not in node else name
                found[written] = [
                    self._part(name, one, f"{pointer}/{name}/{index}", depth + 1, whole)
                    for index, one in enumerate(node[name])
                ]
        if isinstance(node.get("not"), dict | bool):
            found |= self._negated(node["not"], f"{pointer}/not", depth + 1)
        found |= conditions(self, node, pointer, depth, whole)
        found |= of_keys(self, node, pointer, depth)
        found |= of_items(self, node, pointer, depth)
        dependent = of_dependents(self, node, pointer, depth, whole)
        if dependent:
            found["allOf"] = [*found.get("allOf", []), *dependent]
        return self._by_discriminator(node, found, pointer, whole)

    def _negated(self, node: Any, pointer: str, depth: int) -> dict[str, Any]:
        """Translate what is under `not`; where that is not known to the letter, it refuses nothing."""
        exact = to_the_letter(node, self._followed, siblings=self.takes_siblings)
        if exact is None:
            self.odd.append((pointer, "is under `not`, and is not known to the letter"))
            return {}
        return {"not": self.closed(exact, pointer, depth)}

    def _part(self, name: str, node: Any, pointer: str, depth: int, whole: Around) -> dict[str, Any]:
        """Translate one of the schemas of a list."""
        if name == "prefixItems":
            return self.closed(node, pointer, depth)
        found = self.translated(node, pointer, depth, whole)
        return found if name == "allOf" else self.alternative(node, found, whole)

    def alternative(self, node: Any, found: dict[str, Any], whole: Around) -> dict[str, Any]:
        """Close an alternative that is closed; what stands beside the choice has names of its own."""
        if not self.shapes.is_closed(node):
            return found
        beside: dict[str, Any] = {name: {} for name in self.shapes.names(whole)}
        return {
            **found,
            **({"properties": {**beside, **found.get("properties", {})}} if beside else {}),
            "unevaluatedProperties": False,
        }

    def _by_discriminator(
        self, node: dict[str, Any], found: dict[str, Any], pointer: str, whole: Around
    ) -> dict[str, Any]:
        """Write a choice by a property as such: a fault is reported for the alternative that is meant."""
        told = node.get("discriminator")
        if not isinstance(told, dict):
            return found
        name = told.get("propertyName")
        branches = node.get("oneOf") or node.get("anyOf")
        if not isinstance(name, str) or not isinstance(branches, list):
            return found
        mapping = self._mapped(node)
        lost = [key for key in references_in(node) if key not in mapping]
        self.odd += [(f"{pointer}/discriminator", f"maps {it[:80]} to what is not there") for it in lost]
        listed = [one.get("$ref") for one in branches if isinstance(one, dict)]
        more = [one for one in mapping.values() if one["$ref"] not in listed]
        named = discriminated(self.shapes, name, [*branches, *more], mapping, lost)
        if not named:
            return found
        written = "oneOf" if node.get("oneOf") and "anyOf" in node else "anyOf"
        plain = found.pop(written)
        choices = [*plain, *(self._part("anyOf", one, pointer, 0, whole) for one in more)]
        decision = decided(name, named, choices, plain, pointer)
        if all(self.shapes.requires(one, name) for one in branches if self.shapes.takes_object(one)):
            # It is named as what is missing before anything of an alternative that is not known.
            decision["else"]["required"] = [name]
        return {**found, "allOf": [*found.get("allOf", []), decision]}


def _is_nullable(node: dict[str, Any]) -> bool:
    return any(node.get(name) is True for name in _NULLABLE)
