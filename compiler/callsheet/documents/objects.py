"""Git's objects, many by one call: what a tree lists, how large objects are, and what they contain."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from callsheet.documents.git import GitError, Repository


class TreeEntry(Struct, frozen=True):
    """A file, a link or a submodule, as a tree of git lists it."""

    mode: str
    id: str

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link; its content is where that leads."""
        return self.mode == "120000"

    @property
    def is_submodule(self) -> bool:
        """Whether it is a commit of another repository."""
        return self.mode == "160000"

    @property
    def is_file(self) -> bool:
        """Whether it is a file."""
        return not (self.is_link or self.is_submodule)


def list_objects(repository: Repository, commit: str, prefix: str) -> dict[str, TreeEntry]:
    """Return what a commit contains below a folder, by path from there."""
    found = {}
    for line in _lines(
        repository.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *filter(None, [prefix]))
    ):
        head, _, name = line.partition(b"\t")
        mode, _, object_id = head.decode("ascii").split()
        inside = name.decode("utf-8", "surrogateescape")[len(prefix) :]
        if inside:  # what is in the folder's own place, such as a submodule, contains nothing below it
            found[inside] = TreeEntry(mode, object_id)
    return found


def is_folder_in(repository: Repository, commit: str, path: str) -> bool:
    """Return whether a commit has a folder by this path from the top of the repository."""
    listed = _lines(repository.run("ls-tree", "-z", "--full-tree", commit, "--", path))
    return any(line.split(b" ", 2)[1] == b"tree" for line in listed)


def sizes_of(repository: Repository, ids: Sequence[str]) -> dict[str, int]:
    """Return how many bytes each object has."""
    if not ids:
        return {}
    answer = repository.run("cat-file", "--batch-check", stdin=_asked(ids))
    return {one: _size(line) for one, line in zip(ids, answer.splitlines(), strict=True)}


def read_objects(repository: Repository, ids: Sequence[str]) -> dict[str, bytes]:
    """Return what each object contains."""
    if not ids:
        return {}
    answer = repository.run("cat-file", "--batch", stdin=_asked(ids))
    found, at = {}, 0
    for one in ids:
        end = answer.index(b"\n", at)
        size = _size(answer[at:end])
        found[one] = answer[end + 1 : end + 1 + size]
        at = end + 1 + size + 1
    return found


def _asked(ids: Sequence[str]) -> bytes:
    return "".join(f"{one}\n" for one in ids).encode()


def _size(line: bytes) -> int:
    parts = line.split()
    if len(parts) != 3 or not parts[2].isdigit():
        raise GitError("git does not have all objects", "run `git fsck` there to see which", missing=True)
    return int(parts[2])


def _lines(listing: bytes) -> list[bytes]:
    return [line for line in listing.split(b"\0") if line]
