"""Nothing → a workspace that validates and plans at once."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

from msgspec import Struct

from callsheet.documents.sources import IGNORE_FILE
from callsheet.errors import CallsheetError
from callsheet.language.kinds import KINDS
from callsheet.language.schema_check import schema_text

STARTER = ("callsheet.yaml", "environments.yaml", "policies.yaml", "welcome.yaml")
GITIGNORE = """\
# Databases of the embedded target, the cache, and packs.
.callsheet/
# What commands write beside the workspace.
plan*.json
*.approval
pack-*/
*.preview.html
"""
IGNORE = """\
# Files that callsheet leaves alone, in the syntax of .gitignore. Dotfiles are left alone anyway, and so are
# vendors' descriptions and what callsheet itself writes.
node_modules/
venv/
package.json
package-lock.json
tsconfig*.json
"""
COMPANIONS = (".gitignore", ".vscode/settings.json")
"""Files of the folder around a workspace: one that is there is kept."""

EDITOR_SETTINGS = {
    "yaml.schemas": {
        ".schemas/workspace.schema.json": ["callsheet.yaml"],
        ".schemas/environment.schema.json": ["environments.yaml", "environments/*.yaml"],
        ".schemas/policy.schema.json": ["policies.yaml", "policies/*.yaml"],
    }
}
"""Actions name their schema in their first line, as every document may."""


class StartResult(Struct, frozen=True, kw_only=True):
    """What `init` wrote, and which files it left as they were, by path below the folder."""

    folder: str
    written: tuple[str, ...]
    kept: tuple[str, ...]


def start_workspace(folder: str) -> StartResult:
    """Write a workspace into a folder; nothing that is there is changed.

    Raises:
        CallsheetError: CS929 where the folder has a file of a workspace already, CS928 where it cannot be
            written.

    """
    root = Path(folder)
    contents = _contents()
    there = [name for name in contents if os.path.lexists(root / name)]
    kept = tuple(name for name in there if name in COMPANIONS)
    there = [name for name in there if name not in COMPANIONS]
    if there:
        raise CallsheetError(
            "CS929",
            f"{folder} already contains {there[0]}: nothing was written",
            help="name a new folder",
        )
    written = tuple(name for name in contents if name not in kept)
    try:
        for name in written:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(contents[name], encoding="utf-8")
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{folder} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a folder that can be written",
        ) from None
    return StartResult(folder=folder, written=written, kept=kept)


def _contents() -> dict[str, str]:
    """Return the texts of the files, by path."""
    found = {name: (files("callsheet.importing.starter") / name).read_text("utf-8") for name in STARTER}
    found[".gitignore"] = GITIGNORE
    found[IGNORE_FILE] = IGNORE
    for kind in KINDS.values():
        found[f".schemas/{kind.schema}.schema.json"] = schema_text(kind.schema)
    found[".vscode/settings.json"] = json.dumps(EDITOR_SETTINGS, indent=2) + "\n"
    return found
