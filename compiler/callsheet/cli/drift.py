"""`callsheet drift`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    detailed_exitcode,
    emit,
    environment_option,
    open_workspace,
    output_options,
    workspace_options,
)


@click.command("drift")
@workspace_options
@environment_option
@output_options
@detailed_exitcode
def command(
    workspace: str | None,
    no_cache: bool,
    env: str | None,
    output: str,
    out: str | None,
    quiet: bool,
    detailed_exitcode: bool,
) -> int:
    """Show what was changed at the target by somebody else, since callsheet applied."""
    from callsheet.reporting.results import DriftResult

    found = open_workspace(workspace, no_cache).drift(env)
    result = DriftResult(environment=found.environment, drift=found.drift, unmanaged=found.unmanaged)
    emit(result, output=output, out=out, quiet=quiet)
    return 2 if detailed_exitcode and found.drift else 0
