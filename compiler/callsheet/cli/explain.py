"""`callsheet explain`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, output_options


@click.command("explain")
@click.argument("code", required=False)
@click.option("--list", "everything", is_flag=True, help="List every code.")
@output_options
def command(code: str | None, everything: bool, *, options: Options) -> None:
    """Explain a code, such as CS412, with examples."""
    from callsheet.standalone import explain

    options.emit(explain(None if everything else code))
