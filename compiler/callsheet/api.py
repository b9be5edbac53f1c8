"""The public Python API: a workspace, and what can be done with it. The command line calls this."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from callsheet.deploying import (
    ApplyResult,
    Approval,
    Conduct,
    Stores,
    applied_after,
    apply_plan,
    check_guards,
    check_state,
    compare_plans,
    confirm_steps,
    opened,
    refuse_applied,
    refuse_other,
    require,
)
from callsheet.errors import CallsheetError, UsageError
from callsheet.language import Environment
from callsheet.language.environment import overlaid_spots
from callsheet.language.schema_check import nearest
from callsheet.ledger import ApplyRecord, Provenance
from callsheet.planning import Change, Current, Desired, Plan, compare, make_plan
from callsheet.planning.plan import Side, forget_plan
from callsheet.planning.usage import read_usage
from callsheet.rendering import Compiled, CompiledAction, compile_workspace
from callsheet.targets import Deployed
from callsheet.workspace import FolderSource, Problem, RevisionSource, Source, current_commit
from callsheet.workspace import Path as ValuePath
from callsheet.workspace.revisions import resolve_revision

if TYPE_CHECKING:
    from callsheet.calling.cases import CaseResult
    from callsheet.calling.contracts.operations import Operation
    from callsheet.calling.emulator.routes import Route
    from callsheet.calling.generated import Refuse
    from callsheet.language import Action
    from callsheet.reporting.results import DiffResult, PreviewResult, RequestPair

_LOG = logging.getLogger("callsheet")


class InvalidWorkspaceError(CallsheetError):
    """The workspace has errors; `compiled.diagnostics` holds them."""

    def __init__(self, compiled: Compiled) -> None:
        number = len(compiled.errors)
        super().__init__(
            "CS924",
            f"the workspace has {number} error{'' if number == 1 else 's'}: nothing was done",
            help="`callsheet validate` shows them",
        )
        self.compiled = compiled


class Workspace:
    """A folder of action definitions.

    Args:
        path: the folder.
        cache: keep and use what an earlier run compiled, under `.callsheet/cache`.

    Raises:
        CallsheetError: CS927 where there is no such folder.

    """

    def __init__(self, path: str | os.PathLike[str], *, cache: bool = False) -> None:
        self.root = Path(path)
        self.cache = cache
        self._compiled: Compiled | None = None
        self._revisions: dict[str, Compiled] = {}
        if not self.root.is_dir():
            raise CallsheetError(
                "CS927",
                f"there is no folder {str(path)!r}",
                help="name the workspace with -C, or run `callsheet init` to write one",
            )

    def compile(self) -> Compiled:
        """Compile the workspace as it is on disk, once; its diagnostics tell what is wrong."""
        if self._compiled is None:
            begin = time.monotonic()
            self._compiled = found = compile_workspace(
                FolderSource(self.root), cache=self._cache_folder(), today=_today(), check=self._contracts
            )
            _LOG.info(
                "compiled %d files (%d anew, %d from the cache) for %d environments in %.2f s",
                found.files,
                found.computed,
                found.files - found.computed,
                len(found.concrete),
                time.monotonic() - begin,
            )
        return self._compiled

    def compile_revision(self, revision: str) -> Compiled:
        """Compile the workspace as a git revision holds it, once; raises CS922 and CS923."""
        commit = resolve_revision(self.root, revision)
        if commit not in self._revisions:
            source = RevisionSource(self.root, commit)
            self._revisions[commit] = compile_workspace(
                source, cache=self._cache_folder(), today=_today(), check=self._contracts
            )
        return self._revisions[commit]

    def environment(self, name: str | None) -> Environment:
        """Give an environment by its name, or the only one; raises CS921."""
        compiled = self.compile()
        concrete = {one.name: one for one in compiled.concrete}
        if name is None and len(concrete) == 1:
            return next(iter(concrete.values()))
        if name is not None and name in compiled.environments:
            return compiled.environments[name]
        known = ", ".join(sorted(concrete)) or "none"
        if name is None:
            raise UsageError("CS921", "which environment?", help=f"give one with -e: {known}")
        raise UsageError(
            "CS921",
            f"there is no environment `{name}`{nearest(name, compiled.environments)}",
            help=f"the environments are: {known}",
        )

    def plan(
        self, environment: str | None = None, *, accept: Collection[str] = (), why: str | None = None
    ) -> Plan:
        """Plan the way from what is deployed to what the workspace says.

        Args:
            environment: its name; may be left out where there is only one.
            accept: guards, impact classes or reason codes that the plan may hold.
            why: why they are accepted.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS803, CS9xx for what is wrong with the target or ledger.

        """
        chosen = self._valid(environment)
        with opened(chosen, self.root, writing=False) as stores:
            current = read_current(stores)
        _LOG.info(
            "%s: %d deployed, %d applied, serial %d",
            chosen.name,
            len(current.deployed),
            len(current.applied),
            current.position.serial,
        )
        return self._plan(chosen, current, accept, why)

    def apply(
        self,
        plan: Plan,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
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
            run_url: the CI run, for the record.
            keep_going: go on behind a step that fails.
            author: who applies; default: CALLSHEET_AUTHOR, GITHUB_ACTOR or the user's name.
            stop: asked between steps whether to stop.
            progress: told how many steps are settled.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS934 where the branch has moved and
                the plan would do something else now, CS950 to CS953 for its approvals.

        """
        chosen = self.environment(plan.environment)
        if chosen.manual:
            raise CallsheetError(
                "CS840",
                f"the steps of {chosen.name} are done by hand, on the screen of Journey Optimizer",
                help="write a pack (`callsheet apply`), do its steps, and confirm them",
            )
        wanted = chosen.approvals
        if require_approval and wanted.count == 0:
            wanted = replace(wanted, count=1)
        approvers: tuple[str, ...] = ()
        if wanted.count and plan.changes:
            approvers = require(plan, wanted, approvals, self.root)
        approved, plan = plan, self._as_of_now(plan, chosen, accept)
        conduct = Conduct(
            author=author or default_author(),
            now=utc_now,
            accepted=accept,
            provenance=Provenance(
                plan=None if plan is approved else approved.digest,
                approvers=approvers,
                run_url=run_url,
                reason=why or plan.why,
            ),
            keep_going=keep_going,
            stop=stop,
            progress=progress,
        )
        with opened(chosen, self.root, writing=bool(plan.changes)) as stores:
            if not plan.changes:
                return ApplyResult(plan, plan.serial, "nothing")
            return apply_plan(plan, stores, conduct)

    def pack(
        self,
        plan: Plan,
        *,
        accept: Collection[str] = (),
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
    ) -> dict[str, str]:
        """Give the files of a pack, by name: the steps of a plan that are done by hand.

        Nothing is recorded yet: what is not confirmed stays open in the next plan.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS950 to CS953 for its approvals.

        """
        from callsheet.planning.planfile import with_digest
        from callsheet.reporting.pack import write_pack

        chosen = self.environment(plan.environment)
        wanted = chosen.approvals
        if require_approval and wanted.count == 0:
            wanted = replace(wanted, count=1)
        if wanted.count and plan.changes:
            require(plan, wanted, approvals, self.root)
        with opened(chosen, self.root, writing=False) as stores:
            check_state(plan, stores.target, stores.ledger, stores.target.read())
        used = read_usage(self.root, chosen.target)
        return write_pack(with_digest(check_guards(plan, accept)), used)

    def confirm(
        self, plan: Plan, names: Collection[str] = (), *, author: str | None = None, why: str | None = None
    ) -> ApplyResult:
        """Record that steps of a pack were done on the screen; all that are open, where none is named.

        Raises:
            CallsheetError: CS842 for a step that is not there or no longer fits, CS913 and CS915.

        """
        chosen = self.environment(plan.environment)
        conduct = Conduct(
            author=author or default_author(),
            now=utc_now,
            provenance=Provenance(plan=plan.digest, approvers=(), run_url=None, reason=why or plan.why),
        )
        with opened(chosen, self.root, writing=True) as stores:
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
        with opened(chosen, self.root, writing=False) as stores:
            current = read_current(stores)
            if not 1 <= serial <= current.position.serial:
                raise CallsheetError(
                    "CS925",
                    f"there is no apply {serial} in {chosen.name}",
                    help="`callsheet history` lists them",
                )
            then, renamed = stores.ledger.applied_at(serial)
        actions = {
            address: CompiledAction(address, chosen.name, one.canonical, one.digest)
            for address, one in then.items()
        }
        return make_plan(
            chosen.name,
            Desired(actions=actions, renamed_from=renamed),
            current,
            guards=chosen.guards,
            accepted=accept,
            why=why or f"rollback to {serial}",
        )

    def adopt(self, name: str, environment: str | None = None) -> str:
        """Give the text of a file for what is deployed and not of the workspace's.

        With the file in the workspace, the next plan takes the object over without touching it.

        Raises:
            CallsheetError: CS925 where nothing of that name is deployed, CS929 where the workspace has one,
                CS844 where no file can say what is deployed.

        """
        from callsheet.importing.adopting import definition_text
        from callsheet.planning.plan import content_of

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

    def forget(self, names: Collection[str], environment: str | None = None) -> Plan:
        """Plan to let go of deployed objects: they stay where they are, and callsheet no longer owns them.

        Raises:
            CallsheetError: CS925 for a name that the ledger does not own, CS843 for one that the workspace
                still deploys.

        """
        chosen = self.environment(environment)
        desired = self._compiled_of(chosen.name)
        with opened(chosen, self.root, writing=False) as stores:
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
        return forget_plan(chosen.name, addresses, current, commit=current_commit(self.root))

    def _as_of_now(self, plan: Plan, environment: Environment, accept: Collection[str]) -> Plan:
        """Plan anew where the branch has moved; what would be done must be what the plan says."""
        commit = current_commit(self.root)
        if plan.commit is None or commit is None or commit.id == plan.commit or not plan.changes:
            return plan
        _refuse_invalid(self.compile())
        with opened(environment, self.root, writing=False) as stores:
            refuse_applied(plan, stores.ledger)
            current = read_current(stores)
        refuse_other(plan, current.target, current.position)
        accepted = {*accept, *(one.guard for one in plan.guards if one.verdict == "accepted")}
        now = self._plan(environment, current, accepted, plan.why)
        compare_plans(plan, now)
        return now

    def drift(self, environment: str | None = None) -> Plan:
        """Compare what is deployed with what was applied; the plan's `drift` and `unmanaged` tell."""
        chosen = self.environment(environment)
        with opened(chosen, self.root, writing=False) as stores:
            current = read_current(stores)
        return make_plan(chosen.name, Desired(actions={}), current, guards=chosen.guards)

    def diff(self, environment: str | None = None) -> dict[str, list[Change]]:
        """Compare the workspace with what is deployed, by environment."""
        chosen = self._valid(environment)
        return {chosen.name: _compared(self.deployed(chosen.name), self.compile(), chosen)}

    def diff_revisions(self, base: str, head: str | None = None) -> dict[str, list[Change]]:
        """Compare what two revisions compile to, for every environment of either.

        `head` is None for the files as they are. No target, ledger or credential is needed.
        """
        after = self.compile() if head is None else self.compile_revision(head)
        before = self.compile_revision(base)
        _refuse_invalid(after)
        # What is wrong with the base is for the base to mend, and a fix of it must be reviewable. But what
        # could not be read or compiled there cannot be compared: it would look as if it were new.
        if before.incomplete or any(one.code < "CS3" for one in before.errors):
            raise InvalidWorkspaceError(before)
        names = sorted({*before.by_environment, *after.by_environment})
        found = {}
        for name in names:
            found[name] = _compared(
                before.by_environment.get(name, {}), after, after.environments.get(name)
            )
        return found

    def review(
        self, base: str | None, head: str | None = None, environment: str | None = None
    ) -> DiffResult:
        """Compare as a reviewer does: the changes, and what they mean for requests, data and hosts.

        Args:
            base: a revision; None compares with what is deployed in one environment.
            head: a revision; None for the files as they are.
            environment: only this one; with no base, which one.

        Raises:
            InvalidWorkspaceError: where either side has errors.
            CallsheetError: CS922, CS923 for the revisions, CS9xx for a target.

        """
        from callsheet.planning.review import data_flows, policy_changes, shared_changes
        from callsheet.reporting.results import DiffResult

        if base is None:
            changes = self.diff(environment)
            return DiffResult(base=None, environments=changes, flows=data_flows(changes))
        changes = self.diff_revisions(base, head)
        if environment is not None:
            changes = {environment: changes.get(environment, [])}
        before = self.compile_revision(base)
        after = self.compile() if head is None else self.compile_revision(head)
        return DiffResult(
            base=base,
            environments=changes,
            requests=_requests(before, after, changes),
            flows=data_flows(changes),
            shared=shared_changes(before, after, changes),
            policies=policy_changes(before, after),
        )

    def test(
        self,
        names: Collection[str] = (),
        environment: str | None = None,
        *,
        generated: bool = True,
        words: str = "",
    ) -> list[CaseResult]:
        """Run the test cases of actions, in every environment that deploys them; nothing is sent.

        Args:
            names: of actions; all of them, where it is empty.
            environment: only this one.
            generated: run the cases that follow from the parameters, beside the declared ones.
            words: only cases whose action and name hold these words.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS925 for an action that is not there.

        """
        from callsheet.calling.running import run_cases

        compiled = self.compile()
        _refuse_invalid(compiled)
        for name in names:
            if name not in compiled.actions:
                raise CallsheetError(
                    "CS925",
                    f"there is no action `{name}`{nearest(name, compiled.actions)}",
                    help="`callsheet list` shows the actions",
                )
        return run_cases(
            compiled, names, environment, generated=generated, words=words, refuse=self._refuser
        )

    def message(self, name: str, environment: str) -> dict[str, Any]:
        """Give a compiled message of an environment.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS925 where there is no such message.

        """
        compiled = self._compiled_of(environment)
        found = compiled.get(f"Message/{name}")
        if found is None:
            known = [one.name for address, one in compiled.items() if address.startswith("Message/")]
            raise CallsheetError(
                "CS925",
                f"there is no message `{name}` in {environment}{nearest(name, known)}",
                help=f"the messages are: {', '.join(known) or 'none'}",
            )
        return found.content

    def preview(
        self, name: str, environment: str, params: Mapping[str, Any], languages: Collection[str] = ()
    ) -> PreviewResult:
        """Fill a message in each of its languages; what is not given is the example of its parameter.

        Raises:
            CallsheetError: CS925 for the message or a language, CS926 for the parameters.

        """
        from callsheet.calling.generated import standard_values
        from callsheet.calling.messages import fill_message, languages_of
        from callsheet.calling.messages.hints import hints_of
        from callsheet.language import in_language
        from callsheet.planning.personal_data import receiver_of
        from callsheet.reporting.results import PreviewResult

        content = self.message(name, environment)
        known = languages_of(content)
        for one in languages:
            if one not in known:
                raise CallsheetError(
                    "CS925",
                    f"the message `{name}` is not written in `{one}`{nearest(one, known)}",
                    help=f"its languages are: {', '.join(known)}",
                )
        values = {**(standard_values(content.get("parameters", {})) or {}), **params}
        texts = [fill_message(content, values, one) for one in known if not languages or one in languages]
        return PreviewResult(
            environment=environment,
            name=name,
            title=in_language(content.get("title"), "en"),
            channel=content["channel"],
            receiver=receiver_of(content),
            texts=texts,
            hints={one.language: hints_of(content["channel"], one) for one in texts},
        )

    def _compiled_of(self, environment: str) -> dict[str, CompiledAction]:
        compiled = self.compile()
        _refuse_invalid(compiled)
        return compiled.by_environment.get(environment, {})

    def operation(self, name: str) -> Operation | None:
        """Give what the contract of an action says of its call; None without a contract."""
        from callsheet.calling.contracts import operation_of

        return operation_of(self.compile().actions[name], FolderSource(self.root))

    def routes(self, environment: str | None = None) -> list[Route]:
        """Give what an emulator of the workspace answers to: every action, in every environment or in one.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: CS921 for the environment.

        """
        from callsheet.calling.emulator.routes import routes_of

        compiled = self.compile()
        _refuse_invalid(compiled)
        names = [self.environment(environment).name] if environment else list(compiled.by_environment)
        operations = {name: self.operation(name) for name in compiled.actions}
        return [
            route
            for name in names
            for one in compiled.by_environment.get(name, {}).values()
            if one.name in compiled.actions
            for route in routes_of(one.content, name, operations[one.name])
        ]

    def deployed(self, environment: str | None = None) -> dict[str, Deployed]:
        """Give what the target of an environment answers now, by address."""
        with opened(self.environment(environment), self.root, writing=False) as stores:
            return stores.target.read()

    def history(self, environment: str | None = None) -> tuple[str | None, list[ApplyRecord]]:
        """Give the ledger's lineage, and every apply, newest first."""
        with opened(self.environment(environment), self.root, writing=False) as stores:
            return stores.ledger.position().lineage, stores.ledger.history()

    def _valid(self, environment: str | None) -> Environment:
        _refuse_invalid(self.compile())
        return self.environment(environment)

    def _plan(
        self, environment: Environment, current: Current, accept: Collection[str], why: str | None = None
    ) -> Plan:
        compiled = self.compile()
        return make_plan(
            environment.name,
            replace(desired_of(compiled, environment), used=read_usage(self.root, environment.target)),
            current,
            guards=environment.guards,
            commit=current_commit(self.root),
            accepted=accept,
            why=why,
        )

    def _refuser(self, action: Action) -> Refuse:
        """Give what tells what an action's contract would refuse of a payload."""
        operation = self.operation(action.name)
        if operation is None or action.contract is None:
            return lambda payload: None  # noqa: ARG005
        from callsheet.calling.contracts.check import body_fault

        ignored = [one["path"] for one in action.contract.get("ignore") or ()]
        return lambda payload: body_fault(operation, payload, ignored)

    def _contracts(self, compiled: Compiled, source: Source) -> Iterable[Problem]:
        """Check what names a contract; where nothing does, nothing is imported."""
        if not any(one.contract for one in compiled.actions.values()):
            return ()
        from callsheet.calling.contracts import check_contracts

        return check_contracts(compiled, source, self._cache_folder())

    def _cache_folder(self) -> Path | None:
        return self.root / ".callsheet" / "cache" if self.cache else None


