"""PostgreSQL for targets and ledgers: bounded waits, one advisory lock, every failure in words.

The URL is a reference to a secret, so that no file of a workspace names the host that is called. psycopg
is imported when a database is opened, and only then (the extra `callsheet[postgresql]`).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from callsheet.databases.model import Component, disk_full, holder_note, holder_words, newer
from callsheet.errors import CallsheetError
from callsheet.outbound.lines import one_line
from callsheet.outbound.secrets import resolve

if TYPE_CHECKING:
    import psycopg

CONNECT_SECONDS = 10
STATEMENT_TIMEOUT = "60s"
LOCK_TIMEOUT = "5s"
DEFAULT_SCHEMA = "callsheet"
SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}\Z")
_LOCAL = ("", "localhost", "127.0.0.1", "::1")


class PostgresqlDatabase:
    """One schema of a PostgreSQL database: an open connection, and the words for what goes wrong."""

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

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run a serializable write transaction; inside another one, join it."""
        with self._within("BEGIN ISOLATION LEVEL SERIALIZABLE", "COMMIT"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read one state of the database, whatever others write meanwhile."""
        with self._within("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "ROLLBACK"):
            yield

    @contextmanager
    def _within(self, begin: str, end: str) -> Iterator[None]:
        from psycopg.pq import TransactionStatus

        if self.connection.info.transaction_status != TransactionStatus.IDLE:
            yield
            return
        with worded(self.shown):
            self.connection.execute(begin)
            try:
                yield
            except BaseException:
                self._roll_back()
                raise
            self.connection.execute(end)

    def _roll_back(self) -> None:
        """Give up what was not committed; a connection that is gone has given it up already."""
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
        if table == "registry_history":
            query = "SELECT setval(pg_get_serial_sequence(?, 'id'), (SELECT max(id) FROM registry_history))"
            self.rows(query, (f"{self.schema}.{table}",))

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
        found = self.rows("SELECT version FROM callsheet_component WHERE name = ?", (component.name,))
        version = int(found[0][0]) if found else 0
        if version > component.version:
            raise newer(f"the {component.name} in {self.shown}", version, component.version)
        return version

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

    def prepare(self, component: Component, *, writing: bool) -> bool:
        """Make a component's tables where they may be made; return whether they exist."""
        if writing:
            self.ensure(component)
        return self.version_of(component) > 0

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

    def close(self) -> None:
        """Close the connection; what was not committed is gone, and so is the lock."""
        self.connection.close()


_NUMBERED = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
_BASE = (
    "CREATE TABLE callsheet_component (name TEXT PRIMARY KEY, version INTEGER NOT NULL)",
    "CREATE TABLE callsheet_holder (note TEXT NOT NULL)",
    """CREATE FUNCTION callsheet_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the history is append-only'; END $$""",
)


def open_database(options: Mapping[str, Any]) -> PostgresqlDatabase:
    """Connect to the schema that the options of a target or ledger name.

    `url` is a reference to a secret that holds a connection URL or string of libpq; `schema` is where
    callsheet's tables are; `statementTimeout` and `lockTimeout` bound every wait at the server. Without
    an `sslmode`, TLS is required of every host but this one.

    Raises:
        CallsheetError: CS602, CS606 for the reference; CS940 to CS946 where no connection is to be had.

    """
    reference = options["url"]["secret"]
    return connect(
        resolve(reference),
        reference,
        options.get("schema", DEFAULT_SCHEMA),
        statement_timeout=options.get("statementTimeout", STATEMENT_TIMEOUT),
        lock_timeout=options.get("lockTimeout", LOCK_TIMEOUT),
    )


def connect(
    url: str,
    reference: str,
    schema: str,
    *,
    statement_timeout: str = STATEMENT_TIMEOUT,
    lock_timeout: str = LOCK_TIMEOUT,
) -> PostgresqlDatabase:
    """Connect by a URL; `reference` is the name for it that may be shown."""
    psycopg = _driver()
    fields = _fields(url, reference)
    shown = _shown(fields, schema)
    standard = {"connect_timeout": CONNECT_SECONDS, "application_name": "callsheet"}
    with worded(shown):
        connection = psycopg.connect(**{**standard, **fields}, autocommit=True)
    database = PostgresqlDatabase(shown, schema, connection)
    try:
        with worded(shown):
            for name, value in (
                ("search_path", f"{schema}, pg_temp"),
                ("statement_timeout", statement_timeout),
                ("lock_timeout", lock_timeout),
                ("idle_in_transaction_session_timeout", statement_timeout),
            ):
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
    except BaseException:
        database.close()
        raise
    return database


def _driver() -> Any:
    try:
        import psycopg
    except ImportError:
        raise CallsheetError(
            "CS945",
            "PostgreSQL needs the package psycopg, which is not installed",
            help="pip install 'callsheet[postgresql]'",
        ) from None
    return psycopg


def _fields(url: str, reference: str) -> dict[str, Any]:
    """Read a connection URL; the words of its errors quote it, so none of them is passed on."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if "://" in url:
        one_line(url, reference)
    try:
        fields: dict[str, Any] = conninfo_to_dict(url)
    except (psycopg.Error, ValueError):
        fields = {}
    if not fields:
        raise CallsheetError(
            "CS946",
            f"{reference} does not contain a connection URL",
            help="write it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=verify-full",
        )
    local = all(one in _LOCAL or one.startswith("/") for one in str(fields.get("host") or "").split(","))
    if not local:
        fields.setdefault("sslmode", "require")
    return fields


def hosts_of(url: str, reference: str) -> list[tuple[str, int]]:
    """Return the hosts and ports that a connection URL names; a socket of this machine is none.

    Raises:
        CallsheetError: CS945 without psycopg, CS946 for what is not a connection URL.

    """
    _driver()
    fields = _fields(url, reference)
    names = [one for key in ("host", "hostaddr") for one in str(fields.get(key) or "").split(",")]
    ports = [int(one) for one in str(fields.get("port") or "").split(",") if one.isdecimal()] or [5432]
    hosts = [one.lower() for one in names if one and not one.startswith(("/", "@"))]
    return [(host, port) for host in hosts for port in dict.fromkeys(ports)]


def _shown(fields: Mapping[str, Any], schema: str) -> str:
    host = fields.get("host") or "this machine"
    port = f":{fields['port']}" if fields.get("port") else ""
    if str(host).startswith("/"):
        host, port = "this machine", ""
    name = fields.get("dbname") or fields.get("user") or "?"
    return f"PostgreSQL {name}.{schema} at {host}{port}"


def _lock_key(schema: str, purpose: str) -> int:
    digest = hashlib.sha256(f"callsheet:{schema}:{purpose}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _marked(query: str) -> str:
    """Return a query with psycopg's marks for values."""
    return query.replace("?", "%s")


@contextmanager
def worded(shown: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into callsheet's, with the database's name."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _error(shown, error) from None


_UNREACHABLE = ("08", "57P01", "57P02", "57P03", "53300")
_BY_STATE: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("28",), "CS941", "{shown} refuses the login", "check user and password in the secret"),
    (
        ("42501",),
        "CS942",
        "the role has no right to do this in {shown}: {text}",
        "readers plan, deployers apply, owners migrate: `callsheet admin init` makes the three roles",
    ),
    (
        ("57014", "55P03"),
        "CS943",
        "{shown} did not answer in time: {text}",
        "check what blocks it, or raise `statementTimeout` or `lockTimeout` in the environment",
    ),
    (
        ("40001", "40P01"),
        "CS907",
        "another program wrote to {shown} at the same moment",
        "try again: what was not recorded was not done",
    ),
    (("25006",), "CS902", "{shown} is read-only", "name the primary, not a standby"),
    (("3D000",), "CS940", "{shown} does not exist: {text}", "create the database, or correct its name"),
    (
        _UNREACHABLE,
        "CS940",
        "{shown} cannot be reached: {text}",
        "check that the server is running, and run the command again: what was committed is recorded",
    ),
)


