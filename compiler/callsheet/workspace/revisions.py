"""A git revision as a workspace, read from git's objects: the working tree is not touched."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path as FilePath

from callsheet.errors import CallsheetError
from callsheet.workspace.problems import Problem
from callsheet.workspace.sources import (
    IGNORE_FILE,
    MAX_FILE_BYTES,
    SUFFIXES,
    Unreadable,
    ignore_patterns,
    link_problem,
    submodule_problem,
    too_large,
)

_LINK = "120000"


@dataclass(frozen=True, slots=True)
class Commit:
    """The commit that a workspace stands on, and whether its files differ from it."""

    id: str
    dirty: bool


class RevisionSource:
    """The files below a folder of a repository, as a revision holds them."""

    def __init__(self, root: FilePath, revision: str) -> None:
        """Resolve `revision`; raises CS922 without a repository, CS923 for an unknown revision."""
        self.root = root
        self.commit = resolve_revision(root, revision)
        self.problems: list[Problem] = []
        prefix = _git(root, "rev-parse", "--show-prefix").decode("utf-8", "surrogateescape").strip("\n")
        self._submodules: list[str] = []
        self._objects = self._list(prefix)
        self._contents: dict[str, bytes] = {}

    def files(self) -> list[str]:
        """List every document file of the revision, sorted."""
        self.problems = [
            link_problem(file) for file, (mode, _, _) in self._objects.items() if mode == _LINK
        ]
        wanted = [IGNORE_FILE, *(file for file in self._objects if _is_document(file))]
        self._fetch([file for file in wanted if file in self._objects])
        ignored = ignore_patterns(self._contents.get(IGNORE_FILE, b"").decode("utf-8", "replace"))
        self.problems += [submodule_problem(one) for one in self._submodules if not ignored(f"{one}/")]
        return sorted(
            file
            for file, (mode, _, _) in self._objects.items()
            if mode != _LINK and _is_document(file) and not ignored(file)
        )

    def read(self, file: str, *, limit: int = MAX_FILE_BYTES) -> bytes:
        """Give one file's bytes at the revision."""
        known = self._objects.get(file)
        if known is None or known[0] == _LINK:
            raise Unreadable(
                Problem(
                    code="CS101",
                    file=file,
                    message=f"there is no such file in {self.commit[:12]}",
                    help="check the name",
                )
            )
        if known[2] > limit:
            raise Unreadable(too_large(file, limit))
        if file not in self._contents:
            self._fetch([file], limit)
        return self._contents[file]

    def fingerprint(self, file: str) -> tuple[int, ...] | None:
        """Give the object's own hash: it changes exactly when the file does."""
        known = self._objects.get(file)
        return (int(known[1], 16),) if known else None

    def _list(self, prefix: str) -> dict[str, tuple[str, str, int]]:
        listing = _git(
            self.root, "ls-tree", "-r", "-z", "-l", "--full-tree", self.commit, "--", prefix or "."
        )
        found = {}
        for line in filter(None, listing.split(b"\0")):
            head, _, name = line.partition(b"\t")
            mode, kind, object_id, size = head.split()
            file = name.decode("utf-8", "surrogateescape")[len(prefix) :]
            if kind == b"commit":
                self._submodules.append(file)
            elif kind == b"blob":
                found[file] = (mode.decode(), object_id.decode(), int(size))
        return found

    def _fetch(self, files: list[str], limit: int = MAX_FILE_BYTES) -> None:
        """Read many objects by one `git cat-file --batch`."""
        files = [file for file in files if self._objects[file][2] <= limit]
        asked = "".join(f"{self._objects[file][1]}\n" for file in files).encode()
        answer = _git(self.root, "cat-file", "--batch", stdin=asked)
        at = 0
        for file in files:
            end = answer.index(b"\n", at)
            size = int(answer[at:end].split()[2])
            self._contents[file] = answer[end + 1 : end + 1 + size]
            at = end + 1 + size + 1


def resolve_revision(root: FilePath, revision: str) -> str:
    """Give the commit id of a revision; raises `CallsheetError` CS922 or CS923."""
    repository_of(root)
    try:
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except subprocess.CalledProcessError:
        raise _unknown(root, revision) from None
    return found.decode().strip()


def _unknown(root: FilePath, revision: str) -> CallsheetError:
    shallow = _git(root, "rev-parse", "--is-shallow-repository").strip() == b"true"
    if shallow:
        return CallsheetError(
            "CS923",
            f"git does not know the revision {revision!r}: this clone is shallow",
            help="fetch the whole history: `git fetch --unshallow`, in GitHub's checkout `fetch-depth: 0`",
        )
    return CallsheetError(
        "CS923",
        f"git does not know the revision {revision!r}",
        help="fetch it (in CI, check out the whole history), or correct the name",
    )


def repository_of(root: FilePath) -> str:
    """Give the top folder of the repository around `root`; raises `CallsheetError` CS922."""
    try:
        return _git(root, "rev-parse", "--show-toplevel").decode("utf-8", "surrogateescape").strip()
    except (subprocess.CalledProcessError, OSError):
        raise CallsheetError(
            "CS922",
            "the workspace is not in a git repository",
            help="run `git init` and commit the workspace, or leave out --base",
        ) from None


def current_commit(root: FilePath) -> Commit | None:
    """Give the commit checked out around `root`, or None where there is none."""
    try:
        head = _git(root, "rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
        changed = _git(root, "status", "--porcelain", "-z", "--untracked-files=normal", "--", ".")
    except (subprocess.CalledProcessError, OSError):
        return None
    return Commit(head, dirty=bool(changed))


def authors_of(root: FilePath, commit: str) -> set[str] | None:
    """Give the e-mail addresses, in lower case, of who wrote a commit and what it merges.

    None where the repository does not have the commit.
    """
    merged = f"{commit}^1..{commit}"
    try:
        parents = _git(root, "rev-list", "--parents", "-n", "1", commit).split()
        chosen = ["-n", "1", commit] if len(parents) < 3 else [merged]
        found = _git(root, "log", "--format=%ae", *chosen, "--").decode("utf-8", "replace")
    except (subprocess.CalledProcessError, OSError):
        return None
    return {one.strip().lower() for one in found.splitlines() if one.strip()}


def _is_document(file: str) -> bool:
    return file.endswith(SUFFIXES) and not any(part.startswith(".") for part in file.split("/"))


def _git(root: FilePath, *arguments: str, stdin: bytes = b"") -> bytes:
    # A repository's own configuration may name programs: none of them is to run for a read.
    quiet = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--no-optional-locks")
    return subprocess.run(  # noqa: S603
        ["git", *quiet, *arguments],  # noqa: S607
        cwd=root,
        input=stdin,
        capture_output=True,
        check=True,
        env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
    ).stdout
