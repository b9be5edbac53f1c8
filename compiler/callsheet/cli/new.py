"""`callsheet new`."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from callsheet.cli.common import Options, common_options, write_file
from callsheet.cli.editor import with_schema_line
from callsheet.errors import CallsheetError

_NAME = re.compile(r"[A-Za-z0-9_]{1,30}\Z")
_NAME_LINE = re.compile(r"(?m)^(  name: ).*$")
_VALUES = re.compile(r"values\.[A-Za-z0-9_.]+")


@click.command("new")
@click.argument("name")
@click.option("--from", "sample", default="firebase", show_default=True, help="The sample to start from.")
@common_options
def command(name: str, sample: str, *, options: Options) -> None:
    """Create an action from a sample: firebase, facebook, sendgrid and others."""
    from callsheet.documents.links import refuse_links
    from callsheet.language.schema_check import nearest

    known = samples()
    if sample not in known:
        raise click.UsageError(
            f"there is no sample {sample!r}{nearest(sample, known)}; there are: {', '.join(known)}"
        )
    if not _NAME.match(name):
        raise click.UsageError(f"{name!r} is not a valid name: use letters, digits and _, at most 30")
    opened = options.open()
    if name in opened.compile().definitions:
        raise CallsheetError("CS929", f"the action `{name}` already exists", help="choose another name")
    contents = _contents(known[sample], sample, name)
    for path in contents:
        if os.path.lexists(opened.root / path):
            raise CallsheetError("CS929", f"{path} already exists", help="choose another name")
    for path in contents:
        refuse_links(opened.root, path)
    for path, text in contents.items():
        target = opened.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        fitting = with_schema_line(text, opened.root, target) if path.endswith(".yaml") else text
        write_file(str(target), fitting)
        click.echo(f"wrote {path}")
    missing = sorted(set(_VALUES.findall("".join(contents.values()))))
    if missing:
        click.echo(f"It reads {', '.join(missing)}: define them in your environments.")


def samples() -> dict[str, Any]:
    """Return the samples that hold an action, by folder."""
    root = files("callsheet") / "samples"
    folders = sorted((one for one in root.iterdir() if one.is_dir()), key=lambda one: one.name)
    return {one.name: one for one in folders if _action_of(one) is not None}


def _action_of(folder: Any) -> Any:
    for one in sorted(folder.iterdir(), key=lambda it: str(it.name)):
        if one.name.endswith(".yaml") and "kind: Action" in one.read_text("utf-8"):
            return one
    return None


def _contents(folder: Any, sample: str, name: str) -> dict[str, str]:
    """Return the files of a new action, by path: the action under its name, and its template beside it."""
    action = _action_of(folder).read_text("utf-8")
    action = _NAME_LINE.sub(rf"\g<1>{name}", action, count=1)
    contents: dict[str, str] = {}
    for one in folder.iterdir():
        if one.name.endswith(".j2"):
            path = str(Path(sample) / f"{name}.json.j2")
            action = action.replace(f"{sample}/{one.name}", path)
            contents[path] = one.read_text("utf-8")
    return {str(Path(sample) / f"{name}.yaml"): action, **contents}
