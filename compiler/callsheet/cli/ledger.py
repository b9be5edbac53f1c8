"""`callsheet ledger`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, allow_host_option, common_options, environment_option


@click.group("ledger")
def command() -> None:
    """Copy ledgers."""


@command.command("copy")
@click.argument("destination")
@environment_option
@allow_host_option
@common_options
def copy(destination: str, env: str | None, *, options: Options) -> None:
    """Copy an environment's ledger, and the registry beside it, to DESTINATION.

    DESTINATION is a reference to a PostgreSQL URL, such as env:NAME or env:NAME/SCHEMA, or the path of a
    SQLite file in the workspace. Every table is read back and compared by digest. The source is not
    changed. Then name the destination in the environment.
    """
    found = options.open().copy_ledger(destination, env)
    for one in found.tables:
        click.echo(f"  {one.table}: {one.rows} rows, {one.digest}")
    click.echo(f"Copied the ledger of {found.environment}. Next: name {destination} in its environment.")
