"""`callsheet forget`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
    writes,
)
from callsheet.standalone import plan_text, write_file


@writes("text", "json", "markdown", "html", "junit", "github")
@click.command("forget")
@click.argument("names", nargs=-1, required=True)
@environment_option
@allow_host_option
@common_options
def command(names: tuple[str, ...], env: str | None, *, options: Options) -> None:
    """Plan to stop managing a deployed object. The object stays in place.

    It is a plan like any other: --out writes the file for `callsheet apply`.
    """
    plan = options.open().forget(names, env)
    if options.out is not None:
        write_file(options.out, plan_text(plan))
    replace(options, out=None).emit(plan)
