"""Texts → files: whole or not at all, in the place of what was there."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from callsheet.documents.line_ends import written_like
from callsheet.documents.links import refuse_way_out
from callsheet.errors import CallsheetError


def write_file(path: str, text: str) -> None:
    """Write a file whole or not at all: it takes its name only when it is complete, and keeps its mode.

    A link stays a link. What is not a file, such as a pipe or /dev/null, is written to.

    Raises:
        CallsheetError: CS928 where it cannot be written, CS985 where a link leads out of the repository.

    """
    if "\0" in path:
        raise CallsheetError("CS928", f"{path!r} is not a path", help="name a file")
    refuse_way_out(path)
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if _is_stream(path):
            with Path(path).open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            return
        with beside.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if target.is_file():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise CallsheetError(
            "CS928",
            f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a file in a folder that exists and is writable",
        ) from None


def rewrite_file(path: Path, text: str) -> None:
    """Write a new text over a file; its line ends and its byte order mark stay.

    Args:
        path: of a file in UTF-8.
        text: with line feeds.

    Raises:
        CallsheetError: CS928 where it cannot be read or written.

    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="check that the file exists and can be read",
        ) from None
    write_file(str(path), written_like(content, text))


def _is_stream(path: str) -> bool:
    """Return whether it is a device, a pipe or an open stream, as `/dev/stdout`: nothing replaces it."""
    target = Path(path)
    if path.startswith(("/dev/fd/", "/dev/std", "/proc/")):
        return True
    return target.exists() and not (target.is_file() or target.is_dir())
