"""Does a plan still hold? The checks between an approved plan and the first step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.documents import equal
from callsheet.errors import CallsheetError
from callsheet.ledger import Ledger, Position
from callsheet.planning.model import Change, GuardVerdict, Plan
from callsheet.targets import Deployed, Target
from callsheet.words import listed

_AGAIN = "create a new plan, and have it reviewed"


def check_state(plan: Plan, target: Target, ledger: Ledger, deployed: Mapping[str, Deployed]) -> None:
    """Check a plan against the state that it was made for.

    Raises:
        CallsheetError: CS913 to CS917, with what moved.

    """
    refuse_applied(plan, ledger)
    position = ledger.position()
    refuse_other(plan, target.identity(), position)
    if plan.serial != position.serial or plan.lineage != position.lineage:
        raise CallsheetError(
            "CS914",
            f"the plan was made at serial {plan.serial}, and the ledger is at {position.serial}"
            if plan.serial != position.serial
            else "the plan was made before there was a ledger",
            help=_AGAIN,
            details=_since(plan, ledger),
        )
    _check_deployed(plan, deployed)


def refuse_applied(plan: Plan, ledger: Ledger) -> None:
    """Refuse a plan that was applied already, as it is or made again; raises CS917."""
    for record in ledger.history():
        if plan.digest in (record.plan_digest, record.provenance.plan) and record.outcome == "done":
            raise CallsheetError(
                "CS917",
                f"the plan was already applied, as number {record.serial}, by {record.author}"
                f" at {record.started_at}",
                help="there is nothing to do; create a new plan for the next change",
            )


def _shown(identity: Mapping[str, Any]) -> str:
    """Return what distinguishes a target, on one line."""
    return ", ".join(
        f"{name} {_shown(value) if isinstance(value, Mapping) else value}"
        for name, value in identity.items()
    )


def refuse_other(plan: Plan, identity: Mapping[str, Any], position: Position) -> None:
    """Refuse a plan for another target or another ledger; raises CS915, CS913."""
    if not equal(plan.target, identity):
        raise CallsheetError(
            "CS915",
            f"the plan is for the target {_shown(plan.target)}, and the environment has {_shown(identity)}",
            help=_AGAIN,
        )
    if plan.lineage != position.lineage and plan.lineage is not None:
        raise CallsheetError(
            "CS913",
            "the plan is for another ledger than that of the environment",
            help=_AGAIN,
        )


def check_guards(plan: Plan, accepted: Collection[str]) -> Plan:
    """Check a plan's guards, with what is accepted now beside what was accepted when it was made.

    Raises:
        CallsheetError: CS918 for a broken guard, CS919 for what the environment wants accepted.

    """
    judged = tuple(_accept(one, accepted) for one in plan.guards)
    broken = [one for one in judged if one.verdict == "broken"]
    if not broken:
        return replace(plan, guards=judged)
    details = tuple(f"{one.guard}: {one.message}: {listed(one.addresses, 10)}" for one in broken)
    names = " ".join(f"--accept {one.guard}" for one in broken if one.guard != "protect")
    if any(one.guard == "protect" for one in broken):
        raise CallsheetError(
            "CS918",
            "a guard refuses the plan",
            help="remove `protect` in a change of its own, apply it, and then delete",
            details=details,
        )
    standard = {"max-update", "max-delete", "drift", "unmanaged"}
    code = "CS918" if any(one.guard in standard for one in broken) else "CS919"
    raise CallsheetError(
        code,
        "a guard refuses the plan"
        if code == "CS918"
        else "the plan contains changes that must be accepted",
        help=f"if this is intended: {names}",
        details=details,
    )


def _accept(verdict: GuardVerdict, accepted: Collection[str]) -> GuardVerdict:
    if verdict.verdict == "broken" and verdict.guard in accepted and verdict.guard != "protect":
        return replace(verdict, verdict="accepted")
    return verdict


def _since(plan: Plan, ledger: Ledger) -> tuple[str, ...]:
    return tuple(
        f"since then: apply {one.serial} by {one.author} at {one.started_at} ({one.outcome},"
        f" {sum(step.outcome == 'done' for step in one.steps)} of {len(one.steps)} steps done)"
        for one in ledger.history()
        if one.serial > plan.serial
    )[:5]


def _check_deployed(plan: Plan, deployed: Mapping[str, Deployed]) -> None:
    moved = []
    for change in plan.changes:
        found = deployed.get(change.address_before)
        digest = found.digest if found is not None else None
        if change.action != "forget" and digest != change.before_digest:
            moved.append(f"{change.address_before}: {_moved(change.before_digest, found)}")
        elif change.address != change.address_before and _is_other(deployed.get(change.address), change):
            moved.append(f"{change.address}: it is deployed now, and was not")
    if moved:
        raise CallsheetError(
            "CS916",
            "what is deployed has changed since the plan was made",
            help=_AGAIN,
            details=tuple(moved),
        )


def _is_other(found: Deployed | None, change: Change) -> bool:
    """Return whether an object is where a rename leads, and is not what an interrupted one left there."""
    return found is not None and found.digest != change.after_digest


def _moved(before: str | None, found: Deployed | None) -> str:
    if before is None:
        return "it is deployed now, and was not"
    if found is None:
        return "it is no longer deployed"
    if not found.applied_at:
        return "it was changed"  # the target does not note by whom
    return f"it was changed (revision {found.revision}, by {found.applied_by} at {found.applied_at})"
