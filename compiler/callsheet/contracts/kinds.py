"""A base schema with a discriminator → its kinds: the named schemas that have it in their `allOf`.

The value of the discriminator chooses the kind (OpenAPI 3, "Discriminator Object"; Swagger 2.0, where it is
the name of a schema): by the mapping, then by what the kind itself allows, then by the name of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct

from callsheet.contracts.bundling import PARTS
from callsheet.contracts.discriminators import readings, references_in
from callsheet.contracts.shapes import Shapes
from callsheet.documents import equal, pointer_of

MOST_KINDS = 100
"""Of a base with more, as the root of all that a service knows, no value is judged by its kind."""

_PLACES = (("components", "schemas"), ("definitions",))
_PART = re.compile(r"(/allOf/[0-9]+)+$")
_AZURE = "x-ms-discriminator-value"
"""Where Microsoft's descriptions write the value of a kind."""


class Kind(Struct, frozen=True):
    """Values of the discriminator, and the pointers of the kinds that they choose: mostly one."""

    values: tuple[Any, ...]
    targets: tuple[str, ...]


class Kinds:
    """Finds the kinds of the bases of one description, each once.

    Args:
        description: with all of its files.
        shapes: of it.
        pointer: returns where a reference leads, or None.
        look: returns what is at a pointer.

    """

    def __init__(
        self,
        description: dict[str, Any],
        shapes: Shapes,
        pointer: Callable[[str], str | None],
        look: Callable[[str], Any],
    ) -> None:
        self.description = description
        self.shapes = shapes
        self.pointer = pointer
        self.look = look
        self._found: dict[str, tuple[Kind, ...]] = {}

    def of(self, target: str) -> tuple[Kind, ...]:
        """Return the kinds of the schema at a pointer; none where it is no base."""
        if target not in self._found:
            self._found[target] = ()
            if discriminator_of(self.look(target)):
                self._found[target] = self._kinds(target)
        return self._found[target]

    def base(self, target: str) -> str:
        """Return the pointer of the base that a schema is only another name of; else its own."""
        end = self._end(target)
        return end if self.of(end) else target

    def _end(self, target: str) -> str:
        """Return the pointer of the schema that one is only another name of."""
        seen: set[str] = set()
        at = target
        while at not in seen:
            seen.add(at)
            node = self.look(at)
            if not isinstance(node, dict) or not isinstance(node.get("$ref"), str) or len(node) > 1:
                return at
            at = self.pointer(node["$ref"]) or ""
        return target

    def is_made_of(self, pointer: str) -> bool:
        """Return whether a reference at a pointer says what a named schema is made of, and no value."""
        return _PART.sub("", pointer) in self._names

    def is_part(self, pointer: str) -> bool:
        """Return whether a pointer is that of a part of an `allOf`."""
        return _PART.search(pointer) is not None

    @cached_property
    def _names(self) -> dict[str, str]:
        """The names of schemas by their pointers."""
        named: dict[str, str] = {}
        files = self.description.get(PARTS)
        for file in (None, *(files if isinstance(files, dict) else ())):
            start = () if file is None else (PARTS, file)
            if file is not None:
                named[pointer_of(start)] = PurePosixPath(file).stem
            for place in _PLACES:
                schemas = self.look(pointer_of((*start, *place)))
                for name in schemas if isinstance(schemas, dict) else ():
                    named[pointer_of((*start, *place, name))] = name
        return named

    def _kinds(self, base: str) -> tuple[Kind, ...]:
        """Return what each value chooses; the kind that requires least is first."""
        node = self.look(base)
        name = discriminator_of(node)
        above = self._spine(base)
        children = [
            one
            for one in self._made_of.get(base, ())
            if one not in above and self._end(one) != base and self._ends_without_choice(one)
        ]
        if len(children) > MOST_KINDS:
            return ()
        children.sort(key=lambda one: len(self._required(one)))
        targets_of = {key: self.pointer(reference) for key, reference in references_in(node).items()}
        mapped = {key: target for key, target in targets_of.items() if target in children}
        lost = targets_of.keys() - mapped.keys()
        found: list[tuple[Any, list[str]]] = []
        for child in children:
            for value in self._values(node, name, child, mapped):
                # A value that is mapped to what is no kind of this base is open.
                taken = isinstance(value, str) and (value in lost or mapped.get(value, child) != child)
                if not taken:
                    targets = next((it for known, it in found if equal(known, value)), None)
                    if targets is None:
                        found.append((value, [child]))
                    elif child not in targets:
                        targets.append(child)
        by_targets: dict[tuple[str, ...], list[Any]] = {}
        for value, targets in found:
            by_targets.setdefault(tuple(targets), []).append(value)
        return tuple(Kind(tuple(values), targets) for targets, values in by_targets.items())

    def _values(self, base: Any, name: str, child: str, mapped: dict[str, str]) -> list[Any]:
        """Return the values that choose a kind."""
        node = self.look(child)
        found = [it for key, target in mapped.items() if target == child for it in readings(key)]
        if isinstance(node.get(_AZURE), str):
            found.append(node[_AZURE])
        every, own = self.shapes.allowed(base, name), self.shapes.allowed(node, name) or []
        if not found and (every is None or len(own) < len(every)):
            # With as many as the base, they are those of the base: the values of all of its kinds.
            found += own
        return [*found, self._names[child]]

    def _required(self, target: str) -> set[str]:
        return {
            name
            for part in self.shapes.parts(self.look(target))
            for name in (part["required"] if isinstance(part.get("required"), list) else ())
            if isinstance(name, str)
        }

    @cached_property
    def _made_of(self) -> dict[str, list[str]]:
        """The named schemas that are made of each schema, by its pointer."""
        children: dict[str, list[str]] = {}
        for one in self._names:
            for base in self._spine(one):
                children.setdefault(base, []).append(one)
        return children

    def _spine(self, target: str) -> set[str]:
        """Return the pointers of the schemas that one is made of by `allOf`, through all of them."""
        found: set[str] = set()
        rest = [target]
        while rest:
            for reference, is_part in self._in_place(rest.pop()):
                if is_part and reference not in found:
                    found.add(reference)
                    rest.append(reference)
        return found

    def _ends_without_choice(self, child: str) -> bool:
        """Return whether holding a value against a kind does not lead to a base as a choice."""
        seen: set[str] = set()
        rest = [child]
        while rest:
            for reference, is_part in self._in_place(rest.pop()):
                if not is_part and discriminator_of(self.look(reference)):
                    return False
                if reference not in seen:
                    seen.add(reference)
                    rest.append(reference)
        return True

    def _in_place(self, target: str) -> Iterator[tuple[str, bool]]:
        """Yield where the references that hold the same value lead, and whether they are of an `allOf`."""
        rest: list[tuple[Any, bool]] = [(self.look(target), True)]
        while rest:
            node, is_part = rest.pop()
            if not isinstance(node, dict):
                continue
            if isinstance(node.get("$ref"), str) and (to := self.pointer(node["$ref"])) is not None:
                yield to, is_part
            rest += [(one, is_part) for one in _list(node.get("allOf"))]
            for name in ("anyOf", "oneOf"):
                rest += [(one, False) for one in _list(node.get(name))]
            rest += [(node.get(name), False) for name in ("not", "if", "then", "else")]
            dependent = node.get("dependentSchemas")
            rest += [(one, False) for one in (dependent.values() if isinstance(dependent, dict) else ())]


def discriminator_of(node: Any) -> str:
    """Return the name of the property by which a base names its kinds; empty where a schema is no base."""
    if not isinstance(node, dict) or node.get("oneOf") or node.get("anyOf"):
        return ""
    told = node.get("discriminator")
    name = told.get("propertyName") if isinstance(told, dict) else told
    return name if isinstance(name, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
