"""CS858: fields that a journey computes, and that do not come out quite as the definition says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.targets.journey_optimizer.rules.judged import JourneyAction

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.lowering import LoweredField

_FIELDS = ("url", "composed", "authentication")


@rule("CS858", "journey-rough", on="journey", severity="warning", adjustable=True)
def journey_rough(action: JourneyAction, at: Spots) -> Iterator[Problem]:
    """What a journey computes should be what the definition says; here it differs, as the message says.

    The line shows the definition, the message the expression of the journey. `callsheet journey` shows
    every field of an action.

    Bad:
        request: {payload: {price: "{{ params.price }} EUR"}}
        parameters: {price: {type: number}}
    Good:
        request: {payload: {price: "{{ params.price }} EUR"}}
        parameters: {price: {type: integer}}
    """
    for one in action.rough(*_FIELDS):
        yield at.value(
            one.path,
            f"{_shown(one)}: {one.verdict.reason}",
            do="accept the difference by silencing this code, or let one parameter contain the whole value",
        )


def _shown(field: LoweredField) -> str:
    if field.computed is not None:
        return f"the journey computes `{field.computed.expression}`, which comes near"
    if field.kind == "variable":
        return f"the journey sends the variable `{field.label}` as it writes it, which comes near"
    return "the screen comes near"
