"""The ledger in a SQLite file: append-only history, and what is applied, derived from it.

`begin`, `settle` and `finish` join the caller's transaction where there is one, so that a step in the
embedded registry and its record are kept together or not at all.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from callsheet.ledger.model import (
    Applied,
    ApplyRecord,
    Intent,
    NewApply,
    Outcome,
    Position,
    StepRecord,
)
from callsheet.sqlite import Component, Database, open_component, worded

_APPEND_ONLY = ("ledger_apply", "ledger_intent", "ledger_outcome", "ledger_end")

TABLES = """
CREATE TABLE ledger (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    lineage TEXT NOT NULL                 -- made once, at random: tells this ledger from any other
) STRICT;
CREATE TABLE ledger_apply (
    serial      INTEGER PRIMARY KEY,
    plan_digest TEXT NOT NULL,
    environment TEXT NOT NULL,
    commit_id   TEXT,
    author      TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    accepted    TEXT NOT NULL,            -- a JSON list
    callsheet   TEXT NOT NULL             -- the version that applied
) STRICT;
CREATE TABLE ledger_intent (
    serial         INTEGER NOT NULL REFERENCES ledger_apply,
    number         INTEGER NOT NULL,
    action         TEXT NOT NULL,
    address        TEXT NOT NULL,
    address_before TEXT NOT NULL,
    before         TEXT,
    after          TEXT,
    canonical      TEXT,
    key            TEXT NOT NULL UNIQUE,
    PRIMARY KEY (serial, number)
) STRICT;
CREATE TABLE ledger_outcome (
    serial  INTEGER NOT NULL,
    number  INTEGER NOT NULL,
    outcome TEXT NOT NULL,                -- done, failed, skipped, unknown
    error   TEXT,
    at      TEXT NOT NULL,
    PRIMARY KEY (serial, number),
    FOREIGN KEY (serial, number) REFERENCES ledger_intent
) STRICT;
CREATE TABLE ledger_end (
    serial  INTEGER PRIMARY KEY REFERENCES ledger_apply,
    outcome TEXT NOT NULL,                -- done, failed, interrupted
    at      TEXT NOT NULL
) STRICT;
CREATE TABLE ledger_object (
    address   TEXT PRIMARY KEY,
    digest    TEXT NOT NULL,
    canonical TEXT NOT NULL,
    serial    INTEGER NOT NULL
) STRICT;
"""


class SqliteLedger:
    """A ledger in one SQLite file; `database` is None while the ledger does not exist."""

    def __init__(self, shown: str, database: Database | None) -> None:
        self.shown = shown
        self.database = database

    def position(self) -> Position:
        """Give lineage and serial."""
        if self.database is None:
            return Position(None, 0)
        lineage = self._all("SELECT lineage FROM ledger")
        serial = self._all("SELECT coalesce(max(serial), 0) FROM ledger_apply")[0][0]
        # A ledger in which nothing was ever applied is as good as none.
        return Position(lineage[0][0] if serial else None, serial)

    def applied(self) -> dict[str, Applied]:
        """Give what callsheet last put there, by address."""
        rows = self._all("SELECT address, canonical, digest, serial FROM ledger_object")
        return {
            row[0]: Applied(address=row[0], canonical=row[1], digest=row[2], serial=row[3]) for row in rows
        }

    def open_apply(self) -> tuple[int, list[Intent]] | None:
        """Give the apply that never finished, with its unsettled steps."""
        rows = self._all(
            "SELECT serial FROM ledger_apply WHERE serial NOT IN (SELECT serial FROM ledger_end)"
        )
        if not rows:
            return None
        serial = rows[0][0]
        intents = self._all(
            _OPEN_INTENTS,
            serial,
            serial,
        )
        return serial, [Intent(*row) for row in intents]

    def begin(self, new: NewApply, intents: Sequence[Intent]) -> int:
        """Record an apply and its intents; gives its serial."""
        with self._writing() as connection:
            serial: int = connection.execute(
                "SELECT coalesce(max(serial), 0) + 1 FROM ledger_apply"
            ).fetchone()[0]
            connection.execute(
                "INSERT INTO ledger_apply VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    serial,
                    new.plan_digest,
                    new.environment,
                    new.commit,
                    new.author,
                    new.at,
                    json.dumps(new.accepted),
                    new.callsheet,
                ),
            )
            connection.executemany(
                "INSERT INTO ledger_intent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(serial, *astuple(one)) for one in intents],
            )
        return serial

    def settle(self, serial: int, outcomes: Sequence[Outcome], at: str) -> None:
        """Record what became of steps; what is done becomes what is applied."""
        with self._writing() as connection:
            connection.executemany(
                "INSERT INTO ledger_outcome VALUES (?, ?, ?, ?, ?)",
                [(serial, one.number, one.outcome, one.error, at) for one in outcomes],
            )
            for one in outcomes:
                if one.outcome == "done":
                    _own(connection, serial, one.number)

    def finish(self, serial: int, outcome: str, at: str) -> None:
        """Record how an apply ended."""
        with self._writing() as connection:
            connection.execute("INSERT INTO ledger_end VALUES (?, ?, ?)", (serial, outcome, at))

    def history(self) -> list[ApplyRecord]:
        """Give every apply, newest first."""
        steps: dict[int, list[StepRecord]] = {}
        for serial, number, action, address, outcome, error in self._all(
            "SELECT serial, number, action, address, coalesce(outcome, 'open'), error"
            " FROM ledger_intent LEFT JOIN ledger_outcome USING (serial, number) ORDER BY serial, number"
        ):
            record = StepRecord(number=number, action=action, address=address, outcome=outcome, error=error)
            steps.setdefault(serial, []).append(record)
        return [
            _record(row, tuple(steps.get(row[0], ())))
            for row in self._all(
                "SELECT a.serial, plan_digest, environment, commit_id, author, started_at, e.at,"
                " coalesce(e.outcome, 'open'), accepted FROM ledger_apply a LEFT JOIN ledger_end e"
                " USING (serial) ORDER BY a.serial DESC"
            )
        ]

    def close(self) -> None:
        """Let go of the file."""
        if self.database is not None:
            self.database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self.database is None:
            raise TypeError("the ledger was opened for reading")
        with self.database.transaction() as connection:
            yield connection

    def _all(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        if self.database is None:
            return []
        with worded(self.shown):
            return self.database.connection.execute(query, values).fetchall()


def open_ledger(options: Mapping[str, Any], root: Path, *, writing: bool, beside: object) -> SqliteLedger:
    """Open the ledger that an environment names by `path`; the entry point of type `sqlite`.

    Where the target, given as `beside`, is in the same file, its connection is shared: then a step and
    its record are one transaction.
    """
    shown = options["path"]
    shared = getattr(beside, "database", None) if getattr(beside, "shown", None) == shown else None
    if shared is not None:
        there = shared.prepare(LEDGER, writing=writing)
        return SqliteLedger(shown, shared if there else None)
    return SqliteLedger(shown, open_component(root / shown, shown, LEDGER, writing=writing))


def _create_tables(connection: sqlite3.Connection) -> None:
    for statement in TABLES.strip().split(";\n"):
        connection.execute(statement)
    for table in _APPEND_ONLY:
        for operation in ("UPDATE", "DELETE"):
            connection.execute(
                f"CREATE TRIGGER {table}_has_no_{operation.lower()} BEFORE {operation} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END"
            )
    connection.execute("INSERT INTO ledger VALUES (1, ?)", (secrets.token_hex(16),))


LEDGER = Component("ledger", (_create_tables,))

_INTENT = "SELECT number, action, address, address_before, before, after, canonical, key FROM ledger_intent"

_OPEN_INTENTS = f"""{_INTENT} WHERE serial = ? AND number NOT IN
    (SELECT number FROM ledger_outcome WHERE serial = ?) ORDER BY number"""  # noqa: S608 - no value in it


def _own(connection: sqlite3.Connection, serial: int, number: int) -> None:
    """Derive what is applied from a step that is done."""
    row = connection.execute(f"{_INTENT} WHERE serial = ? AND number = ?", (serial, number)).fetchone()
    intent = Intent(*row)
    if intent.action in ("delete", "forget", "rename"):
        connection.execute("DELETE FROM ledger_object WHERE address = ?", (intent.address_before,))
    if intent.action not in ("delete", "forget"):
        connection.execute(
            "INSERT INTO ledger_object VALUES (?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET"
            " digest = excluded.digest, canonical = excluded.canonical, serial = excluded.serial",
            (intent.address, intent.after, intent.canonical, serial),
        )


def _record(row: tuple[Any, ...], steps: tuple[StepRecord, ...]) -> ApplyRecord:
    serial, plan_digest, environment, commit, author, started, finished, outcome, accepted = row
    return ApplyRecord(
        serial=serial,
        plan_digest=plan_digest,
        environment=environment,
        commit=commit,
        author=author,
        started_at=started,
        finished_at=finished,
        outcome=outcome,
        accepted=tuple(json.loads(accepted)),
        steps=steps,
    )
