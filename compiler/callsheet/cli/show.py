"""`callsheet show`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_actions,
    environment_option,
    writes,
)


@writes("text", "json")
@click.command("show")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@allow_host_option
@common_options
@click.option(
    "--deployed", is_flag=True, help="Show it as it is deployed, not as the workspace defines it."
)
def command(name: str, env: str | None, deployed: bool, *, options: Options) -> None:
    """Show one action or message in every environment, or in the one that -e names."""
    options.emit(options.open().show(name, env, deployed=deployed))
