"""References to secrets → secrets, only where a target or a call needs the value."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from callsheet.errors import CallsheetError, UnreachableError
from callsheet.language.plugins import plugins, secret_schemes

MAX_SECRET_BYTES = 65_536
_AROUND = "\r\n\ufeff"
"""What editors and `echo` put around a secret: line ends, and a byte order mark."""


def resolve(reference: str) -> str:
    """Return the secret that a reference, as `env:NAME`, stands for, without the line ends around it.

    Raises:
        CallsheetError: CS602 for an unknown scheme, CS606 where the secret is not there, or is only a
            line end. The secret is in no message.

    """
    scheme, _, place = reference.partition(":")
    entry = plugins("callsheet.secrets").get(scheme)
    if entry is None:
        # What has no scheme may be the secret itself.
        raise CallsheetError(
            "CS602",
            "the scheme of a reference to a secret is unknown",
            help=f"the schemes are: {', '.join(secret_schemes())}",
        )
    read: Callable[[str], str] = entry.load()
    secret = read(place).strip(_AROUND)
    if not secret:
        raise CallsheetError("CS606", f"the secret {reference} is empty", help="write the secret into it")
    return secret


def read_environment_variable(name: str) -> str:
    """Return a variable of the process's environment; the entry point of `env`."""
    value = os.environ.get(name)
    if not value:
        raise UnreachableError(
            "CS606",
            f"the environment variable {name} is not set",
            help=f"set {name} where this command runs",
        )
    return value


def read_file(path: str) -> str:
    """Return the text of a file; the entry point of `file`."""
    try:
        with Path(path).open("rb") as stream:
            content = stream.read(MAX_SECRET_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = (getattr(error, "strerror", None) or "it is not UTF-8").lower()
        raise CallsheetError(
            "CS606",
            f"the secret file {path} cannot be read: {reason}",
            help="check its path and permissions",
        ) from None
    if len(content) > MAX_SECRET_BYTES or not text.strip().strip(_AROUND):
        raise CallsheetError(
            "CS606",
            f"the secret file {path} is empty or too large",
            help="write the secret into it",
        )
    return text
