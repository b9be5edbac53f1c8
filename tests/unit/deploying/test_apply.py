"""Apply: steps that fail, keep going, interruption, recovery; secrets; the Python API."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from callsheet import CallsheetError, Workspace
from callsheet.deploying.applying import default_author
from callsheet.deploying.current import read_current
from callsheet.deploying.executor import refuse_failed
from callsheet.deploying.recovery import applied_after, settled_by
from callsheet.deploying.stores import opened
from callsheet.language.steps import Step
from callsheet.outbound.secrets import resolve
from callsheet.targets import Deployed, StepRefused
from callsheet.targets.registry import RegistryTarget
from support.workspaces import ENVIRONMENT, Callsheet, Folder


def refuse_some(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Let the target refuse the steps of some actions."""
    real = RegistryTarget.apply

    def apply(self: RegistryTarget, steps: Any, author: Any) -> None:
        for step in steps:
            if step.address.removeprefix("Action/") in names:
                raise StepRefused("the service says no")
        real(self, steps, author)

    monkeypatch.setattr(RegistryTarget, "apply", apply)


@pytest.fixture
def ten(workspace: Folder) -> Folder:
    for number in range(9):
        workspace.action(f"a{number}")
    return workspace


def counts(folder: Folder) -> tuple[int, int]:
    connection = sqlite3.connect(folder.database)
    deployed = connection.execute("SELECT count(*) FROM registry_action").fetchone()[0]
    owned = connection.execute("SELECT count(*) FROM ledger_object").fetchone()[0]
    connection.close()
    return deployed, owned


