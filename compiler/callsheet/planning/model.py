"""A plan is plain data: what will be done, why, and the state that it holds for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from callsheet.language.addresses import Address
from callsheet.language.content import Content
from callsheet.language.difference import NOTHING, Difference, Impact
from callsheet.language.masking import masked
from callsheet.language.reasons import GUARDS

if TYPE_CHECKING:
    from callsheet.targets.journey_optimizer.metrics import Figures

ActionName = Literal["create", "update", "replace", "rename", "delete", "adopt", "forget"]
ACTIONS: tuple[ActionName, ...] = (
    "create",
    "update",
    "replace",
    "rename",
    "delete",
    "adopt",
    "forget",
)
FORMAT_VERSION = 1


class Change(Struct, frozen=True, kw_only=True):
    """One step of a plan.

    Attributes:
        address: `Kind/name` after the step.
        address_before: the address before it; another one for a rename only.
        before: the compiled action that is there now, or None.
        after: the compiled action that will be there, or None.
        reasons: the reason codes of all differences, sorted.
        after_text: `after` as canonical JSON, where the plan was made of it and not read from a file.

    """

    address: str
    address_before: str
    action: ActionName
    impact: Impact
    reasons: tuple[str, ...]
    diff: tuple[Difference, ...]
    before: Content | None
    after: Content | None
    before_digest: str | None
    after_digest: str | None
    after_text: str | None = None

    def __repr__(self) -> str:
        """Return what changes and how: somebody may have written a secret into what is deployed."""
        return f"Change({self.action!r}, {self.address!r}, {self.impact!r}, {self.reasons!r})"

    @property
    def owner(self) -> str | None:
        """The team that answers for the action."""
        one = self.after or self.before
        return None if one is None else one.get("owner")


class Drift(Struct, frozen=True, kw_only=True):
    """A deployed object that is not what was applied: `changed`, or `missing`."""

    address: str
    kind: Literal["changed", "missing"]
    diff: tuple[Difference, ...]
    applied_digest: str | None
    deployed_digest: str | None


class ScreenChange(Struct, frozen=True, kw_only=True):
    """One change on a screen that has no API, after the action was confirmed; what changed is not known.

    Attributes:
        verb: created, updated or deleted.
        who: by whom; empty where the log does not say.
        at: when (RFC 3339, UTC).
        serial: the apply by which the action was confirmed.

    """

    address: str
    verb: str
    who: str
    at: str
    serial: int

    @property
    def words(self) -> str:
        """The change in words: `was updated by ada@example.com on 2026-11-20T10:00:00Z, after apply 4`."""
        by = f" by {self.who}" if self.who else ""
        return f"was {self.verb}{by} on {self.at}, after apply {self.serial}"


class GuardVerdict(Struct, frozen=True, kw_only=True):
    """What one guard says of a plan: passed, broken, or accepted by the user."""

    guard: str
    verdict: Literal["passed", "broken", "accepted"]
    message: str
    addresses: tuple[str, ...] = ()

    @property
    def accepted_by(self) -> str | None:
        """What `--accept` takes to let it pass; None where nothing does, or the message says so already."""
        return self.guard if self.guard in GUARDS else None


class PlanFigures(Struct, frozen=True, kw_only=True):
    """How the calls of the actions went that a plan changes.

    Attributes:
        source: the file of the figures, as the user names it.
        by_address: the figures of each change whose action was called, by its address after the step.
        missing: why there are none; empty where the file was read.

    """

    source: str
    by_address: Mapping[str, Figures] = field(default_factory=dict)
    missing: str = ""


class PlanSelection(Struct, frozen=True, kw_only=True):
    """The objects to which a plan or a comparison is limited.

    Attributes:
        select: the words of `--select`; those of a revision name its commit.
        exclude: the words of `--exclude`.
        selected: how many objects they select.
        total: of how many.

    """

    select: tuple[str, ...]
    exclude: tuple[str, ...]
    selected: int
    total: int

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> PlanSelection:
        """Read the record of a selection."""
        return cls(
            select=tuple(record["select"]),
            exclude=tuple(record["exclude"]),
            selected=record["selected"],
            total=record["total"],
        )

    def record(self) -> dict[str, Any]:
        """Return the selection as machine output and the plan file have it."""
        return {
            "select": list(self.select),
            "exclude": list(self.exclude),
            "selected": self.selected,
            "total": self.total,
        }


class Plan(Struct, frozen=True, kw_only=True):
    """What will be done to one environment, and the state for which that holds.

    Attributes:
        why: why what is accepted was accepted, in the words of whoever planned.
        notes: what to know of how the plan was made, as that it rests on a snapshot.
        rollback: the apply that the plan leads back to, where it comes from the ledger and not from the
            workspace.
        selection: the objects that it is limited to; None for all of them.
        figures: what is shown beside the changes; no part of what is approved or applied.
        hosts: by which a message is found, by its address; as the figures. A plan that is read has none.

    """

    environment: str
    target: dict[str, Any]
    lineage: str | None
    serial: int
    commit: str | None
    dirty: bool
    changes: tuple[Change, ...]
    drift: tuple[Drift, ...] = ()
    unmanaged: tuple[str, ...] = ()
    guards: tuple[GuardVerdict, ...] = ()
    unchanged: int = 0
    why: str | None = None
    notes: tuple[str, ...] = ()
    rollback: int | None = None
    selection: PlanSelection | None = None
    digest: str = ""
    figures: PlanFigures | None = None
    hosts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def summary(self) -> dict[str, int]:
        """How many changes there are of each action, and how many objects stay as they are."""
        counts: dict[str, int] = dict.fromkeys(ACTIONS, 0)
        for change in self.changes:
            counts[change.action] += 1
        return {**counts, "unchanged": self.unchanged}

    def by_hand(self, change: Change) -> bool:
        """Is a change done on a screen? Journey Optimizer has no API for its custom actions."""
        return is_by_hand(self.target, Address.read(change.address).kind)

    @property
    def left_alone(self) -> list[str]:
        """What is deployed, is not managed, and is not taken over by this plan either."""
        taken = {address for one in self.changes for address in (one.address, one.address_before)}
        return [one for one in self.unmanaged if one not in taken]

    @property
    def broken(self) -> list[GuardVerdict]:
        """The guards that refuse the plan."""
        return [one for one in self.guards if one.verdict == "broken"]


def is_by_hand(target: Mapping[str, Any], kind: str) -> bool:
    """Return whether people do the steps of a kind on a screen of a target."""
    has_api = bool(target.get("api")) and kind == "EndpointConfig"
    return target.get("type") == "journey-optimizer" and not has_api


def difference_record(one: Difference) -> dict[str, Any]:
    """Return a difference as machine output holds it."""
    record: dict[str, Any] = {"path": one.pointer, "operation": one.operation}
    if one.before is not NOTHING:
        record["before"] = masked(one.before, one.path)
    if one.after is not NOTHING:
        record["after"] = masked(one.after, one.path)
    record |= {"words": one.words, "impact": one.impact, "reason": one.reason}
    if one.place is not None:
        record |= dict(zip(("file", "line", "column"), one.place, strict=True))
    return record


def change_record(change: Change) -> dict[str, Any]:
    """Return a change as machine output and the plan file hold it."""
    record: dict[str, Any] = {"address": change.address, "action": change.action}
    if change.address_before != change.address:
        record["from"] = change.address_before
    return record | {
        "impact": change.impact,
        "reasons": list(change.reasons),
        "owner": change.owner,
        "diff": [difference_record(one) for one in change.diff],
        "before": masked(change.before),
        "after": change.after,
        "beforeDigest": change.before_digest,
        "afterDigest": change.after_digest,
    }


def drift_record(one: Drift) -> dict[str, Any]:
    """Return a drift as machine output and the plan file hold it."""
    return {
        "address": one.address,
        "kind": one.kind,
        "diff": [difference_record(difference) for difference in one.diff],
        "appliedDigest": one.applied_digest,
        "deployedDigest": one.deployed_digest,
    }


def guard_record(one: GuardVerdict) -> dict[str, Any]:
    """Return a guard's verdict as machine output and the plan file hold it."""
    return {
        "guard": one.guard,
        "verdict": one.verdict,
        "message": one.message,
        "addresses": list(one.addresses),
    }
