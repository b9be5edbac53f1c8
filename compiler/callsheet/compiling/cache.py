"""What earlier runs computed, by content: a unit for each file, under `.callsheet/cache`.

A unit is taken when the file is as it was (by its stat, else by its hash), the context is the same, and the
template files that it read are. The folder may be deleted at any time, and may have been written by a
stranger (a pull request can add any file): every entry is sealed with a key that only this user's account
has, and what is not sealed by it is not taken.

The units are read whole: what is found in a file, and what it defines and compiles to, by digest. The
compiled texts lie beside them, and are read where they are needed.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from callsheet.compiling.context import Context
from callsheet.compiling.digests import context_digest, part_digests
from callsheet.compiling.sealed import account_key, connect, is_sealed, seal
from callsheet.compiling.unit import Computed, Needs, Unit
from callsheet.documents import FolderSource, Source, Unreadable
from callsheet.documents.recording import RecordingSource
from callsheet.language.kinds import deployed_kinds
from callsheet.templates.template_files import template_digest

UNTRUSTED_NANOSECONDS = 2_000_000_000
"""A file that was written this short before it was read could be written again with the same times."""

_FORMAT = 17
FILE = f"units-{_FORMAT}.sqlite"
"""The database of the units, in the cache's folder: another format has another one."""

_VERSIONS = 3
"""So many contents of a file are kept: the one on disk, the one at the base of a review, and another."""

_ROWS_AT_ONCE = 2_000
"""So many rows are written in one transaction."""

_BY = "file TEXT, hash TEXT"
_TABLES = (
    # The order of its rows is that in which they were written.
    f"CREATE TABLE IF NOT EXISTS unit ({_BY}, body TEXT, seal TEXT, UNIQUE (file, hash));",
    f"CREATE TABLE IF NOT EXISTS bundle ({_BY}, body BLOB, PRIMARY KEY (file, hash)) WITHOUT ROWID;",
)


class Entry(NamedTuple):
    """What is kept of one content of a file.

    Attributes:
        fingerprint: the file's stat when it had this content; empty where it is not to be trusted.
        context: the digest of what the unit depends on beside the file.
        kinds: what it defines; None where that is not known of each of its documents.
        unit: the record of the unit, as JSON text: it is read where it is taken.

    """

    fingerprint: str
    context: str
    kinds: list[str] | None
    unit: msgspec.Raw


Versions = dict[str, Entry]
"""The contents of one file, by SHA-256, the latest last."""


