"""What the last whole run over a folder found, taken again where nothing that it read has changed.

A compilation reads the files of the folder, files of packages that contracts name, and nothing else; beside
them it depends on the day, and on the versions of what computes it. All of that is recorded as two digests.
Where both are the same, so is the result, and most of it is not even read: each part is when it is needed.

As with the units, a file that changed shortly before the run could change again with the same times: then
nothing is recorded.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw, Struct

from callsheet._version import __version__
from callsheet.bulk import without_collection
from callsheet.compiling.bundles import Bundles, FileTexts
from callsheet.compiling.model import Compiled, CompiledAction
from callsheet.compiling.sealed import SealedStore
from callsheet.compiling.spread import Spread
from callsheet.compiling.versions import versions_of_dependencies
from callsheet.documents.recording import RecordingSource
from callsheet.errors import CallsheetError
from callsheet.language.diagnostics import Diagnostic
from callsheet.language.plugins import GROUPS, plugins

FORMAT = 1
FILE = f"runs-{FORMAT}.sqlite"
UNTRUSTED_NANOSECONDS = 2_000_000_000
"""A file that changed this short before a run could change again with the same times."""


class _Record(Struct):
    """One run.

    Attributes:
        identity: a digest of what it depended on beside files.
        state: a digest of all files that it read.
        others: those of them that are not listed.
        packages: the references to files of packages.
        compiled: by environment and address: digest, and the number of the file in `hashes`.

    """

    identity: str
    state: str
    others: list[str]
    packages: list[str]
    shared_files: tuple[str, ...]
    broken: frozenset[tuple[str, int]]
    documents: int
    files: int
    notes: list[str]
    incomplete: list[str]
    renames: dict[str, str]
    diagnostics: Raw
    compiled: Raw
    hashes: Raw


class Runs:
    """The last run over a folder, in its cache.

    Args:
        cache: the cache's folder.
        source: the files of the folder, of which it is recorded what is read.
        today: the day by which exceptions of policies expire.
        variant: what else the result depends on; the last run of each is kept.
        spread: who computes what the cache has lost.

    """

    def __init__(
        self, cache: Path, source: RecordingSource, today: date, variant: str, spread: Spread
    ) -> None:
        self.cache = cache
        self.source = source
        self.variant = variant
        self.spread = spread
        self.identity = _identity(today, variant)
        self.begun = time.time_ns()

    def recall(self) -> Compiled | None:
        """Return what the last run found, where it is still true."""
        record = self._read()
        if record is None or record.identity != self.identity:
            return None
        with without_collection():
            state = self.source.state(record.others, record.packages)
        return _Recalled(self, record).compiled() if state.digest == record.state else None

    def keep(self, compiled: Compiled) -> None:
        """Record what was found; nothing where a file is too young to be trusted."""
        source = self.source
        state = source.state(source.others, source.packages)
        if state.changed_at > self.begun - UNTRUSTED_NANOSECONDS:
            return
        numbers = {file: number for number, file in enumerate(compiled.hashes)}
        there = {
            name: {address: (one.digest, numbers[one.file]) for address, one in found.items()}
            for name, found in compiled.by_environment.items()
        }
        record = _Record(
            identity=self.identity,
            state=state.digest,
            others=sorted(source.others),
            packages=sorted(source.packages),
            shared_files=compiled.shared_files,
            broken=compiled.broken,
            documents=compiled.documents,
            files=compiled.files,
            notes=compiled.notes,
            incomplete=compiled.incomplete,
            renames=compiled.renames,
            diagnostics=Raw(msgspec.json.encode(compiled.diagnostics)),
            compiled=Raw(msgspec.json.encode(there)),
            hashes=Raw(msgspec.json.encode(compiled.hashes)),
        )
        self._write(msgspec.json.encode(record).decode("utf-8"))

    def _read(self) -> _Record | None:
        store = SealedStore(self.cache, FILE)
        try:
            text = store.get(self.variant)
        finally:
            store.close()
        try:
            return None if text is None else msgspec.json.decode(text, type=_Record)
        except msgspec.DecodeError:
            return None

    def _write(self, text: str) -> None:
        store = SealedStore(self.cache, FILE)
        try:
            store.put(self.variant, text)
        finally:
            store.close()


_SHARED = frozenset({"environments", "targets", "settings", "policies", "connections", "fragments"})
_DEFINED = frozenset({"by_kind", "definitions"})


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
            shared_files=record.shared_files,
            broken=record.broken,
            basis={},  # nothing is checked against a contract again
        )
        return found

    def _part(self, name: str) -> Mapping[str, Any]:
        """Return the part of a `Compiled` in which an attribute is."""
        with without_collection():
            if name == "diagnostics":
                return {name: msgspec.json.decode(self.record.diagnostics, type=list[Diagnostic])}
            if name in _SHARED:
                return self._shared()
            if name in _DEFINED:
                return self._defined()
            return self._compiled()

    def _compiled(self) -> dict[str, Any]:
        record = self.record
        hashes: dict[str, str] = msgspec.json.decode(record.hashes)
        there: dict[str, dict[str, tuple[str, int]]] = msgspec.json.decode(record.compiled)
        bundles = Bundles(partial(_stored, self.runs.cache, hashes), self._computed)
        files = [FileTexts(bundles, file) for file in hashes]
        by_environment = {
            name: {
                address: CompiledAction(address, name, files[number], digest)
                for address, (digest, number) in found.items()
            }
            for name, found in there.items()
        }
        return {"by_environment": by_environment, "hashes": hashes}

    def _shared(self) -> dict[str, Any]:
        """Read the documents that others share again: they are few."""
        from callsheet.compiling.context import read_shared

        record = self.record
        shared = read_shared(self.runs.source, record.shared_files, broken=record.broken)
        self._refuse_changed()
        return {name: getattr(shared, name) for name in _SHARED}

    def _defined(self) -> dict[str, Any]:
        """Take what is defined from the units in the cache."""
        from callsheet.compiling.workspace import read_definitions

        found = read_definitions(self.runs.source, self.runs.cache, self.runs.spread)
        self._refuse_changed()
        return {name: getattr(found, name) for name in (*_DEFINED, *_SHARED)}

    def _computed(self, file: str) -> bytes:
        """Compile a file again, whose texts the cache has lost."""
        from callsheet.compiling.context import read_shared
        from callsheet.compiling.unit import Computed
        from callsheet.compiling.worker import Worker

        context, _ = read_shared(self.runs.source, self.record.shared_files).context()
        return Computed.of(Worker(self.runs.source, context).unit(file)).bundle

    def _refuse_changed(self) -> None:
        """Refuse documents that are no longer those of the run; raises CS993."""
        for file in self.record.shared_files:
            if self.runs.source.was_changed(file):
                raise CallsheetError(
                    "CS993", f"{file} was changed while callsheet was running", help="run the command again"
                )


def _stored(cache: Path, hashes: Mapping[str, str], file: str) -> bytes | None:
    from callsheet.compiling.cache import bundle_of, connect_units

    connection = connect_units(cache)
    try:
        return bundle_of(connection, file, hashes[file])
    finally:
        if connection is not None:
            connection.close()


def _identity(today: date, variant: str) -> str:
    """Return a digest of what a run depends on beside files: the day, versions, what is installed."""
    parts = [
        FORMAT,
        __version__,
        sys.version,
        versions_of_dependencies(),
        [[group, *((one.name, one.value) for one in plugins(group).values())] for group in GROUPS],
        _own_files(),
        today.isoformat(),
        variant,
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


@cache
def _own_files() -> list[tuple[str, int, int]]:
    """Return callsheet's own files, as they are: those of a working copy change without its version."""
    return sorted(_below(os.fspath(Path(__file__).parents[1])))


def _below(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json")):
                    found = entry.stat()
                    yield entry.path, found.st_size, found.st_mtime_ns
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    yield from _below(entry.path)
    except OSError:
        return
