"""A workspace → everything that it compiles to, and everything that is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path as FilePath
from posixpath import normpath
from typing import Any

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.compiling.addresses import check_addresses
from callsheet.compiling.attribution import Attribution
from callsheet.compiling.cache import UnitCache
from callsheet.compiling.endpoints import check_endpoints, with_definitions
from callsheet.compiling.messages import check_messages
from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.compiling.policy_exceptions import check_exceptions, reported
from callsheet.compiling.pool import compute_units
from callsheet.compiling.unit import READERS, SHARED_KINDS, Context, Unit, may_be_shared
from callsheet.documents import Document, Problem, Source, Unreadable
from callsheet.documents.problems import ANY, Concern
from callsheet.documents.reading import decode, parse, read_text
from callsheet.language.action import Action
from callsheet.language.catalog import Spots, rules_on
from callsheet.language.diagnostics import Diagnostic, conceal, diagnose, merge_repeated
from callsheet.language.endpoint import EndpointConfig
from callsheet.language.environment import Environment, Guards, resolve_environments
from callsheet.language.ignores import adjust
from callsheet.language.merge import holds
from callsheet.language.message import Message
from callsheet.language.policy import Policy, read_policy
from callsheet.language.schema_check import check_document
from callsheet.language.selector import Selector
from callsheet.language.settings import SETTINGS_FILES, read_settings
from callsheet.language.target import with_collections
from callsheet.rules.names import Facts

Check = Callable[[Compiled, Source], Iterable[Problem]]


def compile_workspace(
    source: Source,
    *,
    cache: FilePath | None = None,
    today: date | None = None,
    check: Check = lambda compiled, source: (),  # noqa: ARG005
) -> Compiled:
    """Read, check and compile a workspace, for every environment.

    No socket is opened and nothing outside the source is read. `cache` is a folder that may hold what
    an earlier run found, and into which this one writes; None for neither. `today` is the day by which
    exceptions of policies expire; None for a day on which none has. `check` gives what else is wrong with
    what was compiled: the contracts, which a later room reads.
    """
    return _Compilation(source, cache, today).run(check)


class _Compilation:
    def __init__(self, source: Source, cache: FilePath | None, today: date | None) -> None:
        self.source = source
        self.today = today
        self.policies: dict[str, Policy] = {}
        self.files = source.files()
        self.cache = UnitCache(cache, source) if cache is not None else None
        self.result = Compiled()
        self.problems: list[Problem] = []
        self.extra: list[Diagnostic] = []
        self.facts = Facts()
        self.texts = _Texts(source)

    def run(self, check: Check) -> Compiled:
        context = self._context()
        self.files = [one for one in self.files if not self._is_deployed(one)]
        units = self._units(context)
        for unit in units:
            self._enter(unit, context)
        self._check_workspace(units, context)
        if not context.nowhere:
            self.problems += check(self.result, self.source)
        self._finish(units)
        self.result.environments = with_definitions(self.result)
        return self.result

    # -- what the files share -------------------------------------------------------------

    def _context(self) -> Context:
        """Read the environments, policies and settings; every other file is left alone."""
        environments, policies = [], []
        targets: dict[str, Document] = {}
        for file in self.files:
            for document in self._shared_documents(file):
                match document.value["kind"]:
                    case "Environment":
                        environments.append(document)
                    case "Policy":
                        policies.append(read_policy(document))
                    case "Target":
                        targets.setdefault(document.value["metadata"]["name"], document)
                    case "Workspace" if file in SETTINGS_FILES:
                        self.result.settings = read_settings(document)
        for document in environments:
            self.facts.environments.setdefault(document.value["metadata"]["name"], document)
        resolved, self.problems = resolve_environments(list(self.facts.environments.values()))
        self.result.targets = targets
        resolved, lost = with_collections(resolved, targets)
        self.problems += lost
        self.result.environments = {one.name: one for one in resolved}
        self.result.policies = policies
        self.policies = {one.name: one for one in policies}
        return self._ready_context(resolved)

    def _is_deployed(self, file: str) -> bool:
        """Return whether a file is one that callsheet writes for a target: what it deploys, or a snapshot.

        By its place, so that it counts also where it was broken by hand.
        """
        targets = [one.target for one in self.result.environments.values() if one.target is not None]
        if not file.endswith(".json"):
            return False
        if any(file == normpath(str(one.get("usage", ""))) for one in targets):
            return True
        folders = [normpath(str(it.get("path", "."))) for it in targets if it["type"] == "directory"]
        folder, _, kind = file.rpartition("/")[0].rpartition("/")
        return kind in READERS and folder in folders

    def _shared_documents(self, file: str) -> list[Document]:
        if self.cache is not None and self.cache.holds_actions_only(file):
            return []
        try:
            content = self.source.read(file)
        except Unreadable:
            return []
        if not may_be_shared(content):
            return []
        text, problem = decode(content, file)
        if problem is not None:
            return []
        parsed, _ = parse(text, file)
        found = []
        for index, one in enumerate(parsed):
            document = Document(file, index, text, one)
            kind = one.value.get("kind") if isinstance(one.value, dict) else None
            if kind in SHARED_KINDS and not check_document(document):
                found.append(document)
        return found

    def _ready_context(self, resolved: list[Environment]) -> Context:
        concrete = tuple(one for one in resolved if not one.abstract)
        policies = self.result.policies
        if policies:
            from callsheet.compiling.policies import prepare

            ready, problems = prepare(policies)
            self.problems += problems
            policies = [one.policy for one in ready]
        return Context(concrete or (_nowhere(),), tuple(policies), not concrete)

    # -- units ----------------------------------------------------------------------------

    def _units(self, context: Context) -> list[Unit]:
        """Take what the cache holds, compute the rest, and give the units in the order of the files."""
        found: dict[str, Unit] = {}
        if self.cache is not None:
            self.cache.open(context)
            found = {file: unit for file in self.files if (unit := self.cache.unit(file)) is not None}
        rest = [file for file in self.files if file not in found]
        records = compute_units(self.source, context, rest)
        self.result.files, self.result.computed = len(self.files), len(rest)
        for record in records:
            found[record["file"]] = Unit.read(record)
        if self.cache is not None:
            self.cache.keep(records, self.files)
        return [found[file] for file in self.files]

    def _enter(self, unit: Unit, context: Context) -> None:
        result = self.result
        result.documents += unit.documents
        for head in unit.heads:
            text = partial(self.texts.__getitem__, unit.file)
            document = Document(unit.file, head["index"], text, line=head["line"])
            self.facts.named.append((head["kind"], head["name"], document))
            if head["kind"] in READERS and head["name"] not in self.facts.definitions:
                self._enter_definition(head, document)
        if context.nowhere:
            return
        for environment, compiled in unit.compiled.items():
            there = result.by_environment.setdefault(environment, {})
            for address, (canonical, digest) in compiled.items():
                there.setdefault(address, CompiledAction(address, environment, canonical, digest))

    def _enter_definition(self, head: dict[str, Any], document: Document) -> None:
        name, metadata, before = head["name"], head["metadata"], head["renamedFrom"]
        if head["kind"] == "Action":
            action = Action(document, metadata, before, head["contract"])
            self.facts.definitions[name] = self.result.actions[name] = action
        elif head["kind"] == "Message":
            message = Message(document, metadata, before, head["channel"])
            self.facts.definitions[name] = self.result.messages[name] = message
        else:
            endpoint = EndpointConfig(document, metadata, before)
            self.facts.definitions[name] = self.result.endpoints[name] = endpoint

    # -- across files ---------------------------------------------------------------------

    def _check_workspace(self, units: list[Unit], context: Context) -> None:
        for environment in context.environments if not context.nowhere else ():
            self.result.by_environment.setdefault(environment.name, {})
        for rule in rules_on("workspace"):
            if rule.check is not None:
                self.problems += rule.check(self.facts, rule.code)
        for environment in self.result.environments.values():
            self.problems += check_addresses(environment.document)
        if not context.nowhere:
            self.problems += check_messages(self.result)
            self.problems += check_endpoints(self.result)
        self.problems += self.source.problems
        for unit in units:
            self._report(unit, context)
        self._leave_out_what_follows(units)
        if not self.result.documents and not self.problems:
            self.problems.append(
                Problem(
                    code="CS107",
                    file=".",
                    message="the workspace contains no document",
                    help="run `callsheet init DIR` to create one",
                )
            )
        self._report_empty_selections(context)

    def _leave_out_what_follows(self, units: list[Unit]) -> None:
        """Drop findings that a definition is not there, where it may be one that could not be read."""
        unread = {
            name
            for unit in units
            for problem, _ in unit.found
            for name, _ in problem.about or _about_unread(unit)
            if name not in self.facts.definitions
        }
        if unread:
            self.problems = [
                one
                for one in self.problems
                if one.code not in _NAMED_BY_OTHERS
                or not ("" in unread or any(f"`{name}`" in one.message for name in unread))
            ]

    def _report(self, unit: Unit, context: Context) -> None:
        """Say once what is found in several environments, and in which, where not in all."""
        number = len(context.environments)
        for problem, environments in unit.found:
            if context.nowhere and environments and problem.code == "CS502":
                continue
            named = environments and not context.nowhere
            if named and (problem.code == "CS502" or len(environments) < number):
                message = f"{problem.message} (in {', '.join(environments)})"
                self.problems.append(replace(_only_in(problem, environments), message=message))
            else:
                self.problems.append(_only_in(problem, environments) if named else problem)
        self.extra += reported(unit.broken, self.policies, self.today, self.texts)
        given = Counter(head["name"] for head in unit.heads)
        for head in unit.heads:
            # What two of one name use is not told apart: the name is the mistake.
            if head["kind"] in ("Action", "Message") and given[head["name"]] == 1:
                self._report_unused(unit, head)

    def _report_unused(self, unit: Unit, head: dict[str, Any]) -> None:
        by_environment = unit.used.get(head["name"], {})
        # A name that was misspelt where it is used is one mistake, not two.
        meant = [one.message for one, _ in unit.found if one.code == "CS306"]
        for parameter in head["parameters"]:
            using = [one for one, used in by_environment.items() if parameter in used]
            if not by_environment or len(using) == len(by_environment):
                continue
            if any(f"did you mean `{parameter}`" in message for message in meant):
                continue
            document = Document(unit.file, head["index"], self.texts[unit.file])
            at = Spots("CS308" if using else "CS307", document, ("spec",))
            if using:
                others = ", ".join(one for one in by_environment if one not in using)
                message = f"the parameter `{parameter}` is used in {', '.join(using)}, not in {others}"
                way_out = "use it in every environment, or declare it in the overlay that uses it"
            else:
                message = f"the parameter `{parameter}` is declared and never used"
                way_out = "use it, or remove it"
            self.problems.append(at.key(("parameters", parameter), message, do=way_out))

    def _report_empty_selections(self, context: Context) -> None:
        actions = self.result.definitions.values()
        if any(problem.code < "CS3" for problem in self.problems):
            # A document that could not be read may be the one that would be selected.
            return
        for environment in context.environments if not context.nowhere else ():
            if not any(environment.select.selects(one) for one in actions):
                path = ("spec", "select") if holds(environment.document.value, ("spec", "select")) else ()
                self.problems.append(
                    Spots("CS309", environment.document).key(
                        path or ("metadata", "name"),
                        f"the environment `{environment.name}` selects no action",
                        do="correct the selector, or add actions",
                    )
                )
        for policy in self.result.policies:
            self.problems += check_exceptions(policy, self.result.definitions, self.today)
            if actions and not any(policy.select.selects(one) for one in actions):
                self.problems.append(
                    Spots("CS703", policy.document).key(
                        ("spec", "select"),
                        f"the policy `{policy.name}` selects no action",
                        do="correct the selector, or remove the policy",
                    )
                )

    def _finish(self, units: list[Unit]) -> None:
        attribute = Attribution(self.facts.named, self.result.environments.values())
        found = [*diagnose(map(attribute, self.problems), self.texts), *self.extra]
        speaking = {unit.file: self.texts[unit.file] for unit in units if unit.ignores}
        defined = {unit.file: {head["name"] for head in unit.heads} for unit in units if unit.ignores}
        adjusted = adjust(merge_repeated(found), speaking, self.result.settings, defined)
        self.result.diagnostics = conceal(merge_repeated(adjusted))


_NAMED_BY_OTHERS = ("CS305", "CS472")
"""What is found where a definition names another one that is not there."""


def _about_unread(unit: Unit) -> tuple[Concern, ...]:
    """Return what a file of which nothing could be read may have defined: anything."""
    return () if unit.documents else (("", ANY),)


def _only_in(problem: Problem, environments: Iterable[str]) -> Problem:
    about = tuple((name, environment) for name, _ in problem.about for environment in environments)
    return replace(problem, about=about)


class _Texts(dict[str, str]):
    """The texts of files, each read when it is first asked for; empty where it cannot be read."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def __missing__(self, file: str) -> str:
        text, _ = read_text(self.source, file)
        self[file] = text
        return text


def _nowhere() -> Environment:
    """Return an environment to check actions by, where the workspace has none with a target."""
    return Environment(
        name="none",
        chain=(),
        values={},
        overlays={},
        select=Selector(),
        target=None,
        ledger=None,
        guards=Guards(),
    )
