"""`callsheet import`."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from callsheet.cli.common import Options, common_options, write_file
from callsheet.cli.editor import with_schema_line
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from callsheet.api import Workspace
    from callsheet.importing import Imported


@click.command("import")
@click.argument("source", metavar="curl|httpie|FILE|-")
@click.argument("line", required=False, metavar="[LINE]")
@click.option("--name", help="The name of the action; default: from the URL.")
@click.option(
    "--request", "wanted", metavar="NAME", help="The request to import from a file that contains several."
)
@click.option(
    "--operation",
    metavar="ID",
    help="The operation in an OpenAPI description (FILE or package:NAME/PATH): its id, or `POST /path`.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; compare with the action that already calls this URL."
)
@common_options
def command(
    source: str,
    line: str | None,
    name: str | None,
    wanted: str | None,
    operation: str | None,
    check: bool,
    *,
    options: Options,
) -> int:
    """Create an action from a curl command, an OpenAPI operation, a collection or a payload.

    `callsheet import curl 'curl -X POST …'`, or `callsheet import curl < line.txt`; `httpie` in the same
    way; or `callsheet import FILE`: a HAR file, a Postman collection, an Insomnia export, or a JSON payload
    (also with Journey Optimizer's `toBeMapped` leaves). Nothing is run or sent; no credential is written.
    """
    from callsheet.importing import action_text
    from callsheet.importing.action_text import secret_names

    opened = options.open()
    imported = _imported(opened, source, line, wanted, operation)
    if check:
        return _check(opened, imported, name)
    chosen = name or _name_of(imported.url)
    if not re.fullmatch(r"[A-Za-z0-9_]{1,30}", chosen):
        raise click.UsageError(f"{chosen!r} is not a valid name: use letters, digits and _, at most 30")
    text = action_text(imported, chosen)
    path = options.out or str(opened.root / f"{chosen}.yaml")
    if os.path.lexists(path):
        raise CallsheetError("CS929", f"{path} already exists", help="choose another --name, or --out FILE")
    write_file(path, with_schema_line(text, opened.root, Path(path)))
    click.echo(f"wrote {path}")
    names = list(secret_names(text))
    if names:
        click.echo(f"Its credentials were left out; set {', '.join(names)} where it is sent.")
    click.echo(f"Next: callsheet test {chosen}")
    return 0


def _imported(
    opened: Workspace, source: str, line: str | None, wanted: str | None, operation: str | None
) -> Imported:
    from callsheet.importing import read_curl, read_file, read_httpie
    from callsheet.importing.model import checked_url
    from callsheet.language.dot_segments import without_dot_segments

    if source in ("curl", "httpie"):
        read = read_curl if source == "curl" else read_httpie
        found = read(line if line is not None else sys.stdin.read(262_145))
    elif operation is not None:
        found = _operation(opened, source, operation)
    else:
        found = read_file(_read(source), wanted)
    sent = without_dot_segments(checked_url(found.url))
    if sent != found.url:
        found.url = sent
        found.notes.append("the path is written as clients send it, without `.` and `..`")
    return found


def _operation(opened: Workspace, source: str, operation: str) -> Imported:
    """Read an operation; its contract is linked where the workspace or a package holds it."""
    from callsheet.contracts.sources import ContractFault, ContractFile, read_contract
    from callsheet.documents import FolderSource
    from callsheet.importing.model import ImportFault
    from callsheet.importing.openapi import read_operation

    if source.startswith("package:"):
        try:
            return read_operation(read_contract(FolderSource(opened.root), source), operation)
        except ContractFault as fault:
            raise ImportFault(fault.message, fault.help) from None
    try:
        inside = Path(source).resolve().relative_to(opened.root.resolve()).as_posix()
    except ValueError:
        inside = ""
    imported = read_operation(ContractFile(inside or Path(source).name, _read(source)), operation)
    if not inside:
        imported.contract = None
        imported.notes.append(f"copy {Path(source).name} into the workspace, and name it under `contract`")
    return imported


def _check(opened: Workspace, imported: Imported, name: str | None) -> int:
    """Compare a request with the actions that call there, in every environment; 0 where one makes it."""
    from callsheet.importing.checking import calls, differences

    compiled = opened.compile()
    found: dict[str, list[str]] = {}
    for actions in compiled.by_environment.values():
        for one in actions.values():
            if one.name not in compiled.actions:
                continue
            if one.name == name or (name is None and calls(one.content, imported)):
                told = differences(one.content, imported)
                if one.name not in found or len(told) < len(found[one.name]):
                    found[one.name] = told
    if not found:
        which = (
            f"there is no action `{name}`" if name else f"no action calls {urlsplit(imported.url).netloc}"
        )
        raise CallsheetError("CS925", which, help="leave out --check to create it")
    for action, told in found.items():
        click.echo(f"{action}: " + ("makes this request" if not told else "makes another request"))
        for difference in told:
            click.echo(f"  {difference}")
    return 0 if any(not told for told in found.values()) else 1


def _read(source: str) -> str:
    from callsheet.documents.reading import decode

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
