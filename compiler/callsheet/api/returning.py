"""The ways back and around: rollback, adopting, forgetting, and steps that are done by hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from callsheet.api.clean import commit_of, refuse_unclean_plan
from callsheet.api.comparing import renames
from callsheet.api.deploying import Deploying, default_author, utc_now
from callsheet.api.holding import desired_of, read_current, rollback_plan
from callsheet.api.using import usage_for
from callsheet.compiling import Compiled
from callsheet.deploying import (
    ApplyResult,
    Approval,
    Conduct,
    check_guards,
    confirm_steps,
    refuse_unimplied,
)
from callsheet.documents import EditedSource, FolderSource
from callsheet.errors import CallsheetError
from callsheet.language.schema_check import nearest
from callsheet.ledger import Provenance
from callsheet.planning import Plan
from callsheet.planning.plan import forget_plan
from callsheet.targets import SnapshotTarget

if TYPE_CHECKING:
    from callsheet.planning.writing_back import WriteBack


class Returning(Deploying):
    """Plans that do not come from the workspace, and packs."""

    def pack(
        self,
        plan: Plan,
        *,
        accept: Collection[str] = (),
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
        require_clean: bool = False,
    ) -> dict[str, str]:
        """Return the files of a pack, by name: the steps of a plan that are done by hand; none without any.

        Nothing is recorded yet: what is not confirmed stays open in the next plan.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS950 to CS953 for its approvals,
                CS973 where it must be made from a commit and was not.

        """
        from callsheet.planning.planfile import part_of, with_digest
        from callsheet.reporting.pack import write_pack
        from callsheet.targets.journey_optimizer.titles import screen_for

        chosen = self.environment(plan.environment)
        approvers = self._approvers(plan, chosen, approvals, require_approval=require_approval)
        if require_clean and plan.changes:
            refuse_unclean_plan(plan, self.root)
        with self._opened(chosen, writing=False) as stores:
            current = read_current(stores)
            unreached = stores.target.unreached if isinstance(stores.target, SnapshotTarget) else None
            if unreached is not None and part_of(plan, by_hand=False).changes:
                # Half of the plan cannot be done now: nobody should begin with the other half.
                raise unreached
            plan = self._held(plan, stores, current.deployed, accept=accept, signed=bool(approvers))
            usage, _ = usage_for(stores, self.root, desired_of(self.compile(), chosen), current)
        used = {one.address_before: usage.journeys(one.address_before) for one in plan.changes}
        by_hand = part_of(with_digest(check_guards(plan, accept)), by_hand=True)
        return write_pack(by_hand, used, screen_for(chosen.target)) if by_hand.changes else {}

    def confirm(
        self, plan: Plan, names: Collection[str] = (), *, author: str | None = None, why: str | None = None
    ) -> ApplyResult:
        """Record that steps of a pack were done on the screen; all that are open, where none is named.

        Raises:
            CallsheetError: CS842 for a step that is not there or no longer fits, CS913 and CS915,
                CS954 for a step that the pack's commit does not imply.

        """
        chosen = self.environment(plan.environment)
        # A pack of uncommitted files is held to the files at hand, as a plan is.
        committed = plan.commit is not None and not plan.dirty and commit_of(self.root) is not None
        compiled = self.compile_revision(plan.commit or "") if committed else self.compile()
        refuse_unimplied(plan, compiled.by_environment.get(chosen.name, {}), renames(compiled))
        conduct = Conduct(
            author=author or default_author(),
            now=utc_now,
            provenance=Provenance(plan=plan.digest, approvers=(), run_url=None, reason=why or plan.why),
        )
        with self._opened(chosen, writing=True) as stores:
            return confirm_steps(plan, names, stores, conduct)

    def rollback(
        self,
        serial: int,
        environment: str | None = None,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
    ) -> Plan:
        """Plan the way back to what was applied behind an apply: a plan like any other.

        The workspace is not asked: it may still say otherwise, and the next plan from it will.

        Raises:
            CallsheetError: CS925 where there is no such apply, CS803, CS9xx for the target or ledger.

        """
        chosen = self.environment(environment)
        with self._opened(chosen, writing=False) as stores:
            return rollback_plan(
                chosen, serial, stores, read_current(stores), accept, why or f"rollback to {serial}"
            )

    def adopt(self, name: str, environment: str | None = None) -> str:
        """Return the text of a file for what is deployed and not of the workspace's.

        With the file in the workspace, the next plan takes the object over without touching it.

        Raises:
            CallsheetError: CS925 where nothing of that name is deployed, CS929 where the workspace has one,
                CS844 where no file can say what is deployed.

        """
        from callsheet.importing.adopting import definition_text
        from callsheet.planning.changes import content_of

        chosen = self.environment(environment)
        if name in self.compile().definitions:
            raise CallsheetError(
                "CS929",
                f"the workspace has `{name}` already",
                help="`callsheet plan` shows how they differ",
            )
        found = {one.address.partition("/")[2]: one for one in self.deployed(chosen.name).values()}
        if name not in found:
            raise CallsheetError(
                "CS925",
                f"nothing of the name `{name}` is deployed in {chosen.name}{nearest(name, found)}",
                help="`callsheet drift` lists what is deployed and not owned",
            )
        return definition_text(content_of(found[name]), found[name].digest)

    def write_back(self, environment: str | None = None) -> tuple[Plan, WriteBack]:
        """Find drift, and give the files that say what is deployed, as far as files say it plainly.

        Gives the plan whose `drift` tells, and the new contents; nothing is written here.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS803, CS9xx for the target or ledger.

        """
        from callsheet.planning.writing_back import write_back

        chosen = self._valid(environment)
        plan, current = self._drift_in(chosen)

        def compile_with(texts: Mapping[str, str]) -> Compiled:
            if not texts:
                return self.compile()
            return self._compiled_from(EditedSource(FolderSource(self.root), texts))

        found = write_back(plan.drift, current.applied, current.deployed, chosen.name, compile_with)
        source = EditedSource(FolderSource(self.root), found.texts)
        return plan, replace(found, texts={one: source.read(one).decode() for one in found.texts})

    def forget(self, names: Collection[str], environment: str | None = None) -> Plan:
        """Plan to let go of deployed objects: they stay where they are, and callsheet no longer owns them.

        Raises:
            CallsheetError: CS925 for a name that the ledger does not own, CS843 for one that the workspace
                still deploys.

        """
        chosen = self.environment(environment)
        desired = self._compiled_of(chosen.name)
        with self._opened(chosen, writing=False) as stores:
            current = read_current(stores)
        by_name = {address.partition("/")[2]: address for address in current.applied}
        addresses = []
        for name in names:
            if name not in by_name:
                raise CallsheetError(
                    "CS925",
                    f"callsheet deployed no `{name}` in {chosen.name}{nearest(name, by_name)}",
                    help="`callsheet list` and `callsheet history` show what it did",
                )
            if by_name[name] in desired:
                raise CallsheetError(
                    "CS843",
                    f"the workspace still deploys `{name}` in {chosen.name}",
                    help="remove its file, or leave it out of `select`, and then forget it",
                )
            addresses.append(by_name[name])
        return forget_plan(chosen.name, addresses, current, commit=commit_of(self.root))
