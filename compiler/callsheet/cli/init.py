"""`callsheet init`."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path

import click

from callsheet.errors import CallsheetError

STARTER = ("callsheet.yaml", "environments.yaml", "policies.yaml", "welcome.yaml")
GITIGNORE = "# Databases of the embedded target, and the cache.\n.callsheet/\n"
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
    """Write a workspace that validates and plans at once. Nothing that is there is changed."""
    from callsheet.language.schema_check import KIND_SCHEMAS, schema_text

    root = Path(folder)
    contents = {name: (files("callsheet.cli.starter") / name).read_text("utf-8") for name in STARTER}
    contents[".gitignore"] = GITIGNORE
    for name in KIND_SCHEMAS.values():
        contents[f".schemas/{name}.schema.json"] = schema_text(name)
    contents[".vscode/settings.json"] = json.dumps(EDITOR_SETTINGS, indent=2) + "\n"
    there = [name for name in contents if os.path.lexists(root / name)]
    if there:
        raise CallsheetError(
            "CS929",
            f"{folder} holds {there[0]} already: nothing was written",
            help="name a new folder",
        )
    try:
        for name, text in contents.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallsheetError(
            "CS928",
            f"{folder} cannot be written: {(error.strerror or 'unknown reason').lower()}",
            help="name a folder that can be written",
        ) from None
    where = "" if folder == "." else f" -C {folder}"
    click.echo(f"Wrote a workspace to {folder}. Next: callsheet plan{where}")
