"""Texts of new documents → files of a workspace, each with the line by which an editor finds its schema."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping
from pathlib import Path

from callsheet.documents.links import refuse_links
from callsheet.documents.writing import rewrite_file, write_file
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.language.editor import with_schema_line


def write_new(root: Path, texts: Mapping[str, str], otherwise: str) -> None:
    """Write files that are not there yet.

    Args:
        root: the folder of the workspace.
        texts: by path.
        otherwise: what to do where one is there already.

    Raises:
        CallsheetError: CS929 for a file that is there, CS928 for one that cannot be written.

    """
    for path in texts:
        if os.path.lexists(path):
            raise CallsheetError("CS929", f"{path} already exists", help=otherwise)
    for path, text in texts.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        is_yaml = path.endswith((".yaml", ".yml"))
        write_file(path, with_schema_line(text, root, Path(path)) if is_yaml else text)


def digests_of(root: Path, files: Collection[str]) -> dict[str, str]:
    """Return a digest of what files say now, by path; empty for one that is gone."""
    found = {}
    for file in files:
        try:
            found[file] = hashlib.sha256((root / file).read_bytes()).hexdigest()
        except OSError:
            found[file] = ""
    return found


def write_texts(
    root: Path, texts: Mapping[str, str], new: Collection[str], read: Mapping[str, str] | None = None
) -> None:
    """Write files of a workspace: new ones first, then those that were read, over what they say.

    Args:
        root: the folder of the workspace.
        texts: by path relative to it, with line feeds.
        new: those that must not be there yet.
        read: the digests of the others, as they were read.

    Raises:
        CallsheetError: CS929 for a new file that is there, CS928 for one that cannot be written, CS993 for
            one that was changed since it was read.

    """
    now = digests_of(root, read or ())
    for file, digest in (read or {}).items():
        if now[file] != digest:
            raise CallsheetError(
                "CS993",
                f"{file} was changed after it was read: nothing is written",
                help="do it again, from what the file says now",
            )
    for file in new:
        refuse_links(root, file)
    added = {str(root / file): texts[file] for file in texts if file in new}
    write_new(root, added, "move it away, or name another file")
    for file, text in texts.items():
        if file not in new:
            rewrite_file(root / file, text)


def path_within(root: Path, file: str) -> str:
    """Return a path from the current folder as one relative to the workspace; raises ArgumentError."""
    inside = inside_of(root, file)
    if inside is None:
        raise ArgumentError(f"{file} is not the path of a YAML file in the workspace")
    return inside


def inside_of(root: Path, file: str) -> str | None:
    """Return a path from the current folder as that of a YAML file of the workspace; None for another."""
    try:
        inside = Path(file).resolve().relative_to(root.resolve()).as_posix()
    except (OSError, ValueError):
        return None
    return inside if inside.endswith((".yaml", ".yml")) else None
