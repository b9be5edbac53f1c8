"""`callsheet import`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import click

from callsheet.cli.common import Options, common_options


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
    opened = options.open()
    if check:
        return _check(opened.compare_import(source, line, name=name, request=wanted, operation=operation))
    written = opened.import_(source, line, name=name, request=wanted, operation=operation, file=options.out)
    click.echo(f"wrote {written.path}")
    if written.secrets:
        click.echo(f"Its credentials were left out; set {', '.join(written.secrets)} where it is sent.")
    click.echo(f"Next: callsheet {'validate' if opened.compile().errors else f'test {written.name}'}")
    return 0


def _check(found: Mapping[str, Sequence[str]]) -> int:
    """Show where a request differs from the actions that call there; 0 where one makes it."""
    for action, differs in found.items():
        click.echo(f"{action}: " + ("makes this request" if not differs else "makes another request"))
        for one in differs:
            click.echo(f"  {one}")
    return 0 if any(not one for one in found.values()) else 1
