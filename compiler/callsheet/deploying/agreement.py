"""Does a plan do what the workspace implies? A plan file is planned again before any of it is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from msgspec import Struct

from callsheet.compiling import Compiled
from callsheet.compiling.selecting import refuse_invalid
from callsheet.deploying.beside_errors import beside_errors, refuse_shared_errors
from callsheet.deploying.clean import commit_of
from callsheet.deploying.current import current_of, desired_in, plan_of, rollback_plan
from callsheet.deploying.preconditions import check_state, refuse_applied, refuse_other
from callsheet.deploying.replanned import compare_plans, compare_with_workspace, refuse_hiding
from callsheet.deploying.stores import Stores
from callsheet.documents.commits import Commit
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.planning.chosen import Chosen
from callsheet.planning.model import Plan
from callsheet.planning.plan import Current, Desired, forget_plan
from callsheet.targets import Deployed


class Basis(Struct, frozen=True, kw_only=True):
    """What a plan has to agree with.

    Attributes:
        compiled: the workspace, as it is or as the plan's commit has it.
        revision: that commit; None for the files as they are.
        moved: whether the workspace stands on another commit than the plan.
        commit: the commit that the workspace stands on; None where there is none.

    """

    compiled: Compiled
    revision: str | None
    moved: bool
    commit: Commit | None


def basis_of(plan: Plan, root: Path, compiled_at: Callable[[str | None], Compiled]) -> Basis:
    """Return the workspace that a plan must agree with.

    A plan of a clean commit is held to that commit, also where files were edited since. Any other is
    held to the files at hand.

    Args:
        plan: as it was read or made.
        root: the folder of the workspace.
        compiled_at: compiles the workspace at a commit, or, for None, as it is on disk.

    Raises:
        InvalidWorkspaceError: where that workspace has errors; for the plan of a selection, errors that
            may concern anything.

    """
    commit = commit_of(root)
    moved = commit is not None and plan.commit is not None and commit.id != plan.commit
    committed = commit is not None and commit.dirty and not plan.dirty and not moved
    revision = commit.id if commit and committed else None
    compiled = compiled_at(revision)
    if plan.selection is None:
        refuse_invalid(compiled)
    else:
        refuse_shared_errors(compiled, plan.environment)
    return Basis(compiled=compiled, revision=revision, moved=moved, commit=commit)


class Agreement(Struct, frozen=True, kw_only=True):
    """What a plan is held to before any of it is done.

    Attributes:
        environment: of the plan.
        root: the folder of the workspace.
        basis: compiles the workspace that the plan must agree with.
        choose: returns the objects that the plan is limited to; None for all of them.
        made: whether the plan was made from this workspace by this process: then only the state counts.
        accept: what is accepted now.
        signed: whether an approval of the plan holds; a signed plan stands where there is no
            repository to hold it to.

    """

    environment: Environment
    root: Path
    basis: Callable[[], Basis]
    choose: Callable[[Basis, Environment, Current], Chosen | None]
    made: bool
    accept: Collection[str]
    signed: bool = False

    def held(self, plan: Plan, stores: Stores, deployed: Mapping[str, Deployed]) -> Plan:
        """Return the plan that is done: the given one, where state and workspace still imply it.

        Args:
            plan: as it was read or made.
            stores: the environment's, open.
            deployed: what the target answers now.

        Raises:
            CallsheetError: CS913 to CS917 for the state, CS934 where the branch has moved, CS954 where the
                workspace does not imply the plan.

        """
        if self.made or not plan.changes:
            check_state(plan, stores.target, stores.ledger, deployed)
            return plan
        environment = self.environment
        accepted = {*self.accept, *(one.guard for one in plan.guards if one.verdict == "accepted")}
        current = current_of(stores, deployed)
        if plan.rollback is not None:
            check_state(plan, stores.target, stores.ledger, deployed)
            return compare_with_workspace(
                plan, rollback_plan(environment, plan.rollback, stores, current, accepted, plan.why)
            )
        basis = self.basis()
        if basis.moved:
            refuse_applied(plan, stores.ledger)
            refuse_other(plan, current.target, current.position)
        else:
            check_state(plan, stores.target, stores.ledger, deployed)
        environment = basis.compiled.environments.get(environment.name, environment)
        desired, current = desired_in(environment, stores, current, basis.compiled, self.root)
        chosen = self.choose(basis, environment, current)
        if chosen is not None:
            current = beside_errors(basis.compiled, environment, chosen, current)
        if _lets_go(plan, desired, current):
            now = forget_plan(
                environment.name, [one.address for one in plan.changes], current, commit=basis.commit
            )
        else:
            now = plan_of(
                environment,
                desired,
                current,
                self.root,
                commit=basis.commit,
                accept=accepted,
                why=plan.why,
                chosen=chosen,
            )
        if basis.moved:
            compare_plans(plan, now)
            return now
        try:
            return compare_with_workspace(plan, now)
        except CallsheetError:
            if self.signed and basis.commit is None:
                refuse_hiding(plan, current)
                return plan
            raise

    def held_without_lock(self, plan: Plan, stores: Stores) -> Plan | None:
        """Return the plan that a first apply does; None where another process applies first.

        Nothing is locked, so that another process may apply between two readings: then the lock, or the
        record of that apply, is what refuses the plan.

        Raises:
            CallsheetError: as `held`.

        """
        if stores.ledger.position().lineage is not None:
            return None
        try:
            return self.held(plan, stores, stores.target.read())
        except CallsheetError:
            if stores.ledger.position().lineage is None:
                raise
            return None


def _lets_go(plan: Plan, desired: Desired, current: Current) -> bool:
    """Return whether a plan is one of `callsheet forget`: objects that the workspace no longer defines."""
    return all(
        one.action == "forget" and one.address in current.applied and one.address not in desired.actions
        for one in plan.changes
    )