def read_current(stores: Stores) -> Current:
    """Read target and ledger; open steps of an interrupted apply count as what became of them."""
    target = stores.target.identity()
    with stores.snapshot():
        deployed = stores.target.read()
        return Current(
            target=target,
            position=stores.ledger.position(),
            applied=applied_after(stores.ledger.applied(), stores.ledger.open_apply(), deployed),
            deployed=deployed,
        )


def desired_of(compiled: Compiled, environment: Environment) -> Desired:
    """Give what a compiled workspace wants of one environment."""
    return Desired(
        actions=compiled.by_environment.get(environment.name, {}),
        renamed_from=_renames(compiled),
        place=place_in(compiled, environment),
    )


def place_in(
    compiled: Compiled, environment: Environment
) -> Callable[[str, ValuePath], tuple[str, int, int] | None]:
    """Give the function that tells where a field of a compiled action is written."""

    def place(address: str, path: ValuePath) -> tuple[str, int, int] | None:
        action = compiled.definitions.get(address.partition("/")[2])
        if action is None:
            return None
        if not path:
            return action.document.file, action.document.line, 1
        source = ("lifecycle", "protect") if path == ("protect",) else path
        document, there = overlaid_spots("", action, environment).where(source)
        span = document.places.key(there) if there in document.places.keys else document.place(there)
        return document.file, span.line, span.column

    return place


