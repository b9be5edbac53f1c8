"""A reference to a connection URL → a connection to one schema of PostgreSQL, with bounded waits.

The URL is a reference to a secret, so that no file of a workspace names the host that is called. psycopg
is imported when a database is opened, and only then (the extra `callsheet[postgresql]`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callsheet.databases.postgresql import PostgresqlDatabase
from callsheet.databases.postgresql_errors import worded
from callsheet.errors import CallsheetError
from callsheet.outbound.lines import one_line
from callsheet.outbound.secrets import resolve

CONNECT_SECONDS = 10
STATEMENT_TIMEOUT = "60s"
LOCK_TIMEOUT = "5s"
DEFAULT_SCHEMA = "callsheet"
SCHEMA_NAME = re.compile(r"[a-z_][a-z0-9_]{0,50}\Z")
_LOCAL = ("", "localhost", "127.0.0.1", "::1")


def open_database(options: Mapping[str, Any]) -> PostgresqlDatabase:
    """Connect to the schema that the options of a target or ledger name.

    `url` is a reference to a secret that contains a connection URL or string of libpq; `schema` is where
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
    """Return the hosts and ports that a connection URL names; a socket of this machine has none.

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
