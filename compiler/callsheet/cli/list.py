"""`callsheet list`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    environment_option,
)


@click.command("list")
@environment_option
@common_options
@click.option("--lang", default="en", metavar="LANGUAGE", help="The language of titles.", show_default=True)
def command(env: str | None, lang: str, *, options: Options) -> None:
    """List actions and messages by category and channel; with -e, those that are deployed there."""
    from callsheet.results import ListResult

    opened = options.open()
    compiled = opened.compile()
    chosen = [opened.environment(env)] if env else compiled.concrete
    reach = {
        action.name: [one.name for one in chosen if one.select.selects(action)]
        for action in compiled.definitions.values()
    }
    actions = [one for one in compiled.definitions.values() if not env or reach[one.name]]
    options.emit(ListResult(actions=actions, environments=reach, language=lang))
