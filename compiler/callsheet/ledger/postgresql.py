"""The shared ledger: in a schema of PostgreSQL, under an advisory lock; the entry point of `postgresql`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.databases.postgresql import Connected, PostgresqlDatabase
from callsheet.databases.postgresql_connecting import open_database
from callsheet.ledger.schema import LEDGER
from callsheet.ledger.tables import RelationalLedger


class PostgresqlLedger(RelationalLedger):
    """A ledger in PostgreSQL; opened for writing, it holds the lock until it is closed."""

    def __init__(self, connected: PostgresqlDatabase, *, there: bool) -> None:
        super().__init__(connected.shown, connected if there else None)
        self.connected = connected

    def close(self) -> None:
        """Close the connection: the server frees the lock."""
        self.connected.close()


def open_ledger(
    options: Mapping[str, Any], root: Path, *, writing: bool, beside: object
) -> PostgresqlLedger:
    """Open the ledger that an environment names by `url` and `schema`.

    Where the target, given as `beside`, is in the same schema, its connection is shared: then a step and
    its record are one transaction.

    Raises:
        CallsheetError: CS901 where another callsheet applies, CS9xx for the database.

    """
    del root
    connected = _shared(options, beside) or open_database(options)
    try:
        there = connected.prepare(LEDGER, writing=writing)
        if writing:
            connected.lock()
    except BaseException:
        connected.close()
        raise
    return PostgresqlLedger(connected, there=there)


def _shared(options: Mapping[str, Any], beside: object) -> PostgresqlDatabase | None:
    """Return the target's connection, where it was opened by the same options."""
    if isinstance(beside, Connected) and beside.options == dict(options):
        return beside.connected
    return None
