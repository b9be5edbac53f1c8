"""What earlier runs computed, by content: a unit for each file, under `.callsheet/cache`.

A unit is taken when the file is as it was (by its stat, else by its hash), the context is the same, and the
template files that it read are. The folder may be deleted at any time, and may have been written by a
stranger (a pull request can add any file): every entry is sealed with a key that only this user's account
has, and what is not sealed by it is not taken.

The units are an index that is read whole: what is found in a file, and what it defines and compiles to, by
digest. The compiled texts lie beside it, and are read where they are needed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from callsheet.compiling.context import Context
from callsheet.compiling.digests import context_digest, part_digests
from callsheet.compiling.sealed import account_key, connect, seal
from callsheet.compiling.unit import Computed, Unit
from callsheet.documents import FolderSource, Source, Unreadable, decoded
from callsheet.language.kinds import deployed_kinds
from callsheet.templates.template_files import template_digest

UNTRUSTED_NANOSECONDS = 2_000_000_000
"""A file that was written this short before it was read could be written again with the same times."""

_FORMAT = 12
FILE = f"units-{_FORMAT}.sqlite"
"""The database of the units, in the cache's folder: another format has another one."""

_SHARDS = 64
"""The index is written in so many pieces, of which a run writes those that it changes."""
_VERSIONS = 3
"""So many contents of a file are kept: the one on disk, the one at the base of a review, and another."""

_PIECES_AT_ONCE = 4 * 1024 * 1024
"""Pieces of so many characters are written in one transaction."""

_TABLES = (
    "CREATE TABLE IF NOT EXISTS part (shard INTEGER PRIMARY KEY, body TEXT, seal TEXT);",
    "CREATE TABLE IF NOT EXISTS bundle (file TEXT, hash TEXT, body BLOB, PRIMARY KEY (file, hash));",
)


class Entry(NamedTuple):
    """What is kept of one content of a file.

    Attributes:
        fingerprint: the file's stat when it had this content; empty where it is not to be trusted.
        hash: SHA-256 of the content.
        context: the digest of what the unit depends on beside the file.
        unit: the record of the unit.

    """

    fingerprint: str
    hash: str
    context: str
    unit: dict[str, Any]


