"""What a contract judges: an action as it is compiled for one environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from msgspec import Struct, field

from callsheet.calling.model import Request
from callsheet.calling.request import build_payload, build_request
from callsheet.documents import Path, Problem, Related, pointer_of
from callsheet.errors import CallsheetError
from callsheet.language.catalog import Spots

At = Callable[[str], Spots]
"""Returns, for a code, what makes problems at the places of the action."""


Known = dict[str, tuple[Problem, ...]]
"""What is wrong with the bodies that an action makes, by all that they are made of."""


class Subject(Struct, frozen=True):
    """What is checked: an action compiled for an environment, and what its contract may be wrong about.

    Attributes:
        known: what was found for other environments in which problems are at the same places.

    """

    compiled: Mapping[str, Any]
    at: At
    related: Callable[[str], tuple[Related, ...]]
    ignored: tuple[str, ...]
    known: Known = field(default_factory=dict)

    def request(self, values: Mapping[str, Any]) -> Request | None:
        """Return the request for values of the parameters; None where they make none."""
        try:
            return build_request(self.compiled, values)
        except CallsheetError:
            return None

    def payload(self, values: Mapping[str, Any]) -> Iterator[Any]:
        """Yield the payload for values of the parameters, or NO_PAYLOAD; nothing where they make none."""
        with suppress(CallsheetError):
            yield build_payload(self.compiled, values)

    def ignores(self, path: Path) -> bool:
        """Return whether the contract is said to be wrong about a field of the payload."""
        return is_within(path, self.ignored)


def is_within(path: Path, pointers: Sequence[str]) -> bool:
    """Return whether a path is at one of some pointers, or below one."""
    pointer = pointer_of(path)
    return any(pointer == one or pointer.startswith(f"{one}/") for one in pointers)
