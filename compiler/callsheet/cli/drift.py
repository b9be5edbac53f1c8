"""`callsheet drift`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import (
    Options,
    common_options,
    detailed_exitcode,
    environment_option,
    write_file,
)

if TYPE_CHECKING:
    from callsheet.planning.writing_back import FieldWritten


@click.command("drift")
@environment_option
@common_options
@detailed_exitcode
@click.option("--write", is_flag=True, help="Write it into the files, where they say it plainly.")
def command(env: str | None, detailed_exitcode: bool, write: bool, *, options: Options) -> int:
    """Show what was changed at the target by somebody else, since callsheet applied."""
    from callsheet.reporting.results import DriftResult

    opened = options.open()
    fields: list[FieldWritten] = []
    if write:
        found, back = opened.write_back(env)
        fields = back.fields
        for file, text in back.texts.items():
            write_file(str(opened.root / file), text)
    else:
        found = opened.drift(env)
    result = DriftResult(
        environment=found.environment,
        drift=found.drift,
        unmanaged=found.unmanaged,
        notes=found.notes,
        fields=fields,
    )
    options.emit(result)
    return 2 if detailed_exitcode and found.drift else 0
