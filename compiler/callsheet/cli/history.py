"""`callsheet history`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
)
from callsheet.errors import CallsheetError


@click.command("history")
@click.argument("what", required=False, type=click.Choice(["show"]))
@click.argument("number", required=False, type=click.IntRange(min=1))
@click.option(
    "--at",
    "moment",
    metavar="TIME",
    help="Show what was deployed at this time, such as 2026-11-25T08:00Z; UTC if there is no zone.",
)
@environment_option
@allow_host_option
@common_options
def command(
    what: str | None, number: int | None, moment: str | None, env: str | None, *, options: Options
) -> None:
    """Show every apply, newest first; `history show N` shows one with its steps."""
    from callsheet.results import HistoryResult

    if what == "show" and number is None:
        raise click.UsageError("history show needs the number of an apply")
    opened = options.open()
    environment = opened.environment(env).name
    objects = None
    if moment is not None:
        number, objects = opened.deployed_at(_time(moment), environment)
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
        environment=environment,
        lineage=lineage,
        applies=applies,
        detailed=number is not None,
        objects=objects,
    )
    options.emit(result)


def _time(written: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise click.UsageError(f"{written[:40]!r} is not a time: write it as 2026-11-25T08:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
