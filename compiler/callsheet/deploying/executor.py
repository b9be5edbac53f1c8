"""A plan → the target, step by step, with every step written down before and settled after."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet._version import __version__
from callsheet.compiling import canonical_text, digest_of
from callsheet.deploying.preconditions import check_guards, check_state
from callsheet.deploying.recovery import recover
from callsheet.deploying.stores import Stores
from callsheet.errors import CallsheetError
from callsheet.language.steps import Step
from callsheet.ledger import Applied, NewApply, Provenance, SettledStep
from callsheet.planning.model import Change, Plan
from callsheet.planning.sides import Place
from callsheet.targets import Author, Deployed, ParallelTarget, RecordingTarget, StepKept, StepRefused
from callsheet.words import counted

BATCH = 25
"""Steps in the first transaction of the embedded target; each further one has twice as many as the last."""
MOST_IN_BATCH = 800
"""Between two of them an apply can be interrupted, and says how far it is."""


class ApplyResult(Struct):
    """What became of a plan.

    Attributes:
        serial: the ledger's serial now.
        outcome: done, failed, interrupted, or nothing where there was nothing to do.
        kept: addresses of the steps that the target accepted and stores differently.
        settled: open steps of an earlier apply that were settled first.

    """

    plan: Plan
    serial: int
    outcome: str
    steps: list[SettledStep] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    settled: list[SettledStep] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """Return how many steps have this outcome."""
        return sum(one.outcome == outcome for one in self.steps)


class Conduct(Struct, frozen=True, kw_only=True):
    """How to apply.

    Attributes:
        provenance: where the apply comes from, for the record.
        now: returns the time (RFC 3339, UTC) for the record.
        stop: returns, between steps, whether to stop and leave the rest.
        progress: called with the number of steps settled.
        place: returns where a field of a compiled action is written.

    """

    author: str
    now: Callable[[], str]
    accepted: Collection[str] = ()
    provenance: Provenance = field(default_factory=Provenance)
    keep_going: bool = False
    stop: Callable[[], bool] = lambda: False
    progress: Callable[[int], None] = lambda done: None  # noqa: ARG005
    place: Place = lambda address, path: None  # noqa: ARG005


def settle_interrupted(stores: Stores, deployed: Mapping[str, Deployed], now: str) -> list[SettledStep]:
    """Settle what an interrupted apply has left open, by what is deployed."""
    return recover(stores.ledger, deployed, now)


Hold = Callable[[Plan, Stores, Mapping[str, Deployed]], Plan]
"""Checks a plan against what is deployed now, and returns the plan that is done."""


def hold_to_state(plan: Plan, stores: Stores, deployed: Mapping[str, Deployed]) -> Plan:
    """Hold a plan to the state that it was made for; raises CS913 to CS917."""
    check_state(plan, stores.target, stores.ledger, deployed)
    return plan


def apply_plan(plan: Plan, stores: Stores, conduct: Conduct, *, hold: Hold = hold_to_state) -> ApplyResult:
    """Apply a plan.

    The stores are open for writing, the lock is held.

    Args:
        plan: as it was read or made.
        stores: the target and the ledger.
        conduct: who applies, and how.
        hold: what the plan is checked against before anything is done.

    Raises:
        CallsheetError: where the plan is no longer valid, a guard refuses it, or a database fails.

    """
    deployed = stores.target.read()
    settled = settle_interrupted(stores, deployed, conduct.now())
    approved, plan = plan, hold(plan, stores, deployed)
    if plan.digest != approved.digest:
        provenance = replace(conduct.provenance, plan=approved.digest)
        conduct = replace(conduct, provenance=provenance)
    plan = check_guards(plan, conduct.accepted)
    if not plan.changes:
        return ApplyResult(plan, plan.serial, "nothing", settled=settled)
    run = _Run(plan, stores, conduct)
    run.result.settled = settled
    return run.run()


class _Run:
    def __init__(self, plan: Plan, stores: Stores, conduct: Conduct) -> None:
        self.plan = plan
        self.stores = stores
        self.conduct = conduct
        run = secrets.token_hex(16)
        target = stores.target
        self.keeps_records = isinstance(target, RecordingTarget) and target.records
        self.steps = [_step(run, number, one) for number, one in enumerate(plan.changes, 1)]
        self.result = ApplyResult(plan, plan.serial, "done")

    def run(self) -> ApplyResult:
        plan, conduct = self.plan, self.conduct
        dirty = plan.dirty if plan.commit else None
        new = NewApply(
            plan_digest=plan.digest,
            environment=plan.environment,
            commit=plan.commit,
            author=conduct.author,
            at=conduct.now(),
            accepted=tuple(sorted({*conduct.accepted, *_accepted_in(plan)})),
            callsheet=__version__,
            provenance=conduct.provenance,
            dirty=dirty,
        )
        self.result.serial = self.stores.ledger.begin(new, self.steps)
        self.author = Author(conduct.author, new.at, plan.commit, dirty)
        rest, most = self.steps, BATCH
        while rest and self.result.outcome == "done" and not conduct.stop():
            size = self._size(rest, most)
            self._batch(rest[:size])
            rest, most = rest[size:], min(2 * most, MOST_IN_BATCH)
        if rest and self.result.outcome == "done":
            self.result.outcome = "interrupted"
        self._skip(rest)
        failed = self.result.count("failed") > 0
        outcome = "failed" if failed else self.result.outcome
        self.result.outcome = outcome
        self.stores.ledger.finish(self.result.serial, outcome, conduct.now())
        return self.result

    def _size(self, rest: Sequence[Step], most_shared: int) -> int:
        """Return how many steps are taken at once: of one kind, where they are done in parallel."""
        if self.stores.shared is not None:
            return most_shared
        target = self.stores.target
        most = target.parallel if isinstance(target, ParallelTarget) else 1
        same = next((at for at, one in enumerate(rest) if one.action != rest[0].action), len(rest))
        return max(1, min(most, same))

    def _batch(self, steps: Sequence[Step]) -> None:
        """Do steps and record them; where one is refused, take them one by one."""
        target = self.stores.target
        alone = len(steps) > 1 and self.stores.shared is None and self._reaches_target(steps[0])
        if alone and isinstance(target, ParallelTarget):
            self._side_by_side(target, steps)
            return
        try:
            with self.stores.transaction():
                self.stores.target.apply([one for one in steps if self._reaches_target(one)], self.author)
                self._settle(steps, "done")
        except StepKept as kept:
            # Only a target whose steps are done one by one says this.
            self._failed(steps[0], kept)
            return
        except StepRefused as refused:
            if len(steps) == 1:
                self._failed(steps[0], refused)
                return
            self._one_by_one(steps)
            return
        except CallsheetError as unknown:
            raise self._naming(steps, unknown) from None
        self._note(steps, "done")

    def _side_by_side(self, target: ParallelTarget, steps: Sequence[Step]) -> None:
        """Do steps in parallel, and record what became of each; what is unknown stays open."""
        results = target.apply_each(steps, self.author)
        found = list(zip(steps, results, strict=True))
        done = [one for one, result in found if result is None]
        self._settle(done, "done")
        for one in done:
            self._note([one], "done")
        for one, result in found:
            if isinstance(result, StepRefused | StepKept):
                self._failed(one, result)
        unknown = [(one, result) for one, result in found if isinstance(result, CallsheetError)]
        if unknown:
            raise self._naming([one for one, _ in unknown], unknown[0][1])

    def _naming(self, steps: Sequence[Step], error: CallsheetError) -> CallsheetError:
        """Return which steps are left open, and how many are settled."""
        if self.stores.shared is not None:
            return error  # nothing of them was done
        settled = self.result.count("done")
        details = (*(f"{one.address}: left open" for one in steps), f"{settled} done, and recorded")
        return CallsheetError(
            error.code, error.message, help=error.help, details=(*error.details, *details)
        )

    def _one_by_one(self, steps: Sequence[Step]) -> None:
        for index, one in enumerate(steps):
            self._batch([one])
            if self.result.outcome == "failed":
                self._skip(steps[index + 1 :])
                return

    def _reaches_target(self, step: Step) -> bool:
        """Return whether a step reaches the target: adopt and forget do only where it keeps a record."""
        return self.keeps_records or step.action not in ("adopt", "forget")

    def _failed(self, step: Step, why: StepRefused | StepKept) -> None:
        error, there = str(why), None
        if isinstance(why, StepKept):
            self.result.kept.add(step.address)
            there = None if why.there is None else _applied(why.there, self.result.serial)
        elif why.path:
            place = self.conduct.place(step.address, why.path)
            error += "" if place is None else f" ({place[0]}:{place[1]}:{place[2]})"
        self._settle([step], "failed", error, there)
        self._note([step], "failed", error)
        if not self.conduct.keep_going:
            self.result.outcome = "failed"

    def _skip(self, steps: Sequence[Step]) -> None:
        self._settle(steps, "skipped")
        self._note(steps, "skipped")

    def _settle(
        self, steps: Sequence[Step], outcome: str, error: str | None = None, there: Applied | None = None
    ) -> None:
        """Record what became of steps, in the transaction that did them where there is one."""
        settled = [SettledStep.of(one, outcome, error, there) for one in steps]
        if settled:
            self.stores.ledger.settle(self.result.serial, settled, self.conduct.now())

    def _note(self, steps: Sequence[Step], outcome: str, error: str | None = None) -> None:
        """Report what became of steps, once it is sure."""
        self.result.steps += [SettledStep.of(one, outcome, error) for one in steps]
        self.conduct.progress(len(self.result.steps))


def refuse_failed(result: ApplyResult) -> None:
    """Raise CS930 for an apply that failed, CS876 for what is kept otherwise, CS931 for an interruption."""
    if result.outcome == "failed":
        failed = [one for one in result.steps if one.outcome == "failed"]
        details = tuple(f"{one.address}: {one.error}" for one in failed)
        if all(one.address in result.kept for one in failed):
            raise CallsheetError(
                "CS876",
                f"the target kept other values than were sent in {counted(len(failed), 'object')}:"
                f" {counted(result.count('done'), 'step')} done, {result.count('skipped')} left",
                help="the next plan shows what is kept there; where it means the same, say so under"
                " `normalised` of the Target",
                details=details,
            )
        raise CallsheetError(
            "CS930",
            f"{counted(len(failed), 'step')} failed, {result.count('done')} done,"
            f" {result.count('skipped')} left",
            help="correct what is wrong, and plan again: what was done is recorded",
            details=details,
        )
    if result.outcome == "interrupted":
        left = [one.address for one in result.steps if one.outcome == "skipped"]
        raise CallsheetError(
            "CS931",
            f"interrupted: {result.count('done')} done, {len(left)} left",
            help="run apply again: it plans what is left",
            details=tuple(left[:10]),
        )


def _step(run: str, number: int, change: Change) -> Step:
    return Step(
        number=number,
        action=change.action,
        address=change.address,
        address_before=change.address_before,
        before=change.before_digest,
        after=change.after_digest,
        canonical=_text(change),
        key=f"{run}:{number}",
    )


def _text(change: Change) -> str | None:
    """Return what a change puts there, as canonical JSON; a plan that was read from a file has no text."""
    if change.after is None:
        return None
    text = change.after_text
    # A plan that was edited in Python may have the text of what it was.
    known = text is not None and digest_of(text) == change.after_digest
    return text if known else canonical_text(change.after)


def _applied(there: Deployed, serial: int) -> Applied:
    return Applied(address=there.address, canonical=there.canonical, digest=there.digest, serial=serial)


def _accepted_in(plan: Plan) -> list[str]:
    return [one.guard for one in plan.guards if one.verdict == "accepted"]
