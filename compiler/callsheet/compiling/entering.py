"""A workspace → what it defines and compiles to: taken from the cache, or computed, and put together.

What is wrong with it is found elsewhere. Where all is in the cache, neither rules nor templates are
imported.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path as FilePath
from posixpath import normpath
from typing import Any

from msgspec.structs import replace

from callsheet.bulk import without_collection
from callsheet.compiling.batches import Computing
from callsheet.compiling.bundles import Bundles, FileTexts
from callsheet.compiling.cache import UnitCache
from callsheet.compiling.context import Context, Documents, read_shared
from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.compiling.spread import Spread
from callsheet.compiling.unit import Computed, Left, Unit
from callsheet.documents import Document, Problem, Source
from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.places import Places
from callsheet.documents.reading import read_text
from callsheet.documents.recording import RecordingSource
from callsheet.language.fragment import NamedInFile
from callsheet.language.kinds import KINDS, DeployedKind, deployed_kinds
from callsheet.language.origin import Origin, Row
from callsheet.language.subjects import Facts
from callsheet.templates.template_files import TemplateFiles, is_of_fault


def read_definitions(
    source: Source,
    cache: FilePath,
    spread: Spread,
    broken: frozenset[tuple[str, int]],
    usable_policies: Sequence[int],
    documents: Documents | None = None,
) -> Compiled:
    """Return what a workspace defines, taken from the cache as far as it is there; nothing is checked.

    `broken` are the documents that others share and that are not valid by their schema, as an earlier run
    found them; `usable_policies` the numbers of the policies whose own schema is valid; `documents` returns
    those of a file that others share, where they need not be read.
    """
    with without_collection():
        entering = Entering(
            source, cache, spread, broken=broken, usable_policies=usable_policies, documents=documents
        )
        entering.enter()
        return entering.result


class Entering:
    """Puts together what the files of a workspace define and compile to.

    Args:
        source: the files.
        cache: the folder of the cache; None for none.
        spread: says who computes what is not in it.
        broken: the documents that others share and that are not valid, where they are known.
        usable_policies: the numbers of the policies whose own schema is valid, where they are known.
        documents: returns the documents of a file that others share, where they are known.

    """

    def __init__(
        self,
        source: Source,
        cache: FilePath | None,
        spread: Spread,
        *,
        broken: frozenset[tuple[str, int]] | None = None,
        usable_policies: Sequence[int] | None = None,
        documents: Documents | None = None,
    ) -> None:
        self.source = source
        self.documents = documents
        self.spread = spread
        self.broken = broken
        self.usable_policies = usable_policies
        self.files = source.files()
        self.cache = UnitCache(cache, source) if cache is not None else None
        self.result = Compiled()
        self.result.by_environment = self.by_environment = dict[str, dict[str, CompiledAction]]()
        self.facts = Facts()
        self.texts = _Texts(source)

    def enter(self) -> tuple[Context, list[Problem], list[Left]]:
        """Read what there is, and return what the files share, what is wrong with that, and the units."""
        context, problems = self._read_shared()
        self.files = [
            one for one in self.files if one not in self.items_files and not self._is_deployed(one)
        ]
        units: list[Left] = []
        templates: dict[str, str] = {}
        with closing(self._units(context)) as found_units:
            for unit in found_units:
                self._enter(unit, context)
                self._note(unit, templates)
                if unit.speaks:
                    units.append(unit.left())
                else:
                    self.result.documents += unit.documents
        units = _without_parts(units)
        self.result.documents += sum(one.documents for one in units)
        for found in self.result.by_kind.values():
            self.result.definitions.update(found)
        return context, problems, units

    # -- what the files share -------------------------------------------------------------

    def _read_shared(self) -> tuple[Context, list[Problem]]:
        """Read the environments, policies, targets and settings, and what is wrong with them."""
        cache = self.cache
        skip = cache.holds_actions_only if cache is not None else lambda file: False  # noqa: ARG005
        shared = read_shared(
            self.source, self.files, skip=skip, broken=self.broken, documents=self.documents
        )
        context, problems = shared.context(self.usable_policies)
        chosen = {id(one) for one in context.policies}
        self.result.usable_policies = tuple(
            number for number, one in enumerate(shared.policies) if id(one) in chosen
        )
        # Only here: a process that computes units reads the files by its own source.
        self.parts = replace(context.parts, read_named=self._read_named)
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
        self.result.shared_documents = shared.read
        self.result.broken = frozenset(shared.broken)
        self.result.targets, self.result.settings = shared.targets, shared.settings
        return context, problems

    def _read_named(self, file: str) -> NamedInFile | None:
        from callsheet.compiling.named_fragments import NamedFragments

        return NamedFragments(TemplateFiles(self.source, {}).read)(file)

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
        rest = self.files
        cache = self.cache
        if cache is not None:
            cache.open(context)
            rest = [file for file in self.files if not cache.holds(file)]
        left = frozenset(rest)
        self.result.files, self.result.computed = len(self.files), len(rest)
        self.bundles = self._bundles(context)
        try:
            # Closed at once where the work ends early: its processes are not left to the collector.
            with closing(self._computed(context, rest)) as batches:
                computed = self._kept(batches)
                for file in self.files:
                    unit = next(computed).unit() if cache is None or file in left else cache.take(file)
                    unit.file = file  # not another text of the same letters for each
                    yield unit
                next(computed, None)  # whoever computes ends by itself, and says so to who watches
        finally:
            # Also of work that did not end: what was computed is true.
            if cache is not None:
                cache.save(self.files)
                cache.let_go()

    def _computed(self, context: Context, files: Sequence[str]) -> Computing:
        if files:
            from callsheet.compiling.pool import compute_units

            yield from compute_units(self.source, context, files, self.spread)

    def _kept(self, batches: Iterable[Sequence[Computed]]) -> Iterator[Computed]:
        for computed in batches:
            self._keep(computed)
            yield from computed

    def _keep(self, computed: Sequence[Computed]) -> None:
        """Write what was computed into the cache; hold the texts that it does not take."""
        if isinstance(self.source, RecordingSource):
            for file, opened in (each for one in computed for each in one.opened.items()):
                self.source.confirm(file, opened)
        kept = frozenset(self.cache.keep(computed)) if self.cache is not None else frozenset()
        for one in computed:
            if one.file not in kept:
                self.bundles.add(one.file, one.bundle)

    def _bundles(self, context: Context) -> Bundles:
        """Return where the texts of what is compiled are read."""
        stored = self.cache.bundle if self.cache is not None else lambda file: None  # noqa: ARG005
        return Bundles(stored, lambda file: _bundle(self.source, context, file))

    def _note(self, unit: Unit, templates: dict[str, str]) -> None:
        """Note what a unit depends on, also where another process read it; `templates` are those so far."""
        if self.cache is None or not isinstance(self.source, RecordingSource):
            return
        for template, digest in unit.templates.items():
            self.source.note(template)
            same = templates.setdefault(template, digest) == digest
            if same and is_of_fault(digest):
                same = self.cache.template(template) == digest
            if not same:
                self.source.unsure.add(template)  # it changed between two that read it
        if unit.found and not unit.hash:
            self.source.unsure.add(unit.file)  # it could not be read, and perhaps soon can

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
                origin = Origin(document, row, _expanded)
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
            there = self.by_environment.setdefault(environment, {})
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


def _without_parts(units: list[Left]) -> list[Left]:
    if not any(one.describes for one in units):
        return units
    from callsheet.compiling.foreign import without_parts

    return without_parts(units)


def _expanded(template: Any, item: dict[str, Any]) -> Any:
    from callsheet.compiling.sets import expanded

    return expanded(template, item)


def _bundle(source: Source, context: Context, file: str) -> bytes:
    from callsheet.compiling.worker import Worker

    return Worker(source, context).bundle(file)


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
