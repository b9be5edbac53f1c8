"""A ledger that lost what callsheet wrote is damaged, and never taken for a new one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from support.workspaces import Callsheet, Folder

BROKEN = {
    "no versions": ("DELETE FROM callsheet_component", "it has tables of the "),
    "a version below the first": ("UPDATE callsheet_component SET version = -1", "it has tables of the "),
    "no table of versions": ("DROP TABLE callsheet_component", "it has tables of the "),
    "no lineage": ("DELETE FROM ledger", "it has applies, and no lineage"),
}
ROW = (
    "INSERT INTO ledger_apply (serial, plan_digest, environment, commit_id, author, started_at, accepted, callsheet)"
    " SELECT {serial}, plan_digest, environment, commit_id, author, started_at, '{accepted}', callsheet FROM ledger_apply"
)


@pytest.fixture
def applied(workspace: Folder, callsheet: Callsheet) -> Folder:
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    return workspace


def change(folder: Folder, statement: str) -> None:
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("verb", ["plan", "drift", "history", "apply"])
def test_every_command_says_that_it_is_damaged(
    kind: str, verb: str, applied: Folder, callsheet: Callsheet
) -> None:
    statement, words = BROKEN[kind]
    change(applied, statement)
    outcome = callsheet(verb, "-C", applied.path, *(["--yes"] if verb == "apply" else []))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("error CS905: ")
    assert words in outcome.err


@pytest.mark.parametrize("accepted", ["not json", "{}", "[1]"])
def test_names_that_are_none_damage_it(accepted: str, applied: Folder, callsheet: Callsheet) -> None:
    change(applied, ROW.format(serial=2, accepted=accepted))
    assert callsheet("history", "-C", applied.path).err.startswith("error CS905: ")


def test_a_number_that_no_plan_can_hold_damages_it(applied: Folder, callsheet: Callsheet) -> None:
    change(applied, ROW.format(serial=2**63 - 1, accepted="[]"))
    outcome = callsheet("plan", "-C", applied.path)
    assert "is damaged: its last apply is number 9223372036854775807" in outcome.err
