"""`callsheet rollback`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from callsheet.cli.common import (
    Options,
    accept_option,
    allow_host_option,
    common_options,
    environment_option,
    why_option,
    writes,
)
from callsheet.standalone import plan_text, write_file


@writes("text", "json", "markdown", "html", "junit", "github")
@click.command("rollback")
@click.argument("number", type=click.IntRange(min=1))
@environment_option
@accept_option
@why_option
@allow_host_option
@common_options
def command(
    number: int, env: str | None, accept: tuple[str, ...], why: str | None, *, options: Options
) -> None:
    """Plan to restore what was deployed after apply NUMBER; `callsheet apply` carries it out.

    It is a plan like any other: --out writes the file to review, approve and apply. Revert the commit as
    well; otherwise the next plan of the workspace undoes the rollback.
    """
    plan = options.open().rollback(number, env, accept=accept, why=why)
    if options.out is not None:
        write_file(options.out, plan_text(plan))
    replace(options, out=None).emit(plan)
