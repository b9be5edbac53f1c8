"""What a contract judges: an action as it is compiled for one environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from callsheet.calling.model import Request
from callsheet.calling.request import build_request
from callsheet.documents import Path, Related, pointer_of
from callsheet.errors import CallsheetError
from callsheet.language.catalog import Spots

At = Callable[[str], Spots]
"""Returns, for a code, what makes problems at the places of the action."""


class Subject(Struct, frozen=True):
    """What is checked: an action compiled for an environment, and what its contract may be wrong about."""

    compiled: Mapping[str, Any]
    at: At
    related: Callable[[str], tuple[Related, ...]]
    ignored: tuple[str, ...]

    def request(self, values: Mapping[str, Any]) -> Request | None:
        """Return the request for values of the parameters; None where they make none."""
        try:
            return build_request(self.compiled, values)
        except CallsheetError:
            return None

    def ignores(self, path: Path) -> bool:
        """Return whether the contract is said to be wrong about a field of the payload."""
        return is_within(path, self.ignored)


def is_within(path: Path, pointers: Sequence[str]) -> bool:
    """Return whether a path is at one of some pointers, or below one."""
    pointer = pointer_of(path)
    return any(pointer == one or pointer.startswith(f"{one}/") for one in pointers)
