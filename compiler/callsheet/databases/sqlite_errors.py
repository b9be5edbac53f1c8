"""What goes wrong with a SQLite file, in words."""

from __future__ import annotations

import errno
import sqlite3

from callsheet.databases.model import damaged, disk_full
from callsheet.errors import CallsheetError


def file_error(shown: str, error: OSError) -> CallsheetError:
    """Word what the file system refuses: CS902, CS906 or CS908."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(shown)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return CallsheetError(
            "CS902",
            f"{shown} cannot be written: {(error.strerror or '').lower()}",
            help="check the permissions of the file and of its folder",
        )
    return CallsheetError(
        "CS908",
        f"{shown} cannot be opened: {(error.strerror or 'unknown reason').lower()}",
        help="check the path in the environment",
    )


def sqlite_error(shown: str, error: sqlite3.Error) -> CallsheetError:
    """Word an error of SQLite: CS902, CS903, CS905 to CS908."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return disk_full(shown)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return CallsheetError(
            "CS907", f"another program has locked {shown}", help="wait until it is done, and try again"
        )
    if code == sqlite3.SQLITE_NOTADB:
        return CallsheetError(
            "CS903",
            f"{shown} is not a SQLite database",
            help="name another file in the environment, or move this one away",
        )
    if code == sqlite3.SQLITE_READONLY:
        return CallsheetError(
            "CS902",
            f"{shown} cannot be written",
            help="check the permissions of the file and of its folder",
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return CallsheetError("CS908", f"{shown} cannot be opened", help="check the path and permissions")
    return damaged(shown, str(error))


def foreign(shown: str) -> CallsheetError:
    """Word the refusal of another program's database."""
    return CallsheetError(
        "CS909",
        f"{shown} is a SQLite database of another program",
        help="name another file in the environment: callsheet does not write into it",
    )
