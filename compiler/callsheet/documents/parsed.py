"""What a reader makes of a text, without the readers: most commands read nothing."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct

from callsheet.documents.places import Places

MAX_DEPTH: Final = 64
MAX_NODES: Final = 200_000
"""Values in a file, each use of an alias counted as the whole of what it stands for."""


class ParsedDocument(Struct):
    """One document of a stream: its value, its first line, and its places where they were asked for."""

    value: Any
    places: Places | None
    line: int = 1
