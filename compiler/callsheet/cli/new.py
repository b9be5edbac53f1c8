"""`callsheet new`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, common_options


@click.command("new")
@click.argument("name")
@click.option("--from", "sample", default="firebase", show_default=True, help="The sample to start from.")
@common_options
def command(name: str, sample: str, *, options: Options) -> None:
    """Create an action from a sample: firebase, facebook, sendgrid and others."""
    found = options.open().new(name, sample)
    for path in found.files:
        click.echo(f"wrote {path}")
    if found.values:
        click.echo(f"It reads {', '.join(found.values)}: define them in your environments.")
