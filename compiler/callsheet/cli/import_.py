"""`callsheet import`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, common_options

if TYPE_CHECKING:
    from callsheet.results import ImportedOperations
    from callsheet.workspace import Workspace


@click.command("import")
@click.argument("source", metavar="curl|httpie|FILE|-")
@click.argument("line", required=False, metavar="[LINE]")
@click.option("--name", help="The name of the action; default: from the URL.")
@click.option(
    "--request", "wanted", metavar="NAME", help="The request to import from a file that contains several."
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
@click.option("--tag", help="The operations that have this tag.")
@click.option("--all", "everything", is_flag=True, help="All operations of the description.")
@click.option(
    "--check", is_flag=True, help="Write nothing; compare with the action that already calls this URL."
)
@common_options
def command(
    source: str,
    line: str | None,
    name: str | None,
    wanted: str | None,
    operations: tuple[str, ...],
    fields: str,
    tag: str | None,
    everything: bool,
    check: bool,
    *,
    options: Options,
) -> int:
    """Create an action from a curl command, an OpenAPI operation, a collection or a payload.

    `callsheet import curl 'curl -X POST …'`, or `callsheet import curl < line.txt`; `httpie` in the same
    way; or `callsheet import FILE`: a HAR file, a Postman collection, an Insomnia export, or a JSON payload
    (also with Journey Optimizer's `toBeMapped` leaves). Nothing is run or sent; no credential is written.
    """
    opened = options.open()
    chosen = [one.strip() for one in fields.split(",") if one.strip()]
    if everything or tag is not None or len(operations) > 1:
        if check or options.out is not None or (operations and (everything or tag)):
            raise click.UsageError("several operations are chosen in one way, without --check and --out")
        return _several(
            opened, opened.import_operations(source, operations or None, tag=tag, name=name, fields=chosen)
        )
    operation = operations[0] if operations else None
    if check:
        return _check(opened.compare_import(source, line, name=name, request=wanted, operation=operation))
    written = opened.import_(
        source, line, name=name, request=wanted, operation=operation, fields=chosen, file=options.out
    )
    click.echo(f"wrote {written.path}")
    if written.secrets:
        click.echo(f"Its credentials were left out; set {', '.join(written.secrets)} where it is sent.")
    click.echo(f"Next: callsheet {'validate' if opened.compile().errors else f'test {written.name}'}")
    return 0


def _several(opened: Workspace, found: ImportedOperations) -> int:
    """Write the files of several operations; 0 although some of them cannot be actions."""
    opened.write(found)
    for file in found.texts:
        click.echo(f"wrote {file}")
    for operation, why in found.left.items():
        click.echo(f"{operation} is not imported: {why}", err=True)
    if found.secrets:
        click.echo(f"Its credentials were left out; set {', '.join(found.secrets)} where it is sent.")
    click.echo(f"Next: callsheet {'validate' if opened.compile().errors else 'test'}")
    return 0


def _check(found: Mapping[str, Sequence[str]]) -> int:
    """Show where a request differs from the actions that call there; 0 where one makes it."""
    for action, differs in found.items():
        click.echo(f"{action}: " + ("makes this request" if not differs else "makes another request"))
        for one in differs:
            click.echo(f"  {one}")
    return 0 if any(not one for one in found.values()) else 1
