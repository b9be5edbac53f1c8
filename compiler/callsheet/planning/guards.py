"""A plan's changes × an environment's guards → a verdict for each guard."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

from callsheet.language.difference import IMPACTS
from callsheet.language.environment import Guards
from callsheet.planning.model import Change, GuardVerdict
from callsheet.words import counted

Verdict = Literal["passed", "broken", "accepted"]


def judge(
    changes: Sequence[Change],
    guards: Guards,
    *,
    managed: int,
    drifted: Collection[str],
    unmanaged: Collection[str],
    accepted: Collection[str],
) -> tuple[GuardVerdict, ...]:
    """Judge a plan.

    Args:
        changes: what the plan would do.
        guards: the environment's guards.
        managed: how many objects the ledger owns.
        drifted: addresses that the plan would overwrite although they were changed at the target.
        unmanaged: addresses that the plan would take over although the ledger does not own them.
        accepted: what the user accepts by `--accept`: guards, impact classes or reason codes.

    """
    verdicts = [
        _share(
            "max-update",
            ("update", "replace"),
            guards.max_update,
            changes,
            managed,
            guards,
            accepted,
        ),
        _share("max-delete", ("delete",), guards.max_delete, changes, managed, guards, accepted),
    ]
    if drifted:
        words = "would overwrite changes made at the target"
        verdicts.append(_named("drift", words, drifted, accepted))
    if unmanaged:
        words = "would take over objects that callsheet did not deploy"
        verdicts.append(_named("unmanaged", words, unmanaged, accepted))
    protected = [one.address for one in changes if _is_protected(one)]
    if protected:
        message = f"{counted(len(protected), 'protected action')} would be deleted or replaced"
        verdicts.append(
            GuardVerdict(guard="protect", verdict="broken", message=message, addresses=tuple(protected))
        )
    verdicts += _required(changes, guards, accepted)
    return tuple(verdicts)


def _share(
    name: str,
    actions: tuple[str, ...],
    limit: int,
    changes: Sequence[Change],
    managed: int,
    guards: Guards,
    accepted: Collection[str],
) -> GuardVerdict:
    touched = [one.address_before for one in changes if one.action in actions]
    verb = "updated" if name == "max-update" else "deleted"
    counted = f"{len(touched)} of {managed} would be {verb}"
    if managed < guards.minimum:
        message = f"{counted}; no limit below {guards.minimum}"
        return GuardVerdict(guard=name, verdict="passed", message=message)
    verdict: Verdict = "passed"
    if len(touched) * 100 > limit * managed:
        verdict = "accepted" if name in accepted else "broken"
    message = f"{counted}; the limit is {limit}%"
    addresses = tuple(touched) if verdict != "passed" else ()
    return GuardVerdict(guard=name, verdict=verdict, message=message, addresses=addresses)


def _named(name: str, words: str, addresses: Collection[str], accepted: Collection[str]) -> GuardVerdict:
    return GuardVerdict(
        guard=name,
        verdict="accepted" if name in accepted else "broken",
        message=f"the plan {words}",
        addresses=tuple(sorted(addresses)),
    )


def _is_protected(change: Change) -> bool:
    if change.action not in ("delete", "replace"):
        return False
    return change.before is not None and bool(change.before.get("protect"))


def _required(changes: Sequence[Change], guards: Guards, accepted: Collection[str]) -> list[GuardVerdict]:
    """Judge what the environment wants to be accepted explicitly: a class, or a reason code."""
    verdicts = []
    for wanted in guards.require_accept:
        touched = [one for one in changes if _has(one, wanted)]
        if not touched:
            continue
        reasons = sorted({code for one in touched for code in _codes(one, wanted)})
        everything = wanted in accepted or all(code in accepted for code in reasons)
        verdicts.append(
            GuardVerdict(
                guard=wanted,
                verdict="accepted" if everything else "broken",
                message=f"needs --accept {wanted} ({', '.join(reasons)})",
                addresses=tuple(one.address for one in touched),
            )
        )
    return verdicts


def _has(change: Change, wanted: str) -> bool:
    return bool(_codes(change, wanted))


def _codes(change: Change, wanted: str) -> list[str]:
    if wanted in IMPACTS:
        return [one.reason for one in change.diff if one.impact == wanted]
    return [code for code in change.reasons if code == wanted]
