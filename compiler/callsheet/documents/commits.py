"""Which commit of a workspace is checked out, and whether its files are those of the commit.

The files are compared by hashes of our own with what the commit's tree says: `git status` runs the programs
that a repository's attributes and configuration name.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Mapping
from io import BufferedReader
from pathlib import Path as FilePath

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents.git import GitError, Repository, repository_around, top_around
from callsheet.documents.objects import TreeEntry, list_objects, read_objects, sizes_of
from callsheet.documents.sources import IGNORE_FILE, FolderSource, ignored_by
from callsheet.errors import CallsheetError

_OWN_FOLDER = ".callsheet/"
_MAX_NORMALISED = 64 * 1_048_576
_MAX_POINTER = 1024
_MAX_OUTPUT = 64 * 1_048_576
_POINTER = re.compile(rb"oid sha256:([0-9a-f]{64})\nsize (\d+)\n")


class Commit(Struct, frozen=True):
    """The commit of a workspace that is checked out.

    Attributes:
        changed: the files that are not those of the commit, sorted.
        added: those of them that the commit does not have.

    """

    id: str
    changed: tuple[str, ...] = ()
    added: frozenset[str] = frozenset()

    @property
    def dirty(self) -> bool:
        """Whether the workspace differs from the commit."""
        return bool(self.changed)


Ours = Callable[[bytes], bool]
"""Whether the bytes of a file are something that callsheet wrote: a plan, a report, what it deployed."""

_OUTPUTS = (".json", ".yaml", ".yml", ".approval")


def current_commit(root: FilePath, ours: Ours = lambda content: False) -> Commit | None:  # noqa: ARG005
    """Return the commit checked out around `root`, or None where it is not known.

    A file that `ours` knows, and the commit does not have, makes no difference.
    """
    try:
        found = _commit(root)
    except CallsheetError:
        return None
    if found is None or not found.changed:
        return found
    return replace(
        found, changed=tuple(one for one in found.changed if not _is_ours(root, found, one, ours))
    )


_OF_A_PACK = ("index.html", "pack.md")
"""What is written beside the record of a pack, which says whether it is one."""


def _is_ours(root: FilePath, commit: Commit, file: str, ours: Ours) -> bool:
    path = root / file
    if path.name in _OF_A_PACK:
        path = path.with_name("pack.json")
    if file not in commit.added or not path.name.endswith(_OUTPUTS) or path.is_symlink():
        return False
    try:
        with path.open("rb") as stream:
            return ours(stream.read(_MAX_OUTPUT))
    except OSError:
        return False


def why_unknown(root: FilePath) -> str | None:
    """Return why git cannot name the commit of a folder; None where it can, or there is none."""
    if top_around(root) is None:
        return None
    try:
        _commit(root)
    except CallsheetError as error:
        return error.message
    return None


def _commit(root: FilePath) -> Commit | None:
    """Return the commit around `root`; None where nothing is committed yet."""
    repository = repository_around(root)
    try:
        head = repository.run("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    except GitError:
        if _is_unborn(repository):
            return None
        raise
    changed, added = _changed(repository, root, head)
    return Commit(head, tuple(sorted(changed | added)), frozenset(added))


def _is_unborn(repository: Repository) -> bool:
    """Return whether the branch of HEAD has no commit."""
    try:
        branch = (
            repository.run("symbolic-ref", "--quiet", "HEAD").decode("utf-8", "surrogateescape").strip()
        )
    except GitError:
        return False
    try:
        repository.run("rev-parse", "--verify", "--quiet", branch)
    except GitError:
        return True
    return False


def _changed(repository: Repository, root: FilePath, commit: str) -> tuple[set[str], set[str]]:
    """Return the files that differ from a commit, and those that are not in it."""
    known = list_objects(repository, commit, repository.prefix(root))
    differing = {
        file: one for file, one in known.items() if not one.is_submodule and not _is_same(root / file, one)
    }
    pointers = _pointers(repository, differing)
    changed = {file for file in differing if not _is_pointed_to(root / file, pointers.get(file))}
    return changed, _unknown_files(repository, root, known)


def _unknown_files(repository: Repository, root: FilePath, known: Mapping[str, TreeEntry]) -> set[str]:
    """Return what the commit does not have: documents, and all else that no ignore file names."""
    source = FolderSource(root)
    ignored = ignored_by(source).matches
    prefix = repository.prefix(root)
    asked = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *filter(None, [prefix]))
    listed = repository.run("--literal-pathspecs", *asked).split(b"\0")
    others = {one.decode("utf-8", "surrogateescape")[len(prefix) :] for one in listed if one}
    found = {one for one in others - known.keys() if not ignored(one) and not one.startswith(_OWN_FOLDER)}
    found = {one for one in found if os.path.lexists(root / one)}
    # A document counts wherever it comes from: it is compiled even where git ignores or has just added it.
    found |= {file for file in source.files() if not _behind_link(root, file)}
    if os.path.lexists(root / IGNORE_FILE):
        found.add(IGNORE_FILE)
    return found - known.keys()


def _behind_link(root: FilePath, file: str) -> bool:
    """Return whether a folder above a file is a link: what that leads to is looked at in its own place."""
    return any((root / one).is_symlink() for one in FilePath(file).parents)


def _is_same(path: FilePath, expected: TreeEntry) -> bool:
    """Return whether a file is what a tree says: byte for byte, or with other line ends."""
    try:
        found = path.lstat()
        if expected.is_link:
            # Without links, git writes a file that contains where the link leads.
            content = os.fsencode(path.readlink()) if stat.S_ISLNK(found.st_mode) else _read(path)
            return _hash(content, expected.id) == expected.id
        if not stat.S_ISREG(found.st_mode):
            return False
        if _hash_of_file(path, found.st_size, expected.id) == expected.id:
            return True
        if found.st_size > _MAX_NORMALISED:
            return False
        content = _read(path)
    except OSError:
        return False
    # `core.autocrlf` and the attribute `eol` write CRLF into a checkout; the reader takes both for one.
    return b"\r\n" in content and _hash(content.replace(b"\r\n", b"\n"), expected.id) == expected.id


def _pointers(repository: Repository, entries: Mapping[str, TreeEntry]) -> dict[str, bytes]:
    """Return the contents of those that may be pointers of Git LFS."""
    files = {file: one.id for file, one in entries.items() if one.is_file}
    if not files:
        return {}
    try:
        sizes = sizes_of(repository, list(dict.fromkeys(files.values())))
        contents = read_objects(repository, [one for one, size in sizes.items() if size < _MAX_POINTER])
    except GitError:
        return {}  # a partial clone may lack them: they are no less changed for that
    return {file: contents[one] for file, one in files.items() if one in contents}


def _is_pointed_to(path: FilePath, pointer: bytes | None) -> bool:
    """Return whether a file is the one that a pointer of Git LFS names by its hash."""
    if pointer is None or not pointer.startswith(b"version https://git-lfs"):
        return False
    named = _POINTER.search(pointer)
    try:
        if named is None or path.lstat().st_size != int(named[2]):
            return False
        with _opened(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == named[1].decode()
    except OSError:
        return False


def _hash(content: bytes, like: str) -> str:
    found = _hasher(len(content), like)
    found.update(content)
    return found.hexdigest()


def _hash_of_file(path: FilePath, size: int, like: str) -> str:
    found = _hasher(size, like)
    with _opened(path) as stream:
        while chunk := stream.read(1_048_576):
            found.update(chunk)
    return found.hexdigest()


def _hasher(size: int, like: str) -> hashlib._Hash:
    """Return the hash that names a blob of git: SHA-1, or SHA-256 in repositories that use it."""
    found = hashlib.sha256() if len(like) == 64 else hashlib.sha1(usedforsecurity=False)
    found.update(b"blob %d\0" % size)
    return found


def _read(path: FilePath) -> bytes:
    with _opened(path) as stream:
        return stream.read()


def _opened(path: FilePath) -> BufferedReader:
    return open(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
