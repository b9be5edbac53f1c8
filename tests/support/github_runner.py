"""A GitHub runner for composite actions: the shell, the files and the variables that it gives their steps."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.warm_callsheet import write_command
from support.workspaces import ROOT, Folder

ACTIONS = ROOT / ".github" / "actions"


@cache
def warm_programs() -> list[str]:
    """Return the folder of a `callsheet` that is imported already, where the system allows it."""
    if not sys.platform.startswith("linux"):
        return []
    folder = Path(tempfile.mkdtemp(prefix="callsheet-programs-"))
    write_command(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "support.warm_callsheet", folder],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        stdin=subprocess.PIPE,
    )

    def end() -> None:
        process.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return [str(folder)]


@dataclass
class Job:
    """What a runner gives the steps of one job."""

    folder: Path
    temp: Path
    variables: dict[str, str] = field(default_factory=dict)
    code: int = 0
    log: str = ""

    def use(self, name: str, *, install: bool = False, **inputs: str) -> dict[str, str]:
        """Run a composite action's steps; gives its outputs."""
        action = yaml.safe_load((ACTIONS / name / "action.yml").read_text())
        values = {
            key: inputs.get(key.replace("-", "_"), one.get("default", ""))
            for key, one in action["inputs"].items()
        }
        steps: dict[str, dict[str, str]] = {}
        for step in action["runs"]["steps"]:
            if self.code == 0 and (install or "install.sh" not in step["run"]):
                steps[step.get("id", "")] = self._step(name, step, values)
        return {
            key: re.sub(
                r"\$\{\{ steps\.(\w+)\.outputs\.(\w+) \}\}",
                lambda m: steps[m[1]].get(m[2], ""),
                one["value"],
            )
            for key, one in action.get("outputs", {}).items()
        }

    def _step(self, name: str, step: dict[str, Any], inputs: dict[str, str]) -> dict[str, str]:
        assert step["shell"] == "bash"
        given = {
            key: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda m: inputs[m[1]], str(value))
            for key, value in step.get("env", {}).items()
        }
        assert "${{" not in step["run"], "an expression in a script could be code"
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        output = self.temp / "output"
        output.write_text("")
        # What watches each process of a step by its variables must see processes that begin as a user's do.
        programs = [*([] if self.variables else warm_programs()), str(Path(sys.executable).parent)]
        surroundings = {
            **os.environ, "PATH": ":".join([*programs, os.environ["PATH"]]), **self.variables, **given,
            "GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "GITHUB_PATH": str(self.temp / "path"), "GITHUB_ACTION_PATH": str(ACTIONS / name),
            "GITHUB_EVENT_PATH": str(self.temp / "event.json"), "RUNNER_TEMP": str(self.temp), "CI": "true",
            "GITHUB_ACTIONS": "true",
        }  # fmt: skip
        # https://docs.github.com/actions: `shell: bash` is `bash --noprofile --norc -eo pipefail {0}`.
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.folder, env=surroundings, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        self.code, self.log = done.returncode, self.log + done.stdout + done.stderr
        return dict(line.split("=", 1) for line in output.read_text().splitlines())

    @property
    def summary(self) -> str:
        return (self.temp / "summary.md").read_text()


@pytest.fixture
def job(samples: Folder, tmp_path: Path) -> Job:
    """Give a job in a clone of the samples."""
    return job_in(samples, tmp_path)


def job_in(samples: Folder, folder: Path) -> Job:
    """Make a job in a clone of the samples, with a runner's files in a folder."""
    (folder / "runner").mkdir()
    (folder / "runner" / "event.json").write_text("{}")
    return Job(samples.path.parent, folder / "runner")


def edit(job: Job, file: str, old: str, new: str) -> None:
    path = job.folder / "actions" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
