"""After a crash: what became of the steps that an apply had written down and never settled?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callsheet.ledger import Applied, Intent, Ledger, Outcome
from callsheet.targets import Deployed


def outcomes_of(intents: Sequence[Intent], deployed: Mapping[str, Deployed]) -> list[Outcome]:
    """Settle each open step by what the target answers: it is there, it is not there, or unknown."""
    return [_outcome(intent, deployed) for intent in intents]


def recover(ledger: Ledger, deployed: Mapping[str, Deployed], at: str) -> list[tuple[Intent, Outcome]]:
    """Settle the apply that never finished, if there is one; gives what became of its open steps."""
    found = ledger.open_apply()
    if found is None:
        return []
    serial, intents = found
    outcomes = outcomes_of(intents, deployed)
    ledger.settle(serial, outcomes, at)
    ledger.finish(serial, "interrupted", at)
    return list(zip(intents, outcomes, strict=True))


def applied_after(
    applied: Mapping[str, Applied],
    found: tuple[int, list[Intent]] | None,
    deployed: Mapping[str, Deployed],
) -> dict[str, Applied]:
    """Return what will be recorded as applied once the open steps are settled, writing nothing."""
    result = dict(applied)
    if found is None:
        return result
    serial, intents = found
    for intent, outcome in zip(intents, outcomes_of(intents, deployed), strict=True):
        if outcome.outcome != "done":
            continue
        if intent.action in ("delete", "forget", "rename"):
            result.pop(intent.address_before, None)
        if intent.canonical is not None and intent.after is not None:
            result[intent.address] = Applied(
                address=intent.address,
                canonical=intent.canonical,
                digest=intent.after,
                serial=serial,
            )
    return result


def _outcome(intent: Intent, deployed: Mapping[str, Deployed]) -> Outcome:
    there = deployed.get(intent.address)
    before = deployed.get(intent.address_before)
    digest = there.digest if there is not None else None
    digest_before = before.digest if before is not None else None
    left = intent.action == "rename" and before is not None
    if digest == intent.after and not left:
        return Outcome(number=intent.number, outcome="done")
    # A rename that wrote the new and did not get to the old is finished by the next one.
    half = intent.action != "rename" or there is None or digest == intent.after
    if digest_before == intent.before and half:
        return Outcome(number=intent.number, outcome="skipped", error="interrupted before it was done")
    if any(one is not None and one.unfinished for one in (there, before)):
        error = "interrupted halfway: the next plan continues it"
        return Outcome(number=intent.number, outcome="skipped", error=error)
    return Outcome(
        number=intent.number,
        outcome="unknown",
        error="what is deployed is neither the old object nor the new one",
    )
