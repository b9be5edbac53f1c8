"""A workspace → everything that it compiles to, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path as FilePath
from posixpath import normpath

from msgspec.structs import replace

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.bulk import without_collection
from callsheet.compiling.attribution import Attribution
from callsheet.compiling.bundles import Bundles, FileTexts
from callsheet.compiling.cache import UnitCache
from callsheet.compiling.concerned import naming_definitions
from callsheet.compiling.context import Context, read_shared
from callsheet.compiling.findings import found_in, without_broken_parts, without_what_follows
from callsheet.compiling.foreign import without_parts
from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.compiling.named_fragments import NamedFragments
from callsheet.compiling.policy_exceptions import reported
from callsheet.compiling.pool import compute_units
from callsheet.compiling.sets import expanded
from callsheet.compiling.spread import ALONE, Spread
from callsheet.compiling.unit import Computed, Left, Unit
from callsheet.compiling.worker import Worker
from callsheet.documents import Document, Problem, Source
from callsheet.documents.findings import empty_workspace
from callsheet.documents.places import Places
from callsheet.documents.reading import read_text
from callsheet.documents.recording import RecordingSource
from callsheet.documents.yaml_events import ParsedDocument
from callsheet.language.catalog import found_on
from callsheet.language.diagnostics import Diagnostic, conceal, diagnose, merge_repeated
from callsheet.language.kinds import KINDS, DeployedKind, deployed_kinds
from callsheet.language.origin import Origin, Row
from callsheet.language.subjects import Deployed, Facts
from callsheet.rules.ignores import adjust
from callsheet.rules.stores import check_stores
from callsheet.templates.template_files import TemplateFiles

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


def read_definitions(source: Source, cache: FilePath, spread: Spread) -> Compiled:
    """Return what a workspace defines, taken from the cache as far as it is there; nothing is checked."""
    with without_collection():
        compiler = _WorkspaceCompiler(source, cache, None, spread)
        compiler.enter()
        return compiler.result


class _WorkspaceCompiler:
    def __init__(self, source: Source, cache: FilePath | None, today: date | None, spread: Spread) -> None:
        self.source = source
        self.spread = spread
        self.today = today
        self.files = source.files()
        self.cache = UnitCache(cache, source) if cache is not None else None
        self.result = Compiled()
        self.facts = Facts(today=today)
        self.texts = _Texts(source)

    def run(self, check: Check) -> Compiled:
        context, problems, units = self.enter()
        problems += self._check(units, context)
        if not context.nowhere:
            problems += check(self.result, self.source)
        self.result.diagnostics = self._diagnosed(problems, units)
        return self.result

    def enter(self) -> tuple[Context, list[Problem], list[Left]]:
        """Read what there is, and return what the files share, what is wrong with that, and the units."""
        context, problems = self._read_shared()
        self.files = [
            one for one in self.files if one not in self.items_files and not self._is_deployed(one)
        ]
        units: list[Left] = []
        templates: set[str] = set()
        with closing(self._units(context)) as found_units:
            for unit in found_units:
                self._enter(unit, context)
                templates.update(unit.templates)
                if unit.speaks:
                    units.append(unit.left())
                else:
                    self.result.documents += unit.documents
        if isinstance(self.source, RecordingSource):
            # What another process read of a file, and what the cache holds, depends on these as well.
            for template in templates:
                self.source.note(template)
        units = without_parts(units)
        self.result.documents += sum(one.documents for one in units)
        for found in self.result.by_kind.values():
            self.result.definitions.update(found)
        return context, problems, units

    # -- what the files share -------------------------------------------------------------

    def _read_shared(self) -> tuple[Context, list[Problem]]:
        """Read the environments, policies, targets and settings, and what is wrong with them."""
        cache = self.cache
        skip = cache.holds_actions_only if cache is not None else lambda file: False  # noqa: ARG005
        shared = read_shared(self.source, self.files, skip=skip)
        context, problems = shared.context()
        # Only here: a process that computes units reads the files by its own source.
        reader = NamedFragments(TemplateFiles(self.source, {}).read)
        self.parts = replace(context.parts, read_named=reader)
        self.facts.environments, self.facts.resolved = shared.documents, shared.resolved
        self.facts.targets = shared.targets
        self.facts.deploying = () if context.nowhere else context.environments
        self.facts.policies = self.result.policies = shared.policies
        self.result.connections = shared.connections
        self.facts.fragments = {name: one.document for name, one in shared.fragments.items()}
        self.result.fragments = shared.fragments
        # A file of documents that a set names by mistake keeps its documents, and the set has the error.
        self.items_files = {normpath(one) for one in shared.items_files} - shared.document_files
        self.facts.connections = {name: one.document for name, one in shared.connections.items()}
        self.result.environments = shared.environments
        self.result.shared_files = tuple(sorted(shared.document_files))
        self.result.broken = frozenset(shared.broken)
        self.result.targets, self.result.settings = shared.targets, shared.settings
        return context, problems

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
        return kind in deployed_kinds() and folder in folders

    # -- units ----------------------------------------------------------------------------

    def _units(self, context: Context) -> Generator[Unit, None, None]:
        """Take what is in the cache, compute the rest, and yield the units in the order of the files."""
        taken: dict[str, Unit] = {}
        if self.cache is not None:
            self.cache.open(context)
            taken = {file: unit for file in self.files if (unit := self.cache.unit(file)) is not None}
        rest = [file for file in self.files if file not in taken]
        self.result.files, self.result.computed = len(self.files), len(rest)
        self.bundles = self._bundles(context)
        try:
            # Closed at once where the work ends early: its processes are not left to the collector.
            with closing(compute_units(self.source, context, rest, self.spread)) as batches:
                computed = self._kept(batches)
                for file in self.files:
                    unit = taken.pop(file) if file in taken else next(computed).unit()
                    unit.file = file  # not another text of the same letters for each
                    yield unit
        finally:
            # Also of work that did not end: what was computed is true.
            if self.cache is not None:
                self.cache.save(self.files)
                self.cache.let_go()

    def _kept(self, batches: Iterable[Sequence[Computed]]) -> Iterator[Computed]:
        for computed in batches:
            self._keep(computed)
            yield from computed

    def _keep(self, computed: Sequence[Computed]) -> None:
        """Write what was computed into the cache; hold the texts that it does not take."""
        kept = frozenset(self.cache.keep(computed)) if self.cache is not None else frozenset()
        for one in computed:
            if one.file not in kept:
                self.bundles.add(one.file, one.bundle)

    def _bundles(self, context: Context) -> Bundles:
        """Return where the texts of what is compiled are read."""
        stored = self.cache.bundle if self.cache is not None else lambda file: None  # noqa: ARG005
        return Bundles(stored, lambda file: Computed.of(Worker(self.source, context).unit(file)).bundle)

    def _enter(self, unit: Unit, context: Context) -> None:
        result = self.result
        self.facts.named_parts.update(unit.parts)
        text = _Text(self.texts, unit.file)
        documents: dict[int, Document] = {}  # the rows of a set have one
        for head in unit.heads:
            index = head["index"]
            document = documents.setdefault(index, Document(unit.file, index, text, line=head["line"]))
            row = Row.read(head["row"]) if "row" in head else None
            named = document if row is None else self._document_of(row)
            kind = KINDS[head["kind"]]
            self.facts.named.append((kind.name, head["name"], named))
            if isinstance(kind, DeployedKind) and head["name"] not in self.facts.definitions:
                origin = Origin(document, row, expanded)
                definition = kind.definition.from_head(origin, head, self.parts)
                self.facts.definitions[definition.name] = definition
                result.by_kind[kind.name][definition.name] = definition
                if self.cache is not None and getattr(definition, "contract", None):
                    result.basis[definition.name] = self.cache.basis_of(unit)
        if context.nowhere:
            return
        if unit.compiled:
            result.hashes[unit.file] = unit.hash
        texts = FileTexts(self.bundles, unit.file)
        addresses: dict[str, str] = {}  # each is one text, in all environments
        for environment, compiled in unit.compiled.items():
            there = result.by_environment.setdefault(environment, {})
            for written, digest in compiled.items():
                address = addresses.setdefault(written, written)
                if address not in there:
                    there[address] = CompiledAction(address, environment, texts, digest)

    def _document_of(self, row: Row) -> Document:
        """Return the file in which a row is written, as a document in which every place is the row."""
        return Document(
            row.file,
            0,
            _Text(self.texts, row.file),
            ParsedDocument(None, Places({(): row.span}), row.span.line),
        )

    # -- across files ---------------------------------------------------------------------

    def _check(self, units: Sequence[Left], context: Context) -> list[Problem]:
        """Find what is wrong in the files, and with how they fit together."""
        result, problems = self.result, list(self.source.problems)
        for environment in result.environments.values():
            problems += check_stores(environment.document)
        for environment in self.facts.deploying:
            there = result.by_environment.setdefault(environment.name, {})
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


class _Text:
    """The text of one file, read when it is called for."""

    __slots__ = ("file", "texts")

    def __init__(self, texts: Mapping[str, str], file: str) -> None:
        self.texts = texts
        self.file = file

    def __call__(self) -> str:
        """Return it."""
        return self.texts[self.file]


class _Texts(dict[str, str]):
    """The texts of files, each read when it is first asked for; empty where it cannot be read."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self.source = source

    def __missing__(self, file: str) -> str:
        text, _ = read_text(self.source, file)
        self[file] = text
        return text
