"""What is said of a plan in every report."""

from __future__ import annotations

from callsheet.language.selection import CHANGED, Selection, Word
from callsheet.planning.model import GuardVerdict, Plan, PlanFigures, PlanSelection
from callsheet.words import counted

PROTECTED = "What commands do, and what they protect"
"""The title of the changes to environments, policies, settings and the like."""


def planned(plan: Plan) -> list[str]:
    """Return what a plan would do, by kind of step: `3 to create`, `1 to delete`."""
    numbers = {action: number for action, number in plan.summary.items() if action != "unchanged"}
    return [f"{number} to {action}" for action, number in numbers.items() if number]


def selected(selection: PlanSelection) -> str:
    """Return to which objects a plan or a comparison is limited: a commit by its first digits."""

    def short(text: str) -> str:
        word = Word.read(text)
        return text[: len("changed:") + 12] if word.form == CHANGED and len(word.value) == 40 else text

    asked = Selection(
        select=tuple(map(short, selection.select)), exclude=tuple(map(short, selection.exclude))
    )
    return f"Selected: {selection.selected} of {counted(selection.total, 'object')} ({asked})"


def selected_to_plan(selection: PlanSelection) -> str:
    """Return to which objects a plan is limited, and that it does nothing to others."""
    return f"{selected(selection)}; the others are left as they are."


def way_out(one: GuardVerdict) -> str:
    """Return how a guard is accepted, where it can be."""
    if one.accepted_by is None or one.verdict == "accepted":
        return ""
    return f"; --accept {one.accepted_by}"


def figures_note(one: PlanFigures) -> str:
    """Return where the figures beside the changes come from, or why there are none."""
    if one.missing:
        return f"no figures of calls from {one.source}: {one.missing}"
    if not one.by_address:
        return f"{one.source} has no calls of the actions that change"
    return f"the figures of calls are those of {one.source}; they are no part of the plan"
