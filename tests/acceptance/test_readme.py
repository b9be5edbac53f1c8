"""Every command and every output in the README, as a newcomer meets them."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, Folder, run_callsheet

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.S | re.M)


def test_the_first_two_blocks_are_the_two_commands_one_line_each() -> None:
    first, second = blocks("sh")[:2]
    assert first.count("\n") == second.count("\n") == 1
    assert first.endswith("callsheet apply -e local --yes\n")
    assert second.endswith("-m pytest\n")


def steps(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands and what they print."""
    found = re.split(r"^\$ (.*)\n", block, flags=re.M)[1:]
    return list(zip(found[::2], found[1::2], strict=True))


def started(command: str, folder: Path, stack: contextlib.ExitStack) -> str:
    """Start a command that goes on behind the next ones; gives its first line."""
    process = subprocess.Popen(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    stack.enter_context(process)
    stack.callback(process.kill)
    assert process.stdout is not None
    return process.stdout.readline()


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def run(command: str, folder: Path) -> str:
    """Run one command of the README; gives what a terminal shows."""
    words = shlex.split(command)
    if words[0] == "callsheet":
        outcome = run_callsheet(*words[1:], cwd=folder)
        return outcome.out + outcome.err
    if words[0] == "sqlite3" and not shutil.which("sqlite3"):
        connection = sqlite3.connect(folder / words[1])
        with connection:
            connection.execute(words[2])
        connection.close()
        return ""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def test_every_console_block_prints_what_stands_there(samples: Folder) -> None:
    folder = samples.path.parent
    assert run_callsheet("apply", "-e", "local", "--yes", cwd=folder).code == 0
    port, stack = free_port(), contextlib.ExitStack()
    with stack:
        _follow(folder, port, stack)


def _follow(folder: Path, port: str, stack: contextlib.ExitStack) -> None:
    for block in blocks("console"):
        for written, told in steps(block):
            command, expected = (one.replace("8025", port) for one in (written, told))
            if command.endswith(" &"):
                printed = started(command.removesuffix(" &"), folder, stack)
            else:
                printed = run(command, folder)
            # A line of three dots stands for any lines, three dots within one for the rest of it.
            pattern = re.sub(r"(?m)^\\\.\\\.\\\.(?=\\?$)", "(?s:.*)", re.escape(expected.rstrip("\n")))
            pattern = pattern.replace(re.escape("..."), ".*")
            assert re.fullmatch(pattern, printed.rstrip("\n")), f"$ {command}\n{printed}"


def test_the_python_example_prints_what_stands_there(
    samples: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(samples.path.parent)
    (code,), (expected,) = blocks("python"), blocks("text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue() == expected


def test_the_filters_and_verbs_that_it_names_are_those_that_there_are() -> None:
    from callsheet.cli.main import VERBS
    from callsheet.templates.filters import filter_names

    (listed,) = re.findall(r"- The filters: (.*?)\.\n", README, re.S)
    assert re.findall(r"`(\w+)`", listed) == filter_names()
    (commands,) = re.findall(r"`callsheet (init · .*?)`", README)
    assert commands.split(" · ") == list(VERBS)


def test_it_names_no_path_of_a_machine() -> None:
    assert str(Path.home()) not in README
    assert os.path.dirname(sys.executable) not in README
