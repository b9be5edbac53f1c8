"""`callsheet list`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    emit,
    environment_option,
    open_workspace,
    output_options,
    workspace_options,
)


@click.command("list")
@workspace_options
@environment_option
@output_options
@click.option("--lang", default="en", metavar="LANGUAGE", help="The language of titles.", show_default=True)
def command(
    workspace: str | None,
    no_cache: bool,
    env: str | None,
    output: str,
    out: str | None,
    quiet: bool,
    lang: str,
) -> None:
    """List the actions by category and channel; with -e, those that the environment deploys."""
    from callsheet.reporting.results import ListResult

    opened = open_workspace(workspace, no_cache)
    compiled = opened.compile()
    chosen = [opened.environment(env)] if env else compiled.concrete
    reach = {
        action.name: [one.name for one in chosen if one.select.selects(action.name, action.labels)]
        for action in compiled.actions.values()
    }
    actions = [one for one in compiled.actions.values() if not env or reach[one.name]]
    emit(
        ListResult(actions=actions, environments=reach, language=lang),
        output=output,
        out=out,
        quiet=quiet,
    )
