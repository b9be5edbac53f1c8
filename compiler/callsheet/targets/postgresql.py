"""The shared target: the registry in a schema of PostgreSQL; the entry point of type `postgresql`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.databases.postgresql import PostgresqlDatabase
from callsheet.databases.postgresql_connecting import open_database
from callsheet.targets.registry import REGISTRY, RegistryTarget


class PostgresqlTarget(RegistryTarget):
    """The registry in PostgreSQL; the connection stays open, also where the registry is not there yet."""

    def __init__(self, connected: PostgresqlDatabase, options: Mapping[str, Any], *, there: bool) -> None:
        super().__init__(connected.shown, connected.identity, connected if there else None)
        self.connected = connected
        # Every target gets the environment's ledger; it does not compare two databases.
        self.options = {key: value for key, value in options.items() if key != "ledger"}

    def close(self) -> None:
        """Close the connection."""
        self.connected.close()


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> PostgresqlTarget:
    """Open the registry that an environment names by `url` and `schema`.

    Raises:
        CallsheetError: CS9xx, by what is wrong with the connection, the role or the schema.

    """
    del root
    connected = open_database(options)
    try:
        there = connected.prepare(REGISTRY, writing=writing)
    except BaseException:
        connected.close()
        raise
    return PostgresqlTarget(connected, options, there=there)
