"""Progress on a terminal: what is done, how many, how long still; and nothing of it anywhere else."""

from __future__ import annotations

import doctest
import os
import pty
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from callsheet.cli import progress
from callsheet.cli.main import run
from callsheet.compiling import pool as pool_module
from support.workspaces import Callsheet, Folder

CLEAR = "\r\x1b[K"


class Terminal:
    """A pseudo terminal that is stderr of this process."""

    def __init__(self, leader: int) -> None:
        self.leader = leader

    def shown(self) -> str:
        """Return what it was sent since it was last asked."""
        os.set_blocking(self.leader, False)
        found = b""
        while True:
            try:
                found += os.read(self.leader, 65_536)
            except BlockingIOError:
                return found.decode()


@contextmanager
def terminal() -> Iterator[Terminal]:
    leader, follower = pty.openpty()
    settings = termios.tcgetattr(follower)
    settings[1] &= ~termios.OPOST  # as written, without carriage returns of its own
    termios.tcsetattr(follower, termios.TCSANOW, settings)
    before = sys.stderr
    with open(follower, "w", encoding="utf-8") as stream:
        sys.stderr = stream
        try:
            yield Terminal(leader)
        finally:
            sys.stderr = before
    os.close(leader)


@pytest.fixture
def many(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Give a workspace whose work is shown from its first moment, a line for each batch of five files."""
    for number in range(30):
        workspace.action(f"a{number:02}")
    monkeypatch.setattr(progress, "SHOWN_AFTER", 0.0)
    monkeypatch.setattr(progress, "_REWRITTEN_AFTER", 0.0)
    monkeypatch.setattr(pool_module, "MOST_IN_BATCH", 5)
    return workspace


def test_the_lines_say_what_how_many_and_how_long() -> None:
    failed, tried = doctest.testmod(progress)
    assert (failed, tried) == (0, 3)


def test_compiling_is_shown_on_a_terminal_and_is_gone_at_the_end(
    many: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    with terminal() as found:
        assert run(["validate", "-C", str(many.path)]) == 0
        shown = found.shown()
    lines = shown.split(CLEAR)
    assert lines == [
        "",
        *(f"Compiling: {one} of 32, {100 * one // 32} %" for one in (5, 10, 15, 20, 25, 30, 32)),
        "",
    ]
    assert capsys.readouterr().out == "Valid: 32 documents.\n"


def test_applying_is_shown_too(many: Folder) -> None:
    with terminal() as found:
        assert (
            run(["apply", "-C", str(many.path), "--yes", "-o", "json", "--out", str(many.path / "r.json")])
            == 0
        )
        shown = found.shown()
    assert f"{CLEAR}{CLEAR}Applying: " in shown
    assert shown.rpartition("Applying: 31 of 31, 100 %")[2].startswith(CLEAR)


def test_testing_is_shown_too(many: Folder) -> None:
    with terminal() as found:
        assert run(["test", "-C", str(many.path), "--out", str(many.path / "result.txt")]) == 0
        shown = found.shown()
    assert f"{CLEAR}Testing: 1 of 31, 3 %{CLEAR}Testing: 2 of 31, 6 %{CLEAR}" in shown
    assert shown.endswith(CLEAR)


def test_it_is_gone_before_an_error(many: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    many.action("a00", constant="no")
    with terminal() as found:
        assert run(["plan", "-C", str(many.path)]) == 1
        shown = found.shown()
    before, _, after = shown.partition("a00.yaml:8:51")
    assert before.endswith(CLEAR)
    assert "Compiling" not in after


@pytest.mark.parametrize("arguments", [["-q"], ["-q", "-o", "json"]])
def test_it_is_not_shown_when_quiet(many: Folder, arguments: list[str]) -> None:
    with terminal() as found:
        assert run(["validate", "-C", str(many.path), *arguments]) == 0
        assert found.shown() == ""


def test_it_is_not_shown_where_stderr_is_no_terminal(many: Folder, callsheet: Callsheet) -> None:
    assert callsheet("validate", "-C", many.path).err == ""


def test_short_work_is_not_shown(workspace: Folder) -> None:
    with terminal() as found:
        assert run(["validate", "-C", str(workspace.path)]) == 0
        assert found.shown() == ""


def test_a_line_is_cut_where_the_terminal_ends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(progress, "SHOWN_AFTER", 0.0)
    monkeypatch.setenv("COLUMNS", "20")
    with terminal() as found, progress.shown("Compiling", 1000) as show:
        show(10)
        assert found.shown() == f"{CLEAR}Compiling: 10 of 1,"
