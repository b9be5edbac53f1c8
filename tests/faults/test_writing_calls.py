"""A fault at each writing call of an apply: the next one finishes it; nothing is lost, done twice, or stuck.

An interposer, loaded before the C library, fails the k-th call that writes below the workspace (EIO), lets the disk be
full from it on (its text is cut in half), kills the process there, or kills it with half of the text written.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from support.forms import LONG
from support.journeys import SEVEN, write
from support.kept import APART
from support.workspaces import ENVIRONMENT, Callsheet, Folder

HERE = Path(__file__).parent
DIRECTORY = (
    ENVIRONMENT.replace("{type: sqlite, path: .callsheet/local.db}", "{type: directory, path: deployed}")
    + APART
)
TARGETS = {"sqlite": ENVIRONMENT, "sqlite, ledger apart": ENVIRONMENT + APART, "directory": DIRECTORY}
MODES = ("EIO", "full", "kill", "torn")
STEPS = [
    ("create", "Action/new"),
    ("delete", "Action/gone"),
    ("rename", "Action/renamed"),
    ("update", "Action/changed"),
]


@pytest.fixture(scope="session")
def interposer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("no C compiler for the interposer")
    found = tmp_path_factory.mktemp("interposer") / "interposer.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", str(found), str(HERE / "interposer.c"), "-ldl"],
        check=True,
    )
    return found


def prepared(workspace: Folder, callsheet: Callsheet, environment: str) -> Folder:
    """A workspace in which one action is to be created, one changed, one renamed and one deleted."""
    workspace.write("environments.yaml", environment)
    for name in ("changed", "gone", "old"):
        workspace.action(name)
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    workspace.action("changed", constant="2")
    workspace.remove("gone")
    workspace.rename("old", "renamed")
    workspace.action("new")
    return workspace


Try = Callable[[str, int], dict[str, Any]]


@contextmanager
def interposed(interposer: Path, template: Path, tmp_path: Path, **lines: str) -> Iterator[Try]:
    """Give what tries a fault, in one process for all of them: to import callsheet takes longer than most."""
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    with subprocess.Popen(
        [sys.executable, str(HERE / "interposed.py"), str(template), str(work)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "LD_PRELOAD": str(interposer), "FAULT_ROOT": str(tmp_path / "tried"), "PYTHONDONTWRITEBYTECODE": "1", **lines},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def tried(mode: str, number: int) -> dict[str, Any]:
            print(json.dumps([mode, number]), file=asked, flush=True)
            answer = answers.readline()
            assert answer, "it fell over, and said why on standard error"
            found: dict[str, Any] = json.loads(answer)
            return found

        yield tried
        asked.close()
        assert process.wait(60) == 0


def chosen(calls: int, name: str) -> list[tuple[str, int]]:
    """Every fault at every writing call with --long, else a few."""
    faults = [(mode, number) for mode in MODES for number in range(1, calls + 1)]
    return faults if LONG else random.Random(name).sample(faults, 2)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", TARGETS)
def test_a_fault_at_any_writing_call_is_settled_by_the_next_apply(
    workspace: Folder,
    callsheet: Callsheet,
    tmp_path: Path,
    interposer: Path,
    target: str,
) -> None:
    folder = prepared(workspace, callsheet, TARGETS[target])
    wanted = {
        f"deployed/{one.address}.json": one.content
        for one in Workspace(folder.path).compile().by_environment["local"].values()
    }
    with interposed(interposer, folder.path, tmp_path) as tried:
        code, said, calls = tried("nothing", 0)["first"]
        assert (code, calls > 20) == (0, True), said
        for mode, number in chosen(calls, target):
            one = tried(mode, number)
            code, said, _ = one["first"]
            assert "CS999" not in said, one
            assert "Traceback" not in said, one
            if mode in ("kill", "torn"):
                assert code == -9, one
            assert one["again"] == [0, ""], one
            assert one["plan"]["changes"] == [], one
            assert (one["plan"]["drift"], one["plan"]["unmanaged"]) == ([], []), one
            done = [
                (step["action"], step["address"])
                for it in one["history"]["applies"]
                for step in it["steps"]
                if step["outcome"] == "done"
            ]
            assert [done.count(step) for step in STEPS] == [1] * len(STEPS), one
            if target == "directory":
                assert {name: json.loads(text) for name, text in one["held"].items()} == wanted, one


@pytest.mark.timeout(3600)
def test_a_fault_at_any_writing_call_of_a_confirmation_is_settled_by_the_next(
    empty: Folder,
    callsheet: Callsheet,
    tmp_path: Path,
    interposer: Path,
) -> None:
    write(empty, **SEVEN)
    assert callsheet("apply", "-C", empty.path, "--yes", "-q", "--pack", empty.path / ".pack").code == 0
    lines = {"FAULT_LINE": "confirm .pack -q", "FAULT_THEN": "confirm .pack -q"}
    with interposed(interposer, empty.path, tmp_path, **lines) as tried:
        code, said, calls = tried("nothing", 0)["first"]
        assert (code, calls > 10) == (0, True), said
        for fault in chosen(calls, "confirm"):
            one = tried(*fault)
            assert "CS999" not in one["first"][1], one
            assert one["again"][0] == 0, one
            assert one["plan"]["changes"] == [], one
            assert (one["plan"]["drift"], one["plan"]["unmanaged"]) == ([], []), one
            done = [
                step["address"]
                for it in one["history"]["applies"]
                for step in it["steps"]
                if step["outcome"] == "done"
            ]
            assert sorted(done) == sorted(f"Action/{name}" for name in SEVEN), one


@pytest.mark.timeout(3600)
def test_a_pack_is_whole_or_not_there(
    empty: Folder,
    callsheet: Callsheet,
    tmp_path: Path,
    interposer: Path,
) -> None:
    del callsheet
    write(empty, **SEVEN)
    lines = {"FAULT_LINE": "apply --yes -q --pack .pack", "FAULT_THEN": "confirm .pack -q"}
    with interposed(interposer, empty.path, tmp_path, **lines) as tried:
        code, said, calls = tried("nothing", 0)["first"]
        assert (code, calls > 5) == (0, True), said
        for fault in chosen(calls, "pack"):
            one = tried(*fault)
            assert "CS999" not in one["first"][1], one
            # Either all of its steps can be confirmed, or there is no pack.
            code, said = one["again"]
            assert (code == 0 and one["plan"]["changes"] == []) or "CS841" in said, one
