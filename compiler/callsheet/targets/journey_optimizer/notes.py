"""Which configuration of Adobe's is which EndpointConfig: there they have no names, so it is noted here.

The notes are a table beside the ledger. One is written before a configuration is created or changed, and
says what it is to become, so that a step which a crash cut off is found and finished.
"""

from __future__ import annotations

from msgspec import Struct

from callsheet.databases.model import Component, Database

TABLES = """
CREATE TABLE journey_endpoint (
    name       TEXT PRIMARY KEY,          -- of the EndpointConfig
    uid        TEXT,                      -- of the configuration; NULL until it is told
    compiled   TEXT,                      -- what was deployed as a whole last; NULL where nothing was
    pending    TEXT,                      -- what it is to become; NULL where nothing is under way
    revision   INTEGER NOT NULL,
    applied_by TEXT NOT NULL,
    applied_at TEXT NOT NULL,             -- RFC 3339, UTC
    key        TEXT NOT NULL              -- of the last step that was done
) STRICT;
"""
GONE = "null"
"""What a configuration is to become that is to be deleted."""


def _create_tables(database: Database) -> None:
    database.create(TABLES)


NOTES = Component("journey", (_create_tables,))
_COLUMNS = "name, uid, compiled, pending, revision, applied_by, applied_at, key"


class Note(Struct, frozen=True, kw_only=True):
    """What callsheet knows of one configuration; the fields are the columns of the table."""

    name: str
    uid: str | None = None
    compiled: str | None = None
    pending: str | None = None
    revision: int = 0
    applied_by: str = "unknown"
    applied_at: str = ""
    key: str = ""


class Notes:
    """The notes of one environment.

    Args:
        database: beside the ledger; None while there is none.
        writing: may the table be made?

    """

    def __init__(self, database: Database | None, *, writing: bool) -> None:
        self.database = database
        if database is None or not database.prepare(NOTES, writing=writing):
            self.database = None
        self.writable = writing and self.database is not None

    def all(self) -> dict[str, Note]:
        """Return every note, by name."""
        if self.database is None:
            return {}
        query = f"SELECT {_COLUMNS} FROM journey_endpoint ORDER BY name"  # noqa: S608 - constants only
        return {
            name: Note(
                name=name, uid=uid, compiled=compiled, pending=pending, revision=revision,
                applied_by=by, applied_at=at, key=key,
            )
            for name, uid, compiled, pending, revision, by, at, key in self.database.rows(query)
        }  # fmt: skip

    def put(self, note: Note) -> None:
        """Write a note, durably."""
        self._run([note.name], note)

    def drop(self, name: str) -> None:
        """Take a note away."""
        self._run([name], None)

    def rename(self, before: str, note: Note) -> None:
        """Write a note in the place of another one."""
        self._run([before, note.name], note)

    def _run(self, names: list[str], note: Note | None) -> None:
        if self.database is None:
            raise TypeError("the notes were opened for reading")
        with self.database.transaction():
            for name in names:
                self.database.run("DELETE FROM journey_endpoint WHERE name = ?", (name,))
            if note is not None:
                self.database.run(
                    f"INSERT INTO journey_endpoint ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
                    (
                        note.name, note.uid, note.compiled, note.pending, note.revision,
                        note.applied_by, note.applied_at, note.key,
                    ),
                )  # fmt: skip
