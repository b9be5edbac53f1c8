"""The embedded target: a registry of deployed actions in a SQLite file, which others can read.

Two tables, documented in the README: `registry_action` holds what is deployed now, one row for each
action; `registry_history` holds every write that was ever made, and is never changed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from callsheet.sqlite import Component, Database, open_component, worded
from callsheet.targets.model import Author, Deployed, Step, StepRefused

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
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    operation  TEXT NOT NULL,             -- create, update, replace, rename, delete
    address    TEXT NOT NULL,
    digest     TEXT,                      -- after the operation; NULL for a delete
    revision   INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    applied_at TEXT NOT NULL,
    commit_id  TEXT,
    key        TEXT NOT NULL UNIQUE       -- the step's idempotency key
) STRICT;
CREATE TRIGGER registry_history_is_not_updated BEFORE UPDATE ON registry_history
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
CREATE TRIGGER registry_history_is_not_deleted BEFORE DELETE ON registry_history
    BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;
"""


class RegistryTarget:
    """The registry in one SQLite file.

    `database` is None while the file, or the registry in it, does not exist: then nothing is deployed.
    """

    def __init__(self, shown: str, database: Database | None) -> None:
        self.shown = shown
        self.database = database

    def identity(self) -> dict[str, Any]:
        """Give the type, and the path as the workspace writes it."""
        return {"type": "sqlite", "path": self.shown}

    def read(self) -> dict[str, Deployed]:
        """Give everything that is deployed, by address."""
        if self.database is None or not self.database.version_of(REGISTRY):
            return {}
        with worded(self.shown):
            rows = self.database.connection.execute(f"{_SELECT} ORDER BY address").fetchall()
        return {row[0]: _deployed(row) for row in rows}

    def apply(self, steps: Sequence[Step], author: Author) -> None:
        """Do the steps, all or none; inside the caller's transaction, where there is one."""
        if self.database is None:
            raise TypeError("the registry was opened for reading")
        with self.database.transaction() as connection:
            for step in steps:
                _do(connection, step, author)

    def close(self) -> None:
        """Let go of the file."""
        if self.database is not None:
            self.database.close()


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> RegistryTarget:
    """Open the registry that an environment names by `path`; the entry point of type `sqlite`.

    Raises:
        CallsheetError: CS902 to CS909, by what is wrong with the file.

    """
    shown = options["path"]
    # A file that holds a ledger only, so far, is a registry in which nothing is deployed.
    return RegistryTarget(shown, open_component(root / shown, shown, REGISTRY, writing=writing))


def _create_tables(connection: sqlite3.Connection) -> None:
    """Create the tables; `executescript` would commit the transaction that this runs in."""
    current = ""
    for line in TABLES.strip().split("\n"):
        current += line + "\n"
        if sqlite3.complete_statement(current):
            connection.execute(current)
            current = ""


REGISTRY = Component("registry", (_create_tables,))

_SELECT = "SELECT address, compiled, revision, applied_by, applied_at FROM registry_action"


def _deployed(row: tuple[Any, ...]) -> Deployed:
    address, canonical, revision, applied_by, applied_at = row
    # The digest is of what is there now, not of what a column says was there once.
    digest = "sha256:" + hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    return Deployed(
        address=address,
        canonical=canonical,
        digest=digest,
        revision=revision,
        applied_by=applied_by,
        applied_at=applied_at,
    )


def _do(connection: sqlite3.Connection, step: Step, author: Author) -> None:
    if connection.execute("SELECT 1 FROM registry_history WHERE key = ?", (step.key,)).fetchone():
        return
    row = connection.execute(
        f"{_SELECT} WHERE address = ?",
        (step.address_before,),
    ).fetchone()
    found = _deployed(row) if row else None
    if (found.digest if found else None) != step.before:
        raise StepRefused(f"{step.address_before} is not what the plan was made for")
    revision = (found.revision if found else 0) + 1
    if step.action in ("delete", "rename", "replace") and found:
        connection.execute("DELETE FROM registry_action WHERE address = ?", (step.address_before,))
    if step.action != "delete":
        connection.execute(
            "INSERT INTO registry_action (address, name, digest, revision, compiled, applied_by,"
            " applied_at, commit_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
            " digest = excluded.digest, revision = excluded.revision, compiled = excluded.compiled,"
            " applied_by = excluded.applied_by, applied_at = excluded.applied_at,"
            " commit_id = excluded.commit_id",
            (
                step.address,
                step.address.partition("/")[2],
                step.after,
                revision,
                step.canonical,
                author.name,
                author.at,
                author.commit,
            ),
        )
    connection.execute(
        "INSERT INTO registry_history (operation, address, digest, revision, applied_by, applied_at,"
        " commit_id, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            step.action,
            step.address,
            step.after,
            revision,
            author.name,
            author.at,
            author.commit,
            step.key,
        ),
    )
