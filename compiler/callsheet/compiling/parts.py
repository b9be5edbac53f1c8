"""A definition → the connections and fragments that it names, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Document, Path, Problem, Related, equal
from callsheet.language.action import CONSTRAINTS, Definition
from callsheet.language.catalog import Spots
from callsheet.language.environment import Environment
from callsheet.language.fragment import Expansion, Fault
from callsheet.rules.connections import unknown_connection
from callsheet.rules.parameters import has_type, is_linear
from callsheet.templates.syntax import is_template

_SAME = ("type", "sensitivity", *CONSTRAINTS)
"""What a parameter is; how it is shown may differ."""


class NamedParts(Struct, frozen=True):
    """What a definition names.

    Attributes:
        addresses: of connections and fragments, also of those that are not there.
        problems: what is wrong with the naming.
        whole: whether all of them are there, so that it can be compiled.

    """

    addresses: tuple[str, ...]
    problems: list[Problem]
    whole: bool


def named_parts(definition: Definition, environments: Iterable[Environment]) -> NamedParts:
    """Return what a definition names, by itself and in its overlays."""
    addresses: list[str] = []
    problems: list[Problem] = []
    whole = True
    named = definition.names_connection
    if named is not None:
        addresses.append(f"Connection/{named}")
        if definition.connection is None:
            problems += unknown_connection(definition, named, definition.parts)
            whole = False
    for expansion in _expansions(definition, environments):
        addresses += [f"Fragment/{name}" for name in sorted(expansion.used)]
        problems += [_problem(one) for one in expansion.faults]
        problems += _declared_otherwise(definition, expansion)
        problems += _wrong_constants(expansion)
        whole = whole and not expansion.faults and expansion.used <= definition.parts.fragments.keys()
    return NamedParts(tuple(dict.fromkeys(addresses)), list(dict.fromkeys(problems)), whole)


def _expansions(definition: Definition, environments: Iterable[Environment]) -> Iterator[Expansion]:
    found = [definition.own]
    for environment in environments:
        if environment.deploys(definition):
            found += environment.expanded_overlays(definition)
    yield from (one.expansion for one in found if one.expansion is not None)


def _problem(fault: Fault) -> Problem:
    problem = Spots(fault.code, fault.document).value(fault.path, fault.message, do=fault.do)
    return replace(problem, missing=fault.missing)


def _declared_otherwise(definition: Definition, expansion: Expansion) -> Iterator[Problem]:
    """Yield each parameter that a fragment declares otherwise than the action, or than another fragment."""
    own = definition.own.layer.fields.get("parameters") or {}
    for name, declared in expansion.declared.items():
        fields, document, path = declared[0]
        others: list[tuple[dict[str, Any], Document, Path]] = declared[1:]
        if isinstance(own.get(name), dict):
            others = [*others, (own[name], *_place(definition, name))]
        for other, there, at in others:
            differing = [key for key in _SAME if key in other and not equal(other[key], fields.get(key))]
            if other.get("optional") and other is own.get(name) and not fields.get("optional"):
                differing.append("optional")
            if differing:
                yield _otherwise(name, differing, (there, at), (document, path))


def _wrong_constants(expansion: Expansion) -> Iterator[Problem]:
    """Yield each constant of a `with` that the fragment's parameter cannot have."""
    for binding in dict.fromkeys(expansion.bindings.values()):
        for name, one in binding.arguments.items():
            if one.written and _is_constant(one.value) and not _can_be(one.value, one.declared):
                yield Spots("CS330", one.document).value(
                    one.path,
                    f"`{name}` cannot have this value: the fragment declares another type, or a constraint",
                    do="correct the value, or what the fragment declares",
                )


def _is_constant(value: Any) -> bool:
    """Return whether an argument is known as it stands; null stands for no value, and a list is refused."""
    return isinstance(value, bool | int | float) or (isinstance(value, str) and not is_template(value))


def _can_be(value: Any, declared: Mapping[str, Any]) -> bool:
    """Return whether a constant has the type and satisfies the constraints of a declaration."""
    import jsonschema_rs

    if not has_type(value, declared["type"]):
        return False
    pattern = declared.get("pattern")
    known = {key: declared[key] for key in _CONSTRAINTS if key in declared}
    if pattern is not None and is_linear(pattern):
        known["pattern"] = pattern
    return jsonschema_rs.Draft202012Validator(known).is_valid(value)


_CONSTRAINTS = ("enum", "minLength", "maxLength", "minimum", "maximum", "multipleOf")


def _place(definition: Definition, name: str) -> tuple[Document, Path]:
    document, path, _ = definition.written(("parameters", name))
    return document, path


def _otherwise(
    name: str, differing: list[str], here: tuple[Document, Path], there: tuple[Document, Path]
) -> Problem:
    document, path = here
    first = Related(
        file=there[0].file, span=there[0].places.key(there[1]), message="the fragment declares it here"
    )
    return Spots("CS331", document).key(
        (*path, differing[0]),
        f"`{differing[0]}` of the parameter `{name}` is not what its fragment declares",
        do="remove the line, or pass another parameter to the fragment",
        related=(first,),
    )
