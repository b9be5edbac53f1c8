"""`callsheet usage`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
    select_options,
    writes,
)


@writes("text", "json")
@click.command("usage")
@click.argument("names", nargs=-1)
@environment_option
@click.option("--save", is_flag=True, help="Write the snapshot that the target names by `usage`.")
@allow_host_option
@select_options
@common_options
def command(
    names: tuple[str, ...],
    env: str | None,
    save: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Show which journeys use which actions, in what state, and how sure that is.

    Journey Optimizer reports the labels that a journey maps, but not the action: callsheet finds it by the
    labels and by the name of the node. With --save, the result is kept for reviews without a network.
    """
    opened = options.open()
    if save:
        path = opened.save_usage(env)
        if not options.quiet:
            click.echo(f"wrote {path.relative_to(opened.root.resolve())}", err=True)
    options.emit(opened.usage(names, env, select=select, exclude=exclude))
    return 0
