"""`callsheet adopt`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, allow_host_option, common_options, environment_option


@click.command("adopt")
@click.argument("name")
@environment_option
@allow_host_option
@common_options
def command(name: str, env: str | None, *, options: Options) -> None:
    """Write the file of what is deployed and not in the workspace, so that callsheet takes it over.

    The file compiles to the very same bytes: the next plan adopts the object, and changes nothing of it.
    """
    opened = options.open()
    written = opened.adopt(name, env, file=options.out)
    click.echo(f"wrote {written.path}")
    here = opened.environment(env).name
    others = [one.name for one in opened.compile().concrete if one.name != here]
    where = f" -e {here}" if others else ""
    click.echo(f"Next: callsheet plan{where}, which adopts it and changes nothing")
    if others:
        click.echo(
            f"It has the values of {here}, and counts in {', '.join(others)}, too:"
            " leave it out there by `select`, or write what differs into `values`"
        )
