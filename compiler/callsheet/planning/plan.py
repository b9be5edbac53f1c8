"""desired × applied × deployed → a plan."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from callsheet.language.environment import Guards
from callsheet.ledger import Applied, Position
from callsheet.planning.difference import NOTHING, Difference, heaviest
from callsheet.planning.differences import differences, placed
from callsheet.planning.frozen import frozen_fields
from callsheet.planning.guards import judge
from callsheet.planning.model import ActionName, Change, Drift, Plan
from callsheet.planning.personal_data import personal_data, receiver_of
from callsheet.planning.planfile import with_digest
from callsheet.rendering import CompiledAction
from callsheet.targets import Deployed
from callsheet.workspace import Commit, Path

Place = Callable[[str, Path], tuple[str, int, int] | None]
"""Gives, for an address and a path into its compiled action, where that is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What an environment should be.

    Attributes:
        actions: the compiled actions, by address.
        renamed_from: the address before, by address after, for actions that were renamed.
        used: the journeys that use an action, by address, where they freeze it.
        place: where a field of a compiled action is written.

    """

    actions: Mapping[str, CompiledAction]
    renamed_from: Mapping[str, str] = field(default_factory=dict)
    used: Mapping[str, Sequence[str]] = field(default_factory=dict)
    place: Place = lambda address, path: None  # noqa: ARG005


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """What an environment is: by the ledger, and by the target."""

    target: dict[str, Any]
    position: Position
    applied: Mapping[str, Applied]
    deployed: Mapping[str, Deployed]


def make_plan(
    environment: str,
    desired: Desired,
    current: Current,
    *,
    guards: Guards,
    commit: Commit | None = None,
    accepted: Collection[str] = (),
    why: str | None = None,
) -> Plan:
    """Compare three states and plan the way from what is to what should be.

    What is deployed and not what was applied is drift: it is shown, and written over only with
    `drift` accepted. What is deployed and not owned is unmanaged: it is listed, and taken over only
    where the workspace desires it and `unmanaged` is accepted.
    """
    plan = _Planner(desired, current, accepted).plan(environment, guards, commit)
    return plan if why is None else with_digest(replace(plan, why=why))


def forget_plan(
    environment: str, addresses: Collection[str], current: Current, *, commit: Commit | None = None
) -> Plan:
    """Plan to let go of objects that the ledger owns; what is deployed stays as it is."""
    changes = [make_change("forget", one, one, current.applied[one], None) for one in sorted(addresses)]
    return with_digest(
        Plan(
            environment=environment,
            target=current.target,
            lineage=current.position.lineage,
            serial=current.position.serial,
            commit=commit.id if commit else None,
            dirty=commit.dirty if commit else False,
            changes=tuple(changes),
            unchanged=len(current.applied) - len(changes),
        )
    )


class _Planner:
    def __init__(self, desired: Desired, current: Current, accepted: Collection[str]) -> None:
        self.desired = desired
        self.current = current
        self.accepted = accepted
        self.changes: list[Change] = []
        self.drift: list[Drift] = []
        self.overwritten: set[str] = set()
        self.taken_over: set[str] = set()
        self.unchanged = 0
        applied = current.applied
        self.renames = {
            new: old
            for new, old in desired.renamed_from.items()
            if new in desired.actions
            and old in applied
            and new not in applied
            and old not in desired.actions
        }

    def plan(self, environment: str, guards: Guards, commit: Commit | None) -> Plan:
        current = self.current
        self._find_drift()
        gone = set(current.applied) - set(self.desired.actions) - set(self.renames.values())
        for address in sorted({*self.desired.actions, *gone}):
            self._consider(address)
        self.changes.sort(key=lambda one: (_ORDER[one.action], one.address))
        verdicts = judge(
            self.changes,
            guards,
            managed=len(current.applied),
            drifted=self.overwritten,
            unmanaged=self.taken_over,
            accepted=self.accepted,
        )
        return with_digest(
            Plan(
                environment=environment,
                target=current.target,
                lineage=current.position.lineage,
                serial=current.position.serial,
                commit=commit.id if commit else None,
                dirty=commit.dirty if commit else False,
                changes=tuple(self.changes),
                drift=tuple(self.drift),
                unmanaged=tuple(sorted(set(current.deployed) - set(current.applied))),
                guards=verdicts,
                unchanged=self.unchanged,
            )
        )

    def _find_drift(self) -> None:
        for address, applied in sorted(self.current.applied.items()):
            deployed = self.current.deployed.get(address)
            if deployed is not None and deployed.digest == applied.digest:
                continue
            diff: tuple[Difference, ...] = ()
            if deployed is not None:
                diff = tuple(differences(content_of(applied), content_of(deployed)))
            self.drift.append(
                Drift(
                    address=address,
                    kind="changed" if deployed is not None else "missing",
                    diff=diff,
                    applied_digest=applied.digest,
                    deployed_digest=deployed.digest if deployed is not None else None,
                )
            )

    def _consider(self, address: str) -> None:
        """Decide what happens to one address."""
        desired = self.desired.actions.get(address)
        before_address = self.renames.get(address, address)
        applied = self.current.applied.get(before_address)
        deployed = self.current.deployed.get(before_address)
        drifted = applied is not None and (deployed is None or deployed.digest != applied.digest)
        same = desired is not None and applied is not None and desired.digest == applied.digest
        if same and before_address == address and not (drifted and "drift" in self.accepted):
            self.unchanged += 1
            return
        if desired is None:
            self._remove(address, applied, deployed)
            return
        if deployed is not None and deployed.digest == desired.digest and before_address == address:
            # It is there already: by hand, or by somebody else. Only the record is missing.
            self._change("adopt", address, address, deployed, desired)
            return
        if drifted:
            self.overwritten.add(address)
        if applied is None and deployed is not None:
            self.taken_over.add(address)
        action: ActionName = "create" if deployed is None else "update"
        if before_address != address and deployed is not None:
            action = "rename"
        self._change(action, address, before_address, deployed, desired)

    def _remove(self, address: str, applied: Applied | None, deployed: Deployed | None) -> None:
        if deployed is None:
            self._change("forget", address, address, applied, None)
            return
        if applied is not None and deployed.digest != applied.digest:
            self.overwritten.add(address)
        self._change("delete", address, address, deployed, None)

    def _change(
        self,
        action: ActionName,
        address: str,
        address_before: str,
        before: Side | None,
        after: CompiledAction | None,
    ) -> None:
        change = make_change(action, address, address_before, before, after, self.desired.place)
        journeys = self.desired.used.get(address_before, ())
        if journeys and action in ("update", "rename"):
            change = _replaced(change, journeys)
        self.changes.append(change)


def _replaced(change: Change, journeys: Sequence[str]) -> Change:
    """Make a new object of a change that journeys which use the old one do not let through."""
    frozen = frozen_fields(change.diff)
    if not frozen:
        return change
    shown = ", ".join(journeys[:3]) + (f" and {len(journeys) - 3} more" if len(journeys) > 3 else "")
    why = Difference(
        path=(),
        before=NOTHING,
        after=NOTHING,
        words=f"a new action takes its place, to which the journeys move that use it: {shown}",
        impact="breaking",
        reason="frozen-in-use",
    )
    diff = (*change.diff, why)
    reasons = tuple(sorted({one.reason for one in diff}))
    return replace(change, action="replace", impact="breaking", diff=diff, reasons=reasons)


_ORDER: dict[str, int] = {
    "rename": 0,
    "delete": 1,
    "forget": 2,
    "adopt": 3,
    "update": 4,
    "replace": 5,
    "create": 6,
}


class Side(Protocol):
    """A compiled action before or after a change: its canonical text, and the digest of just that."""

    @property
    def canonical(self) -> str:
        """The text."""

    @property
    def digest(self) -> str:
        """The digest."""


def make_change(
    action: ActionName,
    address: str,
    address_before: str,
    before: Side | None,
    after: CompiledAction | None,
    place: Place = lambda address, path: None,  # noqa: ARG005
) -> Change:
    """Make one change, with its differences, impact and reasons."""
    old = None if before is None else content_of(before)
    new = None if after is None else after.content
    diff = _diff(action, old, new)
    if new is not None:
        # A new action is placed as a whole: its file is new, every line of it.
        fields = diff if old is not None else diff[:1]
        diff = [*placed(fields, lambda path: place(address, path)), *diff[len(fields) :]]
    return Change(
        address=address,
        address_before=address_before,
        action=action,
        impact=heaviest([one.impact for one in diff]),
        reasons=tuple(sorted({one.reason for one in diff})),
        diff=tuple(diff),
        before=old,
        after=new,
        before_digest=None if before is None else before.digest,
        after_digest=None if after is None else after.digest,
    )


def _diff(
    action: ActionName, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> list[Difference]:
    if action == "adopt":
        return []
    if before is not None and after is not None:
        return differences(before, after)
    if after is not None:
        return _created(after)
    words = "action deleted" if action == "delete" else "no longer recorded: it is not deployed"
    impact = "breaking" if action == "delete" else "cosmetic"
    return [
        Difference(
            path=(),
            before=before,
            after=NOTHING,
            words=words,
            impact=impact,  # type: ignore[arg-type]
            reason="action-deleted" if action == "delete" else "record-removed",
        )
    ]


def _created(after: dict[str, Any]) -> list[Difference]:
    """Explain a new action: that it is new, and which personal data it sends where."""
    host = receiver_of(after)
    if "request" in after:
        words, reason = f"new action: {after['request']['method']} to {host}", "action-created"
    elif "channel" in after:
        words, reason = f"new message: {after['channel']} by {host}", "message-created"
    else:
        words, reason = f"new configuration of the endpoint {after.get('url', '?')}", "endpoint-created"
    found = [
        Difference(
            path=(),
            before=NOTHING,
            after=NOTHING,
            words=words,
            impact="compatible",
            reason=reason,
        )
    ]
    for name, kind in personal_data(after).items():
        found.append(
            Difference(
                path=("parameters", name),
                before=NOTHING,
                after={"sensitivity": kind, "host": host},
                words=f"personal data (`{name}`: {kind}) leaves for {host}",
                impact="sensitive",
                reason="new-personal-data",
            )
        )
    return found


def content_of(side: Side) -> dict[str, Any]:
    """Give a compiled action as data; what somebody broke by hand at the target is shown as it is."""
    if isinstance(side, CompiledAction):
        return side.content
    try:
        value = json.loads(side.canonical)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and isinstance(value.get("request"), dict) and "url" in value["request"]:
        return value
    if isinstance(value, dict) and value.get("kind") == "Message" and isinstance(value.get("via"), dict):
        return value
    if isinstance(value, dict) and value.get("kind") == "EndpointConfig" and "url" in value:
        return value
    return {"request": {"method": "?", "url": "?"}, "unreadable": side.canonical[:1_000]}
