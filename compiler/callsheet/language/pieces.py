"""A fragment that a template file names: a payload over its own parameters, written in its document."""

from __future__ import annotations

from collections.abc import Mapping

from callsheet.documents import Path
from callsheet.language.expanding import expand
from callsheet.language.fragment import ONE, Fragment
from callsheet.language.layers import PAYLOAD, Layer, Written


def piece_of(name: str, fragments: Mapping[str, Fragment], invalid: frozenset[str] = frozenset()) -> Layer:
    """Return a layer whose payload is a fragment, with its own parameters, as a template file calls it."""
    document = fragments[name].document
    found = expand({ONE: name}, document, PAYLOAD, fragments, invalid)
    return Layer(
        document,
        (),
        {"request": {"payload": found.value}},
        places={(*PAYLOAD, *path): one for path, one in found.places.items()},
        bindings={(*PAYLOAD, *path): one for path, one in found.bindings.items()},
    )


PIECE: Path = (*PAYLOAD, "$template", "fragments")
"""Where a compiled action has the fragments that its template file names, by name."""


def in_piece(
    path: Path, fragments: Mapping[str, Fragment], invalid: frozenset[str] = frozenset()
) -> Written | None:
    """Return where a field of a compiled fragment is written; None for a path that is in none."""
    length = len(PIECE)
    if path[:length] != PIECE or len(path) <= length or path[length] not in fragments:
        return None
    name, rest = str(path[length]), path[length + 1 :]
    if rest[:1] == ("payload",):
        inner = tuple(part for part in rest[1:] if not (isinstance(part, str) and part.startswith("$")))
        found = piece_of(name, fragments, invalid).wrote((*PAYLOAD, *inner))
        if found is not None:
            return found
    return Written(fragments[name].document, ("spec", *rest) if rest else ("metadata", "name"))
