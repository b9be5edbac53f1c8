"""Real repositories with their oddities: what is compared, and what is said where nothing can be."""

from __future__ import annotations

import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from support.workspaces import Callsheet, Folder, git


def test_without_a_repository(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("diff", "--base", "main", "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err == (
        "error CS922: the workspace is not in a git repository\n"
        "help: run `git init` and commit the workspace, or leave out --base\n"
    )


def test_a_base_that_is_not_there(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    assert callsheet("diff", "--base", "origin/main", "-C", workspace.path).err == (
        "error CS923: git does not know the revision 'origin/main'\n"
        "help: fetch it (in CI, check out the whole history), or correct the name\n"
    )


def test_a_shallow_clone_without_the_base(workspace: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    base = workspace.commit()
    workspace.action(constant="2")
    workspace.commit()
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{workspace.path}", str(clone))
    assert callsheet("diff", "--base", base, "-C", clone).err == (
        f"error CS923: git does not know the revision '{base}': this clone is shallow\n"
        "help: fetch the whole history: `git fetch --unshallow`, in GitHub's checkout `fetch-depth: 0`\n"
    )
    git(clone, "fetch", "-q", "--unshallow")
    assert "1 change since" in callsheet("diff", "--base", base, "-C", clone).out


def test_a_detached_head_and_a_merge_commit_are_commits_like_any_other(
    workspace: Folder, callsheet: Callsheet
) -> None:
    base = workspace.commit()
    workspace.git("checkout", "-q", "-b", "topic")
    workspace.action(constant="2")
    workspace.commit("topic")
    workspace.git("checkout", "-q", "main")
    workspace.action("other")
    workspace.commit("main")
    workspace.git("merge", "-q", "--no-ff", "-m", "merge", "topic")
    workspace.git("checkout", "-q", "--detach", "HEAD")
    out = callsheet("diff", "--base", base, "-C", workspace.path).out
    assert "+ Action/other" in out
    assert "~ Action/example" in out
    assert callsheet("diff", "--base", "HEAD^1", "-C", workspace.path).out.endswith(
        "1 change since HEAD^1.\n"
    )
    assert callsheet("plan", "-C", workspace.path).code == 0


def test_a_submodule_is_refused_and_can_be_ignored(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    other = Folder(tmp_path / "other")
    other.path.mkdir()
    other.action("inner")
    other.commit()
    workspace.commit()
    git(
        workspace.path,
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        str(other.path),
        "vendored",
    )
    workspace.commit("a submodule")
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert (
        "vendored:1:1: error CS109\n  this folder is another git repository, a submodule\n" in outcome.out
    )
    assert "error CS924" in callsheet("diff", "--base", "HEAD", "--head", "HEAD", "-C", workspace.path).err
    workspace.write(".callsheetignore", "vendored/\n")
    workspace.commit("ignored")
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("diff", "--base", "HEAD", "-C", workspace.path).out == "No change since HEAD.\n"


def test_a_file_that_is_renamed_and_changed_is_one_change(workspace: Folder, callsheet: Callsheet) -> None:
    base = workspace.commit()
    workspace.git("mv", "example.yaml", "moved.yaml")
    text = (workspace.path / "moved.yaml").read_text()
    workspace.write("moved.yaml", text.replace("fixed: 1", "fixed: 2"))
    out = callsheet("diff", "--base", base, "-C", workspace.path).out
    assert out.startswith("~ Action/example  [compatible]  owner team-a  in local\n")
    assert "moved.yaml:" in out
    assert out.endswith("1 change since " + base + ".\n")


def test_what_says_the_same_is_nothing(workspace: Folder, callsheet: Callsheet) -> None:
    base = workspace.commit()
    text = (workspace.path / "example.yaml").read_text()
    (workspace.path / "example.yaml").unlink()
    # Moved, reformatted, commented, keys in another order.
    head, spec = text.split("spec:\n")
    workspace.write("deep/folder/one.yaml", f"# a comment\nspec:\n{spec}{head}")
    assert callsheet("diff", "--base", base, "-C", workspace.path).out == f"No change since {base}.\n"


def test_a_rename_is_a_rename(workspace: Folder, callsheet: Callsheet) -> None:
    base = workspace.commit()
    text = (workspace.path / "example.yaml").read_text()
    text = text.replace("name: example", "name: renamed") + "  lifecycle: {renamedFrom: example}\n"
    (workspace.path / "example.yaml").unlink()
    workspace.write("renamed.yaml", text)
    out = callsheet("diff", "--base", base, "-C", workspace.path).out
    assert out.startswith("⇄ Action/example → Action/renamed  [breaking]")
    assert out.count("\n") < 12


def test_a_gate_names_what_it_refuses_and_what_would_let_it_pass(
    workspace: Folder, callsheet: Callsheet
) -> None:
    base = workspace.commit()
    text = (workspace.path / "example.yaml").read_text()
    workspace.write("example.yaml", text.replace("https://api.example.com", "https://new.example.com"))
    gate = ("diff", "--base", base, "-C", workspace.path, "--fail-on", "sensitive")
    outcome = callsheet(*gate)
    assert outcome.code == 1
    assert outcome.err == (
        "error CS933: the gate refuses 1 change that is sensitive\n"
        "  Action/example: host changed from api.example.com to new.example.com (new-host)\n"
        "help: if this is intended: --accept new-host\n"
    )
    assert callsheet(*gate, "--accept", "new-host").code == 0
    assert callsheet(*gate, "--accept", "sensitive").code == 0
    assert callsheet("diff", "--base", base, "-C", workspace.path, "--fail-on", "breaking").code == 0


def test_a_clock_that_jumps_changes_no_order(workspace: Folder, callsheet: Callsheet) -> None:
    from callsheet import Workspace

    for constant, now in (
        ("1", "2026-11-25T08:00:00Z"),
        ("2", "1999-01-01T00:00:00Z"),
        ("3", "2038-01-19T03:14:08Z"),
    ):
        workspace.action(constant=constant)
        opened = Workspace(workspace.path, now=lambda now=now: datetime.fromisoformat(now))
        opened.apply(opened.plan())
    lines = callsheet("history", "-C", workspace.path).out.splitlines()
    assert [line.split()[0] for line in lines] == ["3", "2", "1"]
    assert callsheet("plan", "-C", workspace.path, "--detailed-exitcode").code == 0


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_pre_commit_hooks_run_on_a_sample(samples: Folder, tmp_path: Path) -> None:
    """`pre-commit try-repo`, which installs this very commit into an environment of its own."""
    import shutil
    import sys

    from support.workspaces import ROOT

    pre_commit = shutil.which("pre-commit", path=str(Path(sys.executable).parent))
    if pre_commit is None:
        pytest.skip("pre-commit is missing: pip install pre-commit")
    hooks = tmp_path / "hooks"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".*cache*", "__pycache__", ".coverage*", ".hypothesis", "*.egg-info"
    )
    shutil.copytree(ROOT, hooks, ignore=ignored, symlinks=True)
    Folder(hooks).commit()
    file = samples.path / "adobe-io" / "event.yaml"
    file.write_text(
        file.read_text().replace(
            "apiVersion: callsheet/v1\nkind: Action\n", "kind: Action\napiVersion: callsheet/v1\n"
        )
    )
    import os

    def try_hook(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [pre_commit, "try-repo", str(hooks), name, "--all-files"],
            cwd=samples.path.parent, capture_output=True, text=True, check=False,
            env={**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "pre-commit")},
        )  # fmt: skip

    validated = try_hook("callsheet-validate")
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert "callsheet validate" in validated.stdout
    assert "Passed" in validated.stdout
    formatted = try_hook("callsheet-fmt")
    assert formatted.returncode == 1
    assert "changed actions/adobe-io/event.yaml" in formatted.stdout
    assert try_hook("callsheet-fmt").returncode == 0
