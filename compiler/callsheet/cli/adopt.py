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
    """Write the file of a deployed object that the workspace does not define, so that callsheet manages it.

    The file compiles to the same bytes: the next plan adopts the object and does not change it.
    """
    opened = options.open()
    written = opened.adopt(name, env, file=options.out)
    click.echo(f"wrote {written.path}")
    here = opened.environment(env).name
    others = [one.name for one in opened.compile().concrete if one.name != here]
    where = f" -e {here}" if others else ""
    click.echo(f"Next: callsheet plan{where}, which adopts it without a change")
    if others:
        click.echo(
            f"It has the values of {here}, and also applies to {', '.join(others)}:"
            " exclude it there with `select`, or move what differs into `values`"
        )
