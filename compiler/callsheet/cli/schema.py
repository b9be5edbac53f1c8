"""`callsheet schema`."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("kind", required=False)
def command(kind: str | None) -> None:
    """Print the JSON Schema of a kind (Action, Environment, …) or of an output (plan, validate, …).

    Without a name, list the schemas.
    """
    from callsheet.cli.common import wrong_arguments
    from callsheet.standalone import schema, schema_names

    if kind is None:
        click.echo("\n".join(schema_names()))
        return
    with wrong_arguments():
        click.echo(schema(kind), nl=False)
