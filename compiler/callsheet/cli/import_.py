"""`callsheet import`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from callsheet.cli.common import Options, common_options, write_file
from callsheet.errors import CallsheetError


@click.command("import")
@click.argument("source", metavar="curl|FILE|-")
@click.argument("line", required=False, metavar="[LINE]")
@click.option("--name", help="The name of the action; default: from the URL.")
@click.option("--request", "wanted", metavar="NAME", help="Which request of a file that holds several.")
@common_options
def command(
    source: str, line: str | None, name: str | None, wanted: str | None, *, options: Options
) -> None:
    """Make an action from what there is: a curl line, a HAR file, a Postman collection, a JSON payload.

    `callsheet import curl 'curl -X POST …'`, or `callsheet import curl < line.txt`, or `callsheet import
    FILE`. Nothing is run or sent, and no credential is written.
    """
    from callsheet.importing import action_text, read_curl, read_file
    from callsheet.importing.action_text import secret_names

    if source == "curl":
        imported = read_curl(line if line is not None else sys.stdin.read(262_145))
    else:
        imported = read_file(_read(source), wanted)
    chosen = name or _name_of(imported.url)
    if not re.fullmatch(r"[A-Za-z0-9_]{1,30}", chosen):
        raise click.UsageError(f"{chosen!r} is no name: letters, digits and _, at most 30")
    opened = options.open()
    text = action_text(imported, chosen)
    path = options.out or str(opened.root / f"{chosen}.yaml")
    if os.path.lexists(path):
        raise CallsheetError(
            "CS929", f"{path} is there already", help="choose another --name, or --out FILE"
        )
    write_file(path, text)
    click.echo(f"wrote {path}")
    names = list(secret_names(text))
    if names:
        click.echo(f"Its credentials were left out; set {', '.join(names)} where it is sent.")
    click.echo(f"Next: callsheet test {chosen}")


def _read(source: str) -> str:
    from callsheet.workspace.documents import decode

    try:
        content = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{source} cannot be read: {(error.strerror or '').lower()}") from None
    text, problem = decode(content, source)
    if problem is not None:
        raise click.UsageError(f"{source}: {problem.message}")
    return text


def _name_of(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "action").split(".")
    words = [host[-2] if len(host) > 1 else host[0]]
    words += [one for one in re.split(r"[^A-Za-z0-9]+", parts.path) if one.isalpha()][-2:]
    return re.sub(r"[^a-z0-9]+", "_", "_".join(words).lower())[:30].strip("_")
