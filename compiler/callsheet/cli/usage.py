"""`callsheet usage`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
    write_file,
)


@click.command("usage")
@click.argument("names", nargs=-1)
@environment_option
@click.option("--save", is_flag=True, help="Write the snapshot that the target names by `usage`.")
@allow_host_option
@common_options
def command(names: tuple[str, ...], env: str | None, save: bool, *, options: Options) -> int:
    """Show which journeys use which actions, in what state, and how sure that is.

    Journey Optimizer reports the labels that a journey maps, but not the action: callsheet finds it by the
    labels and by the name of the node. With --save, the result is kept for reviews without a network.
    """
    from callsheet.api.deploying import utc_now
    from callsheet.results import UsageResult

    opened = options.open()
    if save:
        path, text = opened.usage_snapshot(utc_now(), env)
        write_file(str(path), text)
        if not options.quiet:
            click.echo(f"wrote {path.relative_to(opened.root.resolve())}", err=True)
    found = opened.usage(names, env)
    options.emit(UsageResult(environment=opened.environment(env).name, usage=found))
    return 0
