"""After a crash: what became of the steps that an apply had written down and never settled?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.language.steps import Step
from callsheet.ledger import Applied, Ledger, SettledStep
from callsheet.targets import Deployed


def settled_by(steps: Sequence[Step], deployed: Mapping[str, Deployed]) -> list[SettledStep]:
    """Settle each open step by what the target answers: it is there, it is not there, or unknown."""
    return [SettledStep.of(one, *_outcome(one, deployed)) for one in steps]


def recover(ledger: Ledger, deployed: Mapping[str, Deployed], at: str) -> list[SettledStep]:
    """Settle the apply that never finished, if there is one; returns what became of its open steps."""
    found = ledger.open_apply()
    if found is None:
        return []
    serial, steps = found
    settled = settled_by(steps, deployed)
    ledger.settle(serial, settled, at)
    ledger.finish(serial, "interrupted", at)
    return settled


def applied_after(
    applied: Mapping[str, Applied],
    found: tuple[int, list[Step]] | None,
    deployed: Mapping[str, Deployed],
) -> dict[str, Applied]:
    """Return what will be recorded as applied once the open steps are settled, writing nothing."""
    result = dict(applied)
    if found is None:
        return result
    serial, steps = found
    for step in settled_by(steps, deployed):
        if step.outcome != "done":
            continue
        if step.action in ("delete", "forget", "rename"):
            result.pop(step.address_before, None)
        if step.canonical is not None and step.after is not None:
            result[step.address] = Applied(
                address=step.address,
                canonical=step.canonical,
                digest=step.after,
                serial=serial,
            )
    return result


def _outcome(step: Step, deployed: Mapping[str, Deployed]) -> tuple[str, str | None]:
    """Return what became of an open step, and why it is not done."""
    there = deployed.get(step.address)
    before = deployed.get(step.address_before)
    digest = there.digest if there is not None else None
    digest_before = before.digest if before is not None else None
    left = step.action == "rename" and before is not None
    if digest == step.after and not left:
        return "done", None
    # A rename that wrote the new and did not get to the old is finished by the next one.
    half = step.action != "rename" or there is None or digest == step.after
    if digest_before == step.before and half:
        return "skipped", "interrupted before it was done"
    if any(one is not None and one.unfinished for one in (there, before)):
        return "skipped", "interrupted halfway: the next plan continues it"
    return "unknown", "what is deployed is neither the old object nor the new one"
