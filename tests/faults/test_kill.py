"""`kill -9` in the middle of an apply, then apply again: the end is that of an undisturbed run."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from support.processes import Started
from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACTIONS = 200
HOLDER = """
import sys, time
from pathlib import Path
from callsheet.databases.sqlite_lock import exclusive

with exclusive(Path(sys.argv[1]), "db"):
    print("held", flush=True)
    time.sleep(60)
"""


def state(path: Path) -> tuple[list[tuple[str, str, int]], list[tuple[str, str]], list[tuple[str, str]]]:
    """Give what is deployed, what was ever written, and what is owned."""
    connection = sqlite3.connect(path)
    try:
        return (
            connection.execute(
                "SELECT address, digest, revision FROM registry_action ORDER BY address"
            ).fetchall(),
            connection.execute(
                "SELECT operation, address FROM registry_history ORDER BY address"
            ).fetchall(),
            connection.execute("SELECT address, digest FROM ledger_object ORDER BY address").fetchall(),
        )
    finally:
        connection.close()


def apart(folder: Folder) -> None:
    """Put target and ledger into two files: then a step and its record are two transactions."""
    ledger = "  ledger: {type: sqlite, path: .callsheet/ledger.db}\n"
    folder.write("environments.yaml", ENVIRONMENT + ledger)


def start(folder: Folder) -> Started:
    return Started(folder.path.parent / "said", "apply", "-C", folder.path, "--yes", "-q")


def duration(folder: Folder) -> tuple[float, float]:
    """Give when an undisturbed apply begins to write, and when it ends."""
    Started(folder.path.parent / "said", "--version").wait()  # from now on the package is imported
    begin = time.monotonic()
    process = start(folder)
    written = None
    while process.running():
        if written is None and folder.database.exists():
            written = time.monotonic() - begin
        time.sleep(0.002)
    assert process.wait() == 0, process.errors
    return written or 0.0, time.monotonic() - begin


def rounds(request: pytest.FixtureRequest) -> int:
    return 300 if request.config.getoption("--long") else 5


@pytest.mark.timeout(3600)
def test_a_killed_apply_is_finished_by_the_next_one(
    workspace: Folder, callsheet: Callsheet, request: pytest.FixtureRequest
) -> None:
    for number in range(ACTIONS - 1):
        workspace.action(f"action_{number}")
    first, last = duration(workspace)
    expected = state(workspace.database)
    assert len(expected[0]) == len(expected[1]) == ACTIONS
    seed = random.Random(20261125)
    interrupted = 0
    for _ in range(rounds(request)):
        remove(workspace)
        process = start(workspace)
        time.sleep(seed.uniform(first * 0.9, last))
        process.kill()
        process.wait()
        partly = workspace.database.exists() and workspace.database.stat().st_size > 0
        outcome = callsheet("apply", "-C", workspace.path, "--yes", "-q")
        assert outcome.code == 0, outcome.err
        assert state(workspace.database) == expected
        assert callsheet("plan", "-C", workspace.path, "--detailed-exitcode").code == 0
        interrupted += partly
    assert interrupted > 0, "no kill came in the middle: the test proved nothing"


@pytest.mark.timeout(3600)
def test_with_target_and_ledger_apart_open_steps_are_settled(
    workspace: Folder, callsheet: Callsheet, request: pytest.FixtureRequest
) -> None:
    apart(workspace)
    for number in range(39):
        workspace.action(f"action_{number}")
    first, last = duration(workspace)
    seed = random.Random(4711)
    for _ in range(max(rounds(request) // 2, 1)):
        remove(workspace)
        process = start(workspace)
        time.sleep(seed.uniform(first, last))
        process.kill()
        process.wait()
        outcome = callsheet("apply", "-C", workspace.path, "--yes", "-q")
        assert outcome.code == 0, outcome.err
        connection = sqlite3.connect(workspace.database)
        assert connection.execute("SELECT count(*), max(revision) FROM registry_action").fetchone() == (
            40,
            1,
        )
        assert connection.execute("SELECT count(*) FROM registry_history").fetchone() == (40,)
        connection.close()
        assert callsheet("plan", "-C", workspace.path, "--detailed-exitcode").code == 0


def remove(folder: Folder) -> None:
    for path in (folder.path / ".callsheet").glob("*.db*"):
        path.unlink()


def test_a_lock_ends_with_the_process_that_held_it(workspace: Folder, callsheet: Callsheet) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            HOLDER,
            str(workspace.database),
        ],
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    refused = callsheet("apply", "-C", workspace.path, "--yes")
    assert refused.code == 1
    assert f"another callsheet is at work on .callsheet/local.db (process {holder.pid} on " in refused.err
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0


def test_two_appliers_at_once_one_wins_and_the_other_says_so(
    workspace: Folder, callsheet: Callsheet
) -> None:
    for number in range(60):
        workspace.action(f"action_{number}")
    plan = workspace.path.parent / "plan.json"
    assert callsheet("plan", "-C", workspace.path, "-q", "--out", plan).code == 0
    at_once = [
        Started(plan.with_name(f"said {one}"), "apply", "-C", workspace.path, plan) for one in range(4)
    ]
    assert sorted(one.wait() for one in at_once) == [0, 1, 1, 1]
    said = [one.errors for one in at_once]
    assert all("CS901" in one or "CS917" in one for one in said if one)
    assert state(workspace.database)[0][0][2] == 1


def test_ctrl_c_finishes_the_step_at_hand_and_says_what_is_left(
    workspace: Folder, callsheet: Callsheet
) -> None:
    for number in range(800):
        workspace.action(f"action_{number}")
    process = subprocess.Popen(
        [sys.executable, "-m", "callsheet", "apply", "-C", str(workspace.path), "--yes", "-q"],
        stderr=subprocess.PIPE,
        text=True,
    )
    while not workspace.database.exists() or workspace.database.stat().st_size < 300_000:
        time.sleep(0.002)
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    error = process.communicate()[1]
    assert process.returncode == 1
    assert "Stopping after the current step" in error
    assert "error CS931: interrupted: " in error
    assert callsheet("history", "-C", workspace.path).out.startswith("1  interrupted")
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    assert len(state(workspace.database)[1]) == 801


def children(of: int) -> list[int]:
    """Return the processes that a process has started, those that have ended left out."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, parent = file.read_text("ascii", "replace").rpartition(")")[2].split()[:2]
            if parent == str(of) and state != "Z":
                found.append(int(file.parent.name))
    return found


def runs(process: int) -> bool:
    try:
        return (
            Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc, of Linux, is not there")
def test_processes_that_compile_end_with_the_one_that_started_them(workspace: Folder) -> None:
    for number in range(2000):
        workspace.action(f"a{number}")
    command = [sys.executable, "-m", "callsheet", "validate", "-C", str(workspace.path), "--jobs", "2"]
    deadline = time.monotonic() + 30
    with subprocess.Popen([*command, "--no-cache"], stdout=subprocess.DEVNULL) as started:
        while len(left := children(started.pid)) < 2:
            assert time.monotonic() < deadline
            assert started.poll() is None
            time.sleep(0.005)
        started.kill()
    while any(map(runs, left)):
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
