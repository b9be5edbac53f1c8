"""A folder as target: the main job, and a crash between any two writes of a step."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet import Workspace
from callsheet.targets import directory
from support.workspaces import Callsheet, Folder

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: directory, path: deployed/local}
  ledger: {type: sqlite, path: .callsheet/local.db}
"""


@pytest.fixture
def folder(workspace: Folder) -> Folder:
    workspace.write("environments.yaml", ENVIRONMENT)
    return workspace


def test_the_main_job_on_a_folder(folder: Folder, callsheet: Callsheet) -> None:
    at = ("-C", folder.path)
    for name in ("one", "two"):
        folder.action(name)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    files = folder.path / "deployed" / "local" / "Action"
    assert sorted(one.name for one in files.iterdir()) == ["example.json", "one.json", "two.json"]
    compiled = Workspace(folder.path).compile().by_environment["local"]["Action/one"]
    assert json.loads((files / "one.json").read_text()) == compiled.content
    # What is deployed there is no document of the workspace.
    assert "3 unchanged" in callsheet("plan", *at).out
    assert callsheet("validate", *at).out == "Valid: 4 documents.\n"
    # However it is laid out, what it says counts; what somebody changes is drift.
    (files / "one.json").write_text(json.dumps(compiled.content))
    assert callsheet("drift", *at).out == "No drift in local.\n"
    (files / "one.json").write_text(json.dumps({**compiled.content, "title": "by hand"}))
    (files / "stranger.json").write_text("no JSON")
    told = callsheet("drift", *at).out
    assert "Action/one" in told
    assert "Action/stranger" in told
    assert callsheet("apply", *at, "--accept", "drift", "--yes", "-q").code == 0
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    (folder.path / "two.yaml").unlink()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert not (files / "two.json").exists()
    lines = [
        json.loads(one) for one in (files.parent / ".callsheet" / "journal.jsonl").read_text().splitlines()
    ]
    assert [(one["operation"], one["address"]) for one in lines] == [
        ("create", "Action/example"), ("create", "Action/one"), ("create", "Action/two"),
        ("update", "Action/one"), ("delete", "Action/two"),
    ]  # fmt: skip


POINTS = ["before the file", "after the file", "after the journal"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("action", ["create", "update", "delete", "rename"])
def test_a_crash_at_any_point_is_settled_by_the_next_run(
    folder: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, point: str, action: str
) -> None:
    at = ("-C", folder.path)
    folder.action("one")
    if action != "create":
        assert callsheet("apply", *at, "--yes", "-q").code == 0
    if action == "update":
        folder.action("one", constant="other")
    elif action == "delete":
        (folder.path / "one.yaml").unlink()
    elif action == "rename":
        folder.rename("one", "next")

    class Crashed(BaseException):
        pass

    real = directory.DirectoryTarget
    do, note = real._do, real._note

    def crash(*_: object) -> None:
        raise Crashed

    def then_crash(self: object, *rest: object) -> None:
        (do if point == "after the file" else note)(self, *rest)  # type: ignore[operator]
        raise Crashed

    with monkeypatch.context() as patched:
        name = "_note" if point == "after the journal" else "_do"
        patched.setattr(real, name, crash if point == "before the file" else then_crash)
        with pytest.raises(Crashed):
            Workspace(folder.path).apply(Workspace(folder.path).plan())
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    files = {one.name for one in (folder.path / "deployed" / "local" / "Action").iterdir()}
    assert files == {
        "example.json",
        *({"next.json"} if action == "rename" else () if action == "delete" else {"one.json"}),
    }


def test_a_rename_that_wrote_the_new_and_not_yet_removed_the_old(
    folder: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = ("-C", folder.path)
    folder.action("one")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    folder.rename("one", "next")

    class Crashed(BaseException):
        pass

    def crash(*_: object, **__: object) -> None:
        raise Crashed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", crash)
        with pytest.raises(Crashed):
            Workspace(folder.path).apply(Workspace(folder.path).plan())
    outcome = callsheet("apply", *at, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    assert {one.name for one in (folder.path / "deployed" / "local" / "Action").iterdir()} == {
        "example.json",
        "next.json",
    }
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0


def test_a_folder_that_cannot_be_read_is_never_empty(folder: Folder, callsheet: Callsheet) -> None:
    at = ("-C", folder.path)
    (folder.path / "deployed").write_text("a file in the place of the folder")
    outcome = callsheet("plan", *at)
    assert outcome.err == (
        "error CS846: the folder deployed/local cannot be read: not a directory\n"
        "help: check its permissions; nothing was planned, because what is deployed is unknown\n"
    )
    folder.write("environments.yaml", ENVIRONMENT.replace("deployed/local", "../deployed"))
    assert "error CS802" in callsheet("validate", *at).out
    folder.write("environments.yaml", ENVIRONMENT.split("  ledger", maxsplit=1)[0])
    assert "error CS805" in callsheet("validate", *at).out
