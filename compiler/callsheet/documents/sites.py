"""Files of a site → a folder of their own, in which nothing else is ever touched."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path

from callsheet.documents.links import link_below, refuse_way_out
from callsheet.errors import CallsheetError

MARK = ".callsheet-site"
"""The file that lists what was written into a folder, by which the folder is known."""
_FIRST_LINE = "# the files that `callsheet catalog` wrote"


def write_site(folder: str, names: Collection[str], files: Iterable[tuple[str, str]]) -> int:
    """Write the files of a site into a folder, remove those of the last one, and return how many there are.

    Args:
        folder: it may be new, empty, or of an earlier site; a link to one is the user's own, and followed
            unless it leads out of a repository. Inside the folder, no link is.
        names: the paths of the files below it, with `/`.
        files: each with its path.

    Raises:
        CallsheetError: CS975 where the folder holds anything else, also in the place of a file of the site;
            CS928 where it cannot be written, CS985 where a link leads out of the repository.

    """
    if "\0" in folder:
        raise CallsheetError("CS928", f"{folder!r} is not a path", help="name a folder")
    refuse_way_out(folder)
    root = Path(os.path.realpath(folder))
    try:
        before = _listed(root, folder)
        for name in {*names} - {*before}:
            if os.path.lexists(root / name):
                raise _of_others(f"{folder}/{name} is there, and `callsheet catalog` did not write it")
        root.mkdir(parents=True, exist_ok=True)
        # First what will be there: an interrupted run leaves nothing that the next one does not know.
        _note(root, {*before, *names})
        for name, text in files:
            _write(root, name, text)
        for name in {*before} - {*names}:
            _remove(root, name)
        _note(root, names)
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{folder} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a folder that is writable",
        ) from None
    return len(names)


def _listed(root: Path, shown: str) -> list[str]:
    """Return the files of the site that is there; raises CS975 for a folder of something else."""
    if not root.exists():
        return []
    if root.is_dir():
        mark = root / MARK
        if mark.is_file() and not mark.is_symlink():
            first, *names = mark.read_text("utf-8", "replace").splitlines() or [""]
            if first == _FIRST_LINE:
                return [one for one in names if _is_inside(one)]
        elif not any(root.iterdir()):
            return []
    raise _of_others(f"{shown} holds other things than a site of callsheet's")


def _of_others(words: str) -> CallsheetError:
    return CallsheetError(
        "CS975", words, help="name a new folder, or an empty one: nothing in this one was touched"
    )


def _is_inside(name: str) -> bool:
    parts = name.split("/")
    return all(one not in ("", ".", "..") for one in parts) and "\0" not in name


def _note(root: Path, names: Collection[str]) -> None:
    _write(root, MARK, "".join(f"{one}\n" for one in (_FIRST_LINE, *sorted(names))))


def _write(root: Path, name: str, text: str) -> None:
    """Write a file beside its place and move it there: what is there is replaced, not written to."""
    _refuse_links(root, name)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    beside.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
    beside.replace(path)


def _refuse_links(root: Path, name: str) -> None:
    """Refuse to write through a link that somebody put into the folder; raises CS985."""
    link = link_below(root, name)
    if link is not None:
        raise CallsheetError(
            "CS985",
            f"{link} is a symbolic link, and callsheet would write through it",
            help="remove the link",
        )


def _remove(root: Path, name: str) -> None:
    _refuse_links(root, name)
    path = root / name
    path.unlink(missing_ok=True)
    with suppress(OSError):
        path.parent.rmdir()  # an empty one
