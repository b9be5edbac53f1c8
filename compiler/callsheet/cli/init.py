"""`callsheet init`."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path
from shlex import quote

import click

from callsheet.errors import CallsheetError

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


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
def command(folder: str) -> None:
    """Create a workspace that is valid and can be planned. Existing files are not changed."""
    from callsheet.documents.sources import IGNORE_FILE
    from callsheet.language.schema_check import KIND_SCHEMAS, schema_text

    root = Path(folder)
    contents = {name: (files("callsheet.cli.starter") / name).read_text("utf-8") for name in STARTER}
    contents[".gitignore"] = GITIGNORE
    contents[IGNORE_FILE] = IGNORE
    for name in KIND_SCHEMAS.values():
        contents[f".schemas/{name}.schema.json"] = schema_text(name)
    contents[".vscode/settings.json"] = json.dumps(EDITOR_SETTINGS, indent=2) + "\n"
    there = [name for name in contents if os.path.lexists(root / name)]
    kept = [name for name in there if name in COMPANIONS]
    there = [name for name in there if name not in COMPANIONS]
    if there:
        raise CallsheetError(
            "CS929",
            f"{folder} already contains {there[0]}: nothing was written",
            help="name a new folder",
        )
    try:
        for name, text in contents.items():
            if name in kept:
                continue
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{folder} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a folder that can be written",
        ) from None
    here = Path(os.path.relpath(folder)) == Path()
    shown, where = ("this folder", "") if here else (folder, f" -C {quote(folder)}")
    if ".gitignore" in kept:
        click.echo(".gitignore was not changed; add .callsheet/ to it.")
    click.echo(f"Wrote a workspace to {shown}. Next: callsheet plan{where}")
