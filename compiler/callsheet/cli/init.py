"""`callsheet init`."""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote

import click


@click.command("init")
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("-q", "--quiet", is_flag=True, help="Print only errors.")
def command(folder: str, *, quiet: bool) -> None:
    """Create a workspace that is valid and can be planned. Existing files are not changed."""
    from callsheet.standalone import init

    named: str | None = click.get_current_context().find_root().obj
    folder = folder if named is None else os.path.normpath(Path(named, folder))
    found = init(folder)
    if quiet:
        return
    here = Path(os.path.relpath(folder)) == Path()
    shown, where = ("this folder", "") if here else (folder, f" -C {quote(folder)}")
    if ".gitignore" in found.kept:
        click.echo(".gitignore was not changed; add .callsheet/ to it.")
    click.echo(f"Wrote a workspace to {shown}. Next: callsheet plan{where}")
