"""Figures × conditions → which of them fail, and what could not be judged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from callsheet.errors import CallsheetError
from callsheet.targets.journey_optimizer.metrics import RATES, Figures
from callsheet.targets.journey_optimizer.thresholds import Threshold

_COLUMNS = {
    "error_rate": ("calls", "ok"),
    "timeout_rate": ("calls", "timeouts"),
    "capped_rate": ("calls", "capped"),
}
"""What a rate is made of; another figure is a column of its own."""


class Judged(Struct, frozen=True, kw_only=True):
    """Figures with what could not be judged of them.

    Attributes:
        figures: of each action; one that was asked for and not called has no calls.
        failures: by condition, the actions of which it holds.
        notes: what to know of the result as a whole.

    """

    figures: Sequence[Figures]
    failures: Mapping[str, Sequence[str]]
    notes: Sequence[str]


def judged(
    measured: Iterable[Figures],
    rows: Sequence[Mapping[str, Any]],
    conditions: Sequence[Threshold],
    names: Collection[str],
) -> Judged:
    """Judge figures by conditions.

    Args:
        measured: of each action that was called.
        rows: what they were made of.
        conditions: that fail.
        names: of the actions that were asked for; all, where it is empty.

    Raises:
        CallsheetError: CS895 where the result lacks a column that a condition needs.

    """
    _refuse_missing(rows, conditions)
    found = [one for one in measured if not names or one.name in names]
    found += [Figures.uncalled(name) for name in sorted({*names} - {one.name for one in found})]
    found = [replace(one, notes=(*one.notes, *_unjudged(one, conditions))) for one in found]
    failing = {it.text: [one.name or "no name" for one in found if it.holds(one)] for it in conditions}
    notes = [] if rows else ["the result has no row: no call was measured"]
    return Judged(
        figures=found,
        failures={text: which for text, which in failing.items() if which},
        notes=[*notes, *_hints(conditions)],
    )


def _refuse_missing(rows: Sequence[Mapping[str, Any]], conditions: Iterable[Threshold]) -> None:
    for one in conditions:
        for column in _COLUMNS.get(one.name, (one.name,)):
            if rows and not any(column in row for row in rows):
                raise CallsheetError(
                    "CS895",
                    f"the saved result cannot be judged by {one.text!r}: it has no column `{column}`",
                    help="save the whole result of the query that `callsheet metrics --sql` prints",
                )


def _unjudged(one: Figures, conditions: Iterable[Threshold]) -> Iterator[str]:
    for condition in conditions:
        if one.counts["calls"] and one.value(condition.name) is None:
            yield f"`{condition.name}` is not known: {condition.text!r} could not be judged"


def _hints(conditions: Iterable[Threshold]) -> Iterator[str]:
    """Yield what a share in the place of a percentage means; `0.05` is hardly ever meant as 0.05 %."""
    for one in conditions:
        if one.name in RATES and 0 < one.number < 1 and "%" not in one.text:
            meant = f"{100 * one.number:g}%"
            yield f"{one.text!r} compares with {one.number:g} %: write `{meant}` for that share"
