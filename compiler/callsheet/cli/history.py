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
    if what == "show" and number is None:
        raise click.UsageError("history show needs the number of an apply")
    at = None if moment is None else _time(moment)
    options.emit(options.open().history(env, serial=number, at=at))


def _time(written: str) -> datetime:
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        raise click.UsageError(f"{written[:40]!r} is not a time: write it as 2026-11-25T08:00Z") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
