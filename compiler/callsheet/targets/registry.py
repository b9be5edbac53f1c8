"""The registry: deployed actions in a relational database, which others can read.

Two tables, documented on the page of this folder: `registry_action` has what is deployed now, one row for
each action; `registry_history` has every write that was ever made, and is never changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from callsheet.databases.model import Component, Database
from callsheet.language.addresses import Address
from callsheet.language.steps import Step
from callsheet.targets.model import Author, Deployed, StepRefused
from callsheet.templates.values import digest_of

TABLES = """
CREATE TABLE registry_action (
    address    TEXT PRIMARY KEY,          -- Action/name
    name       TEXT NOT NULL,
    digest     TEXT NOT NULL,             -- sha256:… over `compiled`
    revision   INTEGER NOT NULL,          -- how often the action was written, from 1
    compiled   TEXT NOT NULL,             -- the compiled action, canonical JSON (RFC 8785)
    applied_by TEXT NOT NULL,
    applied_at TEXT NOT NULL,             -- RFC 3339, UTC
    commit_id  TEXT
) STRICT;
CREATE TABLE registry_history (
    id         {numbered},
    operation  TEXT NOT NULL,             -- create, update, replace, rename, delete
    address    TEXT NOT NULL,
    digest     TEXT,                      -- after the operation; NULL for a delete
    revision   INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    commit_id  TEXT,
    key        TEXT NOT NULL UNIQUE       -- the step's idempotency key
) STRICT;
"""


DIRTY = tuple(
    f"ALTER TABLE {table} ADD COLUMN dirty INTEGER" for table in ("registry_action", "registry_history")
)
"""1 where the files differed from `commit_id`, 0 where not; NULL where that is not known."""


class RegistryTarget:
    """The registry in one database.

    `database` is None while the database, or the registry in it, does not exist: nothing is deployed.
    """

    def __init__(
        self, shown: str, identity: Callable[[], dict[str, Any]], database: Database | None
    ) -> None:
        self.shown = shown
        self.database = database
        self.identity = identity

    def read(self) -> dict[str, Deployed]:
        """Return everything that is deployed, by address."""
        if self.database is None:
            return {}
        rows = self.database.rows(f"{_SELECT} ORDER BY address")
        return {row[0]: _deployed(row) for row in rows}

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, all or none; inside the caller's transaction, where there is one."""
        if self.database is None:
            raise TypeError("the registry was opened for reading")
        if not steps:
            return
        with self.database.transaction():
            _Batch(self.database, author).do(steps)

    def close(self) -> None:
        """Let go of the database."""
        if self.database is not None:
            self.database.close()


def _create_tables(database: Database) -> None:
    database.create(TABLES, append_only=("registry_history",))


def _add_dirty(database: Database) -> None:
    for statement in DIRTY:
        database.run(statement)


REGISTRY = Component("registry", (_create_tables, _add_dirty))

_SELECT = "SELECT address, compiled, revision, applied_by, applied_at FROM registry_action"


def _deployed(row: tuple[Any, ...]) -> Deployed:
    address, canonical, revision, applied_by, applied_at = row
    # The digest is of what is there now, not of what a column says was there once.
    digest = digest_of(canonical)
    return Deployed(
        address=address,
        canonical=canonical,
        digest=digest,
        revision=revision,
        applied_by=applied_by,
        applied_at=applied_at,
    )


class _Batch:
    """Steps within one transaction: what they meet is read once, what they write is sent together."""

    def __init__(self, database: Database, author: Author) -> None:
        self.database = database
        self.author = author

    def do(self, steps: Sequence[Step]) -> None:
        """Do the steps in their order; refuses the first that meets something else than it expects."""
        seen = self._seen([one.key for one in steps])
        found = self._found([one.address_before for one in steps])
        gone: set[str] = set()
        history: list[tuple[Any, ...]] = []
        rows: dict[str, tuple[Any, ...]] = {}
        for step in steps:
            if step.key in seen:
                continue
            before = found.get(step.address_before)
            if (before[0] if before else None) != step.before:
                raise StepRefused(f"{step.address_before} has changed since the plan was made")
            revision = (before[1] if before else 0) + 1
            if step.action in ("delete", "rename", "replace") and before:
                gone.add(step.address_before)
                rows.pop(step.address_before, None)
                del found[step.address_before]
            if step.action != "delete":
                rows[step.address] = self._row(step, revision)
                found[step.address] = (step.after or "", revision)
            history.append(self._history(step, revision))
        self.database.run_many(
            "DELETE FROM registry_action WHERE address = ?", [(one,) for one in sorted(gone)]
        )
        self.database.run_many(_UPSERT, list(rows.values()))
        self.database.run_many(_HISTORY, history)
        self._read_back(rows, gone)

    def _read_back(self, rows: Mapping[str, tuple[Any, ...]], gone: Collection[str]) -> None:
        """Check within the transaction that the tables hold what was asked: a trigger may change it."""
        addresses = sorted({*rows, *gone})
        found = self._found(addresses) if addresses else {}
        for address in addresses:
            wanted = rows[address][2] if address in rows else None
            if found.get(address, (None, 0))[0] != wanted:
                raise StepRefused(f"what is read back of {address} differs from what was written")

    def _seen(self, keys: list[str]) -> set[str]:
        query = f"SELECT key FROM registry_history WHERE key IN ({_marks(keys)})"  # noqa: S608 - marks only
        return {row[0] for row in self.database.rows(query, keys)}

    def _found(self, addresses: list[str]) -> dict[str, tuple[str, int]]:
        query = f"{_SELECT} WHERE address IN ({_marks(addresses)})"
        rows = [_deployed(row) for row in self.database.rows(query, addresses)]
        return {one.address: (one.digest, one.revision) for one in rows}

    def _row(self, step: Step, revision: int) -> tuple[Any, ...]:
        name = Address.read(step.address).name
        return (step.address, name, step.after, revision, step.canonical, *self._by(), self._dirty())

    def _history(self, step: Step, revision: int) -> tuple[Any, ...]:
        return (step.action, step.address, step.after, revision, *self._by(), step.key, self._dirty())

    def _by(self) -> tuple[str, str, str | None]:
        return self.author.name, self.author.at, self.author.commit

    def _dirty(self) -> int | None:
        return None if self.author.dirty is None else int(self.author.dirty)


_UPSERT = (
    "INSERT INTO registry_action (address, name, digest, revision, compiled, applied_by,"
    " applied_at, commit_id, dirty) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
    " digest = excluded.digest, revision = excluded.revision, compiled = excluded.compiled,"
    " applied_by = excluded.applied_by, applied_at = excluded.applied_at,"
    " commit_id = excluded.commit_id, dirty = excluded.dirty"
)
_HISTORY = (
    "INSERT INTO registry_history (operation, address, digest, revision, applied_by, applied_at,"
    " commit_id, key, dirty) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
