"""The overlays of an environment: whom each is for, and in which order they lie over each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any, Literal

from msgspec import Struct

from callsheet.documents import Document, Path
from callsheet.language.action import Definition
from callsheet.language.selector import Selector, is_pattern, matches


class Overlay(Struct, frozen=True):
    """Fields that lie over those of some definitions.

    Attributes:
        name: of an action, a message or a connection, or a pattern for actions; empty with a selector.
        select: the selector; None with a name.
        path: to the fields, in the document.
        fields: what lies over; None for nothing of the extended environment's by this name.

    """

    name: str
    select: Selector | None
    path: Path
    fields: dict[str, Any] | None


Form = Literal["definition", "connection"]
"""What the fields of an overlay are: those of the definition itself, or of its connection."""


class Overlays:
    """The overlays of one document of kind Environment, by whom they are for.

    There may be one for each action of a large workspace: what is for a name is looked up, and only
    patterns and selectors are tried.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._all = overlays_in(document)
        self._in_order = isinstance(document.value["spec"].get("overlays"), list)
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._tried: list[int] = []
        for index, one in enumerate(self._all):
            if one.select is not None or is_pattern(one.name):
                self._tried.append(index)
            else:
                self._by_name[one.name].append(index)

    def for_several(self, connections: Collection[str]) -> list[Overlay]:
        """Return the overlays whose line does not name what they are for: a definition by its name.

        Args:
            connections: the names of all connections.

        """
        several = {*self._tried, *(it for one in connections for it in self._by_name.get(one, ()))}
        return [self._all[index] for index in sorted(several)]

    def for_definition(self, one: Definition) -> list[tuple[Overlay, Form]]:
        """Return the overlays that are for a definition, lowest first.

        In a list they are in the order of writing. In a mapping, those of its connection come first, then
        patterns, then its own.
        """
        connection = None if one.connection is None else one.connection.name
        below = [] if connection is None else self._by_name.get(connection, [])
        own = [] if connection == one.name else self._by_name.get(one.name, [])
        found = [*below, *(index for index in self._tried if _selects(self._all[index], one)), *own]
        forms: dict[int, Form] = dict.fromkeys(below, "connection")
        return [
            (self._all[index], forms.get(index, "definition"))
            for index in (sorted(found) if self._in_order else found)
        ]


def _selects(overlay: Overlay, one: Definition) -> bool:
    if overlay.select is not None:
        return overlay.select.selects(one)
    return matches(overlay.name, one.name)


def overlays_in(document: Document) -> list[Overlay]:
    """Return the overlays of one document of kind Environment, in the order of writing."""
    written = document.value["spec"].get("overlays") or {}
    root: Path = ("spec", "overlays")
    if isinstance(written, list):
        return [
            Overlay(
                one.get("name", ""),
                Selector.read(one["select"]) if "select" in one else None,
                (*root, index, "spec"),
                one["spec"],
            )
            for index, one in enumerate(written)
        ]
    return [Overlay(name, None, (*root, name), fields) for name, fields in written.items()]
