"""Steps that were done by hand → the record: each as its plan says, by whom and when."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct
from msgspec.structs import replace

from callsheet.deploying.executor import ApplyResult, Conduct, apply_plan
from callsheet.deploying.preconditions import refuse_other
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.addresses import Address
from callsheet.ledger.model import Applied
from callsheet.planning.model import Change, Plan
from callsheet.planning.planfile import with_digest
from callsheet.targets import Deployed
from callsheet.targets.model import Evidence, EvidenceTarget
from callsheet.templates.values import digest_of
from callsheet.words import nearest


def confirm_steps(plan: Plan, names: Collection[str], stores: Stores, conduct: Conduct) -> ApplyResult:
    """Record that steps of a plan were done on the screen.

    A step that is named and was confirmed already is confirmed again: what the screen's log says of the
    time before is settled by that. It is recorded as the adoption of what is there.

    Args:
        plan: of the pack.
        names: of the actions; all that are open, where it is empty.
        stores: open for writing.
        conduct: who did it, and when.

    Raises:
        CallsheetError: CS842 for a step that the pack does not have, or that was done in another way since;
            CS913 and CS915 for another ledger or sandbox.

    """
    position = stores.ledger.position()
    refuse_other(plan, stores.target.identity(), position)
    deployed, applied = stores.target.read(), stores.ledger.applied()
    chosen = []
    for change in _chosen(plan, names):
        before = deployed.get(change.address_before)
        if _is_confirmed(change, deployed, applied):
            if names and change.action not in ("delete", "forget"):
                chosen.append(_again(change))
            continue
        if (before.digest if before else None) != change.before_digest:
            raise CallsheetError(
                "CS842",
                f"{change.address_before} has changed since the pack was written",
                help="write a new pack with `callsheet apply`",
            )
        chosen.append(change)
    now = replace(
        plan,
        lineage=position.lineage,
        serial=position.serial,
        changes=tuple(chosen),
        drift=(),
        unmanaged=(),
    )
    if not chosen:
        return ApplyResult(now, position.serial, "nothing")
    return apply_plan(with_digest(now), stores, conduct)


def open_steps(plan: Plan, stores: Stores) -> list[str]:
    """Return the addresses of the steps of a pack that nobody has confirmed."""
    deployed, applied = stores.target.read(), stores.ledger.applied()
    return [one.address for one in plan.changes if not _is_confirmed(one, deployed, applied)]


def _is_confirmed(change: Change, deployed: Mapping[str, Deployed], applied: Mapping[str, Applied]) -> bool:
    """Return whether what a step leads to is what was confirmed last."""
    if change.action == "forget":
        return change.address_before not in applied
    if change.action == "delete":
        return change.address_before not in deployed
    # What is adopted is there before the step: only the record of it is new.
    there = applied if change.action == "adopt" else deployed
    found = there.get(change.address)
    return found is not None and found.digest == change.after_digest


def _again(change: Change) -> Change:
    """Return the confirmation of a step that was confirmed already, as it is."""
    return replace(
        change, action="adopt", address_before=change.address, impact="cosmetic", reasons=(), diff=(),
        before=change.after, before_digest=change.after_digest,
    )  # fmt: skip


class GivenAnswer(Struct, frozen=True, kw_only=True):
    """The answer to the test request of one step, which was as expected."""

    change: Change
    text: str

    @property
    def digest(self) -> str:
        """The digest of what is kept of it."""
        return digest_of(self.text)


def answer_of(plan: Plan, names: Collection[str], file: str) -> GivenAnswer:
    """Read the answer to the test request of a step, and hold it to the one that is expected.

    Raises:
        CallsheetError: CS842 for a step that is not there, or that has no test request; CS865 where the
            answer is another; CS866 where there is none in the file.

    """
    from callsheet.targets.journey_optimizer import answers

    (change,) = _chosen(plan, names)
    if change.after is None or "request" not in change.after:
        raise CallsheetError(
            "CS842",
            f"the step {Address.read(change.address).name} has no test request",
            help="confirm it without --response",
        )
    answer = answers.read_answer(file)
    answers.refuse_unexpected(change.after, answer)
    return GivenAnswer(change=change, text=answers.kept_text(answer))


def prepare_evidence(stores: Stores) -> None:
    """See to it that an answer can be kept, before its step is recorded; raises CS9xx where it cannot."""
    if isinstance(stores.target, EvidenceTarget):
        stores.target.prepare_evidence()


def keep_answer(given: GivenAnswer, result: ApplyResult, stores: Stores, conduct: Conduct) -> None:
    """Keep an answer as evidence, where its step is recorded."""
    if result.outcome == "done" and isinstance(stores.target, EvidenceTarget):
        stores.target.keep_evidence(
            Evidence(
                serial=result.serial,
                address=given.change.address,
                digest=given.change.after_digest or "",
                answer=given.text,
                kept_by=conduct.author,
                kept_at=conduct.now(),
            )
        )


def _chosen(plan: Plan, names: Collection[str]) -> list[Change]:
    by_name = {Address.read(one.address).name: one for one in plan.changes}
    for name in names:
        if name not in by_name:
            raise CallsheetError(
                "CS842",
                f"the pack has no step `{name}`{nearest(name, by_name)}",
                help=f"its steps are: {', '.join(by_name)}",
            )
    return [one for name, one in by_name.items() if not names or name in names]
