"""`callsheet journeys`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from callsheet.cli.common import Options, allow_host_option, common_options, environment_option


@click.group("journeys")
def command() -> None:
    """Check the journeys that use the actions."""


@command.command("check")
@click.argument("names", nargs=-1)
@environment_option
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@allow_host_option
@common_options
def check(names: tuple[str, ...], env: str | None, strict: bool, *, options: Options) -> int:
    """Check what journeys make of the actions that they use.

    Nodes without a path for an error, too little time, expressions that are not the generated ones,
    fields of answers that are gone, and conditions on what is null in a dry run. Journeys are read,
    never changed.
    """
    found = options.open().check_journeys(names, env)
    replace(options, quiet=options.quiet and not found.errors).emit(found)
    return 1 if found.errors or (strict and found.diagnostics) else 0
