"""`callsheet plan`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    accept_option,
    detailed_exitcode,
    emit,
    environment_option,
    open_workspace,
    refusing_invalid,
    workspace_options,
    write_file,
)


@click.command("plan")
@workspace_options
@environment_option
@accept_option
@click.option("-o", "--output", default="text", metavar="FORMAT", help="text or json.", show_default=True)
@click.option("-q", "--quiet", is_flag=True, help="Write nothing but errors.")
@click.option("--out", metavar="FILE", help="Write the plan file that `callsheet apply FILE` takes.")
@detailed_exitcode
@refusing_invalid
def command(
    workspace: str | None,
    no_cache: bool,
    env: str | None,
    accept: tuple[str, ...],
    output: str,
    quiet: bool,
    out: str | None,
    detailed_exitcode: bool,
) -> int:
    """Show what apply would do, and why. Nothing is created, nothing is changed."""
    from callsheet.planning import write_plan

    plan = open_workspace(workspace, no_cache).plan(env, accept=accept)
    if out is not None:
        write_file(out, write_plan(plan))
    emit(plan, output=output, quiet=quiet)
    return 2 if detailed_exitcode and plan.changes else 0
