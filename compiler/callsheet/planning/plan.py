"""desired × applied × deployed → a plan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from callsheet.compiling import CompiledAction
from callsheet.documents.commits import Commit
from callsheet.language.difference import Difference
from callsheet.language.environment import Guards
from callsheet.ledger import Applied, Position
from callsheet.planning.chosen import Chosen, needs_of, refuse_cut
from callsheet.planning.guards import judge
from callsheet.planning.hosts import known_hosts
from callsheet.planning.model import ActionName, Change, Drift, Plan
from callsheet.planning.planfile import with_digest
from callsheet.planning.sides import Place, Side, content_of
from callsheet.targets import Deployed
from callsheet.targets.journey_optimizer.uses import Usage

Replaces = Callable[[Mapping[str, Any], Mapping[str, Any]], Sequence[str]]


class Desired(Struct, frozen=True, kw_only=True):
    """What an environment should be.

    Attributes:
        actions: the compiled actions, by address.
        renamed_from: the address before, by address after, for actions that were renamed.
        usage: which journeys use which action, where they freeze it.
        place: where a field of a compiled action is written.
        replaces: the fields of the target that a change touches, and that cannot change there.

    """

    actions: Mapping[str, CompiledAction]
    renamed_from: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    place: Place = lambda address, path: None  # noqa: ARG005
    replaces: Replaces = lambda before, after: []  # noqa: ARG005


class Current(Struct, frozen=True, kw_only=True):
    """What an environment is: by the ledger, and by the target."""

    target: dict[str, Any]
    position: Position
    applied: Mapping[str, Applied]
    deployed: Mapping[str, Deployed]
    notes: tuple[str, ...] = ()


def make_plan(
    environment: str,
    desired: Desired,
    current: Current,
    *,
    guards: Guards,
    commit: Commit | None = None,
    accepted: Collection[str] = (),
    why: str | None = None,
    rollback: int | None = None,
    chosen: Chosen | None = None,
) -> Plan:
    """Compare three states and plan the way from what is to what should be.

    What is deployed and not what was applied is drift: it is shown, and written over only with
    `drift` accepted. What is deployed and not owned is unmanaged: it is listed, and taken over only
    where the workspace desires it and `unmanaged` is accepted. `rollback` is the apply that the plan leads
    back to, where it does not come from the workspace. `chosen` are the objects that the plan is limited
    to: it says nothing of others, and its guards count what it does of all that is managed.

    Raises:
        CallsheetError: CS337 where what is chosen cuts a rename in two.

    """
    plan = _Planner(desired, current, accepted, chosen).plan(environment, guards, commit)
    if why is None and rollback is None:
        return plan
    return with_digest(replace(plan, why=why, rollback=rollback))


def forget_plan(
    environment: str, addresses: Collection[str], current: Current, *, commit: Commit | None = None
) -> Plan:
    """Plan to let go of objects that the ledger owns; what is deployed stays as it is."""
    changes = [_let_go(one, current) for one in sorted(addresses)]
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


def _let_go(address: str, current: Current) -> Change:
    """Make the change of an object that is no longer managed, and stays deployed where it is."""
    from callsheet.planning.changes import make_change

    change = make_change("forget", address, address, current.applied[address], None)
    if address not in current.deployed:
        return change
    words = "no longer managed: it stays deployed as it is"
    return replace(change, diff=tuple(replace(one, words=words) for one in change.diff))


class _Planner:
    def __init__(
        self, desired: Desired, current: Current, accepted: Collection[str], chosen: Chosen | None
    ) -> None:
        self.chosen = chosen
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
        current, notes = self.current, self.current.notes
        if self.chosen is not None:
            for new, old in self.renames.items():
                refuse_cut(new, old, self.chosen.addresses)
        self._find_drift()
        halves = {address for address, one in current.deployed.items() if one.unfinished}
        gone = {*current.applied, *halves} - set(self.desired.actions) - set(self.renames.values())
        for address in self._chosen({*self.desired.actions, *gone}):
            self._consider(address)
        self.changes.sort(key=lambda one: (_ORDER[one.action], one.address))
        if self.chosen is not None:
            notes = (*notes, *needs_of(self.changes, current.deployed, self.chosen.addresses))
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
                unmanaged=tuple(self._chosen(_others(current))),
                guards=verdicts,
                unchanged=self.unchanged,
                notes=notes,
                selection=None if self.chosen is None else self.chosen.record,
            )
        )

    def _chosen(self, addresses: Collection[str]) -> list[str]:
        """Return those of the addresses that the plan is about, sorted."""
        return sorted(one for one in addresses if self.chosen is None or one in self.chosen.addresses)

    def _find_drift(self) -> None:
        for address in self._chosen(self.current.applied):
            applied = self.current.applied[address]
            deployed = self.current.deployed.get(address)
            if deployed is not None and (deployed.digest == applied.digest or deployed.unfinished):
                continue
            diff: tuple[Difference, ...] = ()
            if deployed is not None:
                from callsheet.planning.field_changes import differences

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
        unfinished = deployed is not None and bool(deployed.unfinished)
        drifted = applied is not None and (deployed is None or deployed.digest != applied.digest)
        drifted = drifted and not unfinished
        same = desired is not None and applied is not None and desired.digest == applied.digest
        stays = before_address == address
        if same and stays and not unfinished and not (drifted and "drift" in self.accepted):
            self.unchanged += 1
            return
        if desired is None:
            self._remove(address, applied, deployed)
            return
        if deployed is not None and deployed.digest == desired.digest and stays and not unfinished:
            # It is deployed already, by hand or by another program. Only the record is missing.
            self._change("adopt", address, address, deployed, desired)
            return
        if drifted:
            self.overwritten.add(address)
        if applied is None and deployed is not None and not unfinished:
            self.taken_over.add(address)
        action: ActionName = "create" if deployed is None else "update"
        if not stays and deployed is not None:
            action = "rename"
        self._change(action, address, before_address, deployed, desired)

    def _remove(self, address: str, applied: Applied | None, deployed: Deployed | None) -> None:
        if deployed is None:
            self._change("forget", address, address, applied, None)
            return
        if applied is not None and deployed.digest != applied.digest and not deployed.unfinished:
            self.overwritten.add(address)
        self._change("delete", address, address, deployed, None)

    @cached_property
    def _known_hosts(self) -> set[str]:
        return known_hosts(content_of(one) for one in self.current.deployed.values())

    def _change(
        self,
        action: ActionName,
        address: str,
        address_before: str,
        before: Side | None,
        after: CompiledAction | None,
    ) -> None:
        from callsheet.planning.changes import (  # where nothing changes, it is not needed
            brought_on,
            deleted_in_use,
            make_change,
            mapped_in_journeys,
            replaced_in_use,
            replaced_where_fixed,
        )

        known = self._known_hosts if action == "create" else ()
        change = make_change(action, address, address_before, before, after, self.desired.place, known)
        usage = self.desired.usage
        journeys = usage.journeys(address_before)
        if journeys and action in ("update", "rename"):
            change = replaced_in_use(change, journeys)
        if journeys and action == "delete":
            change = deleted_in_use(change, journeys)
        if action in ("update", "rename") and change.before is not None and change.after is not None:
            fixed = self.desired.replaces(change.before, change.after)
            if fixed and action == "rename":
                self._change("delete", address_before, address_before, before, None)
                self._change("create", address, address, None, after)
                return
            change = replaced_where_fixed(change, fixed) if fixed else change
        if before is not None and address_before in usage.uses:
            change = mapped_in_journeys(change, usage)
        if isinstance(before, Deployed) and before.unfinished:
            change = brought_on(change, before.unfinished)
        self.changes.append(change)


def _others(current: Current) -> set[str]:
    """Return what is deployed and not callsheet's: what it left half done is its own."""
    found = {address for address, one in current.deployed.items() if not one.unfinished}
    return found - set(current.applied)


_ORDER: dict[str, int] = {
    "rename": 0,
    "delete": 1,
    "forget": 2,
    "adopt": 3,
    "update": 4,
    "replace": 5,
    "create": 6,
}
