"""Where a workspace's bytes come from: a folder, or a git revision, by one interface."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Protocol

from callsheet.documents.findings import (
    MAX_FILE_BYTES,
    Unreadable,
    hidden_file,
    link_outside,
    no_such_file,
    os_error,
    problem,
    too_large,
)
from callsheet.documents.listing import SUFFIXES, Entry, Ignored, is_utf8, list_documents
from callsheet.documents.problems import Problem

IGNORE_FILE = ".callsheetignore"
Fingerprint = tuple[int, ...]
"""Numbers that change when a file does: of a folder's, its size, its times and its inode."""


class Source(Protocol):
    """A tree of files, named by paths relative to the workspace with `/` between."""

    problems: list[Problem]
    """What was found while listing: links that lead out, folders that cannot be opened."""

    def files(self) -> list[str]:
        """List every document file, sorted, ignored ones left out."""

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return a file's bytes; raises `Unreadable`, for a file with more than `limit` bytes as well."""

    def fingerprint(self, file: str) -> Fingerprint | None:
        """Return numbers that change when the file does, or None where there are none to trust."""

    def real(self, file: str) -> str:
        """Return the path to which links lead from a path; the path itself where they lead nowhere."""


class FolderSource:
    """The files of a folder. Links that lead out of it are refused."""

    def __init__(self, root: FilePath) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self._root = os.fspath(root)
        self._real_root = os.path.realpath(root)
        self._direct: set[str] = set()

    def files(self) -> list[str]:
        """List every document file below the folder, sorted."""
        found = list_documents(_FolderTree(self.root, self._real_root), ignored_by(self))
        self.problems, self._direct = found.problems, found.direct
        return found.files

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Read one file; refuses links out of the folder, devices and files over the limit."""
        return self.read_opened(file, limit=limit)[0]

    def read_opened(self, file: str, *, limit: int = MAX_FILE_BYTES) -> tuple[bytes, Fingerprint]:
        """Read one file as `read` does; return its bytes, and the fingerprint of what was opened."""
        if "\0" in file:
            raise Unreadable(no_such_file(file))
        path = os.path.join(self._real_root, file)
        try:
            if file not in self._direct:
                path = os.path.realpath(path, strict=True)
                if not _inside(path, self._real_root):
                    raise Unreadable(link_outside(file))
            # Neither a link that was put there meanwhile nor a pipe without a writer can hold us.
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode):
                    message = "this is not a regular file"
                    raise Unreadable(problem("CS101", file, message, "remove it, or ignore it"))
                content = _content(descriptor, found.st_size, limit + 1)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno == errno.ENOENT and not os.path.islink(os.path.join(self._real_root, file)):
                raise Unreadable(no_such_file(file)) from None
            raise Unreadable(os_error(file, error), passing=error.errno not in _LASTING) from None
        if len(content) > limit:
            raise Unreadable(too_large(file, limit))
        return content, _fingerprint(found)

    def fingerprint(self, file: str) -> Fingerprint | None:
        """Return size, times and inode, as git's index does."""
        try:
            found = os.stat(f"{self._root}{os.sep}{file}")
        except (OSError, ValueError):  # a name that no file can have
            return None
        return _fingerprint(found)

    def real(self, file: str) -> str:
        """Return the path to which links lead from a file's path."""
        if "\0" in file:
            return file
        real = os.path.realpath(os.path.join(self._real_root, file))
        return os.path.relpath(real, self._real_root) if _inside(real, self._real_root) else file


_LASTING = frozenset({errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENAMETOOLONG})
"""What the operating system says of a path for as long as its parts are the same."""


def _fingerprint(found: os.stat_result) -> Fingerprint:
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)


def _content(descriptor: int, size: int, most: int) -> bytes:
    """Return what a file contains, at most so many bytes; its size may change meanwhile.

    Without a stream, whose buffer would cost more than the file.
    """
    pieces = [os.read(descriptor, min(size + 1, most))]
    left = most - len(pieces[0])
    while left and pieces[-1]:
        pieces.append(os.read(descriptor, min(left, _AT_ONCE)))
        left -= len(pieces[-1])
    return b"".join(pieces)


