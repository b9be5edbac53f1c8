"""Where a workspace's bytes come from: a folder, or a git revision, by one interface."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from typing import Protocol

from callsheet.workspace.problems import Problem

SUFFIXES = (".yaml", ".yml", ".json")
MAX_FILE_BYTES = 1_048_576
IGNORE_FILE = ".callsheetignore"


class Unreadable(Exception):  # noqa: N818 - a verdict about one file
    """A file that cannot be read, with the problem to report."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Source(Protocol):
    """A tree of files, named by paths relative to the workspace with `/` between."""

    problems: list[Problem]
    """What was found while listing: links that lead out, folders that cannot be opened."""

    def files(self) -> list[str]:
        """List every document file, sorted, ignored ones left out."""

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Give a file's bytes; raises `Unreadable`, for a file with more than `limit` bytes as well."""

    def fingerprint(self, file: str) -> tuple[int, ...] | None:
        """Give numbers that change when the file does, or None where there are none to trust."""


class FolderSource:
    """The files of a folder. Links that lead out of it are refused, and none is followed twice."""

    def __init__(self, root: FilePath) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._real_root = os.path.realpath(root)
        self._direct: set[str] = set()
        self._nested: list[str] = []

    def files(self) -> list[str]:
        """List every document file below the folder, sorted."""
        self.problems, self._nested = [], []
        found = list(self._walk("", (self._real_root,)))
        ignored = ignore_patterns(self._ignore_text())
        self.problems += [submodule_problem(one) for one in self._nested if not ignored(f"{one}/")]
        return sorted(file for file in found if not ignored(file))

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Read one file; refuses links out of the folder, devices and files over the limit."""
        path = os.path.join(self._real_root, file)
        try:
            if file not in self._direct:
                path = os.path.realpath(path, strict=True)
                if not self._inside(path):
                    raise Unreadable(_link_outside(file))
            # Neither a link that was put there meanwhile nor a pipe without a writer can hold us.
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            with open(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    message = "this is not a regular file"
                    raise Unreadable(_problem("CS101", file, message, "remove it, or ignore it"))
                content = stream.read(limit + 1)
        except OSError as error:
            if error.errno == errno.ENOENT and not os.path.islink(os.path.join(self._real_root, file)):
                raise Unreadable(
                    _problem("CS101", file, "there is no such file", "check its name")
                ) from None
            raise Unreadable(_os_error(file, error)) from None
        if len(content) > limit:
            raise Unreadable(too_large(file, limit))
        return content

    def fingerprint(self, file: str) -> tuple[int, ...] | None:
        """Give size, times and inode, as git's index does."""
        try:
            found = os.stat(self.root / file)
        except OSError:
            return None
        return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

    def _walk(self, folder: str, above: tuple[str, ...]) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError as error:
            self.problems.append(_os_error(folder or ".", error))
            return
        if folder and any(entry.name == ".git" for entry in entries):
            self._nested.append(folder)
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                yield from self._link(name, above)
            elif entry.is_dir():
                yield from self._walk(name, (*above, os.path.join(above[-1], entry.name)))
            elif entry.name.endswith(SUFFIXES):
                if above[-1] == os.path.join(self._real_root, folder).rstrip(os.sep):
                    # No link on the way: the file can be opened by its name.
                    self._direct.add(name)
                yield name

    def _link(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        try:
            real = os.path.realpath(self.root / name, strict=True)
        except OSError as error:
            if name.endswith(SUFFIXES) or "." not in name.rpartition("/")[2]:
                self.problems.append(_os_error(name, error))
            return
        if os.path.isdir(real):
            if not self._inside(real):
                self.problems.append(_link_outside(name))
            elif real in above:
                self.problems.append(_link_loop(name))
            else:
                yield from self._walk(name, (*above, real))
        elif name.endswith(SUFFIXES):
            if self._inside(real):
                yield name
            else:
                self.problems.append(_link_outside(name))

    def _inside(self, real: str) -> bool:
        return real == self._real_root or real.startswith(self._real_root + os.sep)

    def _ignore_text(self) -> str:
        try:
            return self.read(IGNORE_FILE).decode("utf-8", "replace")
        except Unreadable:
            return ""


class MemorySource:
    """Files that are at hand as bytes: for tests, for examples and for other programs."""

    def __init__(self, contents: dict[str, bytes]) -> None:
        self.contents = contents
        self.problems: list[Problem] = []

    def files(self) -> list[str]:
        """List every document file, sorted."""
        ignored = ignore_patterns(self.contents.get(IGNORE_FILE, b"").decode("utf-8", "replace"))
        return sorted(
            file
            for file in self.contents
            if file.endswith(SUFFIXES)
            and not any(part.startswith(".") for part in file.split("/"))
            and not ignored(file)
        )

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Give the bytes of one file."""
        content = self.contents.get(file)
        if content is None:
            raise Unreadable(_problem("CS101", file, "there is no such file", "check the name"))
        if len(content) > limit:
            raise Unreadable(too_large(file, limit))
        return content

    def fingerprint(self, file: str) -> tuple[int, ...] | None:  # noqa: ARG002
        """Nothing in memory has a time to trust."""
        return None


def ignore_patterns(text: str) -> Callable[[str], bool]:
    """Give the test that `.callsheetignore` (gitignore's syntax) stands for."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return lambda file: False  # noqa: ARG005
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(lines)
    return spec.match_file


def too_large(file: str, limit: int = MAX_FILE_BYTES) -> Problem:
    """Word the refusal of a file over the limit."""
    return _problem("CS103", file, f"the file is larger than {limit:,} bytes", "split it, or ignore it")


def submodule_problem(folder: str) -> Problem:
    """Word the refusal of a submodule, whose files the repository's own commits do not hold."""
    return _problem(
        "CS109",
        folder,
        "this folder is another git repository, a submodule",
        "move its files into this repository, or name the folder in .callsheetignore",
    )


def link_problem(file: str) -> Problem:
    """Word the refusal of a link in a revision, whose target no folder holds."""
    return _link_outside(file)


def _os_error(file: str, error: OSError) -> Problem:
    if error.errno == errno.ELOOP:
        return _link_loop(file)
    if error.errno == errno.ENOENT:
        return _problem("CS104", file, "the symbolic link leads nowhere", "repair it, or remove it")
    reason = (error.strerror or "unknown reason").lower()
    return _problem("CS101", file, f"it cannot be read: {reason}", "check its permissions, or ignore it")


def _link_outside(file: str) -> Problem:
    return _problem(
        "CS105",
        file,
        "the symbolic link leads out of the workspace",
        "copy the file into the workspace",
    )


def _link_loop(file: str) -> Problem:
    return _problem("CS106", file, "the symbolic link leads back to itself", "remove the link")


def _problem(code: str, file: str, message: str, help: str) -> Problem:
    return Problem(code=code, file=file, message=message, help=help)
