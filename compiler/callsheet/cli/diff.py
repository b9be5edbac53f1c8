"""`callsheet diff`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    accept_option,
    allow_host_option,
    common_options,
    dask_option,
    detailed_exitcode,
    environment_option,
    fail_on_option,
    select_options,
)
from callsheet.standalone import refuse_impact, refuse_unknown_accepted


@click.command("diff")
@environment_option
@accept_option
@fail_on_option
@allow_host_option
@select_options
@common_options
@dask_option
@click.option(
    "--base", metavar="REV", help="Compare with a git revision; needs no credentials and no ledger."
)
@click.option("--against", metavar="ENV", help="Compare with what another environment compiles to.")
@click.option("--head", metavar="REV", help="With --base, compare this revision instead of the files.")
@detailed_exitcode
def command(
    env: str | None,
    accept: tuple[str, ...],
    fail_on: tuple[str, ...],
    base: str | None,
    against: str | None,
    head: str | None,
    detailed_exitcode: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Compare the workspace with what is deployed, or two revisions or environments with each other."""
    if head is not None and base is None:
        raise click.UsageError("--head goes with --base")
    if against is not None and base is not None:
        raise click.UsageError("--against compares two environments of the files, --base two revisions")
    refuse_unknown_accepted(accept)
    found = options.open().diff(env, base=base, head=head, against=against, select=select, exclude=exclude)
    options.emit(found)
    refuse_impact([change for change, _ in found.grouped()], fail_on, accept, found.protections)
    return 2 if detailed_exitcode and (any(found.environments.values()) or found.protections) else 0
