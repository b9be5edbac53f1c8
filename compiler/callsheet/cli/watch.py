"""`callsheet watch`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from msgspec.structs import replace

from callsheet.cli.common import Options, common_options, style_of
from callsheet.errors import CallsheetError

SUFFIXES = (".yaml", ".yml", ".json", ".j2", ".callsheetignore")


@click.command("watch")
@common_options
def command(*, options: Options) -> None:
    """Validate now and after every change of a file, until Ctrl-C."""
    try:
        from watchfiles import Change, watch
    except ImportError:
        raise CallsheetError(
            "CS945",
            "watch needs the package watchfiles, which is not installed",
            help="pip install 'callsheet[watch]'",
        ) from None

    root = options.open().root
    options = replace(options, workspace=options.folder)  # it is named once

    def wanted(change: Change, path: str) -> bool:
        del change
        inside = Path(path).relative_to(root.resolve()).parts
        return path.endswith(SUFFIXES) and not any(one.startswith(".") for one in inside[:-1])

    _validate(options)
    for _ in watch(root.resolve(), watch_filter=wanted, raise_interrupt=False):
        _validate(options)


def _validate(options: Options) -> None:
    from callsheet.reporting import report

    found = replace(options.open().validate(), notes=())
    sys.stdout.write(report("text").write(found, style_of(sys.stdout)))
    sys.stdout.flush()
