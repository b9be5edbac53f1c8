"""What goes wrong with PostgreSQL, in words; none of them shows a password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from callsheet.databases.model import disk_full
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    import psycopg


@contextmanager
def worded(shown: str) -> Iterator[None]:
    """Turn PostgreSQL's errors into callsheet's, with the database's name."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _error(shown, error) from None


_UNREACHABLE = ("08", "57P01", "57P02", "57P03", "53300")
_BY_STATE: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("28",), "CS941", "{shown} refuses the login", "check user and password in the secret"),
    (
        ("42501",),
        "CS942",
        "the role has no right to do this in {shown}: {text}",
        "readers plan, deployers apply, owners migrate: `callsheet admin init` makes the three roles",
    ),
    (
        ("57014", "55P03"),
        "CS943",
        "{shown} did not answer in time: {text}",
        "check what blocks it, or raise `statementTimeout` or `lockTimeout` in the environment",
    ),
    (
        ("40001", "40P01"),
        "CS907",
        "another program wrote to {shown} at the same moment",
        "try again: what was not recorded was not done",
    ),
    (("25006",), "CS902", "{shown} is read-only", "name the primary, not a standby"),
    (("3D000",), "CS940", "{shown} does not exist: {text}", "create the database, or correct its name"),
    (
        _UNREACHABLE,
        "CS940",
        "{shown} cannot be reached: {text}",
        "check that the server is running, and run the command again: what was committed is recorded",
    ),
)


def _error(shown: str, error: psycopg.Error) -> CallsheetError:
    state = error.sqlstate or ""
    text = (error.diag.message_primary or "").strip()
    if state.startswith("53100"):
        return disk_full(shown)
    for states, code, message, way_out in _BY_STATE:
        if state.startswith(states) and state:
            return CallsheetError(code, message.format(shown=shown, text=text), help=way_out)
    if not state:
        return _connection_error(shown, str(error))
    return CallsheetError(
        "CS948",
        f"{shown} answered with an error ({state}): {text}",
        help="check the server's log; what was not recorded was not done",
    )


def _connection_error(shown: str, text: str) -> CallsheetError:
    """Word what libpq says of a connection; its first line names host and reason, and no password."""
    if "password authentication failed" in text or "no password supplied" in text:
        return CallsheetError(
            "CS941", f"{shown} refuses the login", help="check user and password in the secret"
        )
    reason = text.strip().split("\n")[0].rpartition("failed: ")[2].removeprefix("FATAL:  ")
    if "SSL" in text or "certificate" in text:
        return CallsheetError(
            "CS944",
            f"no TLS connection to {shown}: {reason}",
            help="correct `sslmode` or `sslrootcert` in the URL, or the server's certificate",
        )
    return CallsheetError(
        "CS940",
        f"{shown} cannot be reached: {reason}",
        help="check that the server is running, and run the command again: what was committed is recorded",
    )
