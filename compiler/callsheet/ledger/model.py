"""What every ledger is: what was applied last, and the history of every apply."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from callsheet.language.steps import Step


class Applied(Struct, frozen=True, kw_only=True):
    """One object as callsheet last put it there.

    Attributes:
        canonical: the compiled action as canonical JSON.
        serial: the apply that put it there.

    """

    address: str
    canonical: str
    digest: str
    serial: int


class SettledStep(Step, frozen=True):
    """One step, and what became of it.

    Attributes:
        outcome: done, failed, skipped or unknown; `open` in the history while it is not settled.
        error: why it is not done.
        there: what a step that is not done left at the target, where that is callsheet's own doing: it is
            recorded as applied, so that the next plan brings it to what it should be.

    """

    outcome: str
    error: str | None = None
    there: Applied | None = None

    @classmethod
    def of(
        cls, step: Step, outcome: str, error: str | None = None, there: Applied | None = None
    ) -> SettledStep:
        """Return a step with what became of it."""
        known = (step.number, step.action, step.address, step.address_before, step.before, step.after)
        return cls(*known, step.canonical, step.key, outcome, error, there)


class Provenance(Struct, frozen=True, kw_only=True):
    """Where an apply came from, beside its commit.

    Attributes:
        plan: digest of the plan that was approved, where another, with the same changes, was applied
            because the branch had moved.
        approvers: whose signatures of the plan were verified.
        run_url: the CI run.
        reason: why what was accepted was accepted.

    """

    plan: str | None = None
    approvers: tuple[str, ...] = ()
    run_url: str | None = None
    reason: str | None = None


class ApplyRecord(Struct, frozen=True, kw_only=True):
    """One apply as the history shows it.

    Attributes:
        dirty: whether the files differed from the commit; None where that was not recorded.

    """

    serial: int
    plan_digest: str
    environment: str
    commit: str | None
    author: str
    started_at: str
    finished_at: str | None
    outcome: str
    accepted: tuple[str, ...]
    steps: tuple[SettledStep, ...]
    provenance: Provenance = Provenance()
    dirty: bool | None = None


class NewApply(Struct, frozen=True, kw_only=True):
    """What is recorded when an apply begins."""

    plan_digest: str
    environment: str
    commit: str | None
    author: str
    at: str
    accepted: tuple[str, ...]
    callsheet: str
    provenance: Provenance = Provenance()
    dirty: bool | None = None


class Position(Struct, frozen=True):
    """Where a ledger stands: which ledger it is, and how many applies it has seen."""

    lineage: str | None
    serial: int


class Ledger(Protocol):
    """The record of what was applied. History is only ever added to."""

    def position(self) -> Position:
        """Return lineage and serial; lineage None and serial 0 while there is no ledger."""

    def applied(self) -> dict[str, Applied]:
        """Return what callsheet last put there, by address."""

    def applied_at(self, serial: int) -> tuple[dict[str, Applied], dict[str, str]]:
        """Return what callsheet had deployed after an apply, and the present address of what was renamed.

        The second maps an address of then to the address of now, for what has another one.
        """

    def written(self) -> dict[str, list[str]]:
        """Return, by address, what callsheet wrote of an object or meant to, the likeliest first.

        What an apply has open comes before what is applied, and that before what was written earlier.
        """

    def open_apply(self) -> tuple[int, list[Step]] | None:
        """Return the serial and the unsettled steps of an apply that never finished, if there is one."""

    def begin(self, new: NewApply, steps: Sequence[Step]) -> int:
        """Record an apply and every step that it is about to take; returns its serial."""

    def settle(self, serial: int, steps: Sequence[SettledStep], at: str) -> None:
        """Record what became of steps; what is done becomes what is applied."""

    def finish(self, serial: int, outcome: str, at: str) -> None:
        """Record how an apply ended: done, failed or interrupted."""

    def history(self) -> list[ApplyRecord]:
        """Return every apply, newest first."""

    def close(self) -> None:
        """Let go of the ledger."""
