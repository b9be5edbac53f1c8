"""Adobe's Query Service → the rows of a query, over the protocol of PostgreSQL.

Its REST API runs a query without returning rows: they go to a dataset (Adobe's description "Query Service
API", POST /queries). Rows come interactively: GET /connection_parameters returns a host, a user and a token
that is the password, and a client of PostgreSQL asks ("Connection parameters endpoint", "Query Service SSL
options"). A query of a session ends after 10 minutes there. Nobody has tried this on a sandbox.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from callsheet.errors import CallsheetError
from callsheet.outbound.hosts import LOOPBACK, AllowedHosts
from callsheet.targets.journey_optimizer.account import Account

PATH = "/data/foundation/query/connection_parameters"
CONNECT_SECONDS = 20
QUERY_SECONDS = 600
MOST_ROWS = 50_000
"""Query Service returns no more rows than these to a client."""
_ADOBE = ".adobe.io"


def query_rows(
    account: Account, sql: str, allowed: AllowedHosts, *, seconds: float = QUERY_SECONDS
) -> list[dict[str, Any]]:
    """Run a query that changes nothing, and return its rows.

    Args:
        account: at Adobe.
        sql: the query.
        allowed: hosts to which the token may go beside those of Adobe.
        seconds: the longest that the query may take.

    Raises:
        CallsheetError: CS945 without psycopg; CS872, CS873 and CS963 for the API; CS896 where Query Service
            cannot be reached, or refuses.

    """
    psycopg = _driver()
    parameters = _parameters(account, allowed)
    token = parameters["password"]
    try:
        with psycopg.connect(**parameters, autocommit=True) as connection, _within(connection, seconds):
            # Without parameters and prepared statements: one simple query, which every proxy understands.
            cursor = connection.execute(sql, prepare=False)
            if cursor.description is None:
                raise _refused("it returned no rows")
            names = [one.name for one in cursor.description]
            rows = cursor.fetchmany(MOST_ROWS)
    except psycopg.Error as error:
        words = account.client.shown(str(error).replace(token, "…")).strip().split("\n")[0]
        raise _refused(words[:300]) from None
    return [dict(zip(names, row, strict=True)) for row in rows]


def _parameters(account: Account, allowed: AllowedHosts) -> dict[str, Any]:
    """Ask for the connection; the host must be Adobe's, for the token goes there."""
    answer = account.call("GET", PATH)
    found = answer.value if isinstance(answer.value, Mapping) else {}
    names = {"host": "host", "dbname": "dbName", "user": "username", "password": "token"}
    parameters = {ours: found.get(theirs) for ours, theirs in names.items()}
    port = found.get("port")
    texts = all(isinstance(one, str) and one for one in parameters.values())
    if answer.status != 200 or not texts or isinstance(port, bool) or not isinstance(port, int):
        raise CallsheetError(
            "CS873",
            f"Adobe's API cannot be read: it answered {answer.status} to {PATH} without a connection",
            help="grant the account the permission *Query Service*; nothing was changed",
        )
    host = str(parameters["host"]).lower()
    local = (
        host in LOOPBACK and account.client.origin is not None and account.client.origin.host in LOOPBACK
    )
    if not (host.endswith(_ADOBE) or local or allowed.allows(host, port)):
        raise CallsheetError(
            "CS896",
            f"Query Service is at {host[:80]!r}, which is not a host of Adobe's: no token is sent there",
            help="allow it with --allow-host, where it is right",
        )
    tls = {} if local else {"sslmode": "verify-full", "sslrootcert": _authorities()}
    standard = {"connect_timeout": CONNECT_SECONDS, "application_name": "callsheet"}
    return {**parameters, "host": host, "port": port, **standard, **tls}


@contextmanager
def _within(connection: Any, seconds: float) -> Iterator[None]:
    """End the connection after a time: what waits for it then fails."""
    handle = socket.socket(fileno=os.dup(connection.fileno()))

    def end() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        handle.close()


def _authorities() -> str:
    """Return the file of the certificate authorities, as httpx trusts them."""
    try:
        from certifi import where
    except ImportError:
        return "system"
    return where()


def _driver() -> Any:
    try:
        import psycopg
    except ImportError:
        raise CallsheetError(
            "CS945",
            "Query Service needs the package psycopg, which is not installed",
            help="pip install 'callsheet[postgresql]', or save the result of `callsheet metrics --sql`",
        ) from None
    return psycopg


def _refused(why: str) -> CallsheetError:
    return CallsheetError(
        "CS896",
        f"Query Service returned no result: {why}",
        help="run the query of `callsheet metrics --sql` there, and read its result with --from",
    )
