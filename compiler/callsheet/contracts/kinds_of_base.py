"""A base with a discriminator, and no list of alternatives → the schemas that are made of it.

The value of the property names the schema that an object is to be judged by: what the mapping says, else
the `const` or the `enum` of the property there, else the name of the schema (OpenAPI 3.1.0 section 4.8.25;
in OpenAPI 2.0, where `discriminator` is the property's name, section "Composition and Inheritance"). A
value that names none is left open: the `enum` of the property says whether it may be there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from callsheet.contracts.shapes import Shapes
from callsheet.documents import equal, parts_of, pointer_of

MOST_KINDS = 100
"""Of a base with more, as the root of everything that a service knows, none is judged by its kind."""

_IN_PLACE = re.compile(r"(?:/(?:(?:allOf|anyOf|oneOf)/[0-9]+|if|then|else|not|dependentSchemas/[^/]+))+\Z")
"""The end of the pointer of a schema that is held against the value of the one around it."""
_AZURE = "x-ms-discriminator-value"


class Bases:
    """Knows which schemas of a description are bases, and what is made of them.

    Args:
        description: the whole of it.
        look: returns the value at a pointer, or None.
        pointer_of_reference: returns the pointer that a reference leads to, or None.
        shapes: of the description.

    """

    def __init__(
        self,
        description: dict[str, Any],
        look: Callable[[str], Any],
        pointer_of_reference: Callable[[str], str | None],
        shapes: Shapes,
    ) -> None:
        self.look = look
        self.follow = pointer_of_reference
        self.shapes = shapes
        self.root = "/definitions" if description.get("swagger") == "2.0" else "/components/schemas"
        self._kinds: dict[str, dict[str, list[Any]]] = {}

    def property_of(self, target: str) -> str | None:
        """Return the property by which a base at a pointer names its kinds; None for any other schema."""
        node = self.look(target)
        if not isinstance(node, dict) or node.get("oneOf") or node.get("anyOf"):
            return None
        told = node.get("discriminator")
        name = told.get("propertyName") if isinstance(told, dict) else told
        return name if isinstance(name, str) and self.kinds(target) else None

    def kinds(self, target: str) -> dict[str, list[Any]]:
        """Return the kinds of a base by their pointers, each with the values that name it."""
        if target not in self._kinds:
            self._kinds[target] = {}
            self._kinds[target] = self._named(target, self._made_of(target))
        return self._kinds[target]

    def is_within(self, pointer: str, target: str) -> bool:
        """Return whether a schema at a pointer is made of a base: both are held against one value."""
        owner = _IN_PLACE.sub("", pointer)
        return owner == target or owner in self._made_of(target)

    def leads_to(self, kind: str, target: str) -> bool:
        """Return whether a kind is an object of its base in another way, too: judging it would not end."""
        seen: set[str] = set()
        rest = [kind]
        while rest:
            one = rest.pop()
            if one in seen:
                continue
            seen.add(one)
            for pointer, reference in self._references(one):
                to = self.follow(reference)
                if to is None:
                    continue
                rest.append(to)
                if self.property_of(to) is not None and not self.is_within(pointer, to):
                    if to == target:
                        return True
                    rest += self.kinds(to)
        return False

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        """The schemas of the description that are made of each one, by `allOf`."""
        found: dict[str, list[str]] = {}
        listed = self.look(self.root)
        for name, node in listed.items() if isinstance(listed, dict) else ():
            for reference in _composing(node):
                to = self.follow(reference)
                if to is not None:
                    found.setdefault(to, []).append(f"{self.root}{pointer_of((name,))}")
        return found

    def _made_of(self, target: str) -> dict[str, None]:
        found: dict[str, None] = {}
        rest = [*self._parents.get(target, ())]
        while rest:
            one = rest.pop(0)
            if one != target and one not in found:
                found[one] = None
                rest += self._parents.get(one, ())
        return found

    def _named(self, target: str, made: dict[str, None]) -> dict[str, list[Any]]:
        """Return of what is made of a base which values name it."""
        node = self.look(target)
        told = node.get("discriminator") if isinstance(node, dict) else None
        name = told.get("propertyName") if isinstance(told, dict) else told
        if not isinstance(name, str) or len(made) > MOST_KINDS:
            return {}
        mapped: dict[str, list[Any]] = {}
        mapping = told.get("mapping") if isinstance(told, dict) else None
        for value, reference in (mapping if isinstance(mapping, dict) else {}).items():
            to = self._mapped_to(reference)
            if to in made:
                mapped.setdefault(to, []).append(value)
        of_base = self.shapes.allowed(node, name)
        return {one: mapped.get(one) or self._values(one, name, of_base) for one in made}

    def _mapped_to(self, reference: Any) -> str:
        """Return the pointer that a mapping leads to: a reference, or the name of a schema."""
        if not isinstance(reference, str):
            return ""
        found = self.follow(reference) if "/" in reference else None
        return found or f"{self.root}{pointer_of((reference,))}"

    def _values(self, kind: str, name: str, of_base: list[Any] | None) -> list[Any]:
        """Return the values that name a kind of which the mapping says nothing."""
        node = self.look(kind)
        if isinstance(node, dict) and isinstance(node.get(_AZURE), str):
            return [node[_AZURE]]
        own = self.shapes.allowed(node, name)
        # The base may list the values of all its kinds.
        return own if own and not equal(own, of_base) else [unquote(parts_of(kind)[-1])]

    def _references(self, target: str) -> Iterator[tuple[str, str]]:
        """Yield the references of a schema that are held against the same value, each with its pointer."""
        rest = [(target, self.look(target))]
        while rest:
            pointer, node = rest.pop()
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$ref"), str):
                yield pointer, node["$ref"]
            for name in ("allOf", "anyOf", "oneOf"):
                listed = node.get(name)
                for index, one in enumerate(listed if isinstance(listed, list) else ()):
                    rest.append((f"{pointer}/{name}/{index}", one))
            rest += [(f"{pointer}/{name}", node.get(name)) for name in ("if", "then", "else", "not")]
            dependent = node.get("dependentSchemas")
            for key, one in dependent.items() if isinstance(dependent, dict) else ():
                rest.append((f"{pointer}/dependentSchemas{pointer_of((key,))}", one))


def by_kind(name: str, cases: list[tuple[list[Any], dict[str, Any]]], pointer: str) -> dict[str, Any]:
    """Return the schema that judges an object by the kind that it names.

    Args:
        name: of the property.
        cases: the values that name a kind, with its schema.
        pointer: of the base.

    """
    listed = [
        {"if": {"properties": {name: {"enum": values}}}, "then": then, "x-at": pointer}
        for values, then in cases
    ]
    return {
        "if": {"type": "object", "required": [name]},
        "then": {"allOf": listed, "x-at": pointer},
        "x-at": pointer,
    }


def _composing(node: Any) -> Iterator[str]:
    """Yield the references of the `allOf` of a schema, and of those in it."""
    rest = [node]
    while rest:
        one = rest.pop()
        listed = one.get("allOf") if isinstance(one, dict) else None
        for part in listed if isinstance(listed, list) else ():
            if isinstance(part, dict) and isinstance(part.get("$ref"), str):
                yield part["$ref"]
            rest.append(part)
