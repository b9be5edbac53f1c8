"""A compiled object → where each of its fields comes from: document and place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from callsheet.compiling.model import Compiled
from callsheet.documents import Document, Path
from callsheet.language.credential_names import judged_path_in
from callsheet.language.environment import Environment, overlaid_spots
from callsheet.language.layers import PAYLOAD, URL_PATH, Layer, url_parts
from callsheet.language.merge import value_in
from callsheet.language.pieces import PIECE
from callsheet.language.when_empty import is_mapping
from callsheet.templates.template_files import in_workspace


class FieldOrigin(Struct, frozen=True, kw_only=True):
    """A field of a compiled object, and who wrote it.

    Attributes:
        path: in the compiled object.
        judged: the path by which it is judged whether the value is a credential; see `judged_path`.
        value: as it is compiled: a constant, a slot, a reference to a secret.
        document: the address of the document that writes it, as `Connection/braze`.
        place: its file, line and column.
        row: the file, line and column of the row that fills it in; None outside of sets.
        also: the file, line and column of what writes the rest of it: the path after a connection's URL,
            or the template file of a payload; None without it.

    """

    path: Path
    judged: Path
    value: Any
    document: str
    place: tuple[str, int, int]
    row: tuple[str, int, int] | None = None
    also: tuple[str, int, int] | None = None


def origins_of(compiled: Compiled, environment: Environment, name: str) -> list[FieldOrigin]:
    """Return each field of a compiled object with where it comes from, in the order of the object.

    Args:
        compiled: the workspace.
        environment: for which it is compiled.
        name: of an object that is compiled for it.

    """
    definition = compiled.definitions[name]
    content = compiled.by_environment[environment.name][definition.address].content
    spots = overlaid_spots("", definition, environment)
    row = definition.origin.row
    found = []
    layers = environment.layers_of(definition)
    for path, value in _each_field(content):
        document, there, _ = spots.where(("lifecycle", "protect") if path == ("protect",) else path)
        whole = document.value
        found.append(
            FieldOrigin(
                path=path,
                judged=judged_path_in(path, content),
                value=value,
                document=f"{whole['kind']}/{whole['metadata']['name']}",
                place=document.location(there),
                row=definition.origin.place
                if row is not None and document is definition.document
                else None,
                also=_also(layers, path, document, there),
            )
        )
    return found


def _also(
    layers: Sequence[Layer], path: Path, document: Document, there: Path
) -> tuple[str, int, int] | None:
    """Return where the rest of a field is written, beside the place that is named first."""
    if path == ("request", "url"):
        parts = url_parts(layers)
        layer = None if parts is None else parts[1]
        return None if layer is None else layer.document.location((*layer.root, *URL_PATH))
    if there[-1:] == ("payloadFile",):
        file = value_in(document.value, there)
        return (in_workspace(file), 1, 1) if isinstance(file, str) else None
    return None


def _each_field(content: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the innermost fields in the order of the object, those of a payload's fragments after it."""
    for path, value in _fields(content):
        yield path, value
        if path == PAYLOAD:
            yield from _pieces(content)


def _pieces(content: Any) -> Iterator[tuple[Path, Any]]:
    """Yield the fields of the fragments that the template file of a payload names."""
    payload = content.get("request", {}).get("payload")
    template = payload.get("$template", {}) if isinstance(payload, dict) else {}
    for name, piece in template.get("fragments", {}).items():
        yield from _fields(piece["payload"], (*PIECE, name, "payload"))


def _fields(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the innermost fields; a slot, a reference and an empty mapping are each one field."""
    if isinstance(value, dict) and value and not _is_one(value):
        for key, one in value.items():
            yield from _fields(one, (*path, key))
    elif isinstance(value, list) and value:
        for index, one in enumerate(value):
            yield from _fields(one, (*path, index))
    else:
        yield path, value


def _is_one(value: dict[str, Any]) -> bool:
    return set(value) == {"secret"} or "$literal" in value or not is_mapping(value)
