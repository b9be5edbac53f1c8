"""`callsheet validate`."""

from __future__ import annotations

import click

from callsheet.cli.common import emit, open_workspace, output_options, workspace_options


@click.command("validate")
@workspace_options
@output_options
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
def command(
    workspace: str | None, no_cache: bool, output: str, out: str | None, quiet: bool, strict: bool
) -> int:
    """Check every document and everything that it compiles to, for every environment."""
    from callsheet.reporting.results import ValidationResult

    compiled = open_workspace(workspace, no_cache).compile()
    result = ValidationResult(diagnostics=compiled.diagnostics, documents=compiled.documents)
    emit(result, output=output, out=out, quiet=quiet and not compiled.errors)
    return 1 if compiled.errors or (strict and compiled.diagnostics) else 0
