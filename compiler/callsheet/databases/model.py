"""What a relational database is to targets and ledgers: rows in, rows out, one transaction over both.

Queries are written once, with `?` for each value, in the SQL that SQLite and PostgreSQL share; each of
the two words whatever goes wrong with it.
"""

from __future__ import annotations

import os
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from msgspec import Struct

from callsheet.errors import CallsheetError


class Database(Protocol):
    """An open database; `shown` is its name for people, without any secret."""

    shown: str

    def transaction(self) -> AbstractContextManager[Any]:
        """Run a write transaction: all of it is kept, or none. Inside another one, join it."""

    def snapshot(self) -> AbstractContextManager[Any]:
        """Read one state of the database, whatever others write meanwhile."""

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, inside a transaction."""

    def run_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values, inside a transaction."""

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, with the numbers that they have."""

    def create(self, tables: str, *, append_only: Sequence[str] = ()) -> None:
        """Create tables; those of `append_only` refuse every UPDATE and DELETE.

        `STRICT` and `{numbered}` (a key that counts by itself) stand for what each database has for it.
        """

    def version_of(self, component: Component) -> int:
        """Return the version of a component's tables, 0 where it has none; refuses a newer one (CS904)."""

    def prepare(self, component: Component, *, writing: bool) -> bool:
        """Make a component's tables where they may be made; return whether they exist."""

    def close(self) -> None:
        """Let go of the database; what was not committed is gone."""


@runtime_checkable
class InDatabase(Protocol):
    """A target or a ledger whose tables are in a database.

    Attributes:
        shown: the name of the database for people.
        database: None while it, or the tables in it, do not exist.

    """

    shown: str
    database: Database | None


class Component(Struct, frozen=True):
    """What one part of callsheet keeps in a database: its tables, made by migrations in their order."""

    name: str
    migrations: tuple[Callable[[Database], None], ...]

    @property
    def version(self) -> int:
        """The version of the tables that this callsheet reads and writes."""
        return len(self.migrations)


class OpenDatabase(ABC):
    """What an open connection to SQLite and to PostgreSQL have in common."""

    BEGIN_WRITING: ClassVar[str]
    BEGIN_READING: ClassVar[str]

    shown: str
    connection: Any

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a write transaction: all of it is kept, or none. Inside another one, join it."""
        with self._within(self.BEGIN_WRITING, "COMMIT"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one state of the database, whatever others write meanwhile."""
        with self._within(self.BEGIN_READING, "ROLLBACK"):
            yield

    @contextmanager
    def _within(self, begin: str, end: str) -> Iterator[None]:
        if self._in_transaction():
            yield
            return
        with self._worded():
            self.connection.execute(begin)
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            self.connection.execute(end)

    def prepare(self, component: Component, *, writing: bool) -> bool:
        """Make a component's tables where they may be made; return whether they exist."""
        if writing:
            self.ensure(component)
        return self.version_of(component) > 0

    def close(self) -> None:
        """Close the connection; what was not committed is gone, and so is a lock of the connection."""
        self.connection.close()

    @abstractmethod
    def version_of(self, component: Component) -> int:
        """Return the version of a component's tables, 0 where it has none; refuses a newer one."""

    @abstractmethod
    def ensure(self, component: Component) -> None:
        """Bring a component's tables to this callsheet's version."""

    @abstractmethod
    def _in_transaction(self) -> bool:
        """Return whether a transaction is open."""

    @abstractmethod
    def _roll_back(self) -> None:
        """Abandon what was not committed."""

    @abstractmethod
    def _worded(self) -> AbstractContextManager[None]:
        """Turn the driver's errors into callsheet's."""


def prepared(database: Database, component: Component, *, writing: bool) -> Database | None:
    """Return the database with a component's tables in it; None, closed, where they are not there.

    Raises:
        CallsheetError: CS904 where the component is newer; the database is closed then.

    """
    try:
        there = database.prepare(component, writing=writing)
    except BaseException:
        database.close()
        raise
    if not there:
        database.close()
    return database if there else None


def newer(shown: str, found: int, known: int) -> CallsheetError:
    """Word the refusal of a database that a newer callsheet wrote."""
    return CallsheetError(
        "CS904",
        f"{shown} has schema version {found}, and this callsheet knows {known}",
        help="use the newer callsheet that wrote it; nothing was changed",
    )


def damaged(shown: str, why: str) -> CallsheetError:
    """Word the refusal of a database that no longer holds what callsheet wrote."""
    return CallsheetError(
        "CS905",
        f"{shown} is damaged: {why}",
        help="restore a backup; nothing is repaired silently",
    )


def unversioned(shown: str, name: str) -> CallsheetError:
    """Word the refusal of tables whose version is gone: they are never taken for none."""
    return damaged(shown, f"it has tables of the {name}, and no version of them")


def disk_full(shown: str) -> CallsheetError:
    """Word the refusal of a disk that is full."""
    return CallsheetError(
        "CS906",
        f"there is no space left to write {shown}",
        help="free some space, and run the command again: what was not recorded was not done",
    )


def holder_note() -> dict[str, Any]:
    """Return who takes a lock, where and when, as those who find it taken read it."""
    since = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"pid": os.getpid(), "host": socket.gethostname(), "since": since}


def holder_words(note: dict[str, Any]) -> str:
    """Word a note of `holder_note`; empty where it is not one."""
    try:
        return f" (process {int(note['pid'])} on {str(note['host'])[:80]}, since {str(note['since'])[:20]})"
    except (ValueError, KeyError, TypeError):
        return ""
