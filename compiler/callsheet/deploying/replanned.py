"""A plan as it was approved, and as it is planned again now: is what they would do the same?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callsheet.errors import CallsheetError
from callsheet.planning import Change, Plan
from callsheet.planning.changes import Side


def compare_plans(approved: Plan, now: Plan) -> None:
    """Refuse where the branch has moved so that what would be done is not what was approved.

    Raises:
        CallsheetError: CS934, with what either plan contains and the other does not.

    """
    details = _disagreements(
        approved, now, "approved, and not planned now", "planned now, and not approved"
    )
    if details:
        raise CallsheetError(
            "CS934",
            "the branch has moved since the plan was made, and the plan would do something else now",
            help="create a new plan, and have it approved",
            details=details,
        )


def compare_with_workspace(plan: Plan, now: Plan) -> Plan:
    """Return a plan as the workspace implies it; refuse one that holds anything else.

    The digest of a plan file proves that the file is whole, not who wrote it: whoever can edit it can
    compute the digest again. So the changes and the verdicts of the guards that are carried out are those
    that were computed again.

    Args:
        plan: as its file says.
        now: planned again from the plan's commit (from the ledger, for a rollback), at the same state.

    Raises:
        CallsheetError: CS954, with what either plan contains and the other does not.

    """
    details = _disagreements(plan, now, "in the plan, and not implied", "implied, and not in the plan")
    if details:
        raise _unimplied(plan, details)
    return replace(plan, changes=now.changes, guards=now.guards)


def refuse_unimplied(plan: Plan, desired: Mapping[str, Side], renamed_from: Mapping[str, str]) -> None:
    """Refuse a plan with a step whose result is not what the workspace wants there.

    For steps that were done by hand: some of them may be recorded already, so that the plan as a whole
    cannot be made again.

    Raises:
        CallsheetError: CS954.

    """
    details = []
    for change in plan.changes:
        wanted = desired.get(change.address)
        other = (None if wanted is None else wanted.digest) != change.after_digest
        before = renamed_from.get(change.address) if change.action == "rename" else change.address
        if other or change.address_before != before:
            details.append(f"in the plan, and not implied: {_words(change)}")
    if details:
        raise _unimplied(plan, tuple(details[:30]))


def _unimplied(plan: Plan, details: tuple[str, ...]) -> CallsheetError:
    if plan.rollback is not None:
        source = f"apply {plan.rollback} left"
    elif plan.commit is not None and not plan.dirty:
        source = f"the workspace compiles to at {plan.commit[:12]}"
    else:
        source = "the workspace compiles to"
    return CallsheetError(
        "CS954",
        f"the plan is not what {source}",
        help="create a new plan, and have it reviewed",
        details=details,
    )


def _disagreements(approved: Plan, now: Plan, only_before: str, only_after: str) -> tuple[str, ...]:
    before, after = _facts(approved), _facts(now)
    if before == after:
        return ()
    details = [f"{only_before}: {words}" for words in _missing(before, after)]
    details += [f"{only_after}: {words}" for words in _missing(after, before)]
    return tuple(details[:30])


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
