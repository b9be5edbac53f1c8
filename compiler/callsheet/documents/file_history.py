"""The commits of a repository → those that changed each file of a folder, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path as FilePath

from msgspec import Struct

from callsheet.documents.commits import why_unknown
from callsheet.documents.git import GitError, Repository, repository_around, top_around
from callsheet.documents.objects import read_objects
from callsheet.errors import CallsheetError

MOST_COMMITS = 1_000
"""So many commits are looked at, the newest ones."""
MOST_OF_A_FILE = 10
"""So many of them are kept of one file."""


class FileCommit(Struct, frozen=True):
    """A commit that changed a file: its author and the first line of its message, as they are written."""

    id: str
    at: str
    author: str
    subject: str


class FileHistory(Struct, frozen=True):
    """The commits of files.

    Attributes:
        commits: by file, newest first.
        why: why none is known; empty where they are.
        cut: the last commit that a shallow clone has, in which every file seems to be new; empty in a whole
            one. It is not among the commits: which files it changed, and who changed the others, is not
            known.

    """

    commits: Mapping[str, Sequence[FileCommit]]
    why: str = ""
    cut: str = ""


def file_history(root: FilePath) -> FileHistory:
    """Return the last commits of each file of a folder; merges are left out."""
    if top_around(root) is None:
        return FileHistory({}, "the workspace is not in a git repository")
    try:
        return _history(root)
    except GitError as error:
        return FileHistory({}, why_unknown(root) or error.message)
    except CallsheetError as error:
        return FileHistory({}, error.message)


def _history(root: FilePath) -> FileHistory:
    repository = repository_around(root)
    prefix = repository.prefix(root)
    below = ("--", *filter(None, [prefix]))
    walk = ("rev-list", f"--max-count={MOST_COMMITS}", "--no-merges", "HEAD")
    ids = repository.run("--literal-pathspecs", *walk, *below).decode("ascii").split()
    changed = _changed_files(repository, ids, below)
    bodies = read_objects(repository, ids)
    ends = _ends(repository, ids, bodies)
    found: dict[str, list[FileCommit]] = {}
    for one in ids:
        if one in ends:
            continue
        commit = _commit(one, bodies[one])
        for name in changed.get(one, ()):
            there = found.setdefault(name[len(prefix) :], [])
            if len(there) < MOST_OF_A_FILE:
                there.append(commit)
    return FileHistory(found, cut=ends[0] if ends else "")


def _ends(repository: Repository, ids: Sequence[str], bodies: Mapping[str, bytes]) -> list[str]:
    """Return the commits at which a shallow clone ends: they name parents that the clone does not have."""
    if repository.run("rev-parse", "--is-shallow-repository").strip() != b"true":
        return []
    named = [one for one in ids if b"\nparent " in bodies[one].partition(b"\n\n")[0]]
    walk = ("rev-list", "--no-walk=unsorted", "--parents", "--stdin")
    listed = repository.run(*walk, stdin="".join(f"{one}\n" for one in named).encode()) if named else b""
    return [one.decode("ascii") for one in listed.splitlines() if b" " not in one]


def _changed_files(
    repository: Repository, ids: Sequence[str], below: Sequence[str]
) -> dict[str, list[str]]:
    """Return the files that each commit changed; only names are compared, so that no program is started."""
    asked = ("diff-tree", "--stdin", "-r", "--root", "--no-renames", "--name-only", "-z")
    listed = repository.run(
        "--literal-pathspecs", *asked, *below, stdin="".join(f"{one}\n" for one in ids).encode()
    )
    found: dict[str, list[str]] = {}
    waiting = set(ids)
    current: list[str] = []
    for part in listed.split(b"\0"):
        name = part.decode("utf-8", "surrogateescape").lstrip("\n")
        if name in waiting:
            waiting.discard(name)
            current = found.setdefault(name, [])
        elif name:
            current.append(name)
    return found


def _commit(id: str, body: bytes) -> FileCommit:
    """Read a commit as git keeps it: its fields, an empty line, and the message."""
    head, _, message = body.decode("utf-8", "replace").partition("\n\n")
    author = next((one[7:] for one in head.split("\n") if one.startswith("author ")), "")
    name, _, rest = author.rpartition(" <")
    return FileCommit(id, _time(rest), name, message.strip().partition("\n")[0])


def _time(rest: str) -> str:
    """Return the time after the address of an author, as RFC 3339 in UTC; empty for what is none."""
    seconds = rest.rpartition("> ")[2].partition(" ")[0]
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""