class UnitCache:
    """Units by file and hash, in one SQLite file. Whatever is wrong with it, it is only empty."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.source = source
        self.folder = folder
        self.context = ""
        self.parts: dict[str, str] = {}
        self.entries: dict[str, Versions] = {}
        self.found: dict[str, tuple[str, Entry] | None] = {}
        self.hashes: dict[str, str] = {}
        self.prints: dict[str, str] = {}
        self.templates: dict[str, str] = {}
        self.touched: list[_Row] = []
        self.dropped: list[tuple[str, str]] = []
        self.deployed = frozenset(deployed_kinds())
        self.key = account_key()
        self.connection = connect_units(folder) if self.key else None
        if self.connection is not None:
            self._load(self.connection)

    def holds_actions_only(self, file: str) -> bool:
        """Return whether a file, unchanged since, held nothing that others share.

        A document without a head is not valid: it may be what others name, and is read again to see that.
        """
        found = self._found(file)
        return found is not None and found[1].kinds is not None and self.deployed.issuperset(found[1].kinds)

    def open(self, context: Context) -> None:
        """Take the context on which every unit depends."""
        self.context = context_digest(_FORMAT, context)
        self.parts = part_digests(context.parts)

    def holds(self, file: str) -> bool:
        """Return whether the unit of a file is here, and still true."""
        found = self._found(file)
        if found is None or found[1].context != self.context:
            return False
        needs = Needs.of(found[1].unit)
        if any(self.template(name) != digest for name, digest in needs.templates.items()):
            return False
        if any(self.parts.get(name, "") != digest for name, digest in needs.parts.items()):
            return False
        self.hashes[file] = found[0]
        return True

    def template(self, file: str) -> str:
        """Return the digest of a template file, which is read once for all that use it."""
        if file not in self.templates:
            self.templates[file] = template_digest(self.source, file)
        return self.templates[file]

    def take(self, file: str) -> Unit:
        """Return the unit of a file, which is here; it is held no longer."""
        known = self.found[file]
        if known is None:
            raise KeyError(file)
        digest, entry = known
        self.found[file] = None
        self.entries[file][digest] = entry._replace(unit=_TAKEN)
        return Unit.read(file, digest, entry.unit)

    def keep(self, computed: Iterable[Computed]) -> Iterable[str]:
        """Write new units and their texts; return the files whose texts can be read again."""
        if self.connection is None:
            return ()
        # The hash of what was computed, not of what the file contains by now. SQLite takes no name that is
        # not Unicode.
        kept = [one for one in computed if one.hash and not one.secret and _is_unicode(one.file)]
        rows = [self._row(one.file, one.hash, self._entry(one)) for one in kept]
        bundles = [(one.file, one.hash, one.bundle) for one in kept if one.bundle]
        for one in kept:
            self._make_room(one.file, one.hash)
        if not self._put(rows, bundles):
            return ()
        self.hashes.update((one.file, one.hash) for one in kept)
        return [one.file for one in kept]

    def _entry(self, computed: Computed) -> Entry:
        fingerprint = self.prints.get(computed.file, "") if self._is_sure(computed.file) else ""
        return Entry(fingerprint, self.context, computed.kinds, msgspec.Raw(computed.record))

    def _is_sure(self, file: str) -> bool:
        """Return whether what was read of a file is what its stat was taken of."""
        return not isinstance(self.source, RecordingSource) or file not in self.source.unsure

    def basis_of(self, unit: Unit) -> str:
        """Return everything that a unit was computed from, as digests, and its file: findings name it."""
        return json.dumps([self.context, unit.file, unit.hash, unit.parts, unit.templates], sort_keys=True)

    def save(self, files: Collection[str]) -> None:
        """Write what is known better of units that were taken; drop old ones where there are many."""
        if self.connection is None:
            return
        self._drop(files)
        self._put(self.touched, ())
        with suppress(sqlite3.Error), self.connection:
            for table in ("unit", "bundle"):
                delete = f"DELETE FROM {table} WHERE file = ? AND hash = ?"  # noqa: S608 - one of two
                self.connection.executemany(delete, self.dropped)

    def let_go(self) -> None:
        """Let go of the units; what is left is where the texts of each file are."""
        self.entries, self.found, self.prints = {}, {}, {}
        self.touched, self.dropped = [], []

    def bundle(self, file: str) -> bytes | None:
        """Return the texts of a unit that was taken; None where they are lost."""
        digest = self.hashes.get(file)
        return None if digest is None else bundle_of(self.connection, file, digest)

    # -- entries --------------------------------------------------------------------------

    def _found(self, file: str) -> tuple[str, Entry] | None:
        """Return hash and entry of what was kept of a file as it is now; None where nothing was."""
        if file not in self.found:
            # Taken before anybody reads the file: what changes it afterwards changes this too.
            self.prints[file] = fingerprint = self._fingerprint(file)
            self.found[file] = self._known(file, fingerprint)
        return self.found[file]

    def _known(self, file: str, fingerprint: str) -> tuple[str, Entry] | None:
        known = self.entries.get(file)
        if not known:
            return None
        if fingerprint:
            for digest, one in known.items():
                if one.fingerprint == fingerprint:
                    return digest, one
        try:
            digest = hashlib.sha256(self.source.read(file)).hexdigest()
        except Unreadable:
            return None
        if digest not in known:
            return None
        if fingerprint:
            known[digest] = known[digest]._replace(fingerprint=fingerprint)
            self._touch(self._row(file, digest, known[digest]))
        return digest, known[digest]

    def _touch(self, row: _Row) -> None:
        """Write what is known better of a unit: no other process waits longer than some rows take."""
        self.touched.append(row)
        if len(self.touched) >= _ROWS_AT_ONCE:
            self._put(self.touched, ())
            self.touched = []

    def _make_room(self, file: str, digest: str) -> None:
        """Drop the oldest contents of a file where there are too many with another one."""
        others = [one for one in self.entries.get(file, ()) if one != digest]
        self.dropped += [(file, one) for one in others[: max(0, len(others) + 1 - _VERSIONS)]]

    def _drop(self, files: Collection[str]) -> None:
        """Drop what was kept of files that are not there, where there are many."""
        if sum(map(len, self.entries.values())) <= _VERSIONS * len(files) + 100:
            return
        there = set(files)
        self.dropped += [
            (file, one) for file in self.entries if file not in there for one in self.entries[file]
        ]

    def _fingerprint(self, file: str) -> str:
        """Return a file's stat as text; empty where it is too young to be trusted, or a revision's."""
        found = self.source.fingerprint(file) if isinstance(self.source, FolderSource) else None
        if found is None or time.time_ns() - max(found[1], found[2]) < UNTRUSTED_NANOSECONDS:
            return ""
        return ",".join(map(str, found))

    # -- the file -------------------------------------------------------------------------

    def _put(self, units: Sequence[_Row], bundles: Sequence[tuple[str, str, bytes]]) -> bool:
        """Write rows in one transaction; return whether they are there."""
        if self.connection is None:
            return False
        try:
            with self.connection:
                self.connection.executemany(_PUT_UNIT, units)
                self.connection.executemany("INSERT OR REPLACE INTO bundle VALUES (?, ?, ?)", bundles)
        except sqlite3.Error:
            return False
        return True

    def _row(self, file: str, digest: str, entry: Entry) -> _Row:
        body = f"[{json.dumps(entry[:3])[1:-1]},{bytes(entry.unit).decode()}]"
        return file, digest, body, seal(self.key, file, digest, body)

    def _load(self, connection: sqlite3.Connection) -> None:
        try:
            for file, digest, body, sealed in connection.execute("SELECT * FROM unit ORDER BY rowid"):
                if is_sealed(sealed, self.key, file, digest, body):
                    self.entries.setdefault(file, {})[digest] = _decoder.decode(body)
        except (sqlite3.Error, ValueError, TypeError, msgspec.MsgspecError):
            self.entries = {}


_Row = tuple[str, str, str, str]
_PUT_UNIT = "INSERT OR REPLACE INTO unit VALUES (?, ?, ?, ?)"
_decoder = msgspec.json.Decoder(Entry)
_TAKEN = msgspec.Raw(b"{}")


def _is_unicode(file: str) -> bool:
    try:
        file.encode()
    except UnicodeEncodeError:
        return False
    return True


def connect_units(folder: Path) -> sqlite3.Connection | None:
    """Open the database of the units in a cache folder; None where it cannot be used."""
    return connect(folder, FILE, _TABLES)


def bundle_of(connection: sqlite3.Connection | None, file: str, digest: str) -> bytes | None:
    """Return the texts that a content of a file compiled to; None where they are lost.

    They are not sealed: whoever takes a text compares it with its digest.
    """
    if connection is None:
        return None
    try:
        query = "SELECT body FROM bundle WHERE file = ? AND hash = ?"
        row = connection.execute(query, (file, digest)).fetchone()
    except sqlite3.Error:
        return None
    return row[0] if row is not None and isinstance(row[0], bytes) else None
