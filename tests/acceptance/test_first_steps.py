"""The first minutes of a newcomer, by the command line in processes of their own."""

import json
import os
import subprocess
import sys
from pathlib import Path


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "callsheet", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "80", "CALLSHEET_AUTHOR": "ada"},
    )


def test_a_new_workspace_validates_plans_and_applies_at_once(tmp_path: Path) -> None:
    assert run("init", "shop", cwd=tmp_path).stdout == (
        "Wrote a workspace to shop. Next: callsheet plan -C shop\n"
    )
    assert run("validate", "-C", "shop", cwd=tmp_path).stdout == "Valid: 4 documents.\n"
    assert "Plan in local: 1 to create, 0 unchanged." in run("plan", "-C", "shop", cwd=tmp_path).stdout
    applied = run("apply", "-C", "shop", "--yes", cwd=tmp_path)
    assert applied.stdout == "  + Action/welcome created\nApply 1 in local: 1 done.\n"
    again = run("apply", "-C", "shop", "--yes", cwd=tmp_path)
    assert (again.returncode, again.stdout) == (0, "Nothing to do in local: 1 unchanged.\n")
    assert run("drift", "-C", "shop", cwd=tmp_path).stdout == "No drift in local.\n"


def test_a_quiet_init_prints_nothing(tmp_path: Path) -> None:
    found = run("init", "shop", "-q", cwd=tmp_path)
    assert (found.returncode, found.stdout, found.stderr) == (0, "", "")
    assert run("validate", "-C", "shop", cwd=tmp_path).stdout == "Valid: 4 documents.\n"


def test_the_request_that_would_leave_is_shown(tmp_path: Path) -> None:
    run("init", ".", cwd=tmp_path)
    shown = run("render", "welcome", "--params", "email=a@example.com", "-o", "json", cwd=tmp_path)
    (request,) = json.loads(shown.stdout)["requests"]
    assert request["payload"] == {"to": "a@example.com", "subject": "Welcome, friend"}


def test_wrong_usage_is_exit_code_2_and_a_failure_1(tmp_path: Path) -> None:
    assert run("nonsense", cwd=tmp_path).returncode == 2
    assert run("plan", "--nonsense", cwd=tmp_path).returncode == 2
    assert run("validate", "-C", "nowhere", cwd=tmp_path).returncode == 1
    assert run("validate", cwd=tmp_path).returncode == 1
