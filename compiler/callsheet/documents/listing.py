"""Which documents a tree of files contains, links followed: by one walk for a folder and a revision."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from typing import Literal, Protocol

from msgspec import Struct, field

from callsheet.documents.findings import (
    link_loop,
    link_outside,
    name_not_utf8,
    os_error,
    submodule_problem,
    too_many_links,
)
from callsheet.documents.problems import Problem

SUFFIXES = (".yaml", ".yml", ".json")
MAX_LINKED_FOLDERS = 1_000
"""Links between folders can make a tree of any size out of a few: so many are walked through."""


class Entry(Struct, frozen=True):
    """One name in a folder; `other` is what is never read, as a device."""

    name: str
    kind: Literal["file", "folder", "link", "other"]


class Ignored(Struct, frozen=True):
    """What `.callsheetignore` leaves out.

    Attributes:
        matches: whether a path is left out; that of a folder has `/` at its end.
        whole_folders: False where a pattern takes files of an ignored folder in again.

    """

    matches: Callable[[str], bool]
    whole_folders: bool

    def either(self, name: str) -> bool:
        """Return whether a path is left out, be it a file's or a folder's."""
        return self.matches(name) or self.matches(f"{name}/")

    def folder(self, name: str) -> bool:
        """Return whether a folder is left out, with all that is in it."""
        return self.whole_folders and self.matches(f"{name}/")


class Tree(Protocol):
    """Files, folders and links, by their paths relative to the workspace; `` is the workspace itself."""

    def entries(self, folder: str) -> list[Entry]:
        """Return what a folder contains, by name; raises OSError where it cannot be read."""

    def follow(self, link: str) -> str | None:
        """Return the real path that a link leads to, None out of the workspace; raises OSError."""

    def leads_to_folder(self, link: str) -> bool:
        """Return whether a link leads to a folder, wherever that is."""


class Listing(Struct):
    """What was found.

    Attributes:
        files: the documents, sorted.
        problems: what must be mended for the tree to be read.
        direct: the documents to which no link leads.

    """

    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    direct: set[str] = field(default_factory=set)


def list_documents(tree: Tree, ignored: Ignored) -> Listing:
    """Walk a tree for its documents.

    Dotfiles, what is ignored, and links to other files are never looked at.
    """
    walk = _Walk(tree, ignored)
    for name in walk.folder("", ("",)):
        if not ignored.matches(name):
            if is_utf8(name):
                walk.found.files.append(name)
            else:
                walk.found.problems.append(name_not_utf8(name))
    walk.found.files.sort()
    return walk.found


def is_utf8(name: str) -> bool:
    """Return whether a file's name is one that every place can write."""
    return name.isascii() or not any("\ud800" <= one <= "\udfff" for one in name)


class _Walk:
    def __init__(self, tree: Tree, ignored: Ignored) -> None:
        self.tree = tree
        self.ignored = ignored
        self.found = Listing()
        self.linked = 0

    def folder(self, folder: str, above: tuple[str, ...]) -> Iterator[str]:
        if folder and self.ignored.folder(folder):
            return
        try:
            entries = sorted(self.tree.entries(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._problem(folder, os_error(folder or ".", error))
            return
        if folder and any(entry.name == ".git" for entry in entries):
            self._problem(folder, submodule_problem(folder))
            return
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.kind == "link":
                yield from self._link(name, above)
            elif entry.kind == "folder":
                real = f"{above[-1]}/{entry.name}" if above[-1] else entry.name
                yield from self.folder(name, (*above, real))
            elif entry.name.endswith(SUFFIXES):
                if above[-1] == folder:
                    self.found.direct.add(name)
                yield name

    def _link(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        document = name.endswith(SUFFIXES)
        try:
            real = self.tree.follow(name)
        except OSError as error:
            if error.errno == errno.ELOOP or document or "." not in name.rpartition("/")[2]:
                self._problem(name, os_error(name, error))
            return
        if not self.tree.leads_to_folder(name):
            if document and real is None:
                self._problem(name, link_outside(name))
            elif document:
                yield name
        elif real is None:
            self._problem(name, link_outside(name))
        elif real in above:
            self._problem(name, link_loop(name))
        else:
            self.linked += 1
            if self.linked == MAX_LINKED_FOLDERS + 1:
                self._problem(name, too_many_links(name, MAX_LINKED_FOLDERS))
            if self.linked <= MAX_LINKED_FOLDERS:
                yield from self.folder(name, (*above, real))

    def _problem(self, name: str, problem: Problem) -> None:
        if not self.ignored.either(name):
            self.found.problems.append(problem)
