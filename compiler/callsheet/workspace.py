"""The spine: a folder of definitions, and one method for each verb of the product.

Each method reads as the task does, over functions of the rooms. The command line calls these methods and
nothing else; what needs no workspace is in `standalone`.
"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from callsheet import results
from callsheet.compiling import Compiled
from callsheet.compiling.chosen import changed_between, findings_of, names_of, refuse_unread
from callsheet.compiling.compilations import Compilations
from callsheet.compiling.model import Canonical
from callsheet.compiling.selecting import (
    actions_in,
    contents_of,
    environment_named,
    environments_named,
    message_in,
    objects_in,
    refuse_errors_in,
    refuse_errors_of,
    refuse_invalid,
    refuse_undefined_actions,
    refuse_unknown_actions,
    without_kinds,
)
from callsheet.compiling.spread import Spread
from callsheet.compiling.surroundings import documents_of
from callsheet.documents import EditedSource, FolderSource, Problem, Source
from callsheet.errors import ArgumentError, CallsheetError, InvalidWorkspaceError
from callsheet.language import Environment
from callsheet.language.addresses import Address
from callsheet.language.diagnostics import diagnose
from callsheet.language.selection import Selection
from callsheet.outbound.hosts import VARIABLE, AllowedHosts, allowed_hosts
from callsheet.watching import Watching, unwatched

if TYPE_CHECKING:
    from callsheet.calling.cases import CaseResult
    from callsheet.contracts import Contracts
    from callsheet.contracts.operations import Operation
    from callsheet.deploying.agreement import Agreement
    from callsheet.deploying.approvals import Approval
    from callsheet.deploying.executor import ApplyResult
    from callsheet.deploying.stores import Stores
    from callsheet.emulator.playing import Call
    from callsheet.emulator.routes import Route
    from callsheet.emulator.session import EmulatorSession
    from callsheet.importing.several import Place
    from callsheet.messages.sending import Ask
    from callsheet.outbound.hosts import Origin
    from callsheet.planning.chosen import Chosen
    from callsheet.planning.model import Change, Plan
    from callsheet.planning.plan import Current
    from callsheet.planning.sides import Side
    from callsheet.relay import Reading, RelaySession, RelaySettings
    from callsheet.targets import Deployed

Parameters = Mapping[str, Any] | Sequence[str]
"""Values by name, or as the command line has them: `NAME=VALUE`, or a file that holds a mapping."""


def _each(names: Collection[str]) -> tuple[str, ...]:
    """Return names as a tuple: a text is one name, and not a collection of its letters."""
    return (names,) if isinstance(names, str) else tuple(names)


def _accepted(accept: Collection[str]) -> tuple[str, ...]:
    """Return what is accepted, as a tuple; raises CS351 for what no plan can contain."""
    from callsheet.planning.gates import refuse_unknown_accepted

    names = _each(accept)
    refuse_unknown_accepted(names)
    return names


def _selection(select: Collection[str], exclude: Collection[str], names: Collection[str] = ()) -> Selection:
    """Return what is asked for; names beside it are words of it, and alone they are no selection."""
    chosen, excluded = _each(select), _each(exclude)
    return Selection(select=(*_each(names), *chosen) if chosen or excluded else (), exclude=excluded)


def _selection_of(plan: Plan) -> Selection:
    """Return the selection that a plan was made with; an empty one for everything."""
    found = plan.selection
    return Selection() if found is None else Selection(select=found.select, exclude=found.exclude)


def _utf8(text: str) -> str:
    """Return a text that can be recorded: a byte that is not UTF-8 stands as its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


Written = TypeVar("Written", "results.Extraction", "results.ImportedOperations")


