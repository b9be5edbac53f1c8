"""Workspaces in temporary folders, and the command line in a process of its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("CALLSHEET_SHARED", ROOT.parent / "shared"))


@dataclass(frozen=True)
class Outcome:
    """What a command line did."""

    code: int
    out: str
    err: str


Callsheet = Callable[..., Outcome]


def run_callsheet(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> Outcome:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "callsheet", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
        timeout=120,
    )
    return Outcome(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        done.stderr.decode("utf-8", "replace"),
    )


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: Example, fr: Exemple}}, owner: team-a, labels: {{channel: push}}}}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload: {{title: "{{{{ params.title }}}}", fixed: {constant}}}
  parameters:
    title: {{type: string, example: Hi}}
"""

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: sqlite, path: .callsheet/local.db}
"""


@dataclass(frozen=True)
class Folder:
    """A workspace in a temporary folder."""

    path: Path

    def write(self, name: str, text: str) -> Path:
        """Write one file of the workspace."""
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def action(self, name: str = "example", constant: str = "1") -> Path:
        """Write one action."""
        return self.write(f"{name}.yaml", ACTION.format(name=name, constant=constant))

    def remove(self, name: str) -> None:
        """Remove the file of an action."""
        (self.path / f"{name}.yaml").unlink()

    def rename(self, old: str, new: str) -> None:
        """Rename an action, and its file."""
        text = (self.path / f"{old}.yaml").read_text(encoding="utf-8")
        self.remove(old)
        text = text.replace(f"name: {old}", f"name: {new}")
        self.write(
            f"{new}.yaml", text.replace("spec:\n", f"spec:\n  lifecycle: {{renamedFrom: {old}}}\n", 1)
        )

    @property
    def database(self) -> Path:
        """The file of target and ledger."""
        return self.path / ".callsheet" / "local.db"

    def git(self, *arguments: str) -> str:
        """Run git in the workspace."""
        return git(self.path, *arguments)

    def commit(self, message: str = "a change") -> str:
        """Commit everything; gives the commit's id."""
        if not (self.path / ".git").exists():
            self.git("init", "-q", "-b", "main")
            self.write(".gitignore", ".callsheet/\n")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


def findings(folder: Folder, callsheet: Callsheet) -> list[dict[str, Any]]:
    """Return the diagnostics of `validate` as JSON."""
    outcome = callsheet("validate", "-C", folder.path, "-o", "json")
    assert "Traceback" not in outcome.err
    found: list[dict[str, Any]] = json.loads(outcome.out)["diagnostics"]
    return found


def git(folder: Path, *arguments: str) -> str:
    """Run git; gives what it printed."""
    return subprocess.run(
        ["git", "-c", "commit.gpgsign=false", "-c", "maintenance.auto=false", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def committed_samples(folder: Path) -> Folder:
    """Copy the sample workspace into a git repository below a folder, as its `actions/`."""
    shutil.copytree(_samples_once(), folder / "repository")
    return Folder(folder / "repository" / "actions")


@lru_cache(maxsize=1)
def _samples_once() -> Path:
    """Commit the samples once for each process: git is started for hundreds of tests otherwise."""
    kept = Path(tempfile.mkdtemp(prefix="callsheet-samples-"))
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    repository = Folder(kept / "repository")
    shutil.copytree(
        ROOT / "actions", repository.path / "actions", ignore=shutil.ignore_patterns(".callsheet")
    )
    repository.write(".gitignore", ".callsheet/\n")
    repository.commit("the samples")
    return repository.path


def plain_surroundings(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Keep the developer's own settings out of the results; what callsheet keeps goes below a folder."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "CALLSHEET_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("CALLSHEET_AUTHOR", "ada")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "ada@example.com")
        monkeypatch.setenv(f"GIT_{who}_DATE", "2026-11-25T08:00:00Z")


POSTGRESQL = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: postgresql, url: {secret: "env:CALLSHEET_DATABASE"}}
"""
