"""The one lock of a SQLite database: a kernel lock on a file beside it, which ends with its process."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from callsheet.databases.model import holder_note, holder_words
from callsheet.databases.sqlite_errors import file_error
from callsheet.errors import CallsheetError


@contextmanager
def exclusive(path: Path, shown: str) -> Iterator[None]:
    """Hold the one lock of a database; it ends with the process, however that ends.

    Raises:
        CallsheetError: CS901 where another process holds it, with who and since when.

    """
    lock_path = path.with_name(path.name + ".lock")
    try:
        lock_path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise file_error(shown, error) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise file_error(shown, error) from None
            raise CallsheetError(
                "CS901",
                f"another callsheet is at work on {shown}{_holder(descriptor)}",
                help="wait until it is done; if it is dead, the lock is free already: try again",
            ) from None
        _note_holder(descriptor)
        yield
    finally:
        os.close(descriptor)


def _note_holder(descriptor: int) -> None:
    """Note who holds the lock, for others to read; the kernel holds it also where nothing can be noted."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(holder_note()).encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        return holder_words(json.loads(os.pread(descriptor, 1_000, 0)))
    except (OSError, ValueError):
        return ""
