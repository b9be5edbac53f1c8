"""`callsheet drift`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    detailed_exitcode,
    environment_option,
)


@click.command("drift")
@environment_option
@common_options
@detailed_exitcode
def command(env: str | None, detailed_exitcode: bool, *, options: Options) -> int:
    """Show what was changed at the target by somebody else, since callsheet applied."""
    from callsheet.reporting.results import DriftResult

    found = options.open().drift(env)
    result = DriftResult(
        environment=found.environment, drift=found.drift, unmanaged=found.unmanaged, notes=found.notes
    )
    options.emit(result)
    return 2 if detailed_exitcode and found.drift else 0
