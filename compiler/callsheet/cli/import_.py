"""`callsheet import`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, common_options

if TYPE_CHECKING:
    from callsheet.results import ImportedOperations
    from callsheet.workspace import Workspace

_FORMATS = ("openapi", "postman", "insomnia", "bruno", "har")
"""Words before a file that say what it is."""


@click.command("import")
@click.argument("source", metavar="curl|httpie|[KIND] FILE|-")
@click.argument("line", required=False, metavar="[LINE]")
@click.option(
    "--name", help="The name of the action, or of the connection of several; default: from the URL."
)
@click.option(
    "--request",
    "wanted",
    multiple=True,
    metavar="NAME",
    help="A request of a file that contains several: its name, its folder, or a pattern such as "
    "`Mail/*`; of a HAR file also its number, or `POST URL`; `NAME#2` is the second of one name.",
)
@click.option(
    "--operation",
    "operations",
    multiple=True,
    metavar="ID",
    help="An operation in an OpenAPI description (FILE or package:NAME/PATH): its id, or `POST /path`.",
)
@click.option(
    "--fields",
    default="",
    metavar="A,B",
    help="Fields of the body of an operation, beyond the required ones.",
)
@click.option(
    "--server", default="", metavar="URL", help="In front of the paths of a description that names no host."
)
@click.option("--tag", help="The operations that have this tag.")
@click.option("--all", "everything", is_flag=True, help="All operations, or all requests, of the file.")
@click.option(
    "--environment",
    metavar="FILE|NAME",
    help="Values of a collection's variables: a file of Postman or Bruno, or the name of an environment of"
    " Insomnia or Bruno.",
)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=/POINTER",
    help="A value of the payload that is to be a parameter, or NAME=query:KEY; can be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show the files of several actions.")
@click.option(
    "--check", is_flag=True, help="Write nothing; compare with the action that already calls this URL."
)
@common_options
def command(
    source: str,
    line: str | None,
    name: str | None,
    wanted: tuple[str, ...],
    operations: tuple[str, ...],
    fields: str,
    server: str,
    tag: str | None,
    everything: bool,
    environment: str | None,
    params: tuple[str, ...],
    dry_run: bool,
    check: bool,
    *,
    options: Options,
) -> int:
    """Create actions from a curl command, an OpenAPI description, a collection or a payload.

    `callsheet import curl 'curl -X POST …'`, or `callsheet import curl < line.txt`; `httpie` in the same
    way; or `callsheet import FILE`: a HAR file, a Postman or Bruno collection, a request of Bruno (`.bru`),
    an Insomnia export, or a JSON payload (also with Journey Optimizer's `toBeMapped` leaves). The word
    `openapi`, `postman`, `insomnia`, `bruno` or `har` before the file says what it must be. Nothing is run
    or sent; no credential is written.
    """
    from callsheet.reporting.terminal import safe

    kind = source if source in _FORMATS and line is not None else None
    if kind is not None:
        source, line = str(line), None
    if line is None and source.startswith(_LINES):
        # Not shown: a credential may be in it.
        word = "curl" if source.startswith("curl") else "httpie"
        raise click.UsageError(f"write `callsheet import {word}` before the line")
    opened = options.open()
    chosen = [one.strip() for one in fields.split(",") if one.strip()]
    several_requests = len(wanted) > 1 or any(map(_names_several, wanted))
    if everything or several_requests or tag is not None or len(operations) > 1:
        mixed = (operations and (everything or tag)) or (wanted and (everything or tag or operations))
        if check or options.out is not None or mixed:
            raise click.UsageError("several operations are chosen in one way, without --check and --out")
        found = None
        # The standard input can be read once: without a word it is a description.
        readable = not source.startswith("package:") and (source != "-" or kind is not None)
        if readable and kind != "openapi" and tag is None and not operations:
            found = opened.import_requests(
                source, wanted, name=name, environment=environment, kind=kind, params=params
            )
        if found is None:
            found = opened.import_operations(
                source, operations or None, tag=tag, name=name, fields=chosen, params=params, server=server
            )
        return _several(opened, found, dry_run=dry_run)
    if dry_run:
        raise click.UsageError(
            "--dry-run shows the files of several actions: use --all, --tag or a pattern"
        )
    request, operation = wanted[0] if wanted else None, operations[0] if operations else None
    if check and params:
        raise click.UsageError("--check compares a request as it is, without --param")
    if check:
        return _check(opened.compare_import(source, line, name=name, request=request, operation=operation))
    written = opened.import_(
        source,
        line,
        name=name,
        request=request,
        operation=operation,
        fields=chosen,
        environment=environment,
        kind=None if kind == "openapi" else kind,
        params=params,
        server=server,
        file=options.out,
    )
    click.echo(f"wrote {written.path}")
    for note in written.notes:
        click.echo(safe(note), err=True)
    if written.secrets:
        click.echo(f"Its credentials were left out; set {', '.join(written.secrets)} where it is sent.")
    click.echo(f"Next: callsheet {'validate' if opened.compile().errors else f'test {written.name}'}")
    return 0


_LINES = ("curl ", "http ", "https ")
"""How a line begins, which is no name of a file."""


def _names_several(wanted: str) -> bool:
    """Return whether a name may be that of several requests: a folder or a pattern, in which no URL is."""
    if "://" in wanted:
        return "*" in wanted
    return bool(set("*?") & set(wanted)) or wanted.endswith("/")


def _several(opened: Workspace, found: ImportedOperations, *, dry_run: bool) -> int:
    """Write the files of several operations, or show them; 0 although some of them cannot be actions."""
    from callsheet.reporting.files import tree_lines
    from callsheet.reporting.terminal import safe

    if not dry_run:
        opened.write(found)
    if dry_run:
        own = {one for one in found.new if one not in found.connections}
        for one in tree_lines(found.texts, own, found.connections):
            click.echo(one)
        click.echo(f"would write {len(found.new)} files for {len(found.names)} actions")
    else:
        for file in found.new:
            click.echo(f"wrote {safe(file)}")
    for file, names in found.values.items():
        click.echo(f"{'would add' if dry_run else 'added'} {', '.join(map(safe, names))} to {safe(file)}")
    for operation, why in found.left.items():
        click.echo(f"{safe(operation)} is not imported: {safe(why)}", err=True)
    for note in found.notes:
        click.echo(safe(note), err=True)
    for demand in found.demands:
        click.echo(f"To be completed: {safe(demand)}")
    if found.secrets:
        click.echo(f"Its credentials were left out; set {', '.join(found.secrets)} where it is sent.")
    if not dry_run:
        click.echo(f"Next: callsheet {'validate' if opened.compile().errors else 'test'}")
    return 0


def _check(found: Mapping[str, Sequence[str]]) -> int:
    """Show where a request differs from the actions that call there; 0 where one makes it."""
    for action, differs in found.items():
        click.echo(f"{action}: " + ("makes this request" if not differs else "makes another request"))
        for one in differs:
            click.echo(f"  {one}")
    return 0 if any(not one for one in found.values()) else 1
