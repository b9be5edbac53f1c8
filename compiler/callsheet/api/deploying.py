"""A workspace → plans, and what becomes of them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from callsheet.api.clean import commit_of, refuse_unclean, refuse_unclean_plan, warnings_of
from callsheet.api.comparing import place_in
from callsheet.api.holding import Holding, read_current
from callsheet.deploying import (
    ApplyResult,
    Approval,
    Conduct,
    StepResult,
    Stores,
    apply_plan,
    require,
    settle_interrupted,
)
from callsheet.errors import CallsheetError
from callsheet.language import Environment
from callsheet.ledger import Provenance
from callsheet.planning import Current, Desired, Plan, make_plan
from callsheet.planning.planfile import part_of
from callsheet.targets import CheckingTarget, Deployed

_LOG = logging.getLogger("callsheet")


class Deploying(Holding):
    """Plans, and their application."""

    def plan(
        self,
        environment: str | None = None,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
        require_clean: bool = False,
    ) -> Plan:
        """Plan the way from what is deployed to what the workspace says.

        Args:
            environment: its name; may be left out where there is only one.
            accept: guards, impact classes or reason codes that the plan may hold.
            why: why they are accepted.
            require_clean: refuse files that are not those of a commit.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS973 for files that are not clean where they must be; CS803, CS9xx for what is
                wrong with the target or ledger.

        """
        chosen = self._valid(environment)
        if require_clean:
            refuse_unclean(self.root)
        with self._opened(chosen, writing=False) as stores:
            # What a target cannot hold is told before anything is planned for it.
            if isinstance(stores.target, CheckingTarget):
                compiled = self.compile().by_environment.get(chosen.name, {})
                stores.target.check(one.content for one in compiled.values())
            current = read_current(stores)
            desired, current = self._desired(chosen, stores, current, self.compile())
        _LOG.info(
            "%s: %d deployed, %d applied, serial %d",
            chosen.name,
            len(current.deployed),
            len(current.applied),
            current.position.serial,
        )
        self._made = self._plan(chosen, desired, current, commit_of(self.root), accept, why)
        return self._made

    def apply(
        self,
        plan: Plan,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
        require_clean: bool = False,
        run_url: str | None = None,
        keep_going: bool = False,
        author: str | None = None,
        stop: Callable[[], bool] = lambda: False,
        progress: Callable[[int], None] = lambda done: None,  # noqa: ARG005
    ) -> ApplyResult:
        """Apply a plan, exactly as it is or not at all.

        Args:
            plan: what to apply; checked against the ledger and the target first.
            accept: what is accepted beside what the plan itself records.
            why: why it is accepted, for the record.
            approvals: signatures of the plan.
            require_approval: want one approval at least, also where the environment wants none.
            require_clean: refuse a plan that was made from files that are not those of a commit.
            run_url: the CI run, for the record.
            keep_going: go on behind a step that fails.
            author: who applies; default: CALLSHEET_AUTHOR, GITHUB_ACTOR or the user's name.
            stop: asked between steps whether to stop.
            progress: told how many steps are settled.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS934 where the branch has moved and
                the plan would do something else now, CS950 to CS953 for its approvals, CS954 where the
                workspace does not imply what the plan does, CS973 where it must be made from a commit and
                was not.

        """
        chosen = self.environment(plan.environment)
        if plan.changes and not part_of(plan, by_hand=False).changes:
            raise CallsheetError(
                "CS840",
                f"the steps of {chosen.name} are done by hand, on the screen of Journey Optimizer",
                help="write a pack (`callsheet apply`), do its steps, and confirm them",
            )
        approvers = self._approvers(plan, chosen, approvals, require_approval=require_approval)
        if require_clean and plan.changes:
            refuse_unclean_plan(plan, self.root)
        conduct = Conduct(
            author=author or default_author(),
            now=utc_now,
            accepted=accept,
            provenance=Provenance(plan=None, approvers=approvers, run_url=run_url, reason=why or plan.why),
            keep_going=keep_going,
            stop=stop,
            progress=progress,
            place=place_in(self.compile(), chosen),
        )
        if not plan.changes:
            return ApplyResult(plan, plan.serial, "nothing", settled=self._settle_open(chosen))

        def hold(plan: Plan, stores: Stores, deployed: Mapping[str, Deployed]) -> Plan:
            held = self._held(plan, stores, deployed, accept=accept, signed=bool(approvers))
            return part_of(held, by_hand=False)

        if plan.lineage is None and plan is not self._made:
            # The first apply makes the database: not for a plan that is refused.
            with self._opened(chosen, writing=False) as stores:
                held = self._held_without_lock(plan, stores, accept=accept, signed=bool(approvers))
            if held is not None:
                if held.digest != plan.digest:
                    conduct = replace(conduct, provenance=replace(conduct.provenance, plan=plan.digest))
                plan = self._made = held
        with self._opened(chosen, writing=True) as stores:
            # A call of the API is no part of a transaction: what is noted of it must stay.
            apart = replace(stores, shared=None) if chosen.manual else stores
            return apply_plan(plan, apart, conduct, hold=hold)

    def _approvers(
        self,
        plan: Plan,
        environment: Environment,
        approvals: Sequence[Approval],
        *,
        require_approval: bool,
    ) -> tuple[str, ...]:
        """Return who approved a plan, as far as anything depends on it; raises CS950 to CS953."""
        wanted = environment.approvals
        # Where there is no repository to hold the plan to, a signature is what it can stand on.
        alone = bool(approvals) and plan is not self._made and commit_of(self.root) is None
        if wanted.count == 0 and (require_approval or alone):
            wanted = replace(wanted, count=1)
        if not wanted.count or not plan.changes:
            return ()
        return require(plan, wanted, approvals, self.root)

    def warnings_of(self, plan: Plan) -> list[str]:
        """Return what to know before a plan is applied: that it has no commit, or a dirty one."""
        return warnings_of(plan, self.root)

    def _settle_open(self, environment: Environment) -> list[StepResult]:
        """Settle what an interrupted apply has left open, where there is one; else nothing is locked."""
        with self._opened(environment, writing=False) as stores:
            if stores.ledger.open_apply() is None:
                return []
        with self._opened(environment, writing=True) as stores:
            return settle_interrupted(stores, stores.target.read(), utc_now())

    def drift(self, environment: str | None = None) -> Plan:
        """Compare what is deployed with what was applied; the plan's `drift` and `unmanaged` tell."""
        return self._drift_in(self.environment(environment))[0]

    def _drift_in(self, environment: Environment) -> tuple[Plan, Current]:
        with self._opened(environment, writing=False) as stores:
            current = read_current(stores)
        plan = make_plan(environment.name, Desired(actions={}), current, guards=environment.guards)
        return plan, current


def default_author() -> str:
    """Return who applies, where nobody says it."""
    import getpass

    for variable in ("CALLSHEET_AUTHOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def utc_now() -> str:
    """Return the time as the record holds it: RFC 3339, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
