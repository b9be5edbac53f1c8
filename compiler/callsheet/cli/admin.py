"""`callsheet admin`."""

from __future__ import annotations

import click


@click.group("admin")
def command() -> None:
    """Prepare what environments share."""


@command.command("init")
@click.option(
    "--database", required=True, metavar="REFERENCE", help="A reference to the URL, such as env:NAME."
)
@click.option("--schema", default="callsheet", show_default=True, help="One for each environment.")
def init(database: str, schema: str) -> None:
    """Create or migrate a PostgreSQL schema, with the roles reader, deployer and owner.

    The URL must be that of a role that may create roles. Running it again changes nothing that exists.
    """
    from callsheet.standalone import prepare_database

    result = prepare_database(database, schema)
    click.echo(f"{result.database}:")
    for name, (before, after) in result.versions.items():
        if before == after:
            click.echo(f"  {name}: version {after}")
        else:
            click.echo(f"  {name}: version {after} {'made' if not before else f'migrated from {before}'}")
    for role, what in zip(result.roles, ("plan, drift, list", "apply", "migrations"), strict=True):
        click.echo(f"  role {role}: {what}")
    click.echo(f"Next, for each login: GRANT {result.roles[1]} TO name")
