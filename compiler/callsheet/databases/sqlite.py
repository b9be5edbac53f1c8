"""SQLite for targets and ledgers: opened safely, locked by the kernel, every failure in words.

`journal_mode=DELETE` and `synchronous=EXTRA`: what is committed survives a power loss. One writer at a
time holds a kernel lock on a file beside the database, which ends with the process that holds it.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from callsheet.databases.model import (
    Component,
    Database,
    disk_full,
    holder_note,
    holder_words,
    newer,
    prepared,
)
from callsheet.errors import CallsheetError

APPLICATION_ID = 0x43534854
"""`CSHT` in the file's header: the file is one of callsheet's."""

FILE_VERSION = 1
BUSY_SECONDS = 5.0


class SqliteDatabase:
    """One SQLite file: an open connection, and the words for whatever goes wrong with it."""

    def __init__(self, path: Path, shown: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self.shown = shown
        self.connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a write transaction: all of it is kept, or none. Inside another one, join it."""
        with self._within("BEGIN IMMEDIATE", "COMMIT"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one state of the database, whatever others write meanwhile."""
        with self._within("BEGIN", "ROLLBACK"):
            yield

    @contextmanager
    def _within(self, begin: str, end: str) -> Iterator[None]:
        if self._in_transaction():
            yield
            return
        with worded(self.shown):
            self.connection.execute(begin)
            try:
                yield
            except BaseException:
                if self._in_transaction():
                    self.connection.execute("ROLLBACK")
                raise
            self.connection.execute(end)

    def _in_transaction(self) -> bool:
        return self.connection.in_transaction

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with worded(self.shown):
            return self.connection.execute(query, values).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, inside a transaction."""
        with worded(self.shown):
            self.connection.execute(statement, values)

    def run_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values, inside a transaction."""
        with worded(self.shown):
            self.connection.executemany(statement, values)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, with the numbers that they have."""
        self.run_many(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608

    def create(self, tables: str, *, append_only: Sequence[str] = ()) -> None:
        """Create tables; `executescript` would commit the transaction that this runs in."""
        for statement in tables.strip().split(";\n"):
            self.run(statement.replace("{numbered}", "INTEGER PRIMARY KEY AUTOINCREMENT"))
        for table in append_only:
            for operation in ("UPDATE", "DELETE"):
                self.run(
                    f"CREATE TRIGGER {table}_has_no_{operation.lower()} BEFORE {operation} ON {table}"
                    " BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
                )

    def version_of(self, component: Component) -> int:
        """Return the version of a component's tables, 0 where it has none; refuses a newer one."""
        with worded(self.shown):
            if not self.connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE name = 'callsheet_component'"
            ).fetchone():
                return 0
            row = self.connection.execute(
                "SELECT version FROM callsheet_component WHERE name = ?", (component.name,)
            ).fetchone()
        version = int(row[0]) if row else 0
        if version > component.version:
            raise newer(self.shown, version, component.version)
        return version

    def ensure(self, component: Component) -> None:
        """Bring a component's tables to this callsheet's version, in one transaction."""
        if self.version_of(component) == component.version:
            return
        with self.transaction():
            self.run(
                "CREATE TABLE IF NOT EXISTS callsheet_component"
                " (name TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT"
            )
            self.run(f"PRAGMA application_id={APPLICATION_ID}")
            self.run(f"PRAGMA user_version={FILE_VERSION}")
            for migrate in component.migrations[self.version_of(component) :]:
                migrate(self)
            self.run(
                "INSERT INTO callsheet_component VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                (component.name, component.version),
            )

    def prepare(self, component: Component, *, writing: bool) -> bool:
        """Make a component's tables where they may be made; return whether they exist."""
        if writing:
            self.ensure(component)
        return self.version_of(component) > 0

    def close(self) -> None:
        """Close the connection; what was not committed is gone."""
        self.connection.close()


def open_component(path: Path, shown: str, component: Component, *, writing: bool) -> Database | None:
    """Open a database for one component; None where it does not exist and nothing is to be written.

    Raises:
        CallsheetError: as `open_for_writing`, and CS904 where the component is newer.

    """
    database = open_for_writing(path, shown) if writing else open_for_reading(path, shown)
    return None if database is None else prepared(database, component, writing=writing)


def open_for_writing(path: Path, shown: str) -> SqliteDatabase:
    """Open a database for writing; create it (mode 0600) where there is none.

    `shown` is its name for people: the path as the workspace writes it.

    Raises:
        CallsheetError: CS902 to CS909, by what is wrong with the file.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.close(descriptor)
        _refuse_foreign(path, shown)
    except OSError as error:
        raise _os_error(shown, error) from None
    return _opened(path, shown, "rwc")


def open_for_reading(path: Path, shown: str) -> SqliteDatabase | None:
    """Open a database without changing anything; None where there is none.

    A journal that a crash has left is rolled back by SQLite, which needs to write: where the file may be
    written, it is opened so, and only reads are made.

    Raises:
        CallsheetError: as `open_for_writing`.

    """
    try:
        if path.stat().st_size == 0:
            return None
        _refuse_foreign(path, shown)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _os_error(shown, error) from None
    return _opened(path, shown, "rw" if os.access(path, os.W_OK) else "ro")


def _opened(path: Path, shown: str, mode: str) -> SqliteDatabase:
    """Connect to a file, and look at its header before anything else."""
    with worded(shown):
        database = SqliteDatabase(path, shown, _connect(path, mode))
        try:
            _check_header(database)
        except BaseException:
            database.close()
            raise
        return database


@contextmanager
def exclusive(path: Path, shown: str) -> Iterator[None]:
    """Hold the one lock of a database; it ends with the process, however that ends.

    Raises:
        CallsheetError: CS901 where another process holds it, with who and since when.

    """
    lock_path = path.with_name(path.name + ".lock")
    try:
        lock_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _os_error(shown, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise _os_error(shown, error) from None
            raise CallsheetError(
                "CS901",
                f"another callsheet is at work on {shown}{_holder(descriptor)}",
                help="wait until it is done; if it is dead, the lock is free already: try again",
            ) from None
        _note_holder(descriptor)
        yield
    finally:
        os.close(descriptor)


def _note_holder(descriptor: int) -> None:
    """Note who holds the lock, for others to read; the kernel holds it also where nothing can be noted."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder_note()).encode(), 0)


@contextmanager
def worded(shown: str) -> Iterator[None]:
    """Turn SQLite's errors into callsheet's, with the database's name."""
    try:
        yield
    except sqlite3.Error as error:
        raise _sqlite_error(shown, error) from None


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = path.absolute().as_uri() + f"?mode={mode}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA cell_size_check=ON")
        connection.execute("PRAGMA synchronous=EXTRA")
        if mode == "rwc":
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _check_header(database: SqliteDatabase) -> None:
    """Check whose file it is, and of which version."""
    connection = database.connection
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    application: int = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application != APPLICATION_ID and (tables or application):
        raise _foreign(database.shown)
    if version > FILE_VERSION:
        raise newer(database.shown, version, FILE_VERSION)


