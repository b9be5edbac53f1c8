"""What earlier runs computed, by content: a unit for each file, under `.callsheet/cache`.

A unit is taken when the file is as it was (by its stat, else by its hash), the context is the same, and the
template files that it read are. The folder may be deleted at any time, and may have been written by a
stranger (a pull request can add any file): every entry is sealed with a key that only this user's account
has, and what is not sealed by it is not taken.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from callsheet._version import __version__
from callsheet.compiling.context import Context
from callsheet.compiling.sealed import account_key, connect, seal
from callsheet.compiling.unit import Unit
from callsheet.documents import Document, FolderSource, Source, Unreadable
from callsheet.language.connection import Parts
from callsheet.language.kinds import deployed_kinds
from callsheet.language.plugins import secret_schemes
from callsheet.templates.template_files import template_digest

_DEPENDENCIES = ("jinja2", "jsonschema", "jsonschema-rs", "pyyaml", "rfc8785", "detect-secrets")
_UNTRUSTED_NANOSECONDS = 2_000_000_000
"""A file that was written this short before it was read could be written again with the same times."""

_FORMAT = 9
FILE = f"units-{_FORMAT}.sqlite"
"""The database of the units, in the cache's folder: another format has another one."""

_TABLES = """
CREATE TABLE IF NOT EXISTS stat (file TEXT PRIMARY KEY, fingerprint TEXT, hash TEXT, seal TEXT);
CREATE TABLE IF NOT EXISTS unit (file TEXT, hash TEXT, body TEXT, seal TEXT, PRIMARY KEY (file, hash));
"""


