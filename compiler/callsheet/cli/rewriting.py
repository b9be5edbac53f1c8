"""What commands write over files of the workspace."""

from __future__ import annotations

from pathlib import Path

from callsheet.cli.common import write_file
from callsheet.errors import CallsheetError


def rewrite_file(path: Path, text: str) -> None:
    """Write a new text over a file; its line ends and its byte order mark stay.

    Args:
        path: of a file in UTF-8.
        text: with line feeds.

    Raises:
        CallsheetError: CS928 where it cannot be read or written.

    """
    from callsheet.documents.line_ends import written_like

    try:
        content = path.read_bytes()
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{path} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="check that the file exists and can be read",
        ) from None
    write_file(str(path), written_like(content, text))
