"""`callsheet schema`."""

from __future__ import annotations

import click


@click.command("schema")
@click.argument("kind", required=False)
def command(kind: str | None) -> None:
    """Print the JSON Schema of a kind (Action, Environment, …) or of an output (plan, validate, …).

    Without a name, list the schemas.
    """
    from callsheet.language.schema_check import KIND_SCHEMAS, nearest, schema_names, schema_text

    if kind is None:
        click.echo("\n".join(schema_names()))
        return
    name = KIND_SCHEMAS.get(kind, kind.lower())
    if name not in schema_names():
        raise click.UsageError(f"there is no schema {kind!r}{nearest(name, schema_names())}")
    click.echo(schema_text(name), nl=False)
