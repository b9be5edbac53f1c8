"""`callsheet drift`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    detailed_exitcode,
    environment_option,
    write_file,
)
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from callsheet.planning.writing_back import FieldWritten


@click.command("drift")
@environment_option
@allow_host_option
@common_options
@detailed_exitcode
@click.option(
    "--write", is_flag=True, help="Write the changes into the files, where the value is written literally."
)
def command(env: str | None, detailed_exitcode: bool, write: bool, *, options: Options) -> int:
    """Show what was changed at the target since callsheet applied, other than by callsheet."""
    from callsheet.results import DriftResult

    opened = options.open()
    fields: list[FieldWritten] = []
    failures: list[CallsheetError] = []
    if write:
        found, back = opened.write_back(env)
        fields = back.fields
        for file, text in back.texts.items():
            try:
                write_file(str(opened.root / file), text)
            except CallsheetError as error:
                failures.append(error)
                fields = [_unwritten(one, file) for one in fields]
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
    if failures:
        raise failures[0]
    return 2 if detailed_exitcode and found.drift else 0


def _unwritten(one: FieldWritten, file: str) -> FieldWritten:
    """Say of what was to be written into a file that it was not."""
    mine = one.place is not None and one.place[0] == file and not one.why
    return replace(one, why="its file cannot be written", also=()) if mine else one
