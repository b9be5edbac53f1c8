"""`callsheet watch`."""

from __future__ import annotations

import sys

import click
from msgspec.structs import replace

from callsheet.cli.changes import changes_of
from callsheet.cli.common import Options, common_options, style_of


@click.command("watch")
@common_options
def command(*, options: Options) -> None:
    """Validate now and after every change of a file, until Ctrl-C."""
    changes = changes_of(options.open().root, "watch")
    options = replace(options, workspace=options.folder)  # it is named once

    _validate(options)
    for _ in changes:
        _validate(options)


def _validate(options: Options) -> None:
    from callsheet.reporting import report

    found = replace(options.open().validate(), notes=())
    sys.stdout.write(report("text").write(found, style_of(sys.stdout)))
    sys.stdout.flush()