def test_the_first_failure_stops_and_leaves_the_rest(
    ten: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_some(monkeypatch, "a4")
    outcome = callsheet("apply", "-C", ten.path, "--yes")
    assert outcome.code == 1
    assert "  ! Action/a4 failed: the service says no\n  ! Action/a5 skipped\n" in outcome.out
    assert "Apply 1 in local: 4 done, 1 failed, 5 skipped." in outcome.out
    assert "error CS930: 1 step failed, 4 done, 5 left\n  Action/a4: the service says no\n" in outcome.err
    assert counts(ten) == (4, 4)
    monkeypatch.undo()
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ada")
    assert "6 done" in callsheet("apply", "-C", ten.path, "--yes").out
    assert [one.outcome for one in Workspace(ten.path).history().applies] == ["done", "failed"]


def test_keep_going_does_what_it_can(
    ten: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_some(monkeypatch, "a4", "a7")
    outcome = callsheet("apply", "-C", ten.path, "--yes", "--keep-going")
    assert outcome.code == 1
    assert "8 done, 2 failed." in outcome.out
    assert counts(ten) == (8, 8)


def test_an_interrupted_apply_says_what_is_left(ten: Folder) -> None:
    ten.write("environments.yaml", ENVIRONMENT + "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n")
    workspace = Workspace(ten.path)
    seen: list[int] = []
    result = workspace.apply(workspace.plan(), stop=lambda: len(seen) >= 3, progress=seen.append)
    assert (result.outcome, result.count("done"), result.count("skipped")) == ("interrupted", 3, 7)
    with pytest.raises(CallsheetError) as caught:
        refuse_failed(result)
    assert caught.value.code == "CS931"
    assert len(Workspace(ten.path).plan().changes) == 7


def test_a_crash_between_step_and_record_is_settled_by_the_next_command(
    ten: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callsheet.ledger.tables import RelationalLedger

    ten.write("environments.yaml", ENVIRONMENT + "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n")
    real, calls = RelationalLedger.settle, [0]

    def settle(self: RelationalLedger, *arguments: Any) -> None:
        calls[0] += 1
        if calls[0] > 3:
            raise SystemExit("power loss")
        real(self, *arguments)

    monkeypatch.setattr(RelationalLedger, "settle", settle)
    with pytest.raises(SystemExit):
        Workspace(ten.path).apply(Workspace(ten.path).plan())
    monkeypatch.setattr(RelationalLedger, "settle", real)
    # Four are deployed, three are recorded; the plan knows the fourth without writing anything.
    assert len(Workspace(ten.path).plan().changes) == 6
    assert len(Workspace(ten.path).plan().drift) == 0
    outcome = callsheet("apply", "-C", ten.path, "--yes")
    assert outcome.code == 0
    assert "  settled from an interrupted apply: Action/a3 done\n" in outcome.out
    assert "  settled from an interrupted apply: Action/a4 skipped\n" in outcome.out
    assert [one.outcome for one in Workspace(ten.path).history().applies] == ["done", "interrupted"]
    assert callsheet("plan", "-C", ten.path, "--detailed-exitcode").code == 0


def deployed(address: str, digest: str) -> Deployed:
    return Deployed(
        address=address, canonical="{}", digest=digest, revision=1, applied_by="", applied_at=""
    )


@pytest.mark.parametrize(
    ("action", "before", "after", "there", "outcome"),
    [
        ("create", None, "d2", {"Action/a": "d2"}, "done"),
        ("create", None, "d2", {}, "skipped"),
        ("create", None, "d2", {"Action/a": "d9"}, "unknown"),
        ("update", "d1", "d2", {"Action/a": "d1"}, "skipped"),
        ("update", "d1", "d2", {}, "unknown"),
        ("delete", "d1", None, {}, "done"),
        ("delete", "d1", None, {"Action/a": "d1"}, "skipped"),
        ("delete", "d1", None, {"Action/a": "d9"}, "unknown"),
        ("rename", "d1", "d2", {"Action/a": "d2"}, "done"),
        ("rename", "d1", "d2", {"Action/old": "d1"}, "skipped"),
        # It wrote the new and did not get to the old: the next rename finishes it.
        ("rename", "d1", "d2", {"Action/old": "d1", "Action/a": "d2"}, "skipped"),
        ("rename", "d1", "d2", {"Action/old": "d1", "Action/a": "d9"}, "unknown"),
    ],
)
def test_an_open_step_is_there_or_not_there_or_unknown(
    action: str, before: str | None, after: str | None, there: dict[str, str], outcome: str
) -> None:
    old = "Action/old" if action == "rename" else "Action/a"
    step = Step(1, action, "Action/a", old, before, after, "{}" if after else None, "k")
    found = {address: deployed(address, digest) for address, digest in there.items()}
    assert settled_by([step], found)[0].outcome == outcome
    applied = applied_after({old: object()}, (3, [step]), found)  # type: ignore[dict-item]
    assert ("Action/a" in applied and getattr(applied["Action/a"], "serial", 0) == 3) == (
        outcome == "done" and after is not None
    )
    if outcome == "done" and action in ("delete", "rename"):
        assert old not in applied


def test_target_and_ledger_share_a_transaction_in_one_file_only(workspace: Folder) -> None:
    environment = Workspace(workspace.path).environment(None)
    with opened(environment, workspace.path, writing=True) as stores:
        assert stores.shared is not None
        assert read_current(stores).position.serial == 0
    workspace.write(
        "environments.yaml", ENVIRONMENT + "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"
    )
    with opened(Workspace(workspace.path).environment(None), workspace.path, writing=True) as stores:
        assert stores.shared is None


def test_a_ledger_that_is_wrong_lets_go_of_the_target(workspace: Folder) -> None:
    workspace.write(
        "environments.yaml", ENVIRONMENT + "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"
    )
    workspace.write(".callsheet/ledger.db", "no database, and more than an empty header of one" * 100)
    for writing in (False, True):
        with (
            pytest.raises(CallsheetError) as caught,
            opened(Workspace(workspace.path).environment(None), workspace.path, writing=writing),
        ):
            pass
        assert caught.value.code == "CS903"


# -- secrets ----------------------------------------------------------------------------------


def test_secrets_come_from_variables_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "canary")
    assert resolve("env:A_SECRET") == "canary"
    (tmp_path / "secret").write_text("from a file\n")
    assert resolve(f"file:{tmp_path}/secret") == "from a file"


def test_a_secret_that_is_missing_is_named_by_its_reference(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "odd").write_bytes(b"\xff")
    for reference, code in [
        ("env:NOT_SET_ANYWHERE", "CS606"),
        (f"file:{tmp_path}/nowhere", "CS606"),
        (f"file:{tmp_path}/empty", "CS606"),
        (f"file:{tmp_path}/odd", "CS606"),
        ("vault:a#b", "CS602"),
    ]:
        with pytest.raises(CallsheetError) as caught:
            resolve(reference)
        assert caught.value.code == code


# -- the Python API ---------------------------------------------------------------------------


def test_the_public_names_are_there_and_lazy() -> None:
    import callsheet as package

    for name in package.__all__:
        assert getattr(package, name)
    with pytest.raises(AttributeError):
        _ = package.nonsense


def test_the_author_is_who_the_surroundings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert default_author() == "ada"
    monkeypatch.delenv("CALLSHEET_AUTHOR")
    monkeypatch.setenv("GITHUB_ACTOR", "octocat")
    assert default_author() == "octocat"
    monkeypatch.delenv("GITHUB_ACTOR")
    assert default_author()
    import getpass

    def nobody() -> str:
        raise OSError

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert default_author() == "unknown"


def test_plan_of_apply_of_plan_is_empty(ten: Folder) -> None:
    workspace = Workspace(ten.path)
    workspace.apply(workspace.plan())
    again = Workspace(ten.path)
    assert again.plan().changes == ()
    assert again.diff().environments == {"local": []}
    assert again.drift().drift == ()
    assert len(again.deployed()) == 10
