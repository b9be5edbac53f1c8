"""A plan that was approved at one commit, and is applied at another: is what it would do the same?"""

from __future__ import annotations

from callsheet.errors import CallsheetError
from callsheet.planning import Change, Plan


def compare_plans(approved: Plan, now: Plan) -> None:
    """Refuse where the branch has moved so that what would be done is not what was approved.

    Raises:
        CallsheetError: CS934, with what either plan holds and the other does not.

    """
    before, after = _facts(approved), _facts(now)
    if before == after:
        return
    details = [f"approved, and not planned now: {words}" for words in _missing(before, after)]
    details += [f"planned now, and not approved: {words}" for words in _missing(after, before)]
    raise CallsheetError(
        "CS934",
        "the branch has moved since the plan was made, and it would do something else now",
        help="make a new plan, and have it approved",
        details=tuple(details[:30]),
    )


def _facts(plan: Plan) -> dict[str, Change]:
    return {
        f"{one.action} {one.address_before} {one.address} {one.before_digest} {one.after_digest}": one
        for one in plan.changes
    }


def _missing(facts: dict[str, Change], others: dict[str, Change]) -> list[str]:
    return [_words(change) for key, change in facts.items() if key not in others]


def _words(change: Change) -> str:
    what = "; ".join(one.words for one in change.diff[:3])
    return f"{change.action} {change.address}{f' ({what})' if what else ''}"