def _refuse_foreign(path: Path, shown: str) -> None:
    """Refuse another program's database by its header, before SQLite opens it and may write.

    The header has the application's id at byte 68 (sqlite.org/fileformat2.html, section 1.3).

    Raises:
        CallsheetError: CS909.
        OSError: where the file cannot be read.

    """
    with path.open("rb") as stream:
        header = stream.read(100)
    if header.startswith(b"SQLite format 3\0") and len(header) == 100:
        application = int.from_bytes(header[68:72], "big")
        # A file that was made and not filled yet has no id and no page but the first.
        if application != APPLICATION_ID and (application or int.from_bytes(header[28:32], "big") > 1):
            raise _foreign(shown)


def _foreign(shown: str) -> CallsheetError:
    return CallsheetError(
        "CS909",
        f"{shown} is a SQLite database of another program",
        help="name another file in the environment: callsheet does not write into it",
    )


def _holder(descriptor: int) -> str:
    try:
        return holder_words(json.loads(os.pread(descriptor, 1_000, 0)))
    except (OSError, ValueError):
        return ""


def _os_error(shown: str, error: OSError) -> CallsheetError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(shown)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CallsheetError(
            "CS902",
            f"{shown} cannot be written: {(error.strerror or '').lower()}",
            help="check the permissions of the file and of its folder",
        )
    return CallsheetError(
        "CS908",
        f"{shown} cannot be opened: {(error.strerror or 'unknown reason').lower()}",
        help="check the path in the environment",
    )


def _sqlite_error(shown: str, error: sqlite3.Error) -> CallsheetError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return disk_full(shown)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CallsheetError(
            "CS907", f"another program has locked {shown}", help="wait until it is done, and try again"
        )
    if code == sqlite3.SQLITE_NOTADB:
        return CallsheetError(
            "CS903",
            f"{shown} is not a SQLite database",
            help="name another file in the environment, or move this one away",
        )
    if code == sqlite3.SQLITE_READONLY:
        return CallsheetError(
            "CS902",
            f"{shown} cannot be written",
            help="check the permissions of the file and of its folder",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return CallsheetError("CS908", f"{shown} cannot be opened", help="check the path and permissions")
    return CallsheetError(
        "CS905",
        f"{shown} is damaged: {error}",
        help="restore a backup; nothing is repaired silently",
    )
