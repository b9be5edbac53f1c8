"""`callsheet history`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    environment_option,
)
from callsheet.errors import CallsheetError


@click.command("history")
@click.argument("what", required=False, type=click.Choice(["show"]))
@click.argument("number", required=False, type=click.IntRange(min=1))
@environment_option
@common_options
def command(what: str | None, number: int | None, env: str | None, *, options: Options) -> None:
    """Show every apply, newest first; `history show N` one of them with its steps."""
    from callsheet.reporting.results import HistoryResult

    if what == "show" and number is None:
        raise click.UsageError("history show needs the number of an apply")
    opened = options.open()
    environment = opened.environment(env).name
    lineage, applies = opened.history(environment)
    if number is not None:
        applies = [one for one in applies if one.serial == number]
        if not applies:
            raise CallsheetError(
                "CS925",
                f"there is no apply {number} in {environment}",
                help="`callsheet history` lists them",
            )
    result = HistoryResult(
        environment=environment, lineage=lineage, applies=applies, detailed=number is not None
    )
    options.emit(result)
