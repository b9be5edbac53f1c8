"""`callsheet validate`."""

from __future__ import annotations

from dataclasses import replace

import click

from callsheet.cli.common import Options, common_options


@click.command("validate")
@common_options
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
def command(strict: bool, *, options: Options) -> int:
    """Check every document, and what it compiles to in every environment."""
    from callsheet.results import ValidationResult

    compiled = options.open().compile()
    result = ValidationResult(
        diagnostics=compiled.diagnostics, documents=compiled.documents, notes=compiled.notes
    )
    replace(options, quiet=options.quiet and not compiled.errors).emit(result)
    return 1 if compiled.errors or (strict and compiled.diagnostics) else 0
