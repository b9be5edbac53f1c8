"""A plan as it was approved, and as it is planned again now: is what they would do the same?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from callsheet.compiling import CompiledAction, canonical_text
from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.language.difference import Difference, heaviest
from callsheet.language.masking import masked
from callsheet.planning.changes import make_change
from callsheet.planning.model import Change, Plan, difference_record
from callsheet.planning.plan import Current
from callsheet.planning.sides import Side


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
    that were computed again, and a plan that showed less of them to those who approved it is refused.

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
    details = [f"{only_before}: {words}" for words in _missing(before, after)]
    details += [f"{only_after}: {words}" for words in _missing(after, before)]
    details += [
        f"not shown: {words}"
        for key, change in before.items()
        if key in after
        for words in _hidden(change, after[key])
    ]
    if len(before) < len(approved.changes):
        details.append("in the plan more than once: a change of one object")
    return tuple(details[:30])


def _hidden(change: Change, implied: Change) -> Iterator[str]:
    """Yield what a plan keeps from those who read it: a difference, what was there before, the impact.

    It may say more than is implied now: that a journey uses what is changed, which none does any more.
    """
    told = {_told(one) for one in change.diff}
    where = f"{implied.action} {implied.address}"
    hidden = [one for one in implied.diff if _told(one) not in told]
    for one in hidden:
        yield f"{where} ({one.words}) [{one.impact}]"
    if hidden:
        return
    if not equal(change.before, masked(implied.before)):
        yield f"{where}: what is deployed before it is something else"
    elif not set(implied.reasons) <= set(change.reasons) or change.impact != heaviest(
        [change.impact, implied.impact]
    ):
        yield f"{where} is {implied.impact} ({', '.join(implied.reasons)})"


def _told(one: Difference) -> str:
    """Return all of a difference but where it is written: a comment above it may have come or gone."""
    return json.dumps(difference_record(replace(one, place=None)), sort_keys=True)


def refuse_hiding(plan: Plan, current: Current) -> None:
    """Refuse a plan that shows less of its changes than what is deployed and what it writes imply.

    For a signed plan where there is no workspace to plan it again from.

    Raises:
        CallsheetError: CS954, with what is not shown.

    """
    details = []
    for change in plan.changes:
        before = current.deployed.get(change.address_before) or current.applied.get(change.address_before)
        after = None
        if change.after is not None and change.after_digest is not None:
            text = canonical_text(change.after)
            after = CompiledAction(change.address, plan.environment, text, change.after_digest)
        implied = make_change(
            change.action,
            change.address,
            change.address_before,
            before if change.before_digest is not None else None,
            after,
        )
        details += [f"not shown: {words}" for words in _hidden(change, implied)]
    if details:
        raise CallsheetError(
            "CS954",
            "the plan does not show all that it does",
            help="create a new plan, and have it reviewed",
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
