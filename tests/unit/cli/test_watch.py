"""`callsheet watch`: it validates again when a file is saved."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from support.workspaces import Callsheet, Folder


def test_watch_validates_when_a_file_is_saved(workspace: Folder) -> None:
    log = workspace.path.parent / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "callsheet", "watch", "-C", workspace.path], stdout=stream, stderr=stream
        )

    def wait_for(words: str) -> None:
        for _ in range(400):
            if words in log.read_text():
                return
            time.sleep(0.05)
        pytest.fail(log.read_text())

    try:
        wait_for("Valid: 2 documents.")
        time.sleep(0.5)
        workspace.write("example.yaml", "kind: [")
        wait_for("1 error, ")
        workspace.action()
        for _ in range(400):
            if log.read_text().count("Valid: 2 documents.") > 1:
                break
            time.sleep(0.05)
        assert log.read_text().count("Valid: 2 documents.") > 1
    finally:
        process.terminate()
        process.wait()


def test_watch_without_its_package(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert callsheet("watch", "-C", workspace.path).err == (
        "error CS945: watch needs the package watchfiles, which is not installed\n"
        "help: pip install 'callsheet[watch]'\n"
    )