_AT_ONCE = 65_536


class _FolderTree:
    """The tree of a folder, as the operating system shows it."""

    def __init__(self, root: FilePath, real_root: str) -> None:
        self.root = root
        self.real_root = real_root

    def entries(self, folder: str) -> list[Entry]:
        with os.scandir(self.root / folder) as found:
            return [_entry(one) for one in found]

    def follow(self, link: str) -> str | None:
        real = os.path.realpath(self.root / link, strict=True)
        if not _inside(real, self.real_root):
            return None
        inside = os.path.relpath(real, self.real_root)
        return "" if inside == "." else inside

    def leads_to_folder(self, link: str) -> bool:
        return os.path.isdir(self.root / link)


def _entry(found: os.DirEntry[str]) -> Entry:
    if found.is_symlink():
        return Entry(found.name, "link")
    return Entry(found.name, "folder" if found.is_dir() else "file")


def _inside(real: str, real_root: str) -> bool:
    return real == real_root or real.startswith(real_root.rstrip(os.sep) + os.sep)


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
            and is_utf8(file)
            and not any(part.startswith(".") for part in file.split("/"))
            and not ignored(file)
        )

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return the bytes of one file."""
        content = self.contents.get(file)
        if content is None:
            raise Unreadable(no_such_file(file))
        if len(content) > limit:
            raise Unreadable(too_large(file, limit))
        return content

    def fingerprint(self, file: str) -> tuple[int, ...] | None:  # noqa: ARG002
        """Return None: nothing in memory has a time to trust."""
        return None

    def real(self, file: str) -> str:
        """Return the path: no link is in memory."""
        return file


def read_named(source: Source, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
    """Read a file that a document names: a template, a page, a contract.

    A dotfile may contain what must not be shown (`.env`, `.git/config`), and what `.callsheetignore` names
    is not part of the workspace: neither is read, nor a link to one.

    Raises:
        Unreadable: for these, and as `Source.read`.

    """
    ignored = ignored_by(source)
    for path in dict.fromkeys((file, source.real(file))):
        if any(part.startswith(".") for part in path.split("/")):
            raise Unreadable(hidden_file(file, "a dotfile is not read"))
        if ignored.matches(path):
            raise Unreadable(hidden_file(file, "`.callsheetignore` leaves this file out"))
    return source.read(file, limit=limit)


def ignored_by(source: Source) -> Ignored:
    """Return what the `.callsheetignore` of a source leaves out."""
    try:
        text = source.read(IGNORE_FILE).decode("utf-8", "replace")
    except Unreadable:
        text = ""
    whole_folders = not any(line.startswith("!") for line in text.splitlines())
    return Ignored(ignore_patterns(text), whole_folders)


@lru_cache(maxsize=8)
def ignore_patterns(text: str) -> Callable[[str], bool]:
    """Return the test that `.callsheetignore` (gitignore's syntax) stands for."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not lines:
        return lambda file: False  # noqa: ARG005
    import pathspec

    patterns = list(pathspec.GitIgnoreSpec.from_lines(lines).patterns)
    for one in patterns:
        regex: re.Pattern[str] | None = getattr(one, "regex", None)
        if regex is not None:
            one.regex = re.compile(_without_backtracking(regex.pattern), regex.flags)
    return pathspec.GitIgnoreSpec(patterns).match_file


_STAR = "[^/]*"


def _without_backtracking(pattern: str) -> str:
    """Return a pattern's regular expression in which no `*` tries again what an earlier one took.

    What stands between two `*` of a segment is taken where it first occurs, as `fnmatch` does: where that
    does not lead to a match, no later place does.
    """
    first, *rest = pattern.split(_STAR)
    text = first
    for index, part in enumerate(rest):
        literal = part.replace("[^/]", "")  # a `?`
        last = index == len(rest) - 1 or "/" in literal or "(" in literal
        text += _STAR + part if last else f"(?>{_STAR}?{part})"
    return text
