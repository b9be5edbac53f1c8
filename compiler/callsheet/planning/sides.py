"""One side of a change: what an object was, or is to be; and where its fields are written."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Protocol, cast

from callsheet.compiling import CompiledAction
from callsheet.documents import Path
from callsheet.language.content import Content
from callsheet.language.kinds import deployed_kinds

Place = Callable[[str, Path], tuple[str, int, int] | None]
"""Returns, for an address and a path into its compiled action, where that is written.

A URL that changed has as the last part of its path the offset of the first character that did: a connection
writes its beginning, and an action its end.
"""


class Side(Protocol):
    """A compiled action before or after a change: its canonical text, and the digest of just that."""

    @property
    def canonical(self) -> str:
        """The text."""

    @property
    def digest(self) -> str:
        """The digest."""


def content_of(side: Side) -> Content:
    """Return a compiled action as data; what was broken by hand at the target is shown as it is."""
    if isinstance(side, CompiledAction):
        return side.content
    try:
        value = json.loads(side.canonical)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and any(one.definition.is_whole(value) for one in deployed_kinds().values()):
        return cast("Content", value)
    broken = {"request": {"method": "?", "url": "?"}, "unreadable": side.canonical[:1_000]}
    return cast("Content", broken)
