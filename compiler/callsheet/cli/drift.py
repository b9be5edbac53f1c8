"""`callsheet drift`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    detailed_exitcode,
    environment_option,
    select_options,
    writes,
)


@writes("text", "json", "markdown", "html", "github")
@click.command("drift")
@environment_option
@allow_host_option
@select_options
@common_options
@detailed_exitcode
@click.option(
    "--write", is_flag=True, help="Write the changes into the files, where the value is written literally."
)
def command(
    env: str | None,
    detailed_exitcode: bool,
    write: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Show what was changed at the target since callsheet applied, other than by callsheet."""
    opened = options.open()
    drift = opened.write_drift if write else opened.drift
    found = drift(env, select=select, exclude=exclude)
    options.emit(found)
    if found.failures:
        raise found.failures[0]
    return 2 if detailed_exitcode and (found.drift or found.screen) else 0
