"""The overlays of an environment: whom each is for, and in which order they lie over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from callsheet.documents import Document, Path
from callsheet.language.action import Definition
from callsheet.language.selector import Selector, is_pattern, matches


@dataclass(frozen=True, slots=True)
class Overlay:
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


def overlays_for(document: Document, one: Definition) -> list[tuple[Overlay, Form]]:
    """Return the overlays of one document of kind Environment that are for a definition, lowest first.

    In a list they are in the order of writing. In a mapping, those of its connection come first, then
    patterns, then its own.
    """
    found = [
        (overlay, form) for overlay in overlays_in(document) if (form := _form(overlay, one)) is not None
    ]
    if isinstance(document.value["spec"].get("overlays"), dict):
        found.sort(key=lambda it: (it[1] == "definition", not is_pattern(it[0].name)))
    return found


def _form(overlay: Overlay, one: Definition) -> Form | None:
    """Return the form of an overlay's fields where it is for a definition; None where it is not."""
    if overlay.select is not None:
        return "definition" if overlay.select.selects(one) else None
    if one.connection is not None and overlay.name == one.connection.name:
        return "connection"
    return "definition" if matches(overlay.name, one.name) else None


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
