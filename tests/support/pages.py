"""The pages of the repository: their blocks, their sections, their links, and a terminal in which to follow them."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_PORTS = ("8025", "8026")
"""Those of the emulator and of the relay."""


@dataclass(frozen=True)
class Page:
    """One Markdown file of the repository."""

    path: Path

    @property
    def name(self) -> str:
        """Return the path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """Return what the file contains."""
        return self.path.read_text("utf-8")

    def blocks(self, language: str) -> list[str]:
        """Return the fenced blocks of a language."""
        return [body for found, body in _FENCE.findall(self.text) if found == language]

    def languages(self) -> set[str]:
        """Return the languages of all fenced blocks."""
        return {found for found, _ in _FENCE.findall(self.text)}

    def spans(self) -> list[str]:
        """Return what is written as code within a sentence."""
        return re.findall(r"`([^`]+)`", _FENCE.sub("", self.text))

    def sections(self) -> list[Section]:
        """Return the parts of the page that begin with a heading of the second level."""
        parts = re.split(r"^## (.*)\n", self.text, flags=re.M)
        return [Section(self, *one) for one in zip(["", *parts[1::2]], parts[::2], strict=True)]

    def anchors(self) -> set[str]:
        """Return the anchors that GitHub gives to the headings."""
        from support.schema_page import slug

        without_blocks = _FENCE.sub("", self.text)
        return {slug(one) for one in re.findall(r"^#+ (.*)$", without_blocks, re.M)}

    def links(self) -> list[str]:
        """Return where links and pictures lead, those in blocks left out."""
        without_code = re.sub(r"`[^`\n]*`(?!\])", "", _FENCE.sub("", self.text))
        return [*_LINK.findall(without_code), *re.findall(r'(?:src|href|srcset)="([^"]+)"', without_code)]


@dataclass(frozen=True)
class Section:
    """A part of a page, whose commands are followed from a state of its own."""

    page: Page
    title: str
    text: str

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Return the commands of the console blocks, each with what it prints."""
        consoles = [body for language, body in _FENCE.findall(self.text) if language == "console"]
        found = [re.split(r"^\$ (.*)\n", body, flags=re.M)[1:] for body in consoles]
        return [step for one in found for step in zip(one[::2], one[1::2], strict=True)]


def pages() -> list[Page]:
    """Return every page that is committed, or is about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\n")
    # Without git, as in an unpacked sdist, the pages that everybody has.
    names = [one for one in listed if one] or [
        str(one.relative_to(ROOT)) for one in ROOT.glob("*/README.md")
    ] + ["README.md"]
    return [Page(ROOT / one) for one in sorted(names)]


def page(name: str) -> Page:
    """Return the page of this path."""
    return Page(ROOT / name)


class Terminal:
    """A folder in which the commands of a page run; ports of its own stand for those on the page."""

    def __init__(self, folder: Path, callsheet: Callable[..., str], stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self.callsheet = callsheet
        self.stack = stack
        self.ports = {one: str(_free_port()) for one in _PORTS}

    def follow(self, steps: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
        """Run the commands in their order; return each with what the page says and what was printed."""
        for command, expected in steps:
            for one, own in self.ports.items():
                command = command.replace(one, own)
            printed = self.run(command)
            for one, own in self.ports.items():
                command, printed = command.replace(own, one), printed.replace(own, one)
            yield command, expected.rstrip("\n"), printed.rstrip("\n")

    def run(self, command: str) -> str:
        """Run one command; return what a terminal shows."""
        if command.endswith(" &"):
            return self._started(shlex.split(command.removesuffix(" &")))
        words = shlex.split(command)
        if words[0] == "callsheet" and not {"|", ">"} & set(words):
            return self.callsheet(*words[1:])
        if words[0] == "sqlite3" and not shutil.which("sqlite3"):
            with contextlib.closing(sqlite3.connect(self.folder / words[1])) as connection, connection:
                rows = connection.execute(words[2]).fetchall()
            return "\n".join("|".join(map(str, row)) for row in rows)
        # Words like `callsheet` and `python` are those of the environment in which the tests run.
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command],
            cwd=self.folder, capture_output=True, text=True, check=True, env={**os.environ, "PATH": path},
        )  # fmt: skip
        return done.stdout + done.stderr

    def _started(self, words: list[str]) -> str:
        """Start a command that goes on while the next ones run; return its first line."""
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.stack.enter_context(process)
        self.stack.callback(process.kill)
        assert process.stdout is not None
        return process.stdout.readline()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def agrees(expected: str, printed: str) -> bool:
    """Return whether a command printed what the page says.

    A line of three dots stands for any lines, three dots within one for the rest of it.
    """
    pattern = re.sub(r"(?m)^\\\.\\\.\\\.(?=\\?$)", "(?s:.*)", re.escape(expected))
    return re.fullmatch(pattern.replace(re.escape("..."), ".*"), printed) is not None
