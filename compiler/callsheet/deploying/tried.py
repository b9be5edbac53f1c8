"""Results of test cases → what a catalog keeps of them: it has the test cases of all objects."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from callsheet.calling.cases import CaseResult, Mismatch

MOST_MISMATCHES = 20
"""So many of a test case are kept."""


class Tried(Struct, frozen=True):
    """What became of a test case in one environment; the request that was made is not kept.

    Attributes:
        mismatches: what is not as the case expects, without what looks like a credential: the first ones.

    """

    name: str
    environment: str
    outcome: str
    message: str
    mismatches: tuple[Mismatch, ...]


def tried_of(results: Iterable[CaseResult]) -> dict[str, list[Tried]]:
    """Return what became of test cases, by the name of the action."""
    found: dict[str, list[Tried]] = {}
    for one in results:
        mismatches = one.shown_mismatches[:MOST_MISMATCHES]
        found.setdefault(one.action, []).append(
            Tried(one.name, one.environment, one.outcome, one.message, mismatches)
        )
    return found