class Workspace:
    """A folder of action definitions.

    Args:
        path: the folder.
        cache: keep and use what an earlier run compiled, under `.callsheet/cache`.
        allow_hosts: hosts to which a secret may go beside the service's own, as those that the environment
            variable CALLSHEET_ALLOW_HOSTS names.
        now: returns the time for what is recorded, and the day on which exceptions of policies expire.
        jobs: compile in at most so many processes; None for one for each processor.
        dask: compile by Dask: the address of a scheduler, or `local:N` for N workers on this machine.
        watching: who watches long work, as `callsheet.watching.Watching`.
        require_contracts: an optional contract that is not installed is an error, and not a note.

    Raises:
        CallsheetError: CS927 where there is no such folder; ArgumentError for `jobs` and `dask`.

    The files are read once, when they are first needed, and again after a method has written some. After
    others have changed them, `reread` forgets what was read. One name may stand where several may:
    `accept="drift"`.

    Every method that is named after a verb raises `InvalidWorkspaceError` where the workspace has errors
    that concern it, and `CallsheetError` with CS921 for an environment that is not there.

    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        cache: bool = False,
        allow_hosts: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        jobs: int | None = None,
        dask: str | None = None,
        watching: Watching = unwatched,
        require_contracts: bool = False,
    ) -> None:
        self.root = Path(path)
        self.cache = cache
        self.allow_hosts = _each(allow_hosts)
        self.now = now
        folder = self.root / ".callsheet" / "cache" if cache else None
        self.watching = watching
        self.require_contracts = require_contracts
        spread = Spread.read(jobs, dask, watching)
        variant = "all contracts" if require_contracts else "installed contracts"
        self._compilations = Compilations(self.root, folder, self._today, self._contracts, spread, variant)
        self._made: Plan | None = None
        self._described: tuple[Compiled, Contracts] | None = None
        if not os.path.isdir(path):
            raise CallsheetError(
                "CS927",
                f"there is no folder {str(path)!r}",
                help="name the workspace with -C, or run `callsheet init` to write one",
            )

    # Read and compile -------------------------------------------------------------------------------

    def compile(self) -> Compiled:
        """Compile the workspace as it is on disk, once; its diagnostics say what is wrong."""
        return self._compilations.now()

    def reread(self) -> None:
        """Read the files again when they are needed next; a plan made before is held to them."""
        self._compilations.forget()
        self._made = None

    def compile_revision(self, revision: str) -> Compiled:
        """Compile the workspace as a git revision holds it, once; raises CS922 and CS923."""
        return self._compilations.at(revision)

    def environment(self, name: str | None = None) -> Environment:
        """Return an environment by its name, or the only one; raises CS921."""
        return environment_named(self.compile(), name)

    def validate(
        self, *, select: Collection[str] = (), exclude: Collection[str] = ()
    ) -> results.ValidationResult:
        """Check every document and everything that it compiles to, for every environment.

        With a selection, the findings are those of what it selects, and those that may concern anything.

        Raises:
            CallsheetError: CS335 and CS336 for the selection.

        """
        found = self.compile()
        selection = _selection(select, exclude)
        if selection:
            names = names_of(selection, found, self._changed_in(found, None))
            return results.ValidationResult(
                diagnostics=findings_of(found, names),
                documents=len(names),
                notes=found.notes,
                checked="selected definition",
            )
        return results.ValidationResult(
            diagnostics=[*found.diagnostics], documents=found.documents, notes=found.notes
        )

    def list(self, environment: str | None = None, *, language: str = "en") -> results.ListResult:
        """List what is defined, and which environments select it; with an environment, what it selects."""
        compiled = self.compile()
        chosen = environments_named(compiled, environment)
        definitions = compiled.definitions.values()
        reach = {it.name: [one.name for one in chosen if one.deploys(it)] for it in definitions}
        shown = [one for one in definitions if environment is None or reach[one.name]]
        return results.ListResult(actions=shown, environments=reach, language=language)

    def catalog(self, environments: Collection[str] = ()) -> results.CatalogResult:
        """Return everything that is defined, with what is deployed of it in these environments.

        A workspace with errors has a catalog as well: what is broken is an entry with its findings. An
        environment whose target or ledger cannot be read is one of which nothing is known.

        Raises:
            CallsheetError: CS921 for an environment that is not there.

        """
        from callsheet.contracts.states import contract_states
        from callsheet.deploying.cataloguing import (
            Asked,
            CatalogResult,
            entries_of,
            expiring_of,
            others_of,
        )
        from callsheet.deploying.clean import commit_of
        from callsheet.deploying.file_changes import file_changes
        from callsheet.deploying.seen import Seen, not_known, seen_in
        from callsheet.documents.file_history import file_history
        from callsheet.importing.starts import starts_of
        from callsheet.rules.ignores import adjusted_of

        compiled = self.compile()
        asked = [environment_named(compiled, one).name for one in _each(environments)]
        seen = {one.name: Seen() for one in compiled.concrete}
        for name in dict.fromkeys(asked):
            try:
                chosen = self.environment(name)
                with self._opened(chosen, writing=False) as stores:
                    seen[name] = seen_in(stores, self.root, compiled, chosen, self.now())
            except CallsheetError as error:
                seen[name] = not_known(error)
        commit = commit_of(self.root)
        contracts = contract_states(compiled.actions.values(), self._contracts_now())
        commits = file_history(self.root)
        return CatalogResult(
            entries=entries_of(compiled, Asked(seen=seen, tested=self._cases(), contracts=contracts)),
            environments=seen,
            findings=compiled.diagnostics,
            screens={one.name: one.target or {} for one in compiled.concrete if one.manual},
            expiring=expiring_of(compiled),
            others=others_of(compiled, seen),
            commits=commits,
            read_changes=file_changes(self.root, commits),
            commit="" if commit is None else commit.id,
            dirty=commit is not None and commit.dirty,
            made_at=self._time(),
            severity=adjusted_of(compiled.settings),
            read_starts=partial(starts_of, self.root, self._place()),
        )

    def _cases(self) -> Sequence[CaseResult]:
        """Run the test cases that are written, of the actions that no error concerns."""
        compiled = self.compile()
        if not compiled.errors:
            return self.test(generated=False).cases
        found: list[CaseResult] = []
        for name in (one.name for one in compiled.concrete):
            there = actions_in(compiled, name)
            whole = [
                one.name
                for one in compiled.actions.values()
                if one.address in there and not compiled.errors_of((one.name,), name)
            ]
            if whole:
                found += self.test(whole, name, generated=False).cases
        return found

    def show(
        self, name: str, environment: str | None = None, *, deployed: bool = False
    ) -> results.ShowResult:
        """Return an object in every environment, or in one, as the workspace or the target has it.

        Raises:
            CallsheetError: CS925 where it is in none of them.

        """
        from callsheet.deploying.showing import not_shown, shown_as_compiled, shown_as_deployed

        compiled = self.compile()
        (name,) = self._bare((name,))
        found = {}
        for one in environments_named(compiled, environment):
            if deployed:
                found[one.name] = shown_as_deployed(self.deployed(one.name), name, compiled)
            else:
                found[one.name] = shown_as_compiled(compiled, name, one.name)
        there = {where: one for where, one in found.items() if one is not None}
        if not there:
            raise not_shown(compiled, name, deployed=deployed)
        return results.ShowResult(name=name, environments=there)

    # Render, test and send --------------------------------------------------------------------------

    def render(
        self,
        names: Sequence[str] = (),
        environment: str | None = None,
        *,
        revision: str | None = None,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.RenderResult:
        """Return compiled actions of an environment; all of them, where none is named.

        Raises:
            CallsheetError: CS925 for a name, CS922 and CS923 for the revision, CS335 and CS336 for the
                selection.

        """
        chosen, compiled = self.environment(environment).name, self._compilations.at(revision)
        wanted = self._named(compiled, names, select, exclude, chosen, revision=revision)
        return results.RenderResult(environment=chosen, actions=contents_of(compiled, chosen, wanted))

    def origins(
        self,
        names: Sequence[str] = (),
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.RenderResult:
        """Return compiled actions of an environment with where each of their fields comes from.

        Raises:
            CallsheetError: CS925 for a name, CS335 and CS336 for the selection.

        """
        from callsheet.compiling.origins import origins_of

        chosen, compiled = self.environment(environment), self.compile()
        wanted = self._named(compiled, names, select, exclude, chosen.name)
        actions = contents_of(compiled, chosen.name, wanted)
        found = {one["name"]: origins_of(compiled, chosen, one["name"]) for one in actions}
        return results.RenderResult(environment=chosen.name, actions=actions, origins=found)

    def render_all(
        self,
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.WorkspaceResult:
        """Return every compiled action, of every environment or of one; raises CS335 and CS336."""
        compiled = self.compile()
        chosen = environments_named(compiled, environment)
        names = self._named(compiled, (), select, exclude)
        found = {}
        for one in chosen:
            there = {it.name for it in compiled.by_environment.get(one.name, {}).values()}
            wanted = None if names is None else [name for name in names if name in there]
            found[one.name] = contents_of(compiled, one.name, wanted)
        return results.WorkspaceResult(environments=found)

    def request(
        self,
        names: Sequence[str],
        environment: str | None = None,
        params: Parameters = (),
        *,
        language: str | None = None,
        revision: str | None = None,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.RenderResult:
        """Return the requests that would leave for actions and messages; secrets stay references.

        Raises:
            CallsheetError: CS925 for a name, CS926 for the parameters, CS922 and CS923 for the revision,
                CS335 and CS336 for the selection.

        """
        from callsheet.messages.sending import sending_of

        chosen, compiled = self.environment(environment), self._compilations.at(revision)
        wanted = self._named(compiled, names, select, exclude, chosen.name, revision=revision)
        if wanted is None:
            wanted = [one["name"] for one in contents_of(compiled, chosen.name)]
        sendings = [sending_of(compiled, chosen, name, params, language) for name in wanted]
        return results.RenderResult(
            environment=chosen.name, requests=[(one.content["name"], one.request()) for one in sendings]
        )

    def test(
        self,
        names: Collection[str] = (),
        environment: str | None = None,
        *,
        generated: bool = True,
        words: str = "",
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.TestResult:
        """Run the test cases of actions, in every environment that deploys them; nothing is sent.

        Args:
            names: of actions; all of them, where it is empty.
            environment: only this one.
            generated: run the cases that follow from the parameters, beside the declared ones.
            words: only cases whose action and name hold these words.
            select: what else to test, by name, pattern, label and so on, as `callsheet test --help` lists.
            exclude: what not to test.

        Raises:
            CallsheetError: CS925 for an action that is not there, CS335 and CS336 for the selection, CS350
                for words that no case holds.

        """
        from callsheet.calling.running import run_cases
        from callsheet.contracts.payloads import refuser_of

        compiled = self.compile()
        chosen = [one.name for one in environments_named(compiled, environment)]
        only = chosen[0] if environment is not None else None
        wanted = self._named(compiled, names, select, exclude, only, kind="Action")
        if wanted is None and environment is None:
            refuse_invalid(compiled)
        refuse_undefined_actions(compiled, wanted or ())
        for one in chosen:
            refuse_errors_of(compiled, compiled.actions if wanted is None else wanted, one)
        refuse = refuser_of(self.operation)
        with self.watching("Testing", len(compiled.actions if wanted is None else wanted)) as progress:
            cases = run_cases(
                compiled, wanted, only, generated=generated, words=words, refuse=refuse, progress=progress
            )
        return results.TestResult(cases=cases)

    def update_tests(self, found: results.TestResult) -> Sequence[str]:
        """Write what was made into the files as what failed cases expect; returns the files.

        Raises:
            CallsheetError: CS937 for a case that differs by environment, or that cannot be written.

        """
        from callsheet.calling.expectations import updated_files

        texts = updated_files(self.compile().actions, found.cases)
        for file, text in texts.items():
            self.rewrite(file, text)
        return tuple(texts)

    def journey(
        self, names: Sequence[str] = (), environment: str | None = None, *, language: str = "en"
    ) -> results.JourneyResult:
        """Return actions as the screen of Journey Optimizer and its journeys hold them.

        Args:
            names: of actions; all of them, where it is empty.
            environment: may be left out where there is only one.
            language: of labels.

        Raises:
            CallsheetError: CS925 for a name.

        """
        from callsheet.targets.journey_optimizer.forms import form_for
        from callsheet.targets.journey_optimizer.lowering import relay_call

        chosen = self.environment(environment)
        compiled, names = self.compile(), self._bare(names)
        refuse_undefined_actions(compiled, names)
        contents = contents_of(compiled, chosen.name, names or None)
        calls = {one["name"]: relay_call(one) for one in contents if "relay" in one}
        form = partial(form_for, language=language, target=chosen.target)
        return results.JourneyResult(
            environment=chosen.name,
            language=language,
            forms={one["name"]: form(one) for one in contents if "request" in one},
            relayed={name: form(call) for name, call in calls.items()},
        )

    def preview(
        self,
        name: str,
        environment: str | None = None,
        params: Parameters = (),
        *,
        languages: Collection[str] = (),
    ) -> results.PreviewResult:
        """Fill a message in each of its languages; what is not given is the example of its parameter.

        Raises:
            CallsheetError: CS925 for the message or a language, CS926 for the parameters.

        """
        from callsheet.calling.receivers import receiver_of
        from callsheet.language import in_language
        from callsheet.messages.hints import hints_of
        from callsheet.messages.previewing import sample_texts

        chosen = self.environment(environment).name
        (name,) = self._bare((name,))
        content = message_in(self.compile(), chosen, name)
        texts = sample_texts(content, params, languages)
        return results.PreviewResult(
            environment=chosen,
            name=name,
            title=in_language(content.get("title"), "en"),
            channel=content["channel"],
            receiver=receiver_of(content),
            texts=texts,
            hints={one.language: hints_of(content["channel"], one) for one in texts},
        )

    def export(
        self,
        name: str,
        form: str,
        environment: str | None = None,
        params: Parameters = (),
        *,
        language: str | None = None,
    ) -> results.ExportResult:
        """Write the call of an action or message as another tool takes it: `curl`, `httpie` or `har`.

        Raises:
            ArgumentError: for another form.
            CallsheetError: CS925 for the name, CS926 for the parameters, CS967 for a mail.

        """
        from callsheet.calling.exports import export
        from callsheet.messages.sending import sending_of

        (name,) = self._bare((name,))
        sending = sending_of(self.compile(), self.environment(environment), name, params, language)
        text, notes = export(*sending.call(), form)
        return results.ExportResult(text=text, notes=tuple(notes))

    def send(
        self,
        name: str,
        environment: str | None = None,
        params: Parameters = (),
        *,
        language: str | None = None,
        to: str | None = None,
        ask: Ask | None = None,
    ) -> results.SendResult:
        """Send an action or a message for real, or to an emulator at `to`, where nothing is asked.

        Args:
            name: of the action or message.
            environment: may be left out where there is only one.
            params: values of its parameters.
            language: of a message; None for what the message itself chooses.
            to: the URL of `callsheet emulate`.
            ask: is told to which other hosts a secret would go, and returns whether to send; None where
                nobody can be asked. Without it, no secret goes to a host that nobody allowed.

        Raises:
            CallsheetError: CS960 where the environment does not allow it, CS961 for hosts that are not
                allowed, CS920 where it is not wanted, CS925, CS926, CS967.

        """
        from callsheet.emulator.standins import way_to
        from callsheet.messages.mail import stand_in_for
        from callsheet.messages.sending import real_way, refuse_sending, refuse_unasked, sending_of

        chosen = self.environment(environment)
        (name,) = self._bare((name,))
        sending = sending_of(self.compile(), chosen, name, params, language)
        request = sending.request()
        if to is None:
            refuse_sending(chosen)
            refuse_unasked(sending.destinations(), self.allowed, ask)
        if sending.by_mail:
            answer = sending.mail(None if to is None else stand_in_for(to))
            findings: Sequence[str] = ()
        else:
            way = real_way if to is None else lambda action: way_to(to, action)
            answer, findings = sending.send(way, self.operation)
        return results.SendResult(
            environment=chosen.name, name=name, request=request, answer=answer, findings=findings
        )

    def emulate(
        self,
        environment: str | None = None,
        *,
        port: int = 0,
        faults: Sequence[str] = (),
        called: Callable[[Call], None] = lambda call: None,  # noqa: ARG005
    ) -> EmulatorSession:
        """Play every service that the workspace calls, on this machine, until it is closed.

        Args:
            environment: only this one.
            port: where it listens; 0 for any that is free.
            faults: how it fails, as `503:2`.
            called: gets each call, when it was answered.

        Raises:
            CallsheetError: CS968 where it cannot listen there.

        """
        from callsheet.emulator.session import EmulatorSession

        def again() -> Sequence[Route]:
            return type(self)(self.root, cache=self.cache).routes(environment)

        return EmulatorSession(self.root, again, faults, port=port, called=called)

    def relay(
        self,
        environment: str | None = None,
        *,
        settings: RelaySettings,
        to: str | None = None,
        write: Callable[[str], None] = lambda line: None,  # noqa: ARG005
    ) -> RelaySession:
        """Serve the actions that were applied in an environment, for journeys that cannot call them.

        Args:
            environment: may be left out where there is only one.
            settings: how it serves.
            to: the URL of `callsheet emulate`, which is called in place of the services.
            write: takes each line of its log, a JSON object.

        Raises:
            CallsheetError: CS878 to CS881 for who may call and where it listens, CS945 for a package, CS964
                where `to` is not this machine, CS803 and CS9xx for the target and the ledger.

        """
        from callsheet.deploying.serving import read_served
        from callsheet.emulator.standins import way_to
        from callsheet.messages.sending import real_way
        from callsheet.relay import RelaySession

        allowed = self.allowed
        chosen = self.environment(environment)

        def read() -> Reading:
            with self._opened(chosen, writing=False) as stores:
                return read_served(stores)

        def trusts(origin: Origin) -> bool:
            return to is not None or allowed.allows(origin.host, origin.port)

        way = real_way if to is None else partial(way_to, to)
        return RelaySession(read, settings, way, trusts, write)

    def routes(self, environment: str | None = None) -> Sequence[Route]:
        """Return what an emulator answers to: every action, in all environments or in one."""
        from callsheet.emulator.routes import routes_in

        compiled = self.compile()
        chosen = environments_named(compiled, environment)
        refuse_errors_in(compiled, chosen)
        return routes_in(compiled, chosen, self.operation)

    def operation(self, name: str) -> Operation | None:
        """Return what the contract of an action says of its call, or None; raises CS925 for a name."""
        from callsheet.contracts import operation_of

        compiled = self.compile()
        refuse_undefined_actions(compiled, (name,))
        return operation_of(compiled.actions[name], self._contracts_now())

    # Compare ----------------------------------------------------------------------------------------

    def diff(
        self,
        environment: str | None = None,
        *,
        base: str | None = None,
        head: str | None = None,
        against: str | None = None,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.DiffResult:
        """Compare as a reviewer does: the changes, and what they mean for requests, data and hosts.

        Args:
            environment: only this one; without `base`, which one.
            base: a revision; without one, the workspace is compared with what is deployed.
            head: a revision; None for the files as they are.
            against: another environment, in place of a revision.
            select: only these, by name, pattern, label and so on, as `callsheet diff --help` lists.
            exclude: leave these out.

        Raises:
            ArgumentError: for `head` without `base`, and for `base` beside `against`.
            CallsheetError: CS922, CS923 for the revisions, CS803 for an abstract environment, CS9xx for a
                target, CS335 to CS337 for the selection.

        """
        if head is not None and base is None:
            raise ArgumentError("`head` is compared with `base`: name both")
        if against is not None and base is not None:
            raise ArgumentError("`against` names an environment, and `base` a revision: name one of them")
        if environment is not None:
            environment = self.environment(environment).name
        selection = _selection(select, exclude)
        if against is not None:
            return self._diff_environments(environment, against, selection)
        if base is None:
            return self._diff_deployed(environment, selection)
        return self._diff_revisions(base, head, environment, selection)

    def compare_environments(
        self,
        first: str,
        second: str,
        names: Collection[str] = (),
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.DiffResult:
        """Compare what two environments compile to, field by field; actions by their names, or all.

        Raises:
            CallsheetError: CS925 for a name, CS335 and CS336 for the selection.

        """
        from callsheet.planning.environments import changes_between

        compiled = self.compile()
        refuse_invalid(compiled)
        wanted = self._named(compiled, names, select, exclude)
        refuse_unknown_actions(wanted or (), compiled.definitions)
        before, after = environment_named(compiled, first), environment_named(compiled, second)
        changes = changes_between(compiled, before, after)
        chosen = [one for one in changes if wanted is None or Address.read(one.address).name in wanted]
        return results.DiffResult(base=before.name, environments={after.name: chosen})

    def promote(self, first: str, second: str, names: Collection[str] = ()) -> results.PromoteResult:
        """Compare two environments as a package between their sandboxes would carry them.

        Raises:
            CallsheetError: CS925 for a name.

        """
        from callsheet.planning.promotion import promotions

        compiled = self.compile()
        names = self._bare(names)
        refuse_invalid(compiled)
        before, after = (actions_in(compiled, self.environment(name).name) for name in (first, second))
        refuse_unknown_actions(names, {Address.read(one).name for one in (*before, *after)})
        found = promotions(before, after)
        chosen = [one for one in found if not names or Address.read(one.address).name in names]
        return results.PromoteResult(before=first, after=second, promotions=chosen)

    # Plan and apply ---------------------------------------------------------------------------------

    def plan(
        self,
        environment: str | None = None,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
        require_clean: bool = False,
        metrics: str | os.PathLike[str] | None = None,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> Plan:
        """Plan the way from what is deployed to what the workspace says.

        Args:
            environment: its name; may be left out where there is only one.
            accept: guards, impact classes or reason codes that the plan may hold.
            why: why they are accepted.
            require_clean: refuse files that are not those of a commit.
            metrics: a saved result of `metrics_query`, whose figures stand beside the changes; None for the
                file that the target names by `metrics`.
            select: plan only these, by name, pattern, label and so on, as `callsheet plan --help` lists.
                Errors that cannot concern them are noted, and stop nothing.
            exclude: leave these out.

        Raises:
            ArgumentError: for a file of `metrics` that cannot be read.
            CallsheetError: CS335 to CS337 for the selection; CS351 for what cannot be accepted; CS973 for
                files that are not clean where they must be; CS803, CS9xx for what is wrong with the target
                or ledger; CS895 for the figures.

        """
        from callsheet.deploying.clean import commit_of, refuse_unclean
        from callsheet.deploying.current import desired_in, plan_of, read_current, refuse_unheld
        from callsheet.planning.message_hosts import contents_of, message_hosts

        accept, selection = _accepted(accept), _selection(select, exclude)
        chosen = self.environment(environment) if selection else self._valid(environment)
        if selection:
            from callsheet.deploying.beside_errors import beside_errors, refuse_shared_errors

            refuse_shared_errors(self.compile(), chosen.name)
        if require_clean:
            refuse_unclean(self.root)
        with self._opened(chosen, writing=False) as stores:
            refuse_unheld(self.compile(), chosen, stores)
            desired, current = desired_in(chosen, stores, read_current(stores), self.compile(), self.root)
            limit = self._chosen(selection, self.compile(), chosen, current)
            if limit is not None:
                current = beside_errors(self.compile(), chosen, limit, current)
            if chosen.manual:
                from callsheet.deploying.marketing_actions import planned_notes

                consent = planned_notes(stores, desired, current)
                current = replace(current, notes=(*current.notes, *consent))
        commit = commit_of(self.root)
        self._made = plan_of(
            chosen,
            desired,
            current,
            self.root,
            commit=commit,
            accept=accept,
            why=_utf8(why) if why else why,
            chosen=limit,
        )
        hosts = message_hosts({chosen.name: self._made.changes}, contents_of(self.compile()))
        self._made = replace(self._made, hosts=hosts) if hosts else self._made
        if metrics is not None or chosen.manual:
            from callsheet.deploying.figures import with_measured

            file, actions = (
                None if metrics is None else str(metrics),
                actions_in(self.compile(), chosen.name),
            )
            self._made = with_measured(self._made, file, chosen, self.root, actions)
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
            keep_going: go on after a step that fails.
            author: who applies; default: CALLSHEET_AUTHOR, GITHUB_ACTOR or the user's name.
            stop: asked between steps whether to stop.
            progress: called with the number of steps that are settled.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS934 where the branch has moved and
                the plan would do something else now, CS950 to CS953 for its approvals, CS954 where the
                workspace does not imply what the plan does, CS973 where it must be made from a commit and
                was not.

        """
        from callsheet.deploying.applying import apply_held, approvers_of, default_author, refuse_by_hand
        from callsheet.deploying.clean import refuse_unclean_plan
        from callsheet.deploying.executor import Conduct
        from callsheet.ledger import Provenance
        from callsheet.planning.desired import place_in

        chosen = self.environment(plan.environment)
        refuse_by_hand(plan)
        accept = _accepted(accept)
        agreement = self._agreement(plan, chosen, accept)
        approvers = approvers_of(plan, agreement, approvals, require_approval=require_approval)
        if require_clean and plan.changes:
            refuse_unclean_plan(plan, self.root)
        conduct = Conduct(
            author=_utf8(author or default_author()),
            now=self._time,
            accepted=accept,
            provenance=Provenance(
                plan=None, approvers=approvers, run_url=run_url, reason=_utf8(why) if why else plan.why
            ),
            keep_going=keep_going,
            stop=stop,
            progress=progress,
            place=place_in(self.compile(), chosen),
        )
        agreement = replace(agreement, signed=bool(approvers))
        return apply_held(plan, agreement, conduct, partial(self._opened, chosen))

    def warnings_of(self, plan: Plan) -> Sequence[str]:
        """Return what to know before a plan is applied: that it has no commit, or a dirty one."""
        from callsheet.deploying.clean import warnings_of

        return warnings_of(plan, self.root)

    def pack(
        self,
        plan: Plan,
        *,
        accept: Collection[str] = (),
        approvals: Sequence[Approval] = (),
        require_approval: bool = False,
        require_clean: bool = False,
    ) -> results.PackResult:
        """Return the steps of a plan that are done by hand, which `reporting.pack` writes as files.

        Nothing is recorded yet: what is not confirmed stays open in the next plan.

        Raises:
            CallsheetError: CS901 to CS919 where the plan is refused, CS950 to CS953 for its approvals,
                CS973 where it must be made from a commit and was not.

        """
        from callsheet.deploying.applying import approvers_of
        from callsheet.deploying.by_hand import steps_by_hand
        from callsheet.deploying.clean import refuse_unclean_plan

        chosen = self.environment(plan.environment)
        agreement = self._agreement(plan, chosen, _accepted(accept))
        approvers = approvers_of(plan, agreement, approvals, require_approval=require_approval)
        if require_clean and plan.changes:
            refuse_unclean_plan(plan, self.root)
        with self._opened(chosen, writing=False) as stores:
            return steps_by_hand(plan, replace(agreement, signed=bool(approvers)), stores, self.compile())

    def confirm(
        self,
        plan: Plan,
        names: Collection[str] = (),
        *,
        author: str | None = None,
        why: str | None = None,
        answer: str | None = None,
        key: str | None = None,
    ) -> ApplyResult:
        """Record that steps of a pack were done on the screen; all that are open, where none is named.

        Args:
            plan: of the pack.
            names: of the steps; one that was confirmed already is confirmed again.
            author: who did it, where nobody has to sign.
            why: for the record.
            answer: the file of the answer to the test request of the one step; it is kept as evidence.
            key: the SSH key that signs, where the environment says who may confirm.

        Raises:
            CallsheetError: CS842 for a step that is not there or no longer fits, CS864 for who may not
                confirm, CS865 and CS866 for the answer, CS913 and CS915, CS954 for a step that the pack's
                commit does not imply.

        """
        from callsheet.deploying.applying import default_author
        from callsheet.deploying.clean import commit_of
        from callsheet.deploying.confirmers import confirmed_by
        from callsheet.deploying.confirming import answer_of, confirm_steps, keep_answer, prepare_evidence
        from callsheet.deploying.executor import Conduct
        from callsheet.deploying.replanned import refuse_unimplied
        from callsheet.ledger import Provenance

        chosen = self.environment(plan.environment)
        # A pack of uncommitted files is held to the files at hand, as a plan is.
        steps = {one.address: Address.read(one.address).name for one in plan.changes}
        names = tuple(steps.get(one, one) for one in _each(names))
        committed = plan.commit is not None and not plan.dirty and commit_of(self.root) is not None
        compiled = self._compilations.at(plan.commit if committed else None)
        refuse_unimplied(plan, compiled.by_environment.get(chosen.name, {}), compiled.renames)
        given = None if answer is None else answer_of(plan, names, answer)
        digest = "none" if given is None else given.digest
        signer = confirmed_by(chosen, plan, names, digest, None if key is None else Path(key), self.root)
        conduct = Conduct(
            author=_utf8(signer or author or default_author()),
            now=self._time,
            provenance=Provenance(
                plan=plan.digest, approvers=(), run_url=None, reason=_utf8(why) if why else plan.why
            ),
        )
        with self._opened(chosen, writing=True) as stores:
            if given is not None:
                prepare_evidence(stores)
            result = confirm_steps(plan, names, stores, conduct)
            if given is not None:
                keep_answer(given, result, stores, conduct)
            return result

    def open_steps(self, plan: Plan) -> Sequence[str]:
        """Return the addresses of the steps of a pack that nobody has confirmed."""
        from callsheet.deploying.confirming import open_steps

        with self._opened(self.environment(plan.environment), writing=False) as stores:
            return open_steps(plan, stores)

    # What is deployed, and the ways back ------------------------------------------------------------

    def deployed(self, environment: str | None = None) -> Mapping[str, Deployed]:
        """Return what the target of an environment answers now, by address."""
        with self._opened(self.environment(environment), writing=False) as stores:
            return stores.target.read()

    def drift(
        self,
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.DriftResult:
        """Compare what is deployed with what was applied.

        Raises:
            CallsheetError: CS335 and CS336 for the selection, CS803, CS9xx for the target or ledger.

        """
        from callsheet.deploying.current import drift_plan, read_current
        from callsheet.deploying.marketing_actions import drifted_notes
        from callsheet.deploying.screen_changes import screen_changes

        chosen = self.environment(environment)
        with self._opened(chosen, writing=False) as stores:
            current = read_current(stores)
            limit = self._chosen(_selection(select, exclude), self.compile(), chosen, current)
            found = self._drift_result(drift_plan(chosen, current, limit))
            screen, notes = screen_changes(stores, self.now())
            screen = [one for one in screen if limit is None or one.address in limit.addresses]
            notes = (*notes, *drifted_notes(stores, current))
        return replace(found, screen=screen, notes=(*found.notes, *notes))

    def write_drift(
        self,
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.DriftResult:
        """Write what differs into the files, as far as they say it plainly.

        Raises:
            CallsheetError: CS335 and CS336 for the selection, CS803, CS9xx for the target or ledger.

        """
        from callsheet.deploying.current import drift_plan, read_current
        from callsheet.planning.writing_back import write_back, write_files

        chosen = self._valid(environment)
        with self._opened(chosen, writing=False) as stores:
            current = read_current(stores)
        limit = self._chosen(_selection(select, exclude), self.compile(), chosen, current)
        plan = drift_plan(chosen, current, limit)
        source = FolderSource(self.root)
        found = write_back(
            plan.drift, current.applied, current.deployed, chosen.name, self._compilations.with_texts
        )
        fields, failures = write_files(self.root, EditedSource(source, found.texts), found)
        self.reread()
        return replace(self._drift_result(plan), fields=fields, failures=failures)

    def history(
        self, environment: str | None = None, *, serial: int | None = None, at: datetime | None = None
    ) -> results.HistoryResult:
        """Return every apply, newest first; one of them with its steps, by its serial or a moment.

        A moment without a time zone is UTC.

        Raises:
            CallsheetError: CS925 where there is no such apply.

        """
        from callsheet.deploying.current import deployed_at, evidence_of, history_of

        chosen = self.environment(environment)
        objects = None
        with self._opened(chosen, writing=False) as stores:
            if at is not None:
                serial, objects = deployed_at(
                    stores, at if at.tzinfo else at.replace(tzinfo=UTC), chosen.name
                )
            return results.HistoryResult(
                environment=chosen.name,
                lineage=stores.ledger.position().lineage,
                applies=history_of(stores, serial, chosen.name),
                detailed=serial is not None,
                objects=objects,
                evidence=evidence_of(stores),
            )

    def usage(
        self,
        names: Collection[str] = (),
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.UsageResult:
        """Return which journeys use the actions of an environment; all of them, where none is named.

        The journeys are read by the target's API; without one, or where it is not reached, they are those
        of the snapshot that the target names by `usage`.

        Raises:
            CallsheetError: CS845 for a target without journeys, CS848 for the snapshot, CS925 for a name,
                CS872, CS873 and CS963 for the API, CS335 and CS336 for the selection.

        """
        from callsheet.deploying.current import read_current
        from callsheet.deploying.journeys import read_usage, refuse_without_journeys

        chosen, selection = self.environment(environment), _selection(select, exclude, names)
        refuse_without_journeys(chosen)
        with self._opened(chosen, writing=False) as stores:
            limit = (
                self._chosen(selection, self.compile(), chosen, read_current(stores)) if selection else None
            )
            names = self._bare(names) if limit is None else ()
            usage = read_usage(stores, self.root, names, actions_in(self.compile(), chosen.name))
        if limit is not None:
            uses = {address: one for address, one in usage.uses.items() if address in limit.addresses}
            usage = replace(usage, uses=uses)
        return results.UsageResult(environment=chosen.name, usage=usage)

    def check_journeys(
        self, names: Collection[str] = (), environment: str | None = None
    ) -> results.ValidationResult:
        """Check what journeys make of the actions that they use; all of them, where none is named.

        Raises:
            InvalidWorkspaceError: where the workspace has errors.
            CallsheetError: as `usage`.

        """
        from callsheet.deploying.journeys import check_journeys, refuse_without_journeys
        from callsheet.rules.ignores import adjust_outside

        chosen = self._valid(environment)
        refuse_without_journeys(chosen)
        compiled = self.compile()
        with self._opened(chosen, writing=False) as stores:
            usage, problems, unknown = check_journeys(
                stores, self.root, self._bare(names), compiled, chosen
            )
        texts = {one.file: one.text for one in documents_of(compiled)}
        found = adjust_outside(diagnose(problems, texts), texts, compiled.settings)
        return results.ValidationResult(
            diagnostics=sorted(found, key=lambda one: one.sort_key),
            documents=len(usage.uses),
            notes=(*usage.notes, *unknown),
            checked="action",
        )

    def certificates(self, environment: str | None = None) -> results.CertificateResult:
        """Return the client certificates with which Journey Optimizer calls.

        Raises:
            CallsheetError: CS845 for a target without an account at Adobe, CS872, CS873 and CS963 for the
                API.

        """
        from callsheet.deploying.journeys import read_adobe_certificates, refuse_without_certificates

        chosen = self.environment(environment)
        refuse_without_certificates(chosen)
        with self._opened(chosen, writing=False) as stores:
            found = read_adobe_certificates(stores)
        return results.CertificateResult(
            environment=chosen.name, certificates=found, now=self.now().astimezone(UTC)
        )

    def metrics(
        self,
        file: str | os.PathLike[str] | None = None,
        names: Collection[str] = (),
        environment: str | None = None,
        *,
        fail_on: Collection[str] = (),
        hours: int = 24,
    ) -> results.MetricsResult:
        """Return how the calls of the actions went, by Query Service or a saved result of `metrics_query`.

        Args:
            file: CSV or JSON; `-` for the standard input; None to ask Query Service.
            names: of actions; all of them, and what fits none, where it is empty.
            environment: may be left out where there is only one.
            fail_on: conditions, such as `error_rate > 5%`.
            hours: which Query Service looks at.

        Raises:
            ArgumentError: for a condition; without a file, for an environment without an account at Adobe.
            CallsheetError: CS895 for the file, CS925 for a name; CS872, CS873, CS896, CS945 and CS963 for
                Query Service.

        """
        from callsheet.deploying.figures import measured_rows, refuse_without_account
        from callsheet.importing.arguments import read_argument
        from callsheet.targets.journey_optimizer.judging import judged
        from callsheet.targets.journey_optimizer.metrics import figures_of, read_rows
        from callsheet.targets.journey_optimizer.thresholds import Threshold

        chosen = self.environment(environment)
        compiled, names = self.compile(), self._bare(names)
        refuse_undefined_actions(compiled, names)
        actions = {
            Address.read(address).name: content
            for address, content in actions_in(compiled, chosen.name).items()
            if "request" in content
        }
        conditions = [Threshold.read(one) for one in _each(fail_on)]
        if file is not None:
            rows = read_rows(read_argument(str(file)))
        else:
            refuse_without_account(chosen)
            with self._opened(chosen, writing=False) as stores:
                rows = measured_rows(stores, hours, self.allowed)
        found = judged(figures_of(rows, actions), rows, conditions, names)
        return results.MetricsResult(
            environment=chosen.name,
            figures=found.figures,
            rows=rows,
            failures=found.failures,
            notes=found.notes,
        )

    def save_usage(self, environment: str | None = None) -> Path:
        """Write the snapshot that the target names by `usage`; returns its path.

        Raises:
            CallsheetError: as `usage`, and CS845 for a target that names no file.

        """
        from callsheet.deploying.journeys import refuse_without_journeys, snapshot_file, take_snapshot
        from callsheet.documents.writing import write_file

        chosen = self.environment(environment)
        refuse_without_journeys(chosen)
        path = snapshot_file(chosen, self.root)
        with self._opened(chosen, writing=False) as stores:
            text = take_snapshot(stores, self._time())
        write_file(str(path), text)
        return path

    def rollback(
        self,
        serial: int,
        environment: str | None = None,
        *,
        accept: Collection[str] = (),
        why: str | None = None,
    ) -> Plan:
        """Plan the way back to what was deployed after an apply: a plan like any other.

        The workspace is not asked: it may still say otherwise, and the next plan from it will.

        Raises:
            CallsheetError: CS925 where there is no such apply, CS803, CS9xx for the target or ledger.

        """
        from callsheet.deploying.current import read_current, rollback_plan

        chosen, accept = self.environment(environment), _accepted(accept)
        reason = _utf8(why) if why else f"rollback to {serial}"
        with self._opened(chosen, writing=False) as stores:
            return rollback_plan(chosen, serial, stores, read_current(stores), accept, reason)

    def forget(self, names: Collection[str], environment: str | None = None) -> Plan:
        """Plan to let go of deployed objects: they stay where they are, and callsheet no longer owns them.

        Raises:
            CallsheetError: CS925 for a name that the ledger does not own, CS843 for one that the workspace
                still deploys.

        """
        from callsheet.deploying.clean import commit_of
        from callsheet.deploying.current import owned_addresses, read_current
        from callsheet.planning.plan import forget_plan

        chosen = self.environment(environment)
        desired = objects_in(self.compile(), chosen.name)
        with self._opened(chosen, writing=False) as stores:
            current = read_current(stores)
        addresses = owned_addresses(_each(names), chosen.name, current, desired)
        return forget_plan(chosen.name, addresses, current, commit=commit_of(self.root))

    def copy_ledger(self, destination: str, environment: str | None = None) -> results.CopyResult:
        """Copy an environment's ledger, and the registry beside it, to another database.

        Args:
            destination: a reference to a PostgreSQL URL, as `env:NAME` or `env:NAME/SCHEMA`, or the path of
                a SQLite file in the workspace.
            environment: may be left out where there is only one.

        Raises:
            CallsheetError: CS9xx for what is wrong with either database.

        """
        from callsheet.deploying.copying import copy_ledger

        chosen = self.environment(environment)
        tables = copy_ledger(chosen, self.root, destination, self.allowed)
        return results.CopyResult(environment=chosen.name, tables=tables)

    # Write files ------------------------------------------------------------------------------------

    def adopt(
        self, name: str, environment: str | None = None, *, file: str | None = None
    ) -> results.FileResult:
        """Write the file of what is deployed and not in the workspace, so that callsheet takes it over.

        With the file in the workspace, the next plan takes the object over without touching it.

        Raises:
            CallsheetError: CS925 where nothing of that name is deployed, CS929 where the workspace or the
                folder has it already, CS844 where no file can say what is deployed.

        """
        from callsheet.deploying.showing import refuse_defined, unowned
        from callsheet.importing.adopting import definition_texts
        from callsheet.importing.writing import inside_of, write_new

        chosen = self.environment(environment)
        wanted, (name,) = name, self._bare((name,))
        refuse_defined(self.compile(), name)
        path = file or str(self.root / f"{name}.yaml")
        template_file = posixpath.join(
            posixpath.dirname(inside_of(self.root, path) or ""), f"{name}.json.j2"
        )
        there = unowned(self.deployed(chosen.name), wanted, chosen.name)
        text, template = definition_texts(*there, name, template_file)
        beside = {} if template is None else {str(self.root / template_file): template}
        write_new(self.root, {path: text, **beside}, "name another file with --out FILE")
        self.reread()
        return results.FileResult(path=path, name=name, beside=tuple(beside))

    def adopt_all(
        self,
        environment: str | None = None,
        *,
        select: Collection[str] = (),
        exclude: Collection[str] = (),
    ) -> results.Adoption:
        """Return the files that take over everything that is deployed and not managed.

        Nothing is written: `write` does that. Actions of one host that authenticate alike share a
        connection.
        With the files in the workspace, the next plan takes the objects over without touching them.

        Args:
            environment: may be left out where there is only one.
            select: only these, by name, pattern, label and so on, as `callsheet adopt --help` lists.
            exclude: leave these out.

        Raises:
            CallsheetError: CS335 and CS336 for the selection, CS9xx for the target or ledger.

        """
        from callsheet.deploying.unmanaged import unmanaged_in
        from callsheet.importing.account import adoption

        chosen = self.environment(environment)
        with self._opened(chosen, writing=False) as stores:
            found = unmanaged_in(chosen, stores, _selection(select, exclude))
        return adoption(
            self.compile(),
            found,
            chosen.name,
            lambda file: not os.path.lexists(self.root / file),
            self._compilations.with_texts,
        )

    def import_(
        self,
        source: str,
        line: str | None = None,
        *,
        name: str | None = None,
        request: str | None = None,
        operation: str | None = None,
        fields: Collection[str] = (),
        environment: str | None = None,
        kind: str | None = None,
        params: Collection[str] = (),
        server: str = "",
        file: str | None = None,
    ) -> results.FileResult:
        """Write an action from what there is: a curl line, a collection, a description, a payload.

        Args:
            source: `curl`, `httpie`, the path of a file, or `-` for the standard input.
            line: of curl or HTTPie; None for the standard input.
            name: of the action; default: from the URL.
            request: which request of a file that holds several.
            operation: of an OpenAPI description: its `operationId`, or `POST /path`.
            fields: of its body, beyond the required ones.
            environment: a file with variables of Postman or Bruno, or the name of an environment of
                Insomnia or Bruno.
            kind: `har`, `postman` or `insomnia`, where the file must be one.
            params: what is to be a parameter: `NAME=/pointer` into the payload, or `NAME=query:KEY`.
            server: the URL in front of the path of an operation, where the description names no host.
            file: what is written; default: NAME.yaml in the workspace.

        Raises:
            ArgumentError: for a name that is none, or a file that cannot be read.
            CallsheetError: CS938 for what cannot be imported, CS986 for a parameter that cannot be, CS929
                where the file is there.

        """
        from callsheet.importing.action_text import action_text, notes_of
        from callsheet.importing.chosen_parameters import read_choices, with_parameters
        from callsheet.importing.reading_in import checked_name, name_from, read_request
        from callsheet.importing.references import secret_names
        from callsheet.importing.several import valid_text
        from callsheet.importing.writing import inside_of, write_new

        fields = _each(fields)
        found = read_request(
            self.root, source, line, request, operation, fields, environment, kind, server=server
        )
        (found,) = with_parameters([found], read_choices([*_each(params)]))
        chosen = checked_name(name or name_from(found.url))
        path = file or str(self.root / f"{chosen}.yaml")
        inside = None if os.path.lexists(path) else inside_of(self.root, path)
        if inside is None:
            text = action_text(found, chosen)
        else:
            text = valid_text(self._place(), inside, chosen, found)
        write_new(self.root, {path: text}, "choose another --name, or --out FILE")
        self.reread()
        return results.FileResult(
            path=path, name=chosen, secrets=tuple(secret_names(text)), notes=tuple(notes_of(text))
        )

    def import_operations(
        self,
        source: str,
        operations: Sequence[str] | None = None,
        *,
        tag: str | None = None,
        name: str | None = None,
        fields: Collection[str] = (),
        params: Collection[str] = (),
        server: str = "",
    ) -> results.ImportedOperations:
        """Return the files of several operations of an OpenAPI description, with one connection.

        Nothing is written: `write` does that.

        Args:
            source: the description: a file, or `package:NAME/PATH`.
            operations: each by its `operationId`, or as `POST /path`; None for all of them.
            tag: only the operations that have it.
            name: of the connection; default: from the URL.
            fields: of the bodies, beyond the required ones.
            params: what is to be a parameter, in each that has it, as for `import_`.
            server: the URL in front of their paths, where the description names no host.

        Raises:
            ArgumentError: for a name that is none, or a file that cannot be read.
            CallsheetError: CS938 for what cannot be imported, CS986 for a parameter that cannot be.

        """
        from callsheet.importing.chosen_parameters import read_choices
        from callsheet.importing.description import import_operations
        from callsheet.importing.reading_in import checked_name

        chosen = None if name is None else checked_name(name)
        choices = read_choices([*_each(params)])
        found = import_operations(
            self.root, source, operations, tag, chosen, _each(fields), choices, self._place(), server=server
        )
        return self._with_read(found)

    def import_requests(
        self,
        source: str,
        requests: Collection[str] = (),
        *,
        name: str | None = None,
        environment: str | None = None,
        kind: str | None = None,
        params: Collection[str] = (),
    ) -> results.ImportedOperations | None:
        """Return the files of the requests of a collection: a connection for those that share an account.

        Nothing is written: `write` does that. The values of variables are added to environments.

        Args:
            source: the path of a HAR file, a Postman or Bruno collection, or an Insomnia export.
            requests: names, folders, and patterns over both; default: all of them.
            name: of the first connection; default: from the collection's name, or the URL.
            environment: a file with variables of Postman or Bruno, or the name of an environment of
                Insomnia or Bruno.
            kind: `har`, `postman` or `insomnia`, where the file must be one.
            params: what is to be a parameter, in each that has it, as for `import_`.

        Returns:
            None where the file is none of these.

        Raises:
            ArgumentError: for a name that is none, or a file that cannot be read.
            CallsheetError: CS938 for what cannot be imported, CS986 for a parameter that cannot be.

        """
        from callsheet.importing.arguments import read_argument
        from callsheet.importing.chosen_parameters import read_choices
        from callsheet.importing.files import read_collection
        from callsheet.importing.gathering import import_requests
        from callsheet.importing.reading_in import checked_name

        chosen = None if name is None else checked_name(name)
        found = read_collection(read_argument(source), environment, kind)
        choices = read_choices([*_each(params)])
        if found is None:
            return None
        return self._with_read(import_requests(found, [*_each(requests)], chosen, choices, self._place()))

    def _with_read(self, found: Written) -> Written:
        """Return new texts of files with the digests of those that they are written over."""
        from callsheet.importing.writing import digests_of

        over = [one for one in found.texts if one not in found.new]
        return replace(found, read=digests_of(self.root, over))

    def _place(self) -> Place:
        """Return what new files are checked against before they are written."""
        from callsheet.importing.several import Place

        return Place(
            compiled=self.compile(),
            compile_with=self._compilations.with_texts,
            is_free=lambda file: not os.path.lexists(self.root / file),
        )

    def compare_import(
        self,
        source: str,
        line: str | None = None,
        *,
        name: str | None = None,
        request: str | None = None,
        operation: str | None = None,
    ) -> Mapping[str, Sequence[str]]:
        """Return where a request, read as by `import_`, differs from the actions that call there.

        Raises:
            CallsheetError: CS925 where no action calls there.

        """
        from callsheet.importing.reading_in import compare_request, read_request

        found = read_request(self.root, source, line, request, operation)
        return compare_request(self.compile(), found, name)

    def new(self, name: str, sample: str = "firebase") -> results.NewResult:
        """Write an action that starts from a sample of the package.

        Raises:
            ArgumentError: for a sample that is not there, and for a name that is none.
            CallsheetError: CS929 where the workspace has one of that name.

        """
        from callsheet.documents.links import refuse_links
        from callsheet.importing.reading_in import checked_name
        from callsheet.importing.samples import from_sample, values_read
        from callsheet.importing.writing import write_new

        compiled = self.compile()
        contents = from_sample(sample, checked_name(name), compiled.has_part)
        if name in compiled.definitions:
            raise CallsheetError("CS929", f"the action `{name}` already exists", help="choose another name")
        for path in contents:
            refuse_links(self.root, path)
        write_new(
            self.root,
            {str(self.root / path): text for path, text in contents.items()},
            "choose another name",
        )
        self.reread()
        return results.NewResult(files=tuple(contents), values=tuple(values_read(contents)))

    def extract(
        self,
        name: str,
        select: Collection[str],
        *,
        exclude: Collection[str] = (),
        file: str | None = None,
    ) -> results.Extraction:
        """Return what it takes that actions say once, in a connection, what they have in common.

        Nothing is written: `write` does that. The workspace compiles to the same bytes, before and after.

        Args:
            name: of the connection; one that is there is joined by actions that say all of it.
            select: the actions, by name, pattern, label and so on, as `callsheet plan --help` lists.
            exclude: leave these out.
            file: of the connection; default: NAME.yaml beside the actions.

        Raises:
            ArgumentError: for a name that is none, and a file outside of the workspace.
            CallsheetError: CS335 and CS336 for the selection, CS949 where the bytes would not be equal.

        """
        from callsheet.importing.extracting import extraction
        from callsheet.importing.reading_in import checked_name
        from callsheet.importing.writing import path_within

        compiled, checked = self.compile(), checked_name(name)
        chosen = self._named(compiled, (), select, exclude, kind="Action") or ()
        own = None if file is None else path_within(self.root, file)
        some = [compiled.actions[one] for one in chosen]
        return self._with_read(extraction(compiled, checked, some, own, self._compilations.with_texts))

    def write(self, found: results.Extraction | results.Adoption | results.ImportedOperations) -> None:
        """Write the files of what `extract`, `adopt_all` or an import of several requests returned.

        Raises:
            CallsheetError: CS929 for a new file that is there, CS928 for one that cannot be written, CS993
                for one that somebody has changed since it was read.

        """
        from callsheet.importing.writing import write_texts
        from callsheet.importing.written_files import Adoption

        read = {} if isinstance(found, Adoption) else found.read
        write_texts(self.root, found.texts, found.new, read)
        self.reread()

    def fmt(self, files: Iterable[str | os.PathLike[str]] = ()) -> results.FmtResult:
        """Put the keys of files in the order of their schema; the whole workspace, where none is named.

        Nothing is written: `rewrite` takes what is to be.

        Args:
            files: from the current folder, or, where they are not there, from the workspace.

        Raises:
            ArgumentError: for a file that cannot be read.

        """
        from callsheet.language.formatting import formatted_files

        named = [files] if isinstance(files, str | os.PathLike) else list(files)
        for one in named:
            if not os.path.isfile(self._file(one)):  # noqa: PTH113 - False also for what can be no path
                raise ArgumentError(f"{str(one)!r} cannot be read: there is no such file")
        chosen = [self._file(one) for one in named] or [
            self.root / one for one in FolderSource(self.root).files()
        ]
        return results.FmtResult(files=tuple(formatted_files(chosen)))

    def rewrite(self, file: str | os.PathLike[str], text: str) -> None:
        """Write a new text over a file of the workspace; its line ends stay.

        Args:
            file: as findings and `fmt` name it, from the workspace or from the current folder.
            text: with line feeds.

        Raises:
            ArgumentError: for a file outside of the workspace.
            CallsheetError: CS928 where it cannot be read or written.

        """
        from callsheet.documents.writing import rewrite_file

        path = self.root / file if os.path.exists(self.root / file) else self._file(file)  # noqa: PTH110
        if "\0" in str(path) or not path.resolve().is_relative_to(self.root.resolve()):
            raise ArgumentError(f"{file} is not a file of the workspace")
        rewrite_file(path, text)
        self.reread()

    # What the methods share -------------------------------------------------------------------------

    @property
    def allowed(self) -> AllowedHosts:
        """The hosts to which a secret may go beside a service's own; raises CS980 for what is not one."""
        return allowed_hosts((*self.allow_hosts, os.environ.get(VARIABLE, "")))

    def _file(self, file: str | os.PathLike[str]) -> Path:
        """Return a file by its path from the current folder, or where there is none, the workspace."""
        within = self.root / file
        return within if os.path.exists(within) and not os.path.exists(file) else Path(file)  # noqa: PTH110

    def _drift_result(self, plan: Plan) -> results.DriftResult:
        return results.DriftResult(
            environment=plan.environment,
            drift=plan.drift,
            unmanaged=plan.unmanaged,
            notes=plan.notes,
            selection=plan.selection,
        )

    def _diff_deployed(self, environment: str | None, selection: Selection) -> results.DiffResult:
        from callsheet.planning.environments import changes_in
        from callsheet.planning.message_hosts import contents_of, message_hosts
        from callsheet.planning.review import data_flows, hosts_in

        chosen, compiled = self._valid(environment), self.compile()
        deployed = self.deployed(chosen.name)
        limit = self._limit(selection, compiled, chosen.name, deployed)
        changes = self._limited({chosen.name: changes_in(deployed, compiled, chosen)}, limit)
        return results.DiffResult(
            base=None,
            environments=changes,
            flows=data_flows(changes, hosts_in(compiled)),
            hosts=message_hosts(changes, contents_of(compiled)),
            selection=None if limit is None else limit.record,
        )

    def _diff_environments(
        self, environment: str | None, against: str, selection: Selection
    ) -> results.DiffResult:
        from callsheet.planning.environments import changes_in, refuse_abstract
        from callsheet.planning.message_hosts import contents_of, message_hosts
        from callsheet.planning.request_pairs import request_pairs
        from callsheet.planning.review import data_flows, hosts_in

        chosen, other = self._valid(environment), self._valid(against)
        for one in (chosen, other):
            refuse_abstract(one)
        compiled = self.compile()
        before = compiled.by_environment.get(other.name, {})
        limit = self._limit(selection, compiled, chosen.name, before)
        changes = self._limited({chosen.name: changes_in(before, compiled, chosen)}, limit)
        return results.DiffResult(
            base=None,
            against=other.name,
            environments=changes,
            requests=request_pairs(compiled, compiled, changes, other.name),
            flows=data_flows(changes, hosts_in(compiled)),
            hosts=message_hosts(changes, contents_of(compiled)),
            selection=None if limit is None else limit.record,
        )

    def _diff_revisions(
        self, base: str, head: str | None, environment: str | None, selection: Selection
    ) -> results.DiffResult:
        from callsheet.planning.changed_rows import at_changed_rows
        from callsheet.planning.environments import changes_by_environment, refuse_incomparable
        from callsheet.planning.message_hosts import contents_of, message_hosts
        from callsheet.planning.protections import protections_between
        from callsheet.planning.request_pairs import request_pairs
        from callsheet.planning.review import data_flows, hosts_in, policy_changes
        from callsheet.planning.shared import shared_changes

        after, before = self._compilations.at(head), self.compile_revision(base)
        refuse_incomparable(before, after)
        were = {address: one for it in before.by_environment.values() for address, one in it.items()}
        limit = self._limit(selection, after, None, were, head)
        changes = self._limited(changes_by_environment(before, after), limit)
        found = protections_between(
            before, self._compilations.source_at(base), after, self._compilations.source_at(head)
        )
        found = [one for one in found if limit is None or limit.selects(one.subject)]
        if environment is not None:
            changes = {environment: changes.get(environment, [])}
            found = [one for one in found if not one.environments or environment in one.environments]
        rows = at_changed_rows(before, after, changes)
        return results.DiffResult(
            base=base,
            environments=rows,
            requests=request_pairs(before, after, changes),
            flows=data_flows(changes, hosts_in(after)),
            hosts=message_hosts(changes, contents_of(after)),
            shared=shared_changes(before, after, rows),
            policies=policy_changes(before, after),
            protections=found,
            selection=None if limit is None else limit.record,
        )

    def _limited(
        self, changes: Mapping[str, Sequence[Change]], limit: Chosen | None
    ) -> dict[str, Sequence[Change]]:
        """Return the changes of each environment that are of selected objects; raises CS337."""
        from callsheet.planning.chosen import selected_changes

        if limit is None:
            return dict(changes)
        return {name: selected_changes(found, limit.addresses) for name, found in changes.items()}

    def _bare(self, names: Collection[str]) -> tuple[str, ...]:
        """Return names without the kinds that addresses begin with."""
        return without_kinds(_each(names), self.compile().definitions)

    def _named(
        self,
        compiled: Compiled,
        names: Collection[str],
        select: Collection[str],
        exclude: Collection[str],
        environment: str | None = None,
        *,
        kind: str | None = None,
        revision: str | None = None,
    ) -> Sequence[str] | None:
        """Return the names that are asked for, or that are selected; None where everything is."""
        selection = _selection(select, exclude, names)
        if not selection:
            return without_kinds(_each(names), compiled.definitions) or None
        changed = self._changed_in(compiled, revision)
        refuse_unread(selection, compiled)
        return names_of(selection, compiled, changed, environment, kind)

    def _chosen(
        self,
        selection: Selection,
        compiled: Compiled,
        environment: Environment,
        current: Current,
        revision: str | None = None,
    ) -> Chosen | None:
        """Return what a selection selects of an environment and its target; None for everything.

        A revision is taken as the commit that it names now, so that a plan goes on to mean the same.
        """
        from callsheet.documents.revisions import resolve_revision

        others: dict[str, Side] = {**current.deployed, **current.applied}
        pinned = selection.pinned(partial(resolve_revision, self.root))
        return self._limit(pinned, compiled, environment.name, others, revision)

    def _limit(
        self,
        selection: Selection,
        compiled: Compiled,
        environment: str | None,
        others: Mapping[str, Side],
        revision: str | None = None,
    ) -> Chosen | None:
        from callsheet.planning.chosen import chosen_in

        if not selection:
            return None
        changed = self._changed_in(compiled, revision)
        return chosen_in(selection, compiled, environment, others, changed)

    def _changed_in(self, compiled: Compiled, revision: str | None) -> Callable[[str], Collection[str]]:
        """Return the function that returns what differs in a compiled workspace from a revision."""
        source_at = self._compilations.source_at
        return lambda base: changed_between(
            self.compile_revision(base), compiled, (source_at(base), source_at(revision))
        )

    def _agreement(self, plan: Plan, environment: Environment, accept: Collection[str]) -> Agreement:
        from callsheet.deploying.agreement import Agreement, basis_of
        from callsheet.planning.planfile import refuse_edited

        made = plan is self._made
        if not made:
            refuse_edited(plan)
        return Agreement(
            environment=environment,
            root=self.root,
            basis=lambda: basis_of(plan, self.root, self._compilations.at),
            choose=lambda basis, environment, current: self._chosen(
                _selection_of(plan), basis.compiled, environment, current, basis.revision
            ),
            made=made,
            accept=accept,
        )

    def _opened(self, environment: Environment, *, writing: bool) -> AbstractContextManager[Stores]:
        """Open the target and the ledger of an environment: every call to a target begins here.

        Verbs that only read do so beside other errors of the workspace, and never by a wrong address.

        Raises:
            InvalidWorkspaceError: where the environment names a target or a ledger that is wrong.

        """
        from callsheet.deploying.stores import opened

        if self.compile().errors:  # none of those of stores can be silenced
            self._refuse_wrong_stores(environment)
        there = self.compile().by_environment.get(environment.name, {})
        wanted = Canonical(there)
        return opened(environment, self.root, writing=writing, allowed=self.allowed, wanted=wanted)

    def _refuse_wrong_stores(self, environment: Environment) -> None:
        from callsheet.rules.stores import check_stores

        wrong = [one for document in environment.chain for one in check_stores(document)]
        if wrong:
            texts = {document.file: document.text for document in environment.chain}
            raise InvalidWorkspaceError(self.compile(), diagnose(wrong, texts))

    def _valid(self, environment: str | None) -> Environment:
        refuse_invalid(self.compile())
        return self.environment(environment)

    def _contracts_now(self) -> Contracts:
        """Return the contracts that the files on disk name, as long as they are what was compiled."""
        from callsheet.contracts import Contracts

        compiled = self.compile()
        if self._described is None or self._described[0] is not compiled:
            self._described = compiled, Contracts(FolderSource(self.root), self._compilations.cache)
        return self._described[1]

    def _contracts(self, compiled: Compiled, source: Source) -> Iterable[Problem]:
        """Check what names a contract; where nothing does, nothing is imported."""
        if not any(one.contract for one in compiled.actions.values()):
            return ()
        from callsheet.contracts import Contracts, check_contracts

        contracts = Contracts(source, self._compilations.cache)
        return check_contracts(compiled, contracts, required=self.require_contracts)

    def _today(self) -> date:
        """Return the day by which exceptions of policies expire: the same for everybody, by UTC."""
        return self.now().astimezone(UTC).date()

    def _time(self) -> str:
        """Return the time as the record holds it: RFC 3339, UTC, whole seconds."""
        return self.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
