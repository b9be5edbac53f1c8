"""What a command line names → its text."""

from __future__ import annotations

import sys
from pathlib import Path

from callsheet.documents.reading import decode
from callsheet.errors import ArgumentError
from callsheet.words import reason_of


def read_argument(source: str) -> str:
    """Return the text of a file that is named on the command line, or of the standard input (`-`).

    Raises:
        ArgumentError: where it cannot be read, or is not UTF-8.

    """
    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, IsADirectoryError):
            own = "a .bru file" if (Path(source) / "bruno.json").is_file() else "a file"
            raise ArgumentError(
                f"{source} is a folder: name {own} in it, or a collection that is exported as JSON"
            ) from None
        raise ArgumentError(f"{source} cannot be read: {reason_of(error)}") from None
    text, problem = decode(content, source)
    if problem is not None:
        raise ArgumentError(f"{source}: {problem.message}")
    return text