class UnitCache:
    """Units by file and hash, in one SQLite file. Whatever is wrong with it, it is only empty."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.source = source
        self.folder = folder
        self.context = ""
        self.parts: dict[str, str] = {}
        self.entries: dict[str, list[Entry]] = {}
        self.found: dict[str, Entry | None] = {}
        self.hashes: dict[str, str] = {}
        self.prints: dict[str, str] = {}
        self.dirty: set[int] = set()
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
        entry = self._entry(file)
        if entry is None:
            return False
        heads = entry.unit["heads"]
        whole = len({head["index"] for head in heads}) >= entry.unit["documents"]
        return whole and all(head["kind"] in self.deployed for head in heads)

    def open(self, context: Context) -> None:
        """Take the context on which every unit depends."""
        self.context = context_digest(_FORMAT, context)
        self.parts = part_digests(context.parts)

    def unit(self, file: str) -> Unit | None:
        """Return the unit of a file, where it is still true."""
        entry = self._entry(file)
        if entry is None or entry.context != self.context:
            return None
        for name, digest in entry.unit["templates"].items():
            if template_digest(self.source, name) != digest:
                return None
        if any(self.parts.get(name, "") != digest for name, digest in entry.unit["parts"].items()):
            return None
        return Unit.read(file, entry.hash, entry.unit)

    def keep(self, computed: Iterable[Computed]) -> Iterable[str]:
        """Take new units into the index, and write their texts; return the files whose texts were written.

        The index itself is written by `save`: texts that no index names are only there in vain.
        """
        if self.connection is None:
            return ()
        rows, kept = [], []
        for one in computed:
            # The hash of what was computed, not of what the file contains by now.
            if one.hash:
                entry = Entry(self.prints.get(one.file, ""), one.hash, self.context, one.record)
                self._enter(one.file, entry)
                kept.append(one.file)
                if one.bundle:
                    rows.append((one.file, one.hash, one.bundle))
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO bundle VALUES (?, ?, ?)", rows)
        except sqlite3.Error:
            return ()
        return kept

    def basis_of(self, unit: Unit) -> str:
        """Return everything that a unit was computed from, as digests."""
        return json.dumps([self.context, unit.hash, unit.parts, unit.templates], sort_keys=True)

    def save(self, files: Sequence[str]) -> None:
        """Write what changed of the index; drop old entries where there are many."""
        if self.connection is None:
            return
        self._drop(files)
        try:
            # Another process waits for this one no longer than some pieces take.
            for pieces in self._parts():
                with self.connection:
                    self.connection.executemany("INSERT OR REPLACE INTO part VALUES (?, ?, ?)", pieces)
            if self.dropped:
                with self.connection:
                    delete = "DELETE FROM bundle WHERE file = ? AND hash = ?"
                    self.connection.executemany(delete, self.dropped)
        except sqlite3.Error:
            return

    def let_go(self) -> None:
        """Let go of the index, once it is written; what is left is where the texts of each file are."""
        self.hashes = {file: one.hash for file, one in self.found.items() if one is not None}
        self.entries, self.found, self.prints = {}, {}, {}

    def bundle(self, file: str) -> bytes | None:
        """Return the texts of a unit that was taken; None where they are lost."""
        digest = self.hashes.get(file)
        return None if digest is None else bundle_of(self.connection, file, digest)

    # -- entries --------------------------------------------------------------------------

    def _entry(self, file: str) -> Entry | None:
        """Return what was kept of a file as it is now; None where nothing was."""
        if file not in self.found:
            # Taken before anybody reads the file: what changes it afterwards changes this too.
            self.prints[file] = fingerprint = self._fingerprint(file)
            self.found[file] = self._known(file, fingerprint)
        return self.found[file]

    def _known(self, file: str, fingerprint: str) -> Entry | None:
        known = self.entries.get(file)
        if not known:
            return None
        if fingerprint:
            for one in known:
                if one.fingerprint == fingerprint:
                    return one
        try:
            digest = hashlib.sha256(self.source.read(file)).hexdigest()
        except Unreadable:
            return None
        for one in known:
            if one.hash == digest:
                found = one._replace(fingerprint=fingerprint) if fingerprint else one
                self._enter(file, found)
                return found
        return None

    def _enter(self, file: str, entry: Entry) -> None:
        """Put an entry first among those of its file."""
        others = [one for one in self.entries.get(file, ()) if one.hash != entry.hash]
        self.entries[file] = [entry, *others[: _VERSIONS - 1]]
        self.dropped += [(file, one.hash) for one in others[_VERSIONS - 1 :]]
        self.found[file] = entry
        self.dirty.add(_shard_of(file))

    def _drop(self, files: Sequence[str]) -> None:
        """Drop the entries of files that are not there, where there are many."""
        if sum(map(len, self.entries.values())) <= _VERSIONS * len(files) + 100:
            return
        there = set(files)
        for file in [one for one in self.entries if one not in there]:
            self.dropped += [(file, one.hash) for one in self.entries.pop(file)]
            self.dirty.add(_shard_of(file))

    def _fingerprint(self, file: str) -> str:
        """Return a file's stat as text; empty where it is too young to be trusted, or a revision's."""
        found = self.source.fingerprint(file) if isinstance(self.source, FolderSource) else None
        if found is None or time.time_ns() - max(found[1], found[2]) < UNTRUSTED_NANOSECONDS:
            return ""
        return ",".join(map(str, found))

    # -- the file -------------------------------------------------------------------------

    def _parts(self) -> Iterator[list[tuple[int, str, str]]]:
        """Yield the pieces of the index that changed, sealed, some at a time."""
        changed: dict[int, list[str]] = {shard: [] for shard in sorted(self.dirty)}
        for file in self.entries:
            shard = _shard_of(file)
            if shard in changed:
                changed[shard].append(file)
        pieces, size = [], 0
        for shard, files in changed.items():
            body = json.dumps({file: self.entries[file] for file in files}, separators=(",", ":"))
            pieces.append((shard, body, self._seal(shard, body)))
            size += len(body)
            if size >= _PIECES_AT_ONCE:
                yield pieces
                pieces, size = [], 0
        if pieces:
            yield pieces

    def _seal(self, shard: int, body: str) -> str:
        return seal(self.key, str(shard), body)

    def _load(self, connection: sqlite3.Connection) -> None:
        try:
            for shard, body, sealed in connection.execute("SELECT * FROM part"):
                if hmac.compare_digest(sealed, self._seal(shard, body)):
                    for file, entries in decoded(body).items():
                        self.entries[file] = [Entry(*one) for one in entries]
        except (sqlite3.Error, ValueError, TypeError):
            self.entries = {}


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


def _shard_of(file: str) -> int:
    return zlib.crc32(file.encode("utf-8", "surrogatepass")) % _SHARDS
