"""`ledger copy` takes along what Journey Optimizer keeps beside the ledger: answers, and whose configuration is whose."""

from __future__ import annotations

import json

import pytest

from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT, Do
from support.journeys import SEVEN, write
from support.workspaces import Callsheet, Folder

PATH = "ledger: {type: sqlite, path: .callsheet/journeys.db}"
POSTGRESQL = 'ledger: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}'


@pytest.fixture
def confirmed(do: Do) -> Do:
    """A configuration that Adobe's API holds, and a push that was confirmed twice, with an answer each time."""
    write(do.folder, push=SEVEN["push"])
    do.folder.write("environments.yaml", ENVIRONMENT)
    confirm(do, "first")
    do.rewrite("rate: 300 per 1m", "rate: 200 per 1m")
    assert do.apply().code == 0
    (do.folder.path / "push.yaml").write_text(
        (do.folder.path / "push.yaml").read_text().replace("sound: default", "sound: loud")
    )
    confirm(do, "second")
    return do


def confirm(do: Do, answer: str) -> None:
    folder = do.folder.path.parent
    pack, file = folder / f"pack-{answer}", folder / "answer.json"
    file.write_text(json.dumps({"id": answer, "accepted": True}))
    assert do.apply("--pack", str(pack)).code == 0
    outcome = do.callsheet("confirm", pack, "push", "-C", do.folder.path, "--response", file, "-q")
    assert outcome.code == 0, outcome.err


def history(do: Do) -> str:
    found = do("history", "-o", "json").out
    assert found.count('"evidence"') == 2
    return found


def moved(do: Do, ledger: str) -> None:
    text = (do.folder.path / "environments.yaml").read_text()
    at = text.index("ledger:")
    do.folder.write("environments.yaml", text[:at] + ledger + "\n")


def test_answers_and_configurations_move_with_the_ledger(confirmed: Do, adobe: Adobe) -> None:
    before = history(confirmed)
    outcome = confirmed("ledger", "copy", ".callsheet/moved.db")
    assert outcome.code == 0, outcome.err
    assert "  journey_evidence: 2 rows, sha256:" in outcome.out
    assert "  journey_endpoint: 1 rows, sha256:" in outcome.out
    moved(confirmed, PATH.replace("journeys.db", "moved.db"))
    assert history(confirmed) == before
    plan = confirmed("plan", "--detailed-exitcode")
    assert (plan.code, "drift" in plan.out.lower()) == (0, False), plan.out
    assert len(adobe.configs) == 1
    confirmed.rewrite("rate: 200 per 1m", "rate: 100 per 1m")
    assert confirmed.apply().code == 0
    assert len(adobe.configs) == 1, "the configuration is still ours"


def test_answers_move_to_postgresql_and_their_numbers_go_on(confirmed: Do, database: str) -> None:
    del database
    before = history(confirmed)
    assert confirmed("ledger", "copy", "env:CALLSHEET_DATABASE").code == 0
    moved(confirmed, POSTGRESQL)
    assert history(confirmed) == before
    file = confirmed.folder.path / "push.yaml"
    file.write_text(file.read_text().replace("sound: loud", "sound: soft"))
    confirm(confirmed, "third")
    assert confirmed("history", "-o", "json").out.count('"evidence"') == 3
    assert confirmed("ledger", "copy", ".callsheet/back.db").code == 0
    moved(confirmed, PATH.replace("journeys.db", "back.db"))
    assert confirmed("history", "-o", "json").out.count('"evidence"') == 3


def test_a_registry_of_its_own_has_nothing_more_to_copy(callsheet: Callsheet, workspace: Folder) -> None:
    workspace.action()
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    outcome = callsheet("ledger", "copy", ".callsheet/copy.db", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert "journey_" not in outcome.out
