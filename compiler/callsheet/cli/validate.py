"""`callsheet validate`."""

from __future__ import annotations

import click
from msgspec.structs import replace

from callsheet.cli.common import Options, common_options, dask_option, select_options


@click.command("validate")
@select_options
@common_options
@dask_option
@click.option(
    "--require-contracts",
    is_flag=True,
    help="Let an optional contract whose package is not installed be an error: for CI.",
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
def command(strict: bool, select: tuple[str, ...], exclude: tuple[str, ...], *, options: Options) -> int:
    """Check every document, and what it compiles to in every environment."""
    found = options.open().validate(select=select, exclude=exclude)
    replace(options, quiet=options.quiet and not found.errors).emit(found)
    return 1 if found.errors or (strict and found.diagnostics) else 0
