"""`callsheet diff`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    detailed_exitcode,
    emit,
    environment_option,
    open_workspace,
    output_options,
    refusing_invalid,
    workspace_options,
)


@click.command("diff")
@workspace_options
@environment_option
@output_options
@click.option("--base", metavar="REV", help="Compare with a git revision: no credential, no ledger.")
@click.option("--head", metavar="REV", help="With --base: compare this revision, not the files.")
@detailed_exitcode
@refusing_invalid
def command(
    workspace: str | None,
    no_cache: bool,
    env: str | None,
    output: str,
    out: str | None,
    quiet: bool,
    base: str | None,
    head: str | None,
    detailed_exitcode: bool,
) -> int:
    """Compare the workspace with what is deployed, or two revisions with each other."""
    from callsheet.reporting.results import DiffResult

    opened = open_workspace(workspace, no_cache)
    if head is not None and base is None:
        raise click.UsageError("--head goes with --base")
    if base is not None:
        found = opened.diff_revisions(base, head)
        if env is not None:
            name = opened.environment(env).name
            found = {name: found.get(name, [])}
    else:
        found = opened.diff(env)
    emit(DiffResult(base=base, environments=found), output=output, out=out, quiet=quiet)
    return 2 if detailed_exitcode and any(found.values()) else 0
