"""Which workspace a command takes: the one that -C names, before the verb or after it, or the one that is near."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder

SETTINGS = "apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {name: shop}\nspec: {}\n"
TOOK = "callsheet: the workspace is {}, by its callsheet.yaml\n"


@pytest.fixture
def marked(workspace: Folder) -> Folder:
    """A workspace with a callsheet.yaml, and a folder in it."""
    workspace.write("callsheet.yaml", SETTINGS)
    workspace.write(
        "push/deep/mail.yaml", (workspace.path / "example.yaml").read_text().replace("example}", "mail}")
    )
    file = workspace.path / "push/deep/mail.yaml"
    file.write_text(file.read_text().replace("name: example", "name: mail"))
    return workspace


def test_the_folder_may_be_named_before_the_verb_or_after_it(marked: Folder, callsheet: Callsheet) -> None:
    before = callsheet("-C", marked.path, "validate")
    assert (before.code, before.out, before.err) == (0, "Valid: 4 documents.\n", "")
    assert callsheet("--workspace", marked.path, "validate") == before
    assert callsheet("validate", "-C", marked.path) == before
    assert callsheet("-C", "elsewhere", "validate", "-C", marked.path) == before
    assert "error CS927" in callsheet("-C", "elsewhere", "validate").err
    for verb in ("list", "plan", "history", "fmt", "watch"):
        assert "-C, --workspace DIR" in callsheet(verb, "--help").out
    assert callsheet("-C", marked.path, "history").code == 0
    assert callsheet("-C", marked.path, "fmt", "--check").code in (0, 1)


def test_a_new_workspace_is_written_into_the_folder_that_is_named(
    callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = callsheet("-C", "shop", "init")
    assert found.out == "Wrote a workspace to shop. Next: callsheet plan -C shop\n"
    assert callsheet("-C", "shop", "validate").code == 0
    assert "Wrote a workspace to shop/two." in callsheet("-C", "shop", "init", "two").out


def test_a_command_in_a_subfolder_finds_the_workspace_above_it(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(marked.path / "push")
    found = callsheet("validate")
    assert (found.out, found.err) == ("Valid: 4 documents.\n", TOOK.format(".."))
    monkeypatch.chdir(marked.path / "push" / "deep")
    assert callsheet("plan").err == TOOK.format("../..")
    assert callsheet("apply", "--yes", "-q").code == 0
    assert (marked.path / ".callsheet/local.db").exists()
    assert callsheet("validate", "-q").err == ""
    machine = callsheet("render", "-o", "json")
    assert [one["name"] for one in json.loads(machine.out)["actions"]] == ["example", "mail"]
    # The folder that is named is taken, whatever is above it.
    named = callsheet("validate", "-C", ".")
    assert (named.out.split("\n")[-2], named.err) == ("Valid: 1 document.", "")


def test_in_the_workspace_nothing_is_looked_for_and_nothing_said(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(marked.path)
    assert callsheet("validate").err == ""
    (marked.path / "callsheet.yaml").unlink()
    marked.write("../callsheet.yaml", SETTINGS)
    # A folder called `actions` below is taken first, as from the top of a repository.
    marked.write("actions/environments.yaml", ENVIRONMENT)
    marked.action("actions/only")
    found = callsheet("validate")
    assert found.err == ""
    assert "2 documents" in found.out


def test_a_folder_of_actions_in_a_workspace_is_a_part_of_it(
    callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert callsheet("init", tmp_path / "shop").code == 0
    monkeypatch.chdir(tmp_path / "shop")
    before = callsheet("list")
    (tmp_path / "shop/actions").mkdir()
    Folder(tmp_path / "shop/actions").action("more")
    found = callsheet("list", "-o", "json")
    names = [one["name"] for one in json.loads(found.out)["actions"]]
    assert found.err == ""
    assert "more" in names
    assert before.out.split()[0] in found.out
    # From below it is the same workspace.
    monkeypatch.chdir(tmp_path / "shop" / "actions")
    assert [one["name"] for one in json.loads(callsheet("list", "-o", "json").out)["actions"]] == names


def test_of_two_workspaces_the_one_that_is_taken_is_named(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked.write("actions/callsheet.yaml", SETTINGS)
    marked.write("actions/environments.yaml", ENVIRONMENT)
    Folder(marked.path / "actions").action("only")
    monkeypatch.chdir(marked.path)
    found = callsheet("validate")
    words = "callsheet: the workspace is actions, by its callsheet.yaml; `-C .` takes this folder\n"
    assert (found.out, found.err) == ("Valid: 3 documents.\n", words)
    assert callsheet("validate", "-q").err == ""


def test_nothing_outside_of_the_repository_is_looked_at(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (marked.path / "push" / ".git").mkdir()
    monkeypatch.chdir(marked.path / "push" / "deep")
    found = callsheet("list")
    assert found.err == ""
    assert "example" not in found.out


def test_a_folder_in_which_anybody_may_write_is_not_taken(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked.path.chmod(0o1777)
    monkeypatch.chdir(marked.path / "push")
    found = callsheet("list")
    assert found.err == ""
    assert "example" not in found.out


def test_a_workspace_at_the_top_of_the_repository_is_found(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked.commit()
    monkeypatch.chdir(marked.path / "push")
    found = callsheet("diff", "--base", "HEAD", "-o", "json")
    assert (found.code, found.err) == (0, TOOK.format(".."))
    assert json.loads(found.out)["changes"] == []


def test_a_finding_in_a_subfolder_names_the_file_from_the_repository(
    marked: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked.commit()
    file = Path(marked.path / "push/deep/mail.yaml")
    file.write_text(file.read_text().replace("params.title", "params.titel"))
    monkeypatch.chdir(marked.path / "push")
    (finding,) = json.loads(callsheet("validate", "-o", "json").out)["diagnostics"]
    assert finding["file"] == "push/deep/mail.yaml"
    assert "file=push/deep/mail.yaml" in callsheet("validate", "-o", "github").out
