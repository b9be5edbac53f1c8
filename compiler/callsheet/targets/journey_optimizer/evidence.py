"""What proves that a step by hand was done: the answer to its test request, beside what was confirmed."""

from __future__ import annotations

from callsheet.databases.model import Component, Database
from callsheet.targets.model import Evidence

TABLE = "journey_evidence"
TABLES = """
CREATE TABLE journey_evidence (
    number  {numbered},
    serial  INTEGER NOT NULL,             -- of the apply that recorded the step, or of the last one
    address TEXT NOT NULL,
    digest  TEXT NOT NULL,                -- of what was confirmed
    answer  TEXT NOT NULL,                -- JSON, credentials hidden
    kept_by TEXT NOT NULL,
    kept_at TEXT NOT NULL                 -- RFC 3339, UTC
) STRICT;
"""


def _create_tables(database: Database) -> None:
    database.create(TABLES, append_only=(TABLE,))


EVIDENCE = Component("evidence", (_create_tables,))


def keep(database: Database, one: Evidence) -> None:
    """Keep an answer; it is never changed."""
    with database.transaction():
        database.run(
            "INSERT INTO journey_evidence (serial, address, digest, answer, kept_by, kept_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (one.serial, one.address, one.digest, one.answer, one.kept_by, one.kept_at),
        )


def kept(database: Database | None) -> list[Evidence]:
    """Return what is kept, in the order in which it came."""
    if database is None or not database.prepare(EVIDENCE, writing=False):
        return []
    rows = database.rows(
        "SELECT serial, address, digest, answer, kept_by, kept_at FROM journey_evidence ORDER BY number"
    )
    return [
        Evidence(serial=serial, address=address, digest=digest, answer=answer, kept_by=by, kept_at=at)
        for serial, address, digest, answer, by, at in rows
    ]
