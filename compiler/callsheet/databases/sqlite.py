"""SQLite for targets and ledgers: opened safely, every failure in words.

`journal_mode=DELETE` and `synchronous=EXTRA`: what is committed survives a power loss.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from callsheet.databases.model import Component, Database, OpenDatabase, newer, prepared, unversioned
from callsheet.databases.sqlite_errors import file_error, foreign, sqlite_error

APPLICATION_ID = 0x43534854
"""`CSHT` in the file's header: the file is one of callsheet's."""

FILE_VERSION = 1
BUSY_SECONDS = 5.0
CACHE_KIBIBYTES = 32_768
"""The most that SQLite keeps of a file in memory; it takes what it needs."""


class SqliteDatabase(OpenDatabase):
    """One SQLite file: an open connection, and the words for whatever goes wrong with it."""

    BEGIN_WRITING = "BEGIN IMMEDIATE"
    BEGIN_READING = "BEGIN"

    connection: sqlite3.Connection

    def __init__(self, path: Path, shown: str, connection: sqlite3.Connection) -> None:
        self.path = path
        self.shown = shown
        self.connection = connection

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
            version = self._kept_version(component)
            # Another callsheet may make the tables between two queries: then the version is there as well.
            if (
                version < 1
                and self._has_tables(component)
                and (version := self._kept_version(component)) < 1
            ):
                raise unversioned(self.shown, component.name)
        if version > component.version:
            raise newer(self.shown, version, component.version)
        return version

    def _kept_version(self, component: Component) -> int:
        if not self.connection.execute(
            "SELECT 1 FROM sqlite_schema WHERE name = 'callsheet_component'"
        ).fetchone():
            return 0
        row = self.connection.execute(
            "SELECT version FROM callsheet_component WHERE name = ?", (component.name,)
        ).fetchone()
        return int(row[0]) if row else 0

    def _has_tables(self, component: Component) -> bool:
        query = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND (name = ? OR name GLOB ?)"
        return bool(self.connection.execute(query, (component.name, f"{component.name}_*")).fetchone())

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

    def _in_transaction(self) -> bool:
        return self.connection.in_transaction

    def _roll_back(self) -> None:
        if self._in_transaction():
            self.connection.execute("ROLLBACK")

    def _worded(self) -> AbstractContextManager[None]:
        return worded(self.shown)


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
        raise file_error(shown, error) from None
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
        raise file_error(shown, error) from None
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
def worded(shown: str) -> Iterator[None]:
    """Turn SQLite's errors into callsheet's, with the database's name."""
    try:
        yield
    except sqlite3.Error as error:
        raise sqlite_error(shown, error) from None


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
        # What one transaction of an apply changes is written once, at its end, and not twice.
        connection.execute(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
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
        raise foreign(database.shown)
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
            raise foreign(shown)