class UnitCache:
    """Units by file and hash, in one SQLite file. Whatever is wrong with it, it is only empty."""

    def __init__(self, folder: Path, source: Source) -> None:
        self.source = source
        self.context = ""
        self.parts: dict[str, str] = {}
        self.stats: dict[str, tuple[str, str, str]] = {}
        self.rows: dict[tuple[str, str], tuple[str, str]] = {}
        self.known: set[str] = set()
        self.prints: dict[str, str] = {}
        self.hashes: dict[str, str] = {}
        self.records: dict[str, dict[str, Any] | None] = {}
        self.fresh_stats: list[tuple[str, str, str, str]] = []
        self.key = account_key()
        self.connection = connect(folder, FILE, _TABLES) if self.key else None
        if self.connection is not None:
            self._load(self.connection)

    def holds_actions_only(self, file: str) -> bool:
        """Return whether a file, unchanged since, held nothing that others share.

        A document without a head is not valid: it may be what others name, and is read again to see that.
        """
        record = self._record(file)
        if record is None:
            return False
        heads = record["unit"]["heads"]
        whole = len({head["index"] for head in heads}) >= record["unit"]["documents"]
        return whole and all(head["kind"] in deployed_kinds() for head in heads)

    def open(self, context: Context) -> None:
        """Take the context on which every unit depends."""
        self.context = _context_digest(context)
        self.parts = part_digests(context.parts)

    def unit(self, file: str) -> Unit | None:
        """Return the unit of a file, where it is still true."""
        record = self._record(file)
        if record is None or record["context"] != self.context:
            return None
        for name, digest in record["unit"]["templates"].items():
            if template_digest(self.source, name) != digest:
                return None
        if any(self.parts.get(name, "") != digest for name, digest in record["unit"]["parts"].items()):
            return None
        return Unit.read(record["unit"])

    def keep(self, records: Sequence[dict[str, Any]], files: Sequence[str]) -> None:
        """Write new units; drop old ones where there are many."""
        if self.connection is None:
            return
        rows = []
        for record in records:
            # The hash of what was computed, not of what the file contains by now.
            file, digest = record["file"], record["hash"]
            if digest:
                self._keep_stat(file, self.prints.get(file, ""), digest)
                body = json.dumps({"context": self.context, "unit": record}, separators=(",", ":"))
                rows.append((file, digest, body, self._seal(file, digest, body)))
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO unit VALUES (?, ?, ?, ?)", rows)
                self.connection.executemany(
                    "INSERT OR REPLACE INTO stat VALUES (?, ?, ?, ?)", self.fresh_stats
                )
                if len(self.rows) > 3 * len(files) + 100:
                    used = {(file, self.hashes.get(file, "")) for file in files}
                    old = [one for one in self.rows if one not in used]
                    self.connection.executemany("DELETE FROM unit WHERE file = ? AND hash = ?", old)
        except sqlite3.Error:
            return
        finally:
            self.connection.close()

    # -- entries --------------------------------------------------------------------------

    def _record(self, file: str) -> dict[str, Any] | None:
        """Return what was kept of a file as it is now; None where nothing was, or its seal is wrong."""
        if file not in self.records:
            # Taken before anybody reads the file: what changes it afterwards changes this too.
            self.prints[file] = self._fingerprint(file)
            digest = self._hash(file) if file in self.known else ""
            body, seal = self.rows.get((file, digest), ("", ""))
            sealed = seal and hmac.compare_digest(seal, self._seal(file, digest, body))
            self.records[file] = json.loads(body) if sealed else None
        return self.records[file]

    def _hash(self, file: str) -> str:
        """Return the hash of a file's content: by its stat where that can be trusted, else by reading."""
        if file not in self.hashes:
            fingerprint = self.prints[file]
            known, digest, seal = self.stats.get(file, ("", "", ""))
            if fingerprint and known == fingerprint and seal == self._seal(file, known, digest):
                self.hashes[file] = digest
            else:
                self.hashes[file] = self._read_hash(file, fingerprint)
        return self.hashes[file]

    def _read_hash(self, file: str, fingerprint: str) -> str:
        try:
            digest = hashlib.sha256(self.source.read(file)).hexdigest()
        except Unreadable:
            return ""
        self._keep_stat(file, fingerprint, digest)
        return digest

    def _keep_stat(self, file: str, fingerprint: str, digest: str) -> None:
        if fingerprint:
            self.fresh_stats.append((file, fingerprint, digest, self._seal(file, fingerprint, digest)))

    def _fingerprint(self, file: str) -> str:
        """Return a file's stat as text; empty where it is too young to be trusted, or a revision's."""
        found = self.source.fingerprint(file) if isinstance(self.source, FolderSource) else None
        if found is None or time.time_ns() - max(found[1], found[2]) < _UNTRUSTED_NANOSECONDS:
            return ""
        return ",".join(map(str, found))

    def _seal(self, *parts: str) -> str:
        return seal(self.key, *parts)

    def _load(self, connection: sqlite3.Connection) -> None:
        try:
            for file, fingerprint, digest, seal in connection.execute("SELECT * FROM stat"):
                self.stats[file] = (fingerprint, digest, seal)
            for file, digest, body, seal in connection.execute("SELECT * FROM unit"):
                self.rows[file, digest] = (body, seal)
                self.known.add(file)
        except (sqlite3.Error, ValueError, TypeError):
            self.stats, self.rows, self.known = {}, {}, set()


def part_digests(parts: Parts) -> dict[str, str]:
    """Return a digest of each connection and fragment, by address: of all that a unit depends on."""
    documents = {f"Connection/{name}": one.document for name, one in parts.connections.items()}
    documents |= {f"Fragment/{name}": one.document for name, one in parts.fragments.items()}
    found = {address: _digest_of(_document_parts(one)) for address, one in documents.items()}
    return found | dict.fromkeys(parts.invalid, "invalid")


def _context_digest(context: Context) -> str:
    """Return a digest of everything beside its own text on which a unit depends."""
    parts = [
        _FORMAT,
        __version__,
        _versions(),
        list(secret_schemes()),
        context.nowhere,
        [[one.name, [_document_parts(link) for link in one.chain]] for one in context.environments],
        [_document_parts(one.document) for one in context.policies],
    ]
    return _digest_of(parts)


def _digest_of(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _versions() -> list[str]:
    """Return the versions of what units depend on; a process that is running keeps what it imported."""
    return [version(name) for name in _DEPENDENCIES]


def _document_parts(document: Document) -> list[Any]:
    text = document.text.encode("utf-8", "surrogatepass")
    return [document.file, document.index, hashlib.sha256(text).hexdigest()]
