"""The one place that calls git: for reading, and so that a repository can make it start no program.

The repository is found by walking up for `.git` alone: files of a workspace that look like a repository are
never taken for one. Every call is handed the repository's folder and work tree, and only commands are used
that compare, filter and convert nothing.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path as FilePath

from msgspec import Struct

from callsheet.errors import CallsheetError

SECONDS = 300
_KEPT = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH")
"""What of git's own variables says where git and its user's settings are; all others are dropped.

Within a hook or an alias they name another repository than the one around the workspace.
"""
_ASSUME_OTHER_OWNER = "GIT_TEST_ASSUME_DIFFERENT_OWNER"
_QUIET = (
    ("safe.bareRepository", "explicit"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.attributesFile", os.devnull),
    ("core.commitGraph", "false"),
    ("core.untrackedCache", "false"),
    ("protocol.allow", "never"),
    ("credential.helper", ""),
)


class GitError(CallsheetError):
    """Git refused or failed; `reason` is what it said, on one line.

    Attributes:
        missing: an object is not in this clone.

    """

    def __init__(self, reason: str, help: str, *, code: str = "CS971", missing: bool = False) -> None:
        super().__init__(code, reason, help=help)
        self.reason = reason
        self.missing = missing


class Repository(Struct, frozen=True):
    """A repository: the folder of its work tree, and that of its objects and references."""

    top: FilePath
    folder: FilePath

    def run(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """Return what a git command prints; raises `GitError` where it fails."""
        where = (f"--git-dir={self.folder}", f"--work-tree={self.top}")
        return _run(self.top, *where, *arguments, stdin=stdin)

    def prefix(self, root: FilePath) -> str:
        """Return what leads from the top to a folder in it: `actions/`, or nothing for the top itself.

        Raises:
            CallsheetError: CS974 where a link of the repository is on the way: it may lead elsewhere in
                another revision, and both would be compared as if it did not.

        """
        self._refuse_link(root)
        inside = os.path.relpath(os.path.realpath(root), self.top).replace(os.sep, "/")
        return "" if inside == "." else f"{inside}/"

    def _refuse_link(self, root: FilePath) -> None:
        parts: list[str] = []
        folder = FilePath(os.path.abspath(root))  # noqa: PTH100 - links stay as they are written
        while not folder.samefile(self.top):
            if folder == folder.parent:
                return  # a link from outside of the repository: the user's own
            parts.insert(0, folder.name)
            folder = folder.parent
        for number in range(1, len(parts) + 1):
            there = "/".join(parts[:number])
            if os.path.islink(folder / there):
                raise CallsheetError(
                    "CS974",
                    f"{there} is a symbolic link of the repository, and not the workspace itself",
                    help="name the folder that it leads to with -C",
                )


def top_around(root: FilePath) -> FilePath | None:
    """Return the nearest folder from `root` upwards that has a `.git`; None where none has."""
    folder = FilePath(os.path.realpath(root))
    return next((one for one in (folder, *folder.parents) if _folder_in(one) is not None), None)


def repository_around(root: FilePath) -> Repository:
    """Return the repository around a folder.

    Raises:
        CallsheetError: CS922 where there is none.
        GitError: CS970 where git cannot be run, CS971 where git refuses the repository.

    """
    top = top_around(root)
    folder = None if top is None else _folder_in(top)
    if top is None or folder is None:
        raise CallsheetError(
            "CS922",
            "the workspace is not in a git repository",
            help="run `git init` and commit the workspace, or leave out --base",
        )
    # Only here does git itself look for the repository: it refuses one of another owner.
    found = _run(top, "rev-parse", "--absolute-git-dir", ceiling=top.parent)
    if os.path.realpath(os.fsdecode(found.removesuffix(b"\n"))) != str(folder):
        raise GitError(
            "git does not recognise .git as the repository of this folder",
            "run `git status` in that folder to see why",
        )
    return Repository(top, folder)


def setting(root: FilePath, name: str) -> str:
    """Return a setting of git's configuration, of the repository around `root` or the user's; else ''."""
    try:
        try:
            return repository_around(root).run("config", "--get", name).decode("utf-8", "replace").strip()
        except CallsheetError:
            nowhere = f"--git-dir={os.devnull}"
            return _run(root, nowhere, "config", "--get", name).decode("utf-8", "replace").strip()
    except GitError:
        return ""


def _folder_in(top: FilePath) -> FilePath | None:
    """Return the folder that `.git` of a folder is or names (of a linked work tree, of a submodule)."""
    there = top / ".git"
    try:
        if there.is_dir():
            return FilePath(os.path.realpath(there)) if os.path.lexists(there / "HEAD") else None
        if not there.is_file():
            return None
        with there.open("rb") as stream:
            written = stream.read(8192)
    except OSError:
        return FilePath(os.path.realpath(there))  # it is there: git says why it cannot be read
    if not written.startswith(b"gitdir: "):
        return None
    return FilePath(os.path.realpath(top / os.fsdecode(written[8:].rstrip(b"\r\n"))))


def _run(folder: FilePath, *arguments: str, stdin: bytes = b"", ceiling: FilePath | None = None) -> bytes:
    settings = [part for name, value in _QUIET for part in ("-c", f"{name}={value}")]
    try:
        done = subprocess.run(  # noqa: S603
            ["git", *settings, *_trusted(), "--no-optional-locks", *arguments],  # noqa: S607
            cwd=folder,
            input=stdin,
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env=_environment(ceiling),
        )
    except FileNotFoundError:
        raise GitError(
            "git cannot be run: it is not installed, or not on PATH",
            "install git (2.20 or newer)",
            code="CS970",
        ) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise GitError(f"git cannot be run: {reason}", "check that git can be run", code="CS970") from None
    except subprocess.TimeoutExpired:
        raise GitError(
            f"git did not answer within {SECONDS} s", "run `git status` there to see why"
        ) from None
    if done.returncode:
        raise _refusal(folder, done.stderr)
    return done.stdout


def _environment(ceiling: FilePath | None) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in (*_KEPT, _ASSUME_OTHER_OWNER)
    }
    if ceiling is not None:
        kept["GIT_CEILING_DIRECTORIES"] = str(ceiling)
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_LAZY_FETCH": "1",
        # An older git knows no GIT_NO_LAZY_FETCH, but fetches over no protocol that is not named here.
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_ATTR_NOSYSTEM": "1",
    }


def _trusted() -> list[str]:
    """Return `safe.directory` where the caller says it by GIT_CONFIG_COUNT, as some CI systems do."""
    count = os.environ.get("GIT_CONFIG_COUNT", "")
    found = []
    for number in range(min(int(count), 100) if count.isascii() and count.isdigit() else 0):
        if os.environ.get(f"GIT_CONFIG_KEY_{number}", "").lower() == "safe.directory":
            found += ["-c", f"safe.directory={os.environ.get(f'GIT_CONFIG_VALUE_{number}', '')}"]
    return found


def _refusal(folder: FilePath, error: bytes) -> GitError:
    """Word a failure of git by its own reason."""
    lines = [one for one in error.decode("utf-8", "replace").splitlines() if one.strip()]
    said = next((one for one in lines if one.startswith(("fatal: ", "error: "))), (lines or [""])[-1])
    reason = said.removeprefix("fatal: ").removeprefix("error: ").replace(str(folder), ".")[:300]
    if "dubious ownership" in reason or "unsafe repository" in reason:
        return GitError(
            "git refuses the repository: dubious ownership, another user owns it",
            f"run as its owner, or trust it: `git config --global --add safe.directory {folder}`",
        )
    missing = any(
        one in reason for one in ("promisor remote", "missing blob", "bad object", "unable to read")
    )
    return GitError(
        f"git cannot read the repository: {reason or 'no reason was reported'}",
        "run `git status` and `git fsck` there to see why",
        missing=missing,
    )