def default_author() -> str:
    """Give who applies, where nobody says it."""
    import getpass

    for variable in ("CALLSHEET_AUTHOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        if os.environ.get(variable):
            return os.environ[variable]
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


def utc_now() -> str:
    """Give the time as the record holds it: RFC 3339, UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _today() -> date:
    """Give the day by which exceptions of policies expire: the same for everybody, by UTC."""
    return datetime.now(UTC).date()


def _renames(compiled: Compiled) -> dict[str, str]:
    return {
        one.address: f"{one.kind}/{one.renamed_from}"
        for one in compiled.definitions.values()
        if one.renamed_from
    }


def _compared(before: Mapping[str, Side], after: Compiled, environment: Environment | None) -> list[Change]:
    if environment is None:
        return compare(before, {}, renamed_from={})
    now = after.by_environment.get(environment.name, {})
    return compare(before, now, renamed_from=_renames(after), place=place_in(after, environment))


def _refuse_invalid(compiled: Compiled) -> None:
    # What did not compile must never look as if it were not wanted: it would be deleted.
    if compiled.errors or compiled.incomplete:
        raise InvalidWorkspaceError(compiled)


def _requests(
    before: Compiled, after: Compiled, environments: Mapping[str, list[Change]]
) -> dict[tuple[str, str], RequestPair]:
    """Give the request of each changed action's first test case, before and after."""
    from callsheet.reporting.results import RequestPair

    found = {}
    for environment, changes in environments.items():
        for change in changes:
            old = _sample(before, environment, change.address_before, change.before)
            new = _sample(after, environment, change.address, change.after)
            if old or new:
                case = (new or old or ("", []))[0]
                found[(environment, change.address)] = RequestPair(
                    case=case, lines_before=old[1] if old else [], lines_after=new[1] if new else []
                )
    return found


def _sample(
    compiled: Compiled, environment: str, address: str, content: Mapping[str, object] | None
) -> tuple[str, list[str]] | None:
    from callsheet.calling.samples import sample_request
    from callsheet.reporting.text_lists import request_lines

    action = compiled.actions.get(address.partition("/")[2])
    if action is None or content is None:
        return None
    found = sample_request(action, content, environment)
    return (found[0], request_lines(found[1])) if found else None
