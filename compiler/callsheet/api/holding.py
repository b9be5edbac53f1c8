"""Does a plan do what the workspace implies? A plan file is planned again before any of it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from callsheet.api.base import Base, refuse_invalid
from callsheet.api.clean import commit_of, unknown_commit_notes
from callsheet.api.comparing import place_in, renames
from callsheet.api.using import usage_for
from callsheet.compiling import Compiled, CompiledAction
from callsheet.deploying import (
    Stores,
    applied_after,
    check_state,
    compare_plans,
    compare_with_workspace,
    refuse_applied,
    refuse_other,
)
from callsheet.documents import Commit
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.planning import Current, Desired, Plan, make_plan
from callsheet.planning.plan import forget_plan
from callsheet.targets import Deployed, FixingTarget, NotingTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a plan has to agree with.

    Attributes:
        compiled: the workspace, as it is or as the plan's commit has it.
        moved: whether the workspace stands on another commit than the plan.
        commit: the commit that the workspace stands on; None where there is none.

    """

    compiled: Compiled
    moved: bool
    commit: Commit | None


class Holding(Base):
    """Makes plans, and makes them again when they are applied."""

    _made: Plan | None = None

    def _basis(self, plan: Plan) -> Basis:
        """Return the workspace that a plan must agree with.

        A plan of a clean commit is held to that commit, also where files were edited since. Any other is
        held to the files at hand.

        Raises:
            InvalidWorkspaceError: where that workspace has errors.

        """
        commit = commit_of(self.root)
        moved = commit is not None and plan.commit is not None and commit.id != plan.commit
        committed = commit is not None and commit.dirty and not plan.dirty and not moved
        compiled = self.compile_revision(commit.id) if commit and committed else self.compile()
        refuse_invalid(compiled)
        return Basis(compiled=compiled, moved=moved, commit=commit)

    def _held(
        self,
        plan: Plan,
        stores: Stores,
        deployed: Mapping[str, Deployed],
        *,
        accept: Collection[str],
        signed: bool,
    ) -> Plan:
        """Return the plan that is done: the given one, where state and workspace still imply it.

        Args:
            plan: as it was read or made.
            stores: the environment's, open.
            deployed: what the target answers now.
            accept: what is accepted now.
            signed: whether an approval of the plan holds; a signed plan stands where there is no
                repository to hold it to.

        Raises:
            CallsheetError: CS913 to CS917 for the state, CS934 where the branch has moved, CS954 where the
                workspace does not imply the plan.

        """
        if plan is self._made or not plan.changes:
            check_state(plan, stores.target, stores.ledger, deployed)
            return plan
        environment = self.environment(plan.environment)
        accepted = {*accept, *(one.guard for one in plan.guards if one.verdict == "accepted")}
        current = current_of(stores, deployed)
        if plan.rollback is not None:
            check_state(plan, stores.target, stores.ledger, deployed)
            return compare_with_workspace(
                plan, rollback_plan(environment, plan.rollback, stores, current, accepted, plan.why)
            )
        basis = self._basis(plan)
        if basis.moved:
            refuse_applied(plan, stores.ledger)
            refuse_other(plan, current.target, current.position)
        else:
            check_state(plan, stores.target, stores.ledger, deployed)
        environment = basis.compiled.environments.get(environment.name, environment)
        desired, current = self._desired(environment, stores, current, basis.compiled)
        if _lets_go(plan, desired, current):
            now = forget_plan(
                environment.name, [one.address for one in plan.changes], current, commit=basis.commit
            )
        else:
            now = self._plan(environment, desired, current, basis.commit, accepted, plan.why)
        if basis.moved:
            compare_plans(plan, now)
            return now
        try:
            return compare_with_workspace(plan, now)
        except CallsheetError:
            if signed and basis.commit is None:
                return plan
            raise

    def _held_without_lock(
        self, plan: Plan, stores: Stores, *, accept: Collection[str], signed: bool
    ) -> Plan | None:
        """Return the plan that a first apply does; None where another process applies first.

        Nothing is locked, so that another process may apply between two readings: then the lock, or the
        record of that apply, is what refuses the plan.

        Raises:
            CallsheetError: as `_held`.

        """
        if stores.ledger.position().lineage is not None:
            return None
        try:
            return self._held(plan, stores, stores.target.read(), accept=accept, signed=signed)
        except CallsheetError:
            if stores.ledger.position().lineage is None:
                raise
            return None

    def _desired(
        self, environment: Environment, stores: Stores, current: Current, compiled: Compiled
    ) -> tuple[Desired, Current]:
        """Return what is wanted, with who uses what of it changes, and what is to be known of that."""
        desired = desired_of(compiled, environment)
        usage, notes = usage_for(stores, self.root, desired, current)
        target = stores.target
        replaces = target.replaces if isinstance(target, FixingTarget) else desired.replaces
        return replace(desired, usage=usage, replaces=replaces), replace(
            current, notes=(*current.notes, *notes)
        )

    def _plan(
        self,
        environment: Environment,
        desired: Desired,
        current: Current,
        commit: Commit | None,
        accept: Collection[str],
        why: str | None = None,
    ) -> Plan:
        notes = () if commit else unknown_commit_notes(self.root)
        return make_plan(
            environment.name,
            desired,
            replace(current, notes=(*current.notes, *notes)),
            guards=environment.guards,
            commit=commit,
            accepted=accept,
            why=why,
        )


def read_current(stores: Stores) -> Current:
    """Read target and ledger; open steps of an interrupted apply count as what became of them."""
    stores.target.identity()  # a query of its own: asked before the one state is read
    with stores.snapshot():
        return current_of(stores, stores.target.read())


def current_of(stores: Stores, deployed: Mapping[str, Deployed]) -> Current:
    """Return the state of an environment whose target was read already."""
    return Current(
        target=stores.target.identity(),
        position=stores.ledger.position(),
        applied=applied_after(stores.ledger.applied(), stores.ledger.open_apply(), deployed),
        deployed=deployed,
        notes=tuple(stores.target.notes) if isinstance(stores.target, NotingTarget) else (),
    )


def desired_of(compiled: Compiled, environment: Environment) -> Desired:
    """Return what a compiled workspace wants of one environment."""
    return Desired(
        actions=compiled.by_environment.get(environment.name, {}),
        renamed_from=renames(compiled),
        place=place_in(compiled, environment),
    )


def rollback_plan(
    environment: Environment,
    serial: int,
    stores: Stores,
    current: Current,
    accepted: Collection[str],
    why: str | None,
) -> Plan:
    """Plan the way back to what was applied after an apply; raises CS925 where there is no such apply."""
    if not 1 <= serial <= current.position.serial:
        raise CallsheetError(
            "CS925",
            f"there is no apply {serial} in {environment.name}",
            help="`callsheet history` lists them",
        )
    then, renamed = stores.ledger.applied_at(serial)
    actions = {
        address: CompiledAction(address, environment.name, one.canonical, one.digest)
        for address, one in then.items()
    }
    return make_plan(
        environment.name,
        Desired(actions=actions, renamed_from=renamed),
        current,
        guards=environment.guards,
        accepted=accepted,
        why=why,
        rollback=serial,
    )


def _lets_go(plan: Plan, desired: Desired, current: Current) -> bool:
    """Return whether a plan is one of `callsheet forget`: objects that the workspace no longer defines."""
    return all(
        one.action == "forget" and one.address in current.applied and one.address not in desired.actions
        for one in plan.changes
    )
