"""Texts of new documents → files of a workspace, each with the line by which an editor finds its schema."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from callsheet.documents.writing import write_file
from callsheet.errors import CallsheetError
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
