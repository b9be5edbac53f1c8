"""A ledger, and what is beside it, from one database to another, verified row by row by digest.

Beside it are the registry, and for Journey Optimizer which configuration of Adobe's is whose, and the
answers to test requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from callsheet.compiling import canonical_text, digest_of
from callsheet.databases.model import Component, Database, InDatabase
from callsheet.databases.sqlite import open_for_writing
from callsheet.databases.sqlite_lock import exclusive
from callsheet.deploying.stores import Stores, opened
from callsheet.errors import CallsheetError
from callsheet.language.environment import Environment
from callsheet.ledger.schema import LEDGER
from callsheet.outbound.hosts import AllowedHosts
from callsheet.targets.journey_optimizer.evidence import EVIDENCE
from callsheet.targets.journey_optimizer.notes import NOTES
from callsheet.targets.journey_optimizer.target import JourneyTarget
from callsheet.targets.registry import REGISTRY

_COPIED: tuple[tuple[Component, tuple[tuple[str, str], ...]], ...] = (
    (
        LEDGER,
        (
            ("ledger", "id"),
            ("ledger_apply", "serial"),
            ("ledger_provenance", "serial"),
            ("ledger_intent", "serial, number"),
            ("ledger_outcome", "serial, number"),
            ("ledger_end", "serial"),
            ("ledger_object", "address"),
        ),
    ),
    (REGISTRY, (("registry_action", "address"), ("registry_history", "id"))),
    (NOTES, (("journey_endpoint", "name"),)),
    (EVIDENCE, (("journey_evidence", "number"),)),
)
"""Each table with the order in which its rows are read and compared."""
_ALWAYS = (LEDGER, REGISTRY)
"""What every such database has; the others are copied where they are."""


class Copied(Struct, frozen=True, kw_only=True):
    """One table that was copied: its rows, and the digest that both sides have."""

    table: str
    rows: int
    digest: str


def copy_ledger(
    environment: Environment, root: Path, destination: str, allowed: AllowedHosts
) -> list[Copied]:
    """Copy the ledger of an environment, with what is beside it where both are in one database.

    Args:
        environment: whose ledger.
        root: the workspace.
        destination: a reference to a PostgreSQL URL, with `/SCHEMA` after it where it is not
            `callsheet`; or the path of a SQLite file, relative to the workspace.
        allowed: the hosts to which a secret may go beside the service's own.

    The source is locked meanwhile, and is left as it is. The destination must hold no ledger; all of it
    is written in one transaction, read back, and kept only where every digest is that of the source.

    Raises:
        CallsheetError: CS925 without a ledger, CS932 for a destination that is in use, CS905 where what
            was read back differs, and CS9xx for either database.

    """
    with ExitStack() as stack:
        stores = stack.enter_context(opened(environment, root, writing=True, allowed=allowed))
        source = stores.ledger.database if isinstance(stores.ledger, InDatabase) else None
        if source is None or stores.ledger.position().lineage is None:
            raise CallsheetError(
                "CS925",
                f"there is no ledger in {environment.name}",
                help="`callsheet history` shows what an environment has",
            )
        beside = _beside(stores)
        found = [(one, source if one is LEDGER else beside, tables) for one, tables in _COPIED]
        copied = [(one, where, tables) for one, where, tables in found if where and _is_there(one, where)]
        target = stack.enter_context(_destination(destination, root))
        for component, _, _ in copied:
            target.prepare(component, writing=True)
        if target.rows("SELECT 1 FROM ledger_apply LIMIT 1"):
            raise CallsheetError(
                "CS932",
                f"{target.shown} already contains a ledger",
                help="name an empty database or another schema: histories are never mixed",
            )
        for one in {id(where): where for _, where, _ in copied}.values():
            stack.enter_context(one.snapshot())
        with target.transaction():
            return [
                _copy(where, target, table, order) for _, where, tables in copied for table, order in tables
            ]


def _beside(stores: Stores) -> Database | None:
    """Return the database of what goes along: it is that of the ledger, or opened by the same options."""
    if stores.shared is not None:
        return stores.shared
    return stores.target.database if isinstance(stores.target, JourneyTarget) else None


def _is_there(component: Component, database: Database) -> bool:
    return component in _ALWAYS or database.prepare(component, writing=False)


def _copy(source: Database, target: Database, table: str, order: str) -> Copied:
    query = f"SELECT * FROM {table} ORDER BY {order}"  # noqa: S608 - names of our own tables
    rows = source.rows(query)
    if table == "ledger":
        # The copied lineage replaces the one that was made with the empty table.
        target.run("DELETE FROM ledger")
    if rows:
        target.insert(table, rows)
    digest = _digest(rows)
    if _digest(target.rows(query)) != digest:
        raise CallsheetError(
            "CS905",
            f"what was read back of {table} is not what was written to {target.shown}",
            help="nothing was kept; check the database's encoding",
        )
    return Copied(table=table, rows=len(rows), digest=digest)


def _digest(rows: list[tuple[Any, ...]]) -> str:
    return digest_of(canonical_text([list(row) for row in rows]))


@contextmanager
def _destination(destination: str, root: Path) -> Iterator[Database]:
    if ":" not in destination:
        with exclusive(root / destination, destination):
            embedded = open_for_writing(root / destination, destination)
            try:
                yield embedded
            finally:
                embedded.close()
        return
    from callsheet.databases.postgresql_connecting import DEFAULT_SCHEMA, open_database

    reference, _, schema = destination.partition("/")
    shared = open_database({"url": {"secret": reference}, "schema": schema or DEFAULT_SCHEMA})
    try:
        yield shared
    finally:
        shared.close()
