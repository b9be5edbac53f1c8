"""What a shell completes, and the script by which it does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.workspaces import Callsheet, Folder


def completed(folder: Path, *words: str) -> list[str]:
    """Ask for completions as bash does."""
    line = ["callsheet", *words]
    done = subprocess.run(
        [sys.executable, "-c", "from callsheet.cli import main; main()"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "_CALLSHEET_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(line),
             "COMP_CWORD": str(len(line) - 1)},
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return [one.partition(",")[2] for one in done.stdout.splitlines() if one]


def test_names_of_environments_and_actions_are_completed(samples: Folder) -> None:
    folder = samples.path.parent
    assert completed(folder, "plan", "-e", "lo") == ["local"]
    assert completed(folder, "show", "f") == ["facebook_conversion", "firebase_push"]
    assert completed(folder, "render", "ep") == ["epsilon_message"]
    assert completed(folder, "pl") == ["plan"]
    (folder / "empty").mkdir()
    assert completed(folder / "empty", "show", "f") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_one(shell: str, callsheet: Callsheet, tmp_path: Path) -> None:
    outcome = callsheet("completion", shell)
    assert outcome.code == 0
    assert f"_CALLSHEET_COMPLETE={shell}_complete" in outcome.out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is missing: apt-get install {shell}")
    script = tmp_path / "script"
    script.write_text(outcome.out)
    subprocess.run([shell, "-n", script], check=True)
