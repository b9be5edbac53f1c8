"""Results of test cases → what a catalog keeps of them: it has the test cases of all objects."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from callsheet.calling.cases import CaseResult
from callsheet.documents import Path


class Tried(Struct, frozen=True):
    """What became of a test case in one environment; the request that was made is not kept.

    Attributes:
        paths: what is not as the case expects.

    """

    name: str
    environment: str
    outcome: str
    message: str
    paths: tuple[Path, ...]


def tried_of(results: Iterable[CaseResult]) -> dict[str, list[Tried]]:
    """Return what became of test cases, by the name of the action."""
    found: dict[str, list[Tried]] = {}
    for one in results:
        paths = tuple(it.path for it in one.mismatches)
        found.setdefault(one.action, []).append(
            Tried(one.name, one.environment, one.outcome, one.message, paths)
        )
    return found
