"""Changes of a workspace's files, as they happen: what `watch` and `catalog --serve` wait for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from callsheet.errors import CallsheetError

SUFFIXES = (
    ".yaml", ".yml", ".json", ".j2", ".callsheetignore",
    # What documents name: the HTML of emails, the rows of sets, templates of payloads.
    ".html", ".htm", ".txt", ".csv", ".tsv", ".xml", ".graphql",
)  # fmt: skip
_REGISTRIES = (".db", ".sqlite", ".sqlite3")
_LOOK = 200
"""After so many milliseconds without a change, the watching is known to have begun."""


def changes_of(
    root: Path, verb: str, besides: str | None = None, *, with_states: bool = False
) -> Iterator[None]:
    """Return what yields after each change of a file that counts, until Ctrl-C.

    It is watched from here on: what is changed before the first is asked for is not lost.

    Args:
        root: the folder of the workspace.
        verb: who waits.
        besides: a folder whose files do not count, as what is written into it.
        with_states: whether an apply to a local registry and a commit count too.

    Raises:
        CallsheetError: CS945 without the package that watches files.

    """
    try:
        from watchfiles import Change, watch
    except ImportError:
        raise CallsheetError(
            "CS945",
            f"{verb} needs the package watchfiles, which is not installed",
            help="pip install 'callsheet[watch]'",
        ) from None

    own = None if besides is None else os.path.realpath(besides)

    log = _log_of_commits(root.resolve()) if with_states else None

    def wanted(change: Change, path: str) -> bool:
        if log is not None and path == str(log):
            return True
        inside = Path(path).relative_to(root.resolve()).parts
        if own is not None and (path == own or path.startswith(f"{own}{os.sep}")):
            return False
        if with_states and path.endswith(_REGISTRIES) and "cache" not in inside:
            return True
        if any(one.startswith(".") for one in inside[:-1]):
            return False
        # What is written into a new folder before that is watched is told by nobody.
        return path.endswith(SUFFIXES) or (change is Change.added and os.path.isdir(path))

    found = watch(
        root.resolve(),
        *(() if log is None else (log.parent,)),
        watch_filter=wanted,
        raise_interrupt=False,
        yield_on_timeout=True,
        rust_timeout=_LOOK,
    )
    first = next(found, set())
    return (None for changes in chain([first], found) if changes)


def _log_of_commits(root: Path) -> Path | None:
    """Return the file that grows with each commit of a folder's repository; None without one."""
    logs = (one / ".git" / "logs" / "HEAD" for one in (root, *root.parents))
    return next((one for one in logs if one.is_file()), None)
