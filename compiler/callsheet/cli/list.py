"""`callsheet list`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    environment_option,
    writes,
)


@writes("text", "json", "markdown", "html")
@click.command("list")
@environment_option
@common_options
@click.option("--lang", default="en", metavar="LANGUAGE", help="The language of titles.", show_default=True)
def command(env: str | None, lang: str, *, options: Options) -> None:
    """List actions and messages by category and channel; with -e, those that it selects."""
    opened = options.open()
    options.emit(opened.list(env, language=lang))
    if opened.compile().errors:
        click.echo("note: what has an error is not listed; `callsheet validate` shows it", err=True)
