"""Entries of the cache folder that only this user's account can have written.

The folder lies in the workspace, where a pull request can put any file: what is not sealed with the
account's key is not taken. Whatever is wrong with the folder, it is only empty.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from callsheet.documents.links import SQLITE_SIBLINGS, is_own_file, own_folder

APPLICATION_ID = 0x43534843
"""`CSHC` in the file's header: the file is a cache of callsheet's."""

_TABLES = ("CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, body TEXT, seal TEXT);",)


class SealedStore:
    """Texts by key, in one SQLite file of the cache folder.

    Args:
        folder: the cache folder; None keeps nothing.
        name: of the file.

    """

    def __init__(self, folder: Path | None, name: str) -> None:
        self.key = account_key() if folder is not None else b""
        self.connection = connect(folder, name, _TABLES) if folder is not None and self.key else None

    def get(self, key: str) -> str | None:
        """Return the text of a key; None where there is none, or another program wrote it."""
        if self.connection is None:
            return None
        try:
            row = self.connection.execute("SELECT body, seal FROM kept WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error:
            return None
        if row is None or not all(isinstance(one, str) for one in row):
            return None
        return str(row[0]) if is_sealed(row[1], self.key, key, row[0]) else None

    def put(self, key: str, body: str) -> None:
        """Keep a text."""
        self.put_all({key: body})

    def put_all(self, bodies: Mapping[str, str]) -> None:
        """Keep texts by key."""
        if self.connection is None:
            return
        rows = [(key, body, seal(self.key, key, body)) for key, body in bodies.items()]
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
        except sqlite3.Error:
            return

    def close(self) -> None:
        """Close the file."""
        if self.connection is not None:
            self.connection.close()


def seal(key: bytes, *parts: str) -> str:
    """Return the seal of an entry."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, key=key, digest_size=16).hexdigest()


def is_sealed(sealed: str, key: bytes, *parts: str) -> bool:
    """Return whether an entry has the seal that it must have; a stranger may have written any text."""
    return hmac.compare_digest(sealed.encode("utf-8", "surrogatepass"), seal(key, *parts).encode())


def connect(folder: Path, name: str, tables: Sequence[str]) -> sqlite3.Connection | None:
    """Open a file of the cache folder; None where it cannot be used.

    A folder or a file that is a link, and a database of another program, are left alone.
    """
    connection = None
    try:
        _make(folder, name)
        # Who uses it from several threads does so one at a time.
        connection = sqlite3.connect(folder / name, timeout=0.2, check_same_thread=False)
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        _make_tables(connection, tables)
    except (OSError, sqlite3.Error):
        if connection is not None:
            connection.close()
        return None
    return connection


def _make(folder: Path, name: str) -> None:
    """Make the cache folder in the folder of callsheet's own files; raises OSError for a link."""
    own = folder.parent
    with own_folder(own.parent, own.name) as above:
        if is_own_file(above, ".gitignore"):
            with suppress(FileExistsError):
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                with open(os.open(".gitignore", flags, 0o644, dir_fd=above), "wb") as stream:
                    stream.write(b"*\n")
    with own_folder(own.parent, own.name, folder.name) as inner:
        if not all(is_own_file(inner, name + end) for end in SQLITE_SIBLINGS):
            raise OSError(errno.ELOOP, "a file of the cache is a link")
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
        os.close(os.open(name, flags, 0o600, dir_fd=inner))  # what it contains is of this account alone


def _make_tables(connection: sqlite3.Connection, tables: Sequence[str]) -> None:
    """Mark an empty database as a cache, and make its tables, at once.

    Raises:
        sqlite3.Error: for a database that something else is in, or that is in use for too long.

    """
    # Of an empty database: rows of a thousand bytes leave less of a large page empty.
    connection.execute("PRAGMA page_size=16384")
    found: int = connection.execute("PRAGMA application_id").fetchone()[0]
    there: int = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").fetchone()[0]
    if found == APPLICATION_ID and there >= len(tables):
        return
    if found != APPLICATION_ID and (found or there):
        raise sqlite3.DatabaseError("the file is not a cache of callsheet's")
    made = f"PRAGMA application_id={APPLICATION_ID};" + "".join(tables)
    connection.executescript(f"BEGIN IMMEDIATE;{made}COMMIT;")


def account_key() -> bytes:
    """Return the key that seals entries, made when there is none; empty where it cannot be kept."""
    home = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")  # noqa: PTH111
    path = Path(home) / "callsheet" / "cache.key"
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            beside = path.with_name(f"cache.key.{os.getpid()}")
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as stream:
                stream.write(os.urandom(32))
            beside.replace(path)
        key = path.read_bytes()
    except OSError:
        return b""
    return key if len(key) == 32 else b""
