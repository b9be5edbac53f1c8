"""Git as it is in hooks, containers and partial clones: its own reason and the way out, and what is recorded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from callsheet.planning.planfile import read_plan, with_digest, write_plan
from support.workspaces import ENVIRONMENT, Callsheet, Folder, git

HOOK = """\
#!/bin/sh
"{python}" -m callsheet diff -C inner --base HEAD > "$OUT" 2>&1
"""


@pytest.fixture
def changed(empty: Folder) -> Folder:
    """Give a repository with a workspace in `inner/`, an action beside it, and a change that is not committed."""
    inner = Folder(empty.path / "inner")
    inner.action()
    inner.write("environments.yaml", ENVIRONMENT)
    Folder(empty.path / "docs").action("old_example")
    empty.commit()
    inner.action(constant="2")
    return empty


@pytest.mark.parametrize("where", ["workspace", "linked"])
def test_a_hook_compares_the_workspace_and_nothing_else(
    where: str, changed: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = changed
    if where == "linked":
        tree = Folder(tmp_path / "linked")
        changed.git("worktree", "add", "-q", str(tree.path))
        Folder(tree.path / "inner").action(constant="2")
    hook = changed.write(".git/hooks/pre-commit", HOOK.format(python=sys.executable))
    hook.chmod(0o755)
    monkeypatch.setenv("OUT", str(tmp_path / "out"))
    tree.git("commit", "-qam", "two")
    written = (tmp_path / "out").read_text()
    assert written.endswith("\n1 change since HEAD.\n"), written
    assert "~ Action/example" in written


def test_what_a_hook_or_an_alias_says_of_another_repository_is_not_believed(
    changed: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    other = Folder(tmp_path / "other")
    other.action("elsewhere")
    other.commit()
    at = ("-C", changed.path / "inner")
    before = callsheet("diff", "--base", "HEAD", *at).out
    assert before.endswith("\n1 change since HEAD.\n")
    names = git(changed.path, "rev-parse", "--local-env-vars").split()
    assert "GIT_INDEX_FILE" in names
    for name in names:
        monkeypatch.setenv(name, str(other.path / ".git"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "core.worktree")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(other.path))
    assert callsheet("diff", "--base", "HEAD", *at).out == before
    assert json.loads(callsheet("plan", *at, "-o", "json").out)["dirty"] is True


def test_a_partial_clone_that_lacks_the_base_says_how_to_fetch_it(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.commit()
    workspace.action(constant="2")
    workspace.commit()
    bare, clone = Folder(tmp_path / "bare"), Folder(tmp_path / "clone")
    workspace.git("clone", "-q", "--bare", ".", str(bare.path))
    bare.git("config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{bare.path}", str(clone.path))
    base = clone.git("rev-parse", "HEAD~1").strip()
    outcome = callsheet("diff", "--base", "HEAD~1", "-C", clone.path)
    assert outcome.code == 1
    assert outcome.err == (
        f"error CS972: this clone does not have all objects of {base[:12]}\n"
        "help: fetch them: `git fetch --refetch --no-filter`; in GitHub's checkout, leave out `filter`\n"
    )
    clone.git("fetch", "-q", "--refetch", "--no-filter")
    assert "1 change since" in callsheet("diff", "--base", "HEAD~1", "-C", clone.path).out


def test_a_damaged_repository_is_said_to_be_one(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    for one in (workspace.path / ".git" / "objects").glob("??/*"):
        one.chmod(0o644)
        one.write_bytes(b"damaged")
    outcome = callsheet("diff", "--base", "HEAD", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.startswith(("error CS971: ", "error CS972: ", "error CS923: ")), outcome.err
    assert "CS999" not in outcome.err


def other_owner(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> str:
    del workspace
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    return "CS971: git refuses the repository: dubious ownership, another user owns it"


def no_git(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PATH", str(workspace.path))
    return "CS970: git cannot be run: it is not installed, or not on PATH"


@pytest.mark.parametrize("trouble", [other_owner, no_git])
def test_a_commit_that_cannot_be_told_is_said_by_diff_plan_and_apply(
    trouble: object,
    workspace: Folder,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    workspace.commit()
    at = ("-C", workspace.path)
    assert callable(trouble)
    code, _, reason = trouble(workspace, monkeypatch).partition(": ")
    assert f"error {code}: {reason}\n" in callsheet("diff", "--base", "HEAD", *at).err
    plan = callsheet("plan", *at, "-o", "json", "--out", tmp_path / "plan.json")
    record = json.loads(plan.out)
    assert record["commit"] is None
    assert record["notes"] == [f"the commit of the workspace is not known: {reason}"]
    assert "Note: the commit of the workspace is not known" in callsheet("plan", *at).out
    for verb in (("plan", *at), ("apply", *at, tmp_path / "plan.json"), ("apply", *at, "--yes")):
        refused = callsheet(*verb, "--require-clean")
        assert refused.code == 1
        assert f"error CS973: --require-clean needs the commit of the workspace: {reason}\n" in refused.err
    applied = callsheet("apply", *at, tmp_path / "plan.json", "-q")
    assert applied.code == 0
    assert applied.err == f"warning: the commit of the workspace is not known: {reason}\n"


def test_who_trusts_a_folder_by_the_environment_is_heard(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.commit()
    other_owner(workspace, monkeypatch)
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "safe.directory")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", str(workspace.path.resolve()))
    assert callsheet("diff", "--base", "HEAD", "-C", workspace.path).out == "No change since HEAD.\n"


def test_a_dirty_workspace_is_dirty_in_every_record(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    import sqlite3

    commit = workspace.commit()
    at = ("-C", workspace.path)
    assert callsheet("apply", *at, "--yes", "--require-clean", "-q").err == ""
    workspace.action(constant="2")
    plan = tmp_path / "plan.json"
    assert f"the files of the workspace are not those of the commit {commit[:12]}." in callsheet(
        "plan", *at, "--out", plan
    ).out.replace("\n", " ")
    refused = callsheet("plan", *at, "--require-clean")
    assert refused.code == 1
    assert refused.err == (
        f"error CS973: the files of the workspace are not those of the commit {commit[:12]}\n"
        "  example.yaml\n"
        "help: commit the files, or run without --require-clean; what is not part of the workspace can be"
        " named in .callsheetignore\n"
    )
    assert "CS973: the plan was made from files" in callsheet("apply", *at, plan, "--require-clean").err
    for named in ("0" * 40, "HEAD"):
        forged = replace(read_plan(plan.read_bytes(), "plan.json"), dirty=False, commit=named)
        other = tmp_path / "forged.json"
        other.write_text(write_plan(with_digest(forged)), encoding="utf-8")
        refused = callsheet("apply", *at, other, "--require-clean")
        assert "error CS973: the files of the workspace are not those of the commit" in refused.err
    applied = callsheet("apply", *at, plan, "-q")
    assert applied.code == 0
    assert applied.err == (
        f"warning: the plan was made from files that are not those of the commit {commit[:12]};"
        " the ledger records it as dirty\n"
    )
    history = json.loads(callsheet("history", *at, "-o", "json").out)["applies"]
    assert [(one["serial"], one["commit"], one["dirty"]) for one in history] == [
        (2, commit, True),
        (1, commit, False),
    ]
    lines = callsheet("history", *at).out.splitlines()
    assert [f"{commit[:12]} (dirty)" in line for line in lines] == [True, False]
    with sqlite3.connect(workspace.database) as database:
        assert database.execute("SELECT dirty FROM registry_action").fetchall() == [(1,)]
        assert database.execute("SELECT dirty FROM registry_history ORDER BY id").fetchall() == [(0,), (1,)]


def test_a_way_back_is_applied_where_clean_files_are_required(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    at = ("-C", workspace.path)
    workspace.commit()
    callsheet("apply", *at, "--yes", "-q")
    workspace.action(constant="2")
    workspace.commit()
    callsheet("apply", *at, "--yes", "-q")
    plan = tmp_path / "back.json"
    assert callsheet("rollback", "1", *at, "--out", plan).code == 0
    assert callsheet("apply", *at, plan, "--require-clean", "-q").code == 0


def test_clean_files_can_be_required_of_a_repository_only(workspace: Folder, callsheet: Callsheet) -> None:
    refused = callsheet("plan", "-C", workspace.path, "--require-clean")
    assert (
        "error CS973: --require-clean needs the commit of the workspace: the workspace has" in refused.err
    )


def test_a_registry_and_a_ledger_of_an_older_callsheet_are_read_and_migrated(
    workspace: Folder, callsheet: Callsheet
) -> None:
    import sqlite3

    at = ("-C", workspace.path)
    commit = workspace.commit()
    callsheet("apply", *at, "--yes", "-q")
    with sqlite3.connect(workspace.database) as database:
        for table in ("ledger_provenance", "registry_action", "registry_history"):
            database.execute(f"ALTER TABLE {table} DROP COLUMN dirty")
        database.execute("UPDATE callsheet_component SET version = version - 1")
    database.close()
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    (record,) = json.loads(callsheet("history", *at, "-o", "json").out)["applies"]
    assert (record["commit"], record["dirty"]) == (commit, None)
    workspace.action(constant="2")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    history = json.loads(callsheet("history", *at, "-o", "json").out)["applies"]
    assert [one["dirty"] for one in history] == [True, None]
    callsheet("ledger", "copy", "copied.db", *at)
    with sqlite3.connect(workspace.path / "copied.db") as database:
        query = "SELECT dirty FROM ledger_provenance ORDER BY serial"
        assert database.execute(query).fetchall() == [(None,), (1,)]
    database.close()


def test_the_signers_file_is_no_link_out_of_the_workspace(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is missing")
    key, plan = tmp_path / "key", tmp_path / "plan.json"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    kind, public = Path(f"{key}.pub").read_text().split()[:2]
    at = ("-C", workspace.path)
    (tmp_path / "signers").write_text(f"grace@example.com {kind} {public}\n")
    (workspace.path / "allowed_signers").symlink_to(tmp_path / "signers")
    callsheet("plan", *at, "-q", "--out", plan)
    assert callsheet("approve", plan, "--key", key, "--yes", "-q").code == 0
    refused = callsheet("apply", *at, plan, "--require-approval")
    assert refused.err == (
        "error CS952: the allowed signers cannot be read from allowed_signers: the symbolic link leads out"
        " of the workspace\n"
        "help: copy the file into the workspace\n"
    )
    (workspace.path / "allowed_signers").unlink()
    os.mkfifo(workspace.path / "allowed_signers")
    assert "this is not a regular file" in callsheet("apply", *at, plan, "--require-approval").err
    (workspace.path / "allowed_signers").unlink()
    shutil.copy(tmp_path / "signers", workspace.path / "allowed_signers")
    assert callsheet("apply", *at, plan, "--require-approval", "-q").code == 0
