"""A workspace → everything that it compiles to, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path as FilePath

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.bulk import without_collection
from callsheet.compiling.attribution import Attribution
from callsheet.compiling.concerned import naming_definitions
from callsheet.compiling.context import Context
from callsheet.compiling.entering import Entering
from callsheet.compiling.findings import found_in, without_broken_parts, without_what_follows
from callsheet.compiling.model import Compiled
from callsheet.compiling.policy_exceptions import reported
from callsheet.compiling.spread import ALONE, Spread
from callsheet.compiling.unit import Left
from callsheet.documents import Problem, Source
from callsheet.documents.findings import empty_workspace
from callsheet.language.catalog import found_on
from callsheet.language.diagnostics import Diagnostic, conceal, diagnose, merge_repeated
from callsheet.language.subjects import Deployed
from callsheet.rules.ignores import adjust
from callsheet.rules.stores import check_stores

Check = Callable[[Compiled, Source], Iterable[Problem]]


def compile_workspace(
    source: Source,
    *,
    cache: FilePath | None = None,
    today: date | None = None,
    spread: Spread = ALONE,
    check: Check = lambda compiled, source: (),  # noqa: ARG005
) -> Compiled:
    """Read, check and compile a workspace, for every environment.

    Nothing outside the source is read, and no socket is opened but to the Dask workers that `spread` names.
    `cache` is a folder that may contain what an earlier run found, and into which this one writes; None for
    neither. `today` is the day by which exceptions of policies expire; None for a day on which none has.
    `spread` says who computes. `check` returns what else is wrong with what was compiled: the contracts,
    which a later room reads.
    """
    with without_collection():
        return _WorkspaceCompiler(source, cache, today, spread).run(check)


class _WorkspaceCompiler(Entering):
    """Puts together what there is, and finds what is wrong with it."""

    def __init__(self, source: Source, cache: FilePath | None, today: date | None, spread: Spread) -> None:
        super().__init__(source, cache, spread)
        self.today = self.facts.today = today

    def run(self, check: Check) -> Compiled:
        context, problems, units = self.enter()
        problems += self._check(units, context)
        if not context.nowhere:
            problems += check(self.result, self.source)
        self.result.diagnostics = self._diagnosed(problems, units)
        return self.result

    def _check(self, units: Sequence[Left], context: Context) -> list[Problem]:
        """Find what is wrong in the files, and with how they fit together."""
        result, problems = self.result, list(self.source.problems)
        for environment in result.environments.values():
            problems += check_stores(environment.document)
        for environment in self.facts.deploying:
            there = self.by_environment.setdefault(environment.name, {})
            problems += found_on("deployed", Deployed(environment, result.by_kind, there))
        problems += found_in(units, context)
        self.facts.unread = any(_hides_definitions(one) for one in problems)
        problems += found_on("workspace", self.facts)
        problems = without_what_follows(problems, units, self.facts.definitions)
        problems = without_broken_parts(problems, units, self.texts)
        return problems if problems or result.documents else [empty_workspace()]

    def _diagnosed(self, problems: Iterable[Problem], units: Sequence[Left]) -> list[Diagnostic]:
        """Complete the problems, and apply what comments and settings say about them."""
        problems = [*problems]
        if problems:
            attribute = Attribution(self.facts.named, self.result.environments.values())
            problems = [*map(attribute, problems)]
        policies = {one.name: one for one in self.result.policies}
        found = diagnose(problems, self.texts)
        for unit in units:
            found += reported(unit.broken, policies, self.today, self.texts)
        speaking = {unit.file: self.texts[unit.file] for unit in units if unit.ignores}
        defined = {unit.file: unit.names for unit in units if unit.ignores}
        adjusted = adjust(merge_repeated(found), speaking, self.result.settings, defined)
        merged = merge_repeated(adjusted)
        return conceal(naming_definitions(merged, self.result))


def _hides_definitions(problem: Problem) -> bool:
    """Return whether there may be definitions of which nothing is known: in a file, or of a row."""
    return (
        problem.code < "CS3" or problem.code == "CS327" or (problem.code < "CS6" and problem.missing == "")
    )
