"""What the last whole run over a folder found, taken again where nothing that it read has changed.

A compilation reads the files of the folder, files of packages that contracts name, and nothing else; beside
them it depends on the day, and on the versions of what computes it. All of that is recorded as two digests.
Where both are the same, so is the result, and most of it is not even read: each part is when it is needed.

As with the units, a file that changed shortly before the run could change again with the same times: then
nothing is recorded.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from callsheet.bulk import without_collection
from callsheet.compiling.bundles import Bundles, FileTexts
from callsheet.compiling.cache import UNTRUSTED_NANOSECONDS, bundle_of, connect_units
from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.compiling.sealed import SealedStore
from callsheet.compiling.spread import Spread
from callsheet.compiling.versions import identity_of_run, know_own_digest, own_digest
from callsheet.documents import Document, Source
from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.reading import read_text
from callsheet.documents.recording import RecordingSource
from callsheet.errors import CallsheetError
from callsheet.language.diagnostics import Diagnostic

if TYPE_CHECKING:
    from callsheet.compiling.context import Documents, Shared
    from callsheet.compiling.worker import Worker

FORMAT = 10
FILE = f"runs-{FORMAT}.sqlite"


class _Record(Struct):
    """One run.

    Attributes:
        identity: a digest of what it depended on beside files.
        own: the digest of what callsheet's own files contained.
        state: a digest of all files that it read.
        others: those of them that are not listed.
        packages: the references to files of packages.
        environments: the names of those that anything is compiled for, in their order.

    Its larger parts are kept beside it, each by its name: the diagnostics, the documents that others
    share, the hashes of files, and for each environment what it compiles to: by address, the digest, and
    the number of the file in the hashes.

    """

    identity: str
    own: str
    state: str
    others: list[str]
    packages: list[str]
    shared_files: list[str]
    broken: frozenset[tuple[str, int]]
    usable_policies: tuple[int, ...]
    documents: int
    files: int
    notes: list[str]
    incomplete: list[str]
    renames: dict[str, str]
    environments: list[str]


class Runs:
    """The last run over a folder, in its cache.

    Args:
        cache: the cache's folder.
        source: the files of the folder, of which it is recorded what is read.
        today: the day by which exceptions of policies expire.
        variant: what else the result depends on; the last run of each is kept.
        spread: who computes what the cache has lost.
        again: compiles the folder, where the record of its last run is lost meanwhile.

    """

    def __init__(
        self,
        cache: Path,
        source: RecordingSource,
        today: date,
        variant: str,
        spread: Spread,
        again: Callable[[], Compiled],
    ) -> None:
        self.again = again
        self.cache = cache
        self.source = source
        self.variant = variant
        self.spread = spread
        self.identity = identity_of_run(FORMAT, today, variant)
        self.begun = time.time_ns()

    def recall(self) -> Compiled | None:
        """Return what the last run found, where it is still true."""
        record = self._read()
        if record is None or record.identity != self.identity:
            return None
        know_own_digest(record.own)
        with without_collection():
            state = self.source.state(record.others, record.packages)
        return _Recalled(self, record).compiled() if state.digest == record.state else None

    def keep(self, compiled: Compiled) -> None:
        """Record what was found; nothing where a file is too young to be trusted, or changed meanwhile.

        Nor of a workspace with a secret: findings and addresses may name what contains it.
        """
        if any(one.code == "CS601" for one in compiled.diagnostics):
            return
        source = self.source
        state = source.state(source.others, source.packages)
        if source.unsure or state.changed_at > self.begun - UNTRUSTED_NANOSECONDS:
            return
        record = _Record(
            identity=self.identity,
            own=own_digest(),
            state=state.digest,
            others=sorted(source.others),
            packages=sorted(source.packages),
            shared_files=sorted({one.file for one in compiled.shared_documents}),
            broken=compiled.broken,
            usable_policies=compiled.usable_policies,
            documents=compiled.documents,
            files=compiled.files,
            notes=compiled.notes,
            incomplete=compiled.incomplete,
            renames=compiled.renames,
            environments=[*compiled.by_environment],
        )
        with closing(SealedStore(self.cache, FILE)) as store:
            store.put(self.variant, _encoded(record))
            # One by one: together they are as large as all that was compiled. Each names its run.
            for name, part in _parts_of(compiled):
                store.put(f"{self.variant}: {name}", f"{record.state}{_encoded(part)}")

    def part(self, record: _Record, name: str) -> str:
        """Return a part of a run as JSON; raises LookupError where it is no longer that of the run."""
        with closing(SealedStore(self.cache, FILE)) as store:
            text = store.get(f"{self.variant}: {name}")
        if text is None or not text.startswith(record.state):
            raise LookupError(name)
        return text[len(record.state) :]

    def _read(self) -> _Record | None:
        with closing(SealedStore(self.cache, FILE)) as store:
            text = store.get(self.variant)
        try:
            return None if text is None else msgspec.json.decode(text, type=_Record)
        except msgspec.DecodeError:
            return None


_SHARED = frozenset({"environments", "targets", "settings", "policies", "connections", "fragments"})
_DEFINED = frozenset({"by_kind", "definitions"})


class _ByEnvironment(Mapping[str, dict[str, CompiledAction]]):
    """The compiled objects of each environment, read when they are asked for: a plan asks for one."""

    def __init__(self, names: Sequence[str], read: Callable[[str], dict[str, CompiledAction]]) -> None:
        self._names = dict.fromkeys(names)
        self._read = read
        self._found: dict[str, dict[str, CompiledAction]] = {}

    def __getitem__(self, name: str) -> dict[str, CompiledAction]:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._found:
            self._found[name] = self._read(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Recalled:
    """What a run found, part by part."""

    def __init__(self, runs: Runs, record: _Record) -> None:
        self.runs = runs
        self.record = record

    def compiled(self) -> Compiled:
        """Return it as the run itself did."""
        record = self.record
        found = Compiled(self._part)
        found.__dict__.update(
            documents=record.documents,
            files=record.files,
            computed=0,
            notes=record.notes,
            incomplete=record.incomplete,
            renames=record.renames,
            shared_documents=[],  # they are kept already
            broken=record.broken,
            usable_policies=record.usable_policies,
            basis={},  # nothing is checked against a contract again
        )
        return found

    def _part(self, name: str) -> Mapping[str, Any]:
        """Return the part of a `Compiled` in which an attribute is."""
        try:
            return self._read(name)
        except LookupError:
            found = self._again
            return {one: getattr(found, one) for one in Compiled.__annotations__}

    @cached_property
    def _again(self) -> Compiled:
        """What the run found, compiled again: a part of its record is lost."""
        found = self.runs.again()
        self._refuse_changed(self.runs.source.files())
        return found

    def _read(self, name: str) -> Mapping[str, Any]:
        with without_collection():
            if name == "diagnostics":
                text = self.runs.part(self.record, "diagnostics")
                return {name: msgspec.json.decode(text, type=list[Diagnostic])}
            if name in _SHARED:
                return self._shared()
            if name in _DEFINED:
                return self._defined()
            return self._compiled()

    def _compiled(self) -> dict[str, Any]:
        hashes: dict[str, str] = self._decoded("hashes")
        bundles = Bundles(
            lambda file: bundle_of(self._units, file, hashes[file]),
            self._computed,
        )
        files = [FileTexts(bundles, file) for file in hashes]

        def read(name: str) -> dict[str, CompiledAction]:
            try:
                with without_collection():
                    return {
                        address: CompiledAction(address, name, files[number], digest)
                        for address, (digest, number) in self._decoded(f"environment {name}").items()
                    }
            except LookupError:
                return self._again.by_environment[name]

        return {"by_environment": _ByEnvironment(self.record.environments, read), "hashes": hashes}

    def _decoded(self, name: str) -> Any:
        return msgspec.json.decode(self.runs.part(self.record, name))

    @cached_property
    def _units(self) -> sqlite3.Connection | None:
        """The database of the units, open as long as somebody may ask for a text."""
        return connect_units(self.runs.cache)

    def _shared(self) -> dict[str, Any]:
        """Read the documents that others share again: they are few."""
        shared = self._read_shared()
        self._refuse_changed(self.record.shared_files)
        return {name: getattr(shared, name) for name in _SHARED}

    def _read_shared(self) -> Shared:
        from callsheet.compiling.context import read_shared

        return read_shared(
            self.runs.source,
            self.record.shared_files,
            broken=self.record.broken,
            documents=self._shared_documents,
        )

    @cached_property
    def _shared_documents(self) -> Documents | None:
        """What returns the documents of a file that others share; None where they have to be read."""
        try:
            rows: list[tuple[str, int, int, Any]] | None = self._decoded("shared")
        except LookupError:
            return None
        if rows is None:
            return None
        found: dict[str, list[Document]] = {}
        for file, index, line, value in rows:
            text = partial(_text_of, self.runs.source, file)
            document = Document(file, index, text, ParsedDocument(value, None, line))
            found.setdefault(file, []).append(document)
        return lambda _, file: found.get(file, ())

    def _defined(self) -> dict[str, Any]:
        """Take what is defined from the units in the cache."""
        from callsheet.compiling.entering import read_definitions

        runs, record = self.runs, self.record
        found = read_definitions(
            runs.source,
            runs.cache,
            runs.spread,
            record.broken,
            record.usable_policies,
            self._shared_documents,
        )
        self._refuse_changed(self.record.shared_files)
        return {name: getattr(found, name) for name in (*_DEFINED, *_SHARED)}

    def _computed(self, file: str) -> bytes:
        """Compile a file again, whose texts the cache has lost."""
        return self._worker.bundle(file)

    @cached_property
    def _worker(self) -> Worker:
        from callsheet.compiling.worker import Worker

        context, _ = self._read_shared().context(self.record.usable_policies)
        return Worker(self.runs.source, context)

    def _refuse_changed(self, files: Iterable[str]) -> None:
        """Refuse files that are no longer those of the run; raises CS993."""
        for file in files:
            if self.runs.source.was_changed(file):
                raise CallsheetError(
                    "CS993", f"{file} was changed while callsheet was running", help="run the command again"
                )


def _text_of(source: Source, file: str) -> str:
    return read_text(source, file)[0]


def _parts_of(compiled: Compiled) -> Iterator[tuple[str, Any]]:
    yield "diagnostics", compiled.diagnostics
    yield "shared", _shared_rows(compiled.shared_documents)
    yield "hashes", compiled.hashes
    numbers = {file: number for number, file in enumerate(compiled.hashes)}
    for name, found in compiled.by_environment.items():
        there = {address: (one.digest, numbers[one.file]) for address, one in found.items()}
        yield f"environment {name}", there


def _shared_rows(documents: Sequence[Document]) -> list[tuple[str, int, int, Any]] | None:
    """Return the documents that others share; None where a secret is written into one: it is read again."""
    from callsheet.rules.secrets_beside import has_literal_secret

    if any(map(has_literal_secret, documents)):
        return None
    return [(one.file, one.index, one.line, _shared_of(one)) for one in documents]


def _shared_of(document: Document) -> Any:
    """Return what others share of a document: of a set, which may be long, only the file of its rows."""
    value = document.value
    if value["kind"] != "ActionSet" or not isinstance(value.get("spec"), dict):
        return value
    spec = {name: one for name, one in value["spec"].items() if name == "itemsFile"}
    return {"kind": value["kind"], "metadata": value.get("metadata"), "spec": spec}


def _encoded(value: Any) -> str:
    return msgspec.json.encode(value).decode("utf-8")
