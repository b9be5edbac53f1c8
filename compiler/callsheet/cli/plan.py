"""`callsheet plan`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from callsheet.cli.common import (
    Options,
    accept_option,
    allow_host_option,
    common_options,
    dask_option,
    detailed_exitcode,
    environment_option,
    fail_on_guard_option,
    require_clean_option,
    select_options,
    why_option,
    writes,
)
from callsheet.standalone import plan_text, refuse_broken_guards, refuse_impact, write_file

_REPORTS = (".html", ".htm", ".md", ".xml", ".txt")


@writes("text", "json", "markdown", "html", "junit", "github")
@click.command("plan")
@environment_option
@accept_option
@why_option
@require_clean_option
@fail_on_guard_option
@allow_host_option
@click.option(
    "--metrics", metavar="FILE", help="A saved result of `metrics --sql`: show the figures of each change."
)
@select_options
@common_options
@dask_option
@detailed_exitcode
def command(
    env: str | None,
    accept: tuple[str, ...],
    why: str | None,
    fail_on: tuple[str, ...],
    require_clean: bool,
    detailed_exitcode: bool,
    metrics: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Show what apply would do, and why. Nothing is changed.

    With --out, the plan itself is written as JSON, for `apply`; the report goes to the standard output.
    """
    if options.out is not None and options.out.lower().endswith(_REPORTS):
        raise click.UsageError(
            f"--out writes the plan as JSON, for `apply`: `{options.out}` is named as a report."
            f" Write `callsheet plan -o {options.output} > FILE`."
        )
    plan = options.open().plan(
        env,
        accept=accept,
        why=why,
        require_clean=require_clean,
        metrics=metrics,
        select=select,
        exclude=exclude,
    )
    if options.out is not None:
        # The file is for apply, whatever the format in which the plan is shown.
        write_file(options.out, plan_text(plan))
    replace(options, out=None).emit(plan)
    if "guard" in fail_on:
        refuse_broken_guards(plan)
    elif options.quiet and options.output == "text" and plan.broken:
        stopping = "; ".join(f"{one.guard}: {one.message}" for one in plan.broken)
        click.echo(f"callsheet: apply will refuse the plan: {stopping}", err=True)
    refuse_impact(plan.changes, fail_on, accept)
    return 2 if detailed_exitcode and plan.changes else 0
