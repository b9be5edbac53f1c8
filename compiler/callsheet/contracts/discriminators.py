"""A choice by a property → for each value of that property, the alternatives that are meant.

A fault is then reported for the alternative that the value names. A value names an alternative by what the
mapping says, else by the `const` or the `enum` of the property there, else by the name of its schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

from msgspec import Struct

from callsheet.contracts.shapes import Shapes
from callsheet.documents import equal, parts_of

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_WORDS = {"true": True, "false": False, "null": None}


class Named(Struct, frozen=True):
    """Values of the property, and the alternatives that each of them names, by their numbers."""

    values: tuple[Any, ...]
    branches: tuple[int, ...]


def references_in(node: dict[str, Any]) -> dict[str, str]:
    """Return what the discriminator of a schema maps its values to: references, or names of schemas."""
    told = node.get("discriminator")
    mapping = told.get("mapping") if isinstance(told, dict) else None
    return {
        key: reference if "/" in reference else f"#/components/schemas/{reference}"
        for key, reference in (mapping if isinstance(mapping, dict) else {}).items()
        if isinstance(reference, str)
    }


def discriminated(
    shapes: Shapes,
    name: str,
    branches: Sequence[Any],
    mapping: dict[str, dict[str, str]],
    lost: Sequence[str] = (),
) -> list[Named] | None:
    """Return which values of a property name which alternatives; None where the property does not decide.

    Args:
        shapes: of the description.
        name: of the property.
        branches: the alternatives; every object fits one whose property is named by nothing.
        mapping: references, by the value of the property.
        lost: values that name an alternative that the description lacks: it may be any of them.

    """
    found: dict[tuple[type, Any], tuple[Any, list[int]]] = {}
    for number, branch in enumerate(branches):
        if not shapes.takes_object(branch):
            continue
        values = _values_of(shapes, name, branch, mapping)
        if not values:
            return None
        for value in values:
            numbers = found.setdefault((type(value), value), (value, []))[1]
            if number not in numbers:
                numbers.append(number)
    every = [number for number, one in enumerate(branches) if shapes.takes_object(one)]
    for value in (it for key in lost if every for it in readings(key)):
        found.setdefault((type(value), value), (value, every))
    by_branches: dict[tuple[int, ...], list[Any]] = {}
    for value, numbers in found.values():
        by_branches.setdefault(tuple(numbers), []).append(value)
    return [Named(tuple(values), numbers) for numbers, values in by_branches.items()]


def decided(
    name: str, named: list[Named], choices: list[Any], plain: list[Any], pointer: str
) -> dict[str, Any]:
    """Return the schema of a choice that a value of the property decides; without one, it is any of them.

    Args:
        name: of the property.
        named: which values name which of `choices`.
        choices: the alternatives, translated.
        plain: those of a value without the property.
        pointer: of the choice.

    """
    values = [value for one in named for value in one.values]
    values.sort(key=lambda it: (str(it), str(type(it))))
    cases = [case_of(name, one.values, [choices[it] for it in one.branches]) for one in named]
    return {
        "if": {"type": "object", "required": [name]},
        "then": {"properties": {name: {"enum": values, "x-at": pointer}}, "allOf": cases, "x-at": pointer},
        "else": {"anyOf": plain, "x-at": pointer},
        "x-at": pointer,
    }


def case_of(name: str, values: Sequence[Any], choices: list[Any]) -> dict[str, Any]:
    """Return what an object satisfies whose property has one of some values: one of the choices."""
    return {
        "if": {"properties": {name: {"enum": list(values)}}},
        "then": choices[0] if len(choices) == 1 else {"anyOf": choices},
    }


def first_decided(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what the first value of a choice by a property says of an object; empty without one."""
    names = schema.get("if", {}).get("required", ())
    then = schema.get("then", {})
    cases = then.get("allOf", ())
    if len(names) != 1:
        return []
    name = names[0]
    # A choice names all of its values; of a base, other values than those of its kinds are open.
    of_kinds = cases[0].get("if", {}).get("properties", {}).get(name, {}) if cases else {}
    values = then.get("properties", {}).get(name, of_kinds).get("enum")
    if not values:
        return []
    value = values[0]
    meant = [
        one["then"]
        for one in cases
        if any(equal(value, it) for it in one["if"]["properties"][name]["enum"])
    ]
    return [{"properties": {name: {"enum": [value]}}, "required": [name]}, *meant]


def _values_of(shapes: Shapes, name: str, branch: Any, mapping: dict[str, dict[str, str]]) -> list[Any]:
    """Return the values that name an alternative."""
    reference = branch.get("$ref") if isinstance(branch, dict) else None
    mapped = [key for key, one in mapping.items() if equal(one["$ref"], reference)]
    own = shapes.allowed(branch, name) or []
    by_mapping = [value for key in mapped for value in readings(key)]
    if any(equal(one, other) for one in by_mapping for other in own):
        # A base may list the values of all of its kinds: the mapping says which one is this.
        return by_mapping
    if by_mapping or own:
        return [*by_mapping, *own]
    return [unquote(parts_of(reference)[-1])] if isinstance(reference, str) and "/" in reference else []


def readings(key: str) -> list[Any]:
    """Return the values that a key of a mapping may stand for: it is a string, whatever the property is."""
    if _INTEGER.fullmatch(key):
        return [key, int(key)]
    return [key, _WORDS[key]] if key in _WORDS else [key]
