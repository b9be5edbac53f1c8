"""The first line of a new file, by which an editor finds the schema that completes and explains it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from callsheet.language.kinds import KINDS

_LINE = re.compile(r"\A# yaml-language-server: \$schema=.*\n")
_KIND = re.compile(r"(?m)^kind: (\w+)")


def with_schema_line(text: str, root: Path, file: Path) -> str:
    """Return the text of a new document with the line that fits where it is written.

    The schemas are those that `callsheet init` wrote into the workspace, or those beside it. Without
    either, the line is left out: it would lead nowhere.

    Args:
        text: of the document, with or without such a line.
        root: the workspace.
        file: where the text is written.

    """
    plain = _LINE.sub("", text)
    kind = _KIND.search(plain)
    name = KINDS[kind[1]].schema if kind and kind[1] in KINDS else None
    for folder in (root / ".schemas", root.parent / "schemas", root / "schemas", root.parent / ".schemas"):
        schema = folder / f"{name}.schema.json"
        if schema.is_file():
            relative = Path(os.path.relpath(schema.resolve(), file.parent.resolve())).as_posix()
            return f"# yaml-language-server: $schema={relative}\n{plain}"
    return plain
