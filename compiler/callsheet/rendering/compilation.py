"""A workspace → everything that it compiles to, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from callsheet.language import rules
from callsheet.language.action import Action, read_action
from callsheet.language.catalog import Spots, rules_on
from callsheet.language.diagnostics import Diagnostic, diagnose, merge_repeated
from callsheet.language.environment import (
    Environment,
    OverlaidSpots,
    overlaid_spots,
    resolve_environments,
)
from callsheet.language.ignores import adjust
from callsheet.language.merge import holds
from callsheet.language.policy import Policy, read_policy
from callsheet.language.rules.names import Facts
from callsheet.language.schema_check import check_document, check_value
from callsheet.language.selector import Selector
from callsheet.language.settings import Settings, read_settings
from callsheet.rendering.addresses import check_addresses
from callsheet.rendering.compile import CompiledAction, compile_action
from callsheet.workspace import Document, Path, Problem, Source, read_documents
from callsheet.workspace.documents import read_text

__all__ = ["Compiled", "compile_workspace", "rules"]


@dataclass(slots=True)
class Compiled:
    """What a workspace compiles to.

    Attributes:
        actions: the definitions, by name.
        environments: by name; abstract ones among them.
        by_environment: the compiled actions of each concrete environment, by address.
        diagnostics: every finding, sorted by place.
        documents: how many documents were read.

    """

    actions: dict[str, Action] = field(default_factory=dict)
    environments: dict[str, Environment] = field(default_factory=dict)
    policies: list[Policy] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
    by_environment: dict[str, dict[str, CompiledAction]] = field(default_factory=dict)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    documents: int = 0

    @property
    def errors(self) -> list[Diagnostic]:
        """The findings that are errors."""
        return [one for one in self.diagnostics if one.severity == "error"]

    @property
    def concrete(self) -> list[Environment]:
        """The environments that have a target."""
        return [one for one in self.environments.values() if not one.abstract]


def compile_workspace(source: Source, *, cache: FilePath | None = None) -> Compiled:
    """Read, check and compile a workspace, for every environment.

    No socket is opened and nothing outside the source is read. `cache` is a folder that may hold what
    an earlier run found.
    """
    del cache
    return _Compilation(source).run()


class _Compilation:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.result = Compiled()
        self.texts: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.extra: list[Diagnostic] = []
        self.templates: dict[str, str | Problem] = {}
        self.facts = Facts()

    def run(self) -> Compiled:
        self._read()
        self._check_workspace()
        self._compile()
        self._finish()
        return self.result

    # -- reading --------------------------------------------------------------------------

    def _read(self) -> None:
        policies: list[Document] = []
        for file in self.source.files():
            documents, problems, text = read_documents(self.source, file)
            self.texts[file] = text
            self.problems += problems
            for document in documents:
                self.result.documents += 1
                shape = check_document(document)
                self.problems += shape
                if not shape:
                    self._enter(document, policies)
        self.problems += self.source.problems
        if not self.result.documents and not self.problems:
            self.problems.append(
                Problem(
                    code="CS107",
                    file=".",
                    message="the workspace holds no document",
                    help="`callsheet init DIR` writes one to start from",
                )
            )
        self.result.policies = [read_policy(document) for document in policies]

    def _enter(self, document: Document, policies: list[Document]) -> None:
        facts, name = self.facts, document.value["metadata"]["name"]
        facts.documents.append(document)
        match document.value["kind"]:
            case "Action":
                if name not in facts.actions:
                    facts.actions[name] = document
                    self.result.actions[name] = read_action(document)
            case "Environment":
                facts.environments.setdefault(name, document)
            case "Policy":
                policies.append(document)
            case _:
                self.result.settings = read_settings(document)

    # -- checking -------------------------------------------------------------------------

    def _check_workspace(self) -> None:
        for rule in rules_on("workspace"):
            if rule.check is not None:
                self.problems += rule.check(self.facts, rule.code)
        environments, problems = resolve_environments(list(self.facts.environments.values()))
        self.problems += problems
        for environment in environments:
            self.result.environments[environment.name] = environment
            self.problems += check_addresses(environment)
        for action in self.result.actions.values():
            for rule in rules_on("action"):
                if rule.check is not None:
                    spots = Spots(rule.code, action.document, ("spec",))
                    self.problems += rule.check(action, spots)

    # -- compiling ------------------------------------------------------------------------

    def _compile(self) -> None:
        from callsheet.rendering.policies import prepare

        self.ready, problems = prepare(self.result.policies)
        self.problems += problems
        chosen = self.result.concrete
        self.found: dict[Problem, list[str]] = {}
        self.used: dict[str, dict[str, set[str]]] = {}
        self.selecting: dict[str, list[str]] = {}
        for environment in chosen or [_nowhere()]:
            self._compile_for(environment, counts=bool(chosen))
        self._report_by_environment()
        self._report_unused()
        self._report_empty_selections(chosen)

    def _compile_for(self, environment: Environment, *, counts: bool) -> None:
        compiled: dict[str, CompiledAction] = {}
        for action in self.result.actions.values():
            if not environment.select.selects(action.name, action.labels):
                continue
            self.selecting.setdefault(action.name, []).append(environment.name)
            one = self._compile_one(action, environment)
            if one is not None:
                compiled[one.address] = one
        if counts:
            self.result.by_environment[environment.name] = compiled

    def _compile_one(self, action: Action, environment: Environment) -> CompiledAction | None:
        if not self._overlay_is_valid(action, environment):
            return None
        outcome = compile_action(action, environment, self._template)
        self.used.setdefault(action.name, {})[environment.name] = outcome.used
        problems = outcome.problems
        compiled = outcome.compiled
        if compiled is not None:
            problems = [*problems, *_check_compiled(compiled, action, environment)]
            self._check_policies(compiled, action, environment)
        for problem in problems:
            self.found.setdefault(problem, []).append(environment.name)
        return compiled

    def _overlay_is_valid(self, action: Action, environment: Environment) -> bool:
        spec = environment.overlaid(action)
        if spec is action.spec:
            return True
        whole = {**action.document.value, "spec": spec}
        problems = check_value(
            lambda code: _OverlaidDocumentSpots(code, action.document, (), environment, action),
            whole,
            "action",
        )
        for problem in problems:
            self.found.setdefault(problem, []).append(environment.name)
        return not problems

    def _check_policies(self, compiled: CompiledAction, action: Action, environment: Environment) -> None:
        from callsheet.rendering.policies import violations

        for violation in violations(self.ready, action, environment, compiled):
            found = diagnose([violation.problem], self.texts)
            self.extra += [replace(one, severity=violation.policy.severity) for one in found]

    def _template(self, file: str) -> str | Problem:
        if file not in self.templates:
            self.templates[file] = _read_template(self.source, file)
            if isinstance(text := self.templates[file], str):
                self.texts.setdefault(file, text)
        return self.templates[file]

    # -- reporting ------------------------------------------------------------------------

    def _report_by_environment(self) -> None:
        """Say once what is found in several environments, and in which, where not in all."""
        concrete = len(self.result.concrete)
        for problem, environments in self.found.items():
            if not concrete and problem.code == "CS502":
                continue
            everywhere = len(environments) == concrete or not concrete
            if (problem.code == "CS502" or not everywhere) and concrete:
                names = ", ".join(environments)
                problem = replace(problem, message=f"{problem.message} (in {names})")  # noqa: PLW2901
            self.problems.append(problem)

    def _report_unused(self) -> None:
        for name, by_environment in self.used.items():
            action = self.result.actions[name]
            for parameter in action.parameters:
                using = [one for one, used in by_environment.items() if parameter in used]
                at = Spots("CS307" if not using else "CS308", action.document, ("spec",))
                if not using:
                    self.problems.append(
                        at.key(
                            ("parameters", parameter),
                            f"the parameter `{parameter}` is declared and never used",
                            do="use it, or remove it",
                        )
                    )
                elif len(using) < len(by_environment):
                    others = ", ".join(one for one in by_environment if one not in using)
                    self.problems.append(
                        at.key(
                            ("parameters", parameter),
                            f"the parameter `{parameter}` is used in {', '.join(using)}, not in {others}",
                            do="use it in every environment, or declare it in the overlay that uses it",
                        )
                    )

    def _report_empty_selections(self, chosen: list[Environment]) -> None:
        actions = self.result.actions.values()
        if any(problem.code < "CS3" for problem in self.problems):
            # A document that could not be read may be the one that would be selected.
            return
        for environment in chosen:
            if not any(environment.select.selects(one.name, one.labels) for one in actions):
                path = ("spec", "select") if holds(environment.document.value, ("spec", "select")) else ()
                self.problems.append(
                    Spots("CS309", environment.document).key(
                        path or ("metadata", "name"),
                        f"the environment `{environment.name}` selects no action",
                        do="correct the selector, or add actions",
                    )
                )
        for policy in self.result.policies:
            if actions and not any(policy.select.selects(one.name, one.labels) for one in actions):
                self.problems.append(
                    Spots("CS703", policy.document).key(
                        ("spec", "select"),
                        f"the policy `{policy.name}` selects no action",
                        do="correct the selector, or remove the policy",
                    )
                )

    def _finish(self) -> None:
        found = [*diagnose(self.problems, self.texts), *self.extra]
        adjusted = adjust(merge_repeated(found), self.texts, self.result.settings)
        self.result.diagnostics = merge_repeated(adjusted)


@dataclass(frozen=True, slots=True)
class _OverlaidDocumentSpots(OverlaidSpots):
    """As `OverlaidSpots`, by paths from the document's root, as the schema names them."""

    def where(self, path: Path) -> tuple[Document, Path]:
        if path[:1] != ("spec",) or self.environment is None or self.action is None:
            return self.document, path
        return self.environment.origin(self.action, path[1:])


def _check_compiled(
    compiled: CompiledAction, action: Action, environment: Environment
) -> Iterable[Problem]:
    for rule in rules_on("compiled"):
        if rule.check is not None:
            yield from rule.check(compiled.content, overlaid_spots(rule.code, action, environment))


def _read_template(source: Source, file: str) -> str | Problem:
    parts = file.split("/")
    if file.startswith("/") or "\\" in file or any(part in ("", ".", "..") for part in parts):
        return Problem(
            code="CS512",
            file=file,
            message="its path leads out of the workspace",
            help="name one inside",
        )
    text, problem = read_text(source, file)
    return problem if problem is not None else text


def _nowhere() -> Environment:
    """Give an environment to check actions by, where the workspace has none with a target."""
    from callsheet.language.environment import Guards

    document = Document("", 0, "", {"spec": {}})
    return Environment(
        name="none",
        chain=(document,),
        values={},
        overlays={},
        select=Selector(),
        target=None,
        ledger=None,
        guards=Guards(),
    )
