"""A payload × fragments → the payload with each fragment in the place in which it is named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from callsheet.documents import Document, Path
from callsheet.language.fragment import (
    ONE,
    SPREAD,
    Argument,
    Binding,
    Expansion,
    Fault,
    Fragment,
    NamedInFile,
)
from callsheet.language.when_empty import WHEN_EMPTY
from callsheet.words import nearest

_PREFIX = "$frag"
"""How a key begins that is meant to name a fragment."""

MAX_DEPTH = 8
"""How deep fragments name others."""

MAX_VALUES = 20_000
"""How many values a payload has at most when its fragments are in it."""

_WHOLE_PARAMETER = re.compile(r"\s*\{\{\s*params\.([A-Za-z_][A-Za-z0-9_]*)\s*\}\}\s*\Z")


def names_fragments(value: Any) -> bool:
    """Return whether a payload names a fragment, rightly or not."""
    if isinstance(value, dict):
        return any(key.startswith(_PREFIX) for key in value) or any(map(names_fragments, value.values()))
    return isinstance(value, list) and any(map(names_fragments, value))


def expand(
    payload: Any, document: Document, path: Path, fragments: Mapping[str, Fragment], invalid: frozenset[str]
) -> Expansion:
    """Return a payload with the fragments in the places in which it names them.

    Args:
        payload: as it is written.
        document: the one that writes it.
        path: to it in the document.
        fragments: by name.
        invalid: the names of those that are there and have errors of their own: they are left out silently.

    """
    return _Expander(fragments, invalid).run(payload, document, path)


def expand_named(
    named: NamedInFile, fragments: Mapping[str, Fragment], invalid: frozenset[str]
) -> Expansion:
    """Return what is found about the fragments that a template file names; see `expand`."""
    written = [{ONE: one.name, "with": one.given} for one in named.fragments]
    return _Expander(fragments, invalid).run(written, named.document, ())


def _is_one(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get(ONE), str) and set(value) <= {ONE, "with"}


class _Here(Struct, frozen=True):
    """Where the expander is: in which document, at which path of it, in which fragments."""

    document: Document
    path: Path
    binding: Binding | None = None
    names: tuple[str, ...] = ()

    def at(self, *parts: str | int) -> _Here:
        return _Here(self.document, (*self.path, *parts), self.binding, self.names)


class _Expander:
    def __init__(self, fragments: Mapping[str, Fragment], invalid: frozenset[str]) -> None:
        self.fragments = fragments
        self.invalid = invalid
        self.found = Expansion()
        self.left = MAX_VALUES

    def run(self, payload: Any, document: Document, path: Path) -> Expansion:
        self.found.value = self._value(payload, _Here(document, path), ())
        return self.found

    def _value(self, value: Any, here: _Here, path: Path) -> Any:
        self.left -= 1
        if self.left < 0:
            if self.left == -1:
                message = f"the payload has more than {MAX_VALUES:,} values"
                self._fault(here, message, "write less of it")
            return None
        if _is_one(value):
            return self._fragment(value[ONE], value, here, path)
        if isinstance(value, dict):
            self._check_keys(value, here)
            return self._mapping(value, here, path)
        if isinstance(value, list):
            return [self._value(one, here.at(index), (*path, index)) for index, one in enumerate(value)]
        return value

    def _check_keys(self, value: dict[str, Any], here: _Here) -> None:
        """Note each key that is meant to name a fragment and does not: it would be sent as it is."""
        for key, one in value.items():
            if key == ONE:
                message = f"`{ONE}` takes the name of a fragment, with nothing but `with` beside it"
                self._fault(here.at(key), message, f"write `{{{ONE}: NAME, with: {{…}}}}`")
            elif key == SPREAD and not isinstance(one, list):
                self._fault(here.at(key), f"`{SPREAD}` is not a list", f"write `{SPREAD}: [NAME, …]`")
            elif key.startswith(_PREFIX) and key != SPREAD:
                message = f"`{key[:40]}` names no fragment{nearest(key, (ONE, SPREAD))}"
                self._fault(here.at(key), message, f"write `{ONE}` or `{SPREAD}`")

    def _mapping(self, value: dict[str, Any], here: _Here, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, one in value.items():
            if key == SPREAD and isinstance(one, list):
                self._spread(one, value, here.at(SPREAD), path, result)
            else:
                result[key] = self._value(one, here.at(key), (*path, key))
        return result

    def _spread(
        self, names: list[Any], beside: dict[str, Any], here: _Here, path: Path, result: dict[str, Any]
    ) -> None:
        """Write the fields of fragments into a mapping."""
        for index, one in enumerate(names):
            there = here.at(index)
            name = one[ONE] if _is_one(one) else one
            if not isinstance(name, str):
                self._fault(there, "this does not name a fragment", "write its name")
                continue
            known = self._known(name, there)
            if known is None:
                continue
            inner = self._inside(name, known, one if isinstance(one, dict) else {}, there)
            if not isinstance(known.payload, dict):
                message = f"the fragment `{name}` is not a mapping, and has no fields to spread"
                self._fault(there, message, f"write `{{{ONE}: {name}}}` as a value")
                continue
            if WHEN_EMPTY in known.payload:
                message = f"the fragment `{name}` says `{WHEN_EMPTY}`, and is spread into a mapping"
                do = f"write `{WHEN_EMPTY}` beside `{SPREAD}`, or name the fragment as a value"
                self._fault(there, message, do)
                continue
            for key, value in self._mapping(known.payload, inner, path).items():
                if key in result or key in beside:
                    message = f"the fragment `{name}` writes `{key}`, which is there already"
                    self._fault(there, message, "remove one of the two")
                    continue
                result[key] = value
                if inner.binding is not None:
                    self.found.bindings[(*path, key)] = inner.binding
                self.found.places.setdefault((*path, key), (inner.document, (*inner.path, key)))

    def _fragment(self, name: str, value: dict[str, Any], here: _Here, path: Path) -> Any:
        known = self._known(name, here.at(ONE))
        if known is None:
            return None
        inner = self._inside(name, known, value, here)
        self.found.places[path] = (inner.document, inner.path)
        if inner.binding is not None:
            self.found.bindings[path] = inner.binding
        return self._value(known.payload, inner, path)

    def _known(self, name: str, here: _Here) -> Fragment | None:
        self.found.used.add(name)
        if name in here.names or len(here.names) >= MAX_DEPTH:
            way = " → ".join((*here.names, name))
            words = "names itself" if name in here.names else "is named too deep"
            self._fault(here, f"the fragment {words}: {way}", "write the piece out in one of them")
            return None
        if name not in self.fragments:
            if name not in self.invalid:
                self._unknown(name, here)
            return None
        return self.fragments[name]

    def _unknown(self, name: str, here: _Here) -> None:
        message = f"there is no fragment `{name}`{nearest(name, self.fragments)}"
        do = "correct the name, or add a document of kind Fragment"
        self.found.faults.append(Fault("CS329", here.document, here.path, message, do, name))

    def _inside(self, name: str, known: Fragment, value: dict[str, Any], here: _Here) -> _Here:
        """Return the place inside a fragment, with what its parameters stand for."""
        given = self._given(name, known, value.get("with", {}), here)
        arguments = {}
        for parameter, declared in known.parameters.items():
            if parameter in given:
                at = here.at("with", parameter)
                argument = Argument(given[parameter], at.document, at.path, written=True, declared=declared)
            else:
                argument = Argument(
                    f"{{{{ params.{parameter} }}}}",
                    here.document,
                    here.path,
                    written=False,
                    declared=declared,
                )
            arguments[parameter] = argument
            where = ("spec", "parameters", parameter)
            self._declare(argument.value, here.binding, declared, (known.document, where))
        binding = Binding(arguments, here.binding)
        return _Here(known.document, ("spec", "payload"), binding, (*here.names, name))

    def _declare(
        self, value: Any, outer: Binding | None, declared: dict[str, Any], where: tuple[Document, Path]
    ) -> None:
        """Note that a parameter of the action is what a fragment declares, where it is passed on whole."""
        match = _WHOLE_PARAMETER.match(value) if isinstance(value, str) else None
        if match is None:
            return
        if outer is None:
            self.found.declared.setdefault(match[1], []).append((declared, *where))
        elif match[1] in outer.arguments:
            self._declare(outer.arguments[match[1]].value, outer.outer, declared, where)

    def _given(self, name: str, known: Fragment, given: Any, here: _Here) -> dict[str, Any]:
        """Return what `with` says, and note what is wrong with it."""
        if not isinstance(given, dict):
            self._fault(here.at("with"), "`with` is not a mapping", "write `with: {parameter: value}`")
            return {}
        for parameter, value in given.items():
            there = here.at("with", parameter)
            if parameter not in known.parameters:
                message = f"the fragment `{name}` has no parameter `{parameter}`"
                message += nearest(parameter, known.parameters)
                self._fault(there, message, "correct the name, or remove it")
            elif isinstance(value, dict | list):
                message = f"`{parameter}` is not a string, a number, a boolean or null"
                self._fault(there, message, "pass its parts as parameters of their own")
        return given

    def _fault(self, here: _Here, message: str, do: str) -> None:
        self.found.faults.append(Fault("CS330", here.document, here.path, message, do))
