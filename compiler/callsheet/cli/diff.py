"""`callsheet diff`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    detailed_exitcode,
    environment_option,
    refusing_invalid,
)


@click.command("diff")
@environment_option
@common_options
@click.option("--base", metavar="REV", help="Compare with a git revision: no credential, no ledger.")
@click.option("--head", metavar="REV", help="With --base: compare this revision, not the files.")
@detailed_exitcode
@refusing_invalid
def command(
    env: str | None, base: str | None, head: str | None, detailed_exitcode: bool, *, options: Options
) -> int:
    """Compare the workspace with what is deployed, or two revisions with each other."""
    from callsheet.reporting.results import DiffResult

    opened = options.open()
    if head is not None and base is None:
        raise click.UsageError("--head goes with --base")
    if base is not None:
        found = opened.diff_revisions(base, head)
        if env is not None:
            name = opened.environment(env).name
            found = {name: found.get(name, [])}
    else:
        found = opened.diff(env)
    options.emit(DiffResult(base=base, environments=found))
    return 2 if detailed_exitcode and any(found.values()) else 0
