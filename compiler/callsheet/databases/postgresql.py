"""PostgreSQL for targets and ledgers: one schema, one advisory lock, every failure in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from callsheet.databases.model import Component, OpenDatabase, holder_note, holder_words, newer, unversioned
from callsheet.databases.postgresql_errors import worded
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    import psycopg


@runtime_checkable
class Connected(Protocol):
    """A target whose connection a ledger with the same options shares.

    Attributes:
        options: by which the connection was opened.

    """

    connected: PostgresqlDatabase
    options: Mapping[str, Any]


class PostgresqlDatabase(OpenDatabase):
    """One schema of a PostgreSQL database: an open connection, and the words for what goes wrong."""

    BEGIN_WRITING = "BEGIN ISOLATION LEVEL SERIALIZABLE"
    BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    connection: psycopg.Connection[Any]

    def __init__(self, shown: str, schema: str, connection: psycopg.Connection[Any]) -> None:
        self.shown = shown
        self.schema = schema
        self.connection = connection

    def identity(self) -> dict[str, Any]:
        """Return type, cluster, database and schema: the cluster by the identifier that initdb gave it."""
        cluster, name = self.rows(
            "SELECT system_identifier::text, current_database()::text FROM pg_control_system()"
        )[0]
        return {"type": "postgresql", "cluster": cluster, "database": name, "schema": self.schema}

    def _in_transaction(self) -> bool:
        from psycopg.pq import TransactionStatus

        idle: bool = self.connection.info.transaction_status == TransactionStatus.IDLE
        return not idle

    def _worded(self) -> AbstractContextManager[None]:
        return worded(self.shown)

    def _roll_back(self) -> None:
        """Abandon what was not committed; a connection that is gone has abandoned it already."""
        import psycopg

        try:
            self.connection.execute("ROLLBACK")
        except psycopg.Error:
            self.connection.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with worded(self.shown):
            return self.connection.execute(_marked(query), values or None).fetchall()

    def run(self, statement: str, values: Sequence[Any] = ()) -> None:
        """Run one statement, inside a transaction."""
        with worded(self.shown):
            self.connection.execute(_marked(statement), values or None)

    def run_many(self, statement: str, values: Iterable[Sequence[Any]]) -> None:
        """Run one statement for each row of values, in one trip to the server."""
        rows = list(values)
        if rows:
            with worded(self.shown), self.connection.cursor() as cursor:
                cursor.executemany(_marked(statement), rows)

    def insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Insert whole rows, with the numbers that they have."""
        marks = ", ".join("?" * len(rows[0]))
        self.run_many(f"INSERT INTO {table} OVERRIDING SYSTEM VALUE VALUES ({marks})", rows)  # noqa: S608
        if table in _NUMBERED_BY:
            column = _NUMBERED_BY[table]
            query = f"SELECT setval(pg_get_serial_sequence(?, ?), (SELECT max({column}) FROM {table}))"  # noqa: S608
            self.rows(query, (f"{self.schema}.{table}", column))

    def create(self, tables: str, *, append_only: Sequence[str] = ()) -> None:
        """Create tables in the schema; those of `append_only` refuse UPDATE, DELETE and TRUNCATE."""
        text = tables.replace(") STRICT", ")").replace("{numbered}", _NUMBERED)
        for statement in text.strip().split(";\n"):
            self.run(statement)
        for table in append_only:
            for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
                self.run(
                    f"CREATE TRIGGER {table}_has_no_{event.lower().replace(' ', '_')} BEFORE {event}"
                    f" ON {table} FOR EACH {each} EXECUTE FUNCTION callsheet_refuse()"
                )

    def exists(self) -> bool:
        """Return whether callsheet's schema is there."""
        query = "SELECT to_regclass(?) IS NOT NULL"
        return bool(self.rows(query, (f"{self.schema}.callsheet_component",))[0][0])

    def version_of(self, component: Component) -> int:
        """Return the version of a component's tables, 0 where it has none; refuses a newer one."""
        if not self.exists():
            return 0
        version = self._kept_version(component)
        if version < 1 and self._has_tables(component):
            # Another callsheet may have made them between two queries: then their version is there as well.
            version = self._kept_version(component)
            if version < 1:
                raise unversioned(self.shown, component.name)
        if version > component.version:
            raise newer(f"the {component.name} in {self.shown}", version, component.version)
        return version

    def _kept_version(self, component: Component) -> int:
        found = self.rows("SELECT version FROM callsheet_component WHERE name = ?", (component.name,))
        return int(found[0][0]) if found else 0

    def _has_tables(self, component: Component) -> bool:
        query = (
            "SELECT 1 FROM pg_tables WHERE schemaname = ? AND (tablename = ? OR starts_with(tablename, ?))"
        )
        return bool(self.rows(query, (self.schema, component.name, f"{component.name}_")))

    def ensure(self, component: Component) -> None:
        """Bring a component's tables to this callsheet's version; only an owner can.

        Raises:
            CallsheetError: CS947 where the role may not.

        """
        if self.version_of(component) == component.version:
            return
        key = _lock_key(self.schema, "migrate")
        try:
            # Another callsheet may be at it: the second waits, and finds it done.
            self.rows("SELECT pg_advisory_lock(?)", (key,))
            with self.transaction():
                self._create_schema()
                for migrate in component.migrations[self.version_of(component) :]:
                    migrate(self)
                self.run(
                    "INSERT INTO callsheet_component VALUES (?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET version = excluded.version",
                    (component.name, component.version),
                )
            self.rows("SELECT pg_advisory_unlock(?)", (key,))
        except CallsheetError as error:
            if error.code != "CS942":
                raise
            raise CallsheetError(
                "CS947",
                f"{self.shown} has the {component.name} in version {self.version_of(component)},"
                f" this callsheet writes version {component.version}, and the role may not change it",
                help="an owner of the database runs `callsheet admin init`",
            ) from None

    def _create_schema(self) -> None:
        if self.exists():
            return
        if not self.rows("SELECT to_regnamespace(?) IS NOT NULL", (self.schema,))[0][0]:
            self.run(f"CREATE SCHEMA {self.schema}")
        for statement in _BASE:
            self.run(statement)

    def lock(self) -> None:
        """Take the one lock of the ledger in this schema; the server frees it with the connection.

        Raises:
            CallsheetError: CS901 where another callsheet holds it, with who, from where and since when.

        """
        key = _lock_key(self.schema, "apply")
        if not self.rows("SELECT pg_try_advisory_lock(?)", (key,))[0][0]:
            found = self.rows("SELECT note FROM callsheet_holder")
            raise CallsheetError(
                "CS901",
                f"another callsheet is at work on {self.shown}"
                f"{holder_words(json.loads(found[0][0])) if found else ''}",
                help="wait until it is done; if it is dead, the lock is free already: try again",
            )
        with self.transaction():
            self.run("DELETE FROM callsheet_holder")
            self.run("INSERT INTO callsheet_holder VALUES (?)", (json.dumps(holder_note()),))


_NUMBERED_BY = {"registry_history": "id", "journey_evidence": "number"}
"""The column whose numbers go on after rows were inserted with theirs."""
_NUMBERED = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
_BASE = (
    "CREATE TABLE callsheet_component (name TEXT PRIMARY KEY, version INTEGER NOT NULL)",
    "CREATE TABLE callsheet_holder (note TEXT NOT NULL)",
    """CREATE FUNCTION callsheet_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$""",
)


def _lock_key(schema: str, purpose: str) -> int:
    digest = hashlib.sha256(f"callsheet:{schema}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _marked(query: str) -> str:
    """Return a query with psycopg's marks for values."""
    return query.replace("?", "%s")