def _error(shown: str, error: psycopg.Error) -> CallsheetError:
    state = error.sqlstate or ""
    text = (error.diag.message_primary or "").strip()
    if state.startswith("53100"):
        return disk_full(shown)
    for states, code, message, way_out in _BY_STATE:
        if state.startswith(states) and state:
            return CallsheetError(code, message.format(shown=shown, text=text), help=way_out)
    if not state:
        return _connection_error(shown, str(error))
    return CallsheetError(
        "CS948",
        f"{shown} answered with an error ({state}): {text}",
        help="check the server's log; what was not recorded was not done",
    )


def _connection_error(shown: str, text: str) -> CallsheetError:
    """Word what libpq says of a connection; its first line names host and reason, and no password."""
    if "password authentication failed" in text or "no password supplied" in text:
        return CallsheetError(
            "CS941", f"{shown} refuses the login", help="check user and password in the secret"
        )
    reason = text.strip().split("\n")[0].rpartition("failed: ")[2].removeprefix("FATAL:  ")
    if "SSL" in text or "certificate" in text:
        return CallsheetError(
            "CS944",
            f"no TLS connection to {shown}: {reason}",
            help="correct `sslmode` or `sslrootcert` in the URL, or the server's certificate",
        )
    return CallsheetError(
        "CS940",
        f"{shown} cannot be reached: {reason}",
        help="check that the server is running, and run the command again: what was committed is recorded",
    )
