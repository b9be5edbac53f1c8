"""The names at which callsheet itself writes: none of them may be a link that a commit put there.

A pull request can commit `.callsheet`, the cache or a database as a symbolic link. What follows it writes
outside of the workspace, into files that belong to other programs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from callsheet.errors import CallsheetError

SQLITE_SIBLINGS = ("", "-journal", "-wal", "-shm", ".lock")
"""What SQLite and the lock write beside a database, by what is added to its name."""


def link_below(root: Path, relative: str) -> str | None:
    """Return the first part of a path below `root` that is a symbolic link; None where there is none.

    Links above `root` are the user's own. What does not exist is not a link.
    """
    found = ""
    for part in relative.split("/"):
        if part in ("", "."):
            continue
        found = f"{found}/{part}" if found else part
        if os.path.islink(root / found):
            return found
    return None


def refuse_links(root: Path, relative: str, siblings: tuple[str, ...] = ("",)) -> None:
    """Refuse a path below `root` that leads through a link.

    Args:
        root: the workspace.
        relative: where callsheet writes, relative to the workspace, with `/`.
        siblings: what is added to the name of the files that are written with it.

    Raises:
        CallsheetError: CS985, with the link's name.

    """
    for end in siblings:
        link = link_below(root, relative + end)
        if link is not None:
            raise CallsheetError(
                "CS985",
                f"{link} is a symbolic link, and callsheet would write through it",
                help="remove the link; to keep the files elsewhere, link the workspace's own folder",
            )


def refuse_way_out(path: str) -> None:
    """Refuse a path in a repository that a link leads out of it, or into `.git`: a commit can have links.

    Links above a repository, and where there is none, are the user's own.

    Raises:
        CallsheetError: CS985, with the link's name.

    """
    written = Path(os.path.normpath(Path.cwd() / path))  # no link is followed
    top = next((one for one in written.parents if os.path.lexists(one / ".git")), None)
    if top is None:
        return
    inside, there = Path(os.path.realpath(top)), Path(os.path.realpath(path))
    if not there.is_relative_to(inside) or there.is_relative_to(inside / ".git"):
        link = link_below(top, written.relative_to(top).as_posix()) or path
        raise CallsheetError(
            "CS985",
            f"{link} is a symbolic link that leads out of the repository's files, and callsheet would write"
            " through it",
            help="remove the link, or name a file elsewhere",
        )


@contextmanager
def own_folder(root: Path, *names: str) -> Iterator[int]:
    """Open a folder below `root`, making it where it is missing; no link is followed on the way.

    Yields:
        a descriptor of the folder.

    Raises:
        OSError: where a part is a link, is not a folder, or cannot be made.

    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    descriptor = os.open(root, flags)
    try:
        for name in names:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=descriptor)
            inner = os.open(name, flags | os.O_NOFOLLOW, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def is_own_file(folder: int, name: str) -> bool:
    """Return whether a name in an open folder is free, or a regular file that is reached by no link."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return True
    return stat.S_ISREG(found.st_mode)
