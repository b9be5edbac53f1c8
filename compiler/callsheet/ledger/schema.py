"""The tables of a ledger, made by migrations in their order."""

from __future__ import annotations

import secrets

from callsheet.databases.model import Component, Database

APPEND_ONLY = ("ledger_apply", "ledger_intent", "ledger_outcome", "ledger_end")

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


PROVENANCE = """
CREATE TABLE ledger_provenance (
    serial    INTEGER PRIMARY KEY REFERENCES ledger_apply,
    plan      TEXT,                       -- digest of the plan that was approved, where it was made anew
    approvers TEXT NOT NULL,              -- a JSON list of those whose signatures were verified
    run_url   TEXT,                       -- the CI run that applied
    reason    TEXT                        -- why what was accepted was accepted
) STRICT;
"""


DIRTY = "ALTER TABLE ledger_provenance ADD COLUMN dirty INTEGER"
"""1 where the files differed from the commit, 0 where not; NULL where that was not recorded."""


def _create_tables(database: Database) -> None:
    database.create(TABLES, append_only=APPEND_ONLY)
    database.run("INSERT INTO ledger VALUES (1, ?)", (secrets.token_hex(16),))


def _create_provenance(database: Database) -> None:
    database.create(PROVENANCE, append_only=("ledger_provenance",))


def _add_dirty(database: Database) -> None:
    database.run(DIRTY)


LEDGER = Component("ledger", (_create_tables, _create_provenance, _add_dirty))
