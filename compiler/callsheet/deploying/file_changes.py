"""The commits of files → what each changed in its file, line by line, without a credential.

Lines are shown only of what can be read as documents: what is written in them is then judged as `validate`
judges it. Of anything else, a credential may be anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import unified_diff
from functools import cache, lru_cache, partial
from pathlib import Path as FilePath

from msgspec import Struct

from callsheet.documents import Document, MemorySource, read_documents
from callsheet.documents.file_history import FileHistory
from callsheet.documents.git import Repository, repository_around
from callsheet.documents.objects import read_objects, sizes_of
from callsheet.errors import CallsheetError
from callsheet.language.catalog import RULES, Spots
from callsheet.language.diagnostics import mask_secrets, without_spans

MOST_BYTES = 100_000
"""What is larger on one side is not compared."""
MOST_IN_ALL = 64_000_000
"""So many bytes are read of all files, those of the newest commits."""
MOST_LINES = 60


class FileChange(Struct, frozen=True):
    """What one commit changed in one file.

    Attributes:
        lines: with their signs; none where it is not shown.
        more: how many further lines there are.
        what: `added`, `deleted` or `changed`; `unseen` for what is too large, or cannot be read.

    """

    what: str
    lines: Sequence[str] = ()
    more: int = 0


Changes = Callable[[str], Mapping[str, FileChange]]
"""Returns what the commits of a file changed in it, by their ids."""


def file_changes(root: FilePath, history: FileHistory) -> Changes:
    """Return what reads the changes of a file; of all files, git is asked once."""
    if not history.commits:
        return lambda _: {}
    try:
        return _changes(repository_around(root), root, history)
    except CallsheetError:
        # A partial clone has the commits, and not all that they contain.
        return lambda file: {one.id: FileChange("unseen") for one in history.commits.get(file, ())}


def _changes(repository: Repository, root: FilePath, history: FileHistory) -> Changes:
    prefix = repository.prefix(root)
    wanted = {(file, one.id) for file, some in history.commits.items() for one in some}
    ids = [*dict.fromkeys(one.id for some in history.commits.values() for one in some)]
    pairs = {
        (name.removeprefix(prefix), commit): sides
        for commit, name, sides in _compared(repository, ids, prefix)
        if (name.removeprefix(prefix), commit) in wanted
    }
    blobs = [
        *dict.fromkeys(one for sides in pairs.values() if all(map(_is_something, sides)) for one in sides)
    ]
    kept, left = [], MOST_IN_ALL
    for one, size in sizes_of(repository, blobs).items():
        left -= size if size <= MOST_BYTES else 0
        if size <= MOST_BYTES and left >= 0:
            kept.append(one)
    return partial(_changes_of, history, pairs, read_objects(repository, kept))


def _compared(
    repository: Repository, ids: Sequence[str], prefix: str
) -> list[tuple[str, str, tuple[str, str]]]:
    """Return the commit, the file, and the ids of its content before and after."""
    asked = ("diff-tree", "--stdin", "-r", "--root", "--no-renames", "--raw", "-z", "--no-abbrev")
    listed = repository.run(
        "--literal-pathspecs",
        *asked,
        "--",
        *filter(None, [prefix]),
        stdin="".join(f"{one}\n" for one in ids).encode(),
    )
    found, commit, waiting = [], "", iter(listed.split(b"\0"))
    for part in waiting:
        text = part.decode("utf-8", "surrogateescape").lstrip("\n")
        if text.startswith(":"):
            _, _, before, after, _ = text.split(" ")
            name = next(waiting, b"").decode("utf-8", "surrogateescape")
            found.append((commit, name, (before, after)))
        elif text:
            commit = text
    return found


def _changes_of(
    history: FileHistory,
    pairs: Mapping[tuple[str, str], tuple[str, str]],
    blobs: Mapping[str, bytes],
    file: str,
) -> Mapping[str, FileChange]:
    """Return the changes of one file."""

    @cache
    def lines(blob: str) -> list[str] | None:
        # What one commit wrote, the next one found.
        return _lines_of(file, blobs[blob]) if blob in blobs else None

    return {
        one.id: _change(*pairs[file, one.id], lines)
        for one in history.commits.get(file, ())
        if (file, one.id) in pairs
    }


def _change(before: str, after: str, lines_of: Callable[[str], list[str] | None]) -> FileChange:
    if not _is_something(before):
        return FileChange("added")
    if not _is_something(after):
        return FileChange("deleted")
    sides = [lines_of(one) for one in (before, after)]
    if sides[0] is None or sides[1] is None:
        return FileChange("unseen")
    lines = [*unified_diff(sides[0], sides[1], lineterm="", n=2)][2:]
    return FileChange("changed", lines[:MOST_LINES], max(len(lines) - MOST_LINES, 0))


def _is_something(id: str) -> bool:
    """Return whether git has a content by this name: nothing is called by zeros, as many as a hash has."""
    return bool(id.strip("0"))


def _lines_of(file: str, content: bytes) -> list[str] | None:
    """Return the lines of a file with every credential replaced; None for what cannot be judged."""
    documents, problems, _ = read_documents(MemorySource({file: content}), file)
    if problems:
        return None
    lines = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    for one in documents:
        _hide(one, lines)
    return [_without_secrets(one) for one in lines]


@lru_cache(4096)
def _without_secrets(line: str) -> str:
    """Hide what is a credential by its form; most lines of a file are those of its other versions."""
    return mask_secrets(line)


def _hide(document: Document, lines: list[str]) -> None:
    """Replace what is a credential, by its form or by its name, with asterisks."""
    import callsheet.rules  # noqa: F401 - fills the catalog: what comes from the cache needs no rule

    for code in ("CS601", "CS607"):
        check = RULES[code].check
        if check is None or not isinstance(document.value, dict):
            continue
        for one in check(document.value, Spots(code, document)):
            # A text of several lines goes as a whole: what begins it may be all that is recognised.
            for number in range(one.span.line - 1, min(one.span.end_line, len(lines))):
                lines[number] = without_spans(lines[number], [one.span], number + 1)
