"""The verbs from Python: what they take, what they refuse, and when the files are read again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callsheet import ArgumentError, CallsheetError, Workspace
from support.workspaces import Callsheet, Folder

GUARDED = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  target: {type: sqlite, path: .callsheet/local.db}
  guards: {requireAccept: [compatible]}
"""


def test_a_text_is_one_name_and_not_its_letters(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.action("push")
    workspace.write("environments.yaml", GUARDED)
    opened = Workspace(workspace.path)
    assert [one.guard for one in opened.plan().broken] == ["compatible"]
    with pytest.raises(CallsheetError, match="nothing to accept by the name `not incompatible`"):
        opened.plan(accept="not incompatible")
    plan = opened.plan()
    with pytest.raises(CallsheetError, match="nothing to accept by the name `incompatible`"):
        opened.apply(plan, accept="incompatible")
    with pytest.raises(CallsheetError, match="must be accepted"):
        opened.apply(plan, accept="sensitive")
    opened.apply(plan, accept="compatible")
    assert opened.history().applies[0].accepted == ("compatible",)
    assert "accepted: compatible\n" in callsheet("history", "show", "1", "-C", workspace.path).out
    assert [one["name"] for one in opened.render("push").actions] == ["push"]
    assert opened.test("push").cases


def test_only_files_of_the_workspace_are_rewritten(
    workspace: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workspace.action("push")
    outside = tmp_path / "outside.yaml"
    outside.write_text("kept\n")
    (workspace.path / "link.yaml").symlink_to(outside)
    opened = Workspace(workspace.path)
    for wrong in (outside, "../outside.yaml", "link.yaml"):
        with pytest.raises(ArgumentError, match="is not a file of the workspace"):
            opened.rewrite(wrong, "overwritten\n")
    assert outside.read_text() == "kept\n"
    # What `fmt` returns is what `rewrite` takes, wherever one stands, and as findings name it.
    monkeypatch.chdir(workspace.path.parent)
    text = file.read_text()
    file.write_text(
        text.replace("apiVersion: callsheet/v1\nkind: Action\n", "kind: Action\napiVersion: callsheet/v1\n")
    )
    for form in (Path(workspace.path.name), workspace.path):
        near = Workspace(form)
        (found,) = [one for one in near.fmt().files if one.after != one.before]
        near.rewrite(found.path, found.after)
        assert file.read_text() == text
        file.write_text(found.before)
    (found,) = near.fmt(file.name).files
    near.rewrite(file.name, found.after)
    assert file.read_text() == text
    with pytest.raises(ArgumentError):
        near.fmt("nowhere.yaml")


def test_what_a_method_wrote_is_read_and_what_others_wrote_when_it_is_asked_for(workspace: Folder) -> None:
    file = workspace.action("push")
    opened = Workspace(workspace.path)
    assert [one.name for one in opened.list().actions] == ["example", "push"]
    opened.import_(
        "curl",
        "curl https://shop.example.com/v1/orders -d '{\"a\": 1}' -H 'Content-Type: application/json'",
        name="order",
    )
    assert [one.name for one in opened.list().actions] == ["example", "order", "push"]
    file.write_text(file.read_text().replace("push", "pull"))
    assert [one.name for one in opened.list().actions] == ["example", "order", "push"]
    opened.reread()
    assert [one.name for one in opened.list().actions] == ["example", "order", "pull"]


def test_what_the_command_line_refuses_is_refused(workspace: Folder) -> None:
    workspace.action("push")
    opened = Workspace(workspace.path)
    with pytest.raises(ArgumentError, match="name both"):
        opened.diff(head="HEAD")
    with pytest.raises(ArgumentError, match="name one of them"):
        opened.diff("local", base="HEAD", against="local")
    with pytest.raises(CallsheetError, match="there is no action `nope`"):
        opened.compare_environments("local", "local", ["nope"])
    with pytest.raises(CallsheetError, match="there is no action `nope`"):
        opened.operation("nope")
    with pytest.raises(ArgumentError, match="there are curl, httpie, har"):
        opened.export("push", "crl")


def test_a_moment_without_a_zone_is_utc(workspace: Folder) -> None:
    workspace.action("push")
    opened = Workspace(workspace.path)
    opened.apply(opened.plan())
    now = datetime.now(UTC)
    assert opened.history(at=now.replace(tzinfo=None)) == opened.history(at=now)


@pytest.mark.parametrize("broken", ["{bad", "[]", "{}", '{"name": "push", "request": "x"}'])
def test_a_row_that_cannot_be_read_is_one_difference(
    workspace: Folder, callsheet: Callsheet, broken: str
) -> None:
    workspace.action("push")
    at = ("-C", workspace.path)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    with closing(sqlite3.connect(workspace.path / ".callsheet" / "local.db")) as connection, connection:
        connection.execute("UPDATE registry_action SET compiled = ?", (broken,))
    for verb in ("drift", "plan"):
        out = callsheet(verb, *at).out
        assert "what is deployed cannot be read as a compiled object (unreadable)" in " ".join(out.split())
        assert " at 0x" not in out
        assert "new-host" not in out
    assert "(`drift --write`, or `--accept drift`)" in callsheet("apply", *at, "--yes").out


def test_a_verb_that_is_near_is_named(callsheet: Callsheet) -> None:
    outcome = callsheet("plna")
    assert outcome.code == 2
    assert "No such command 'plna'. Did you mean 'plan'?" in outcome.err
