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
    import callsheet.rules  # noqa: F401 - fills the catalog
    from callsheet.language.catalog import RULES
    from callsheet.language.schema_check import nearest
    from callsheet.results import ExplainResult

    if everything or code is None:
        chosen = [RULES[one] for one in sorted(RULES)]
    elif code.upper() in RULES:
        chosen = [RULES[code.upper()]]
    else:
        by_name = {one.name: one for one in RULES.values()}
        if code not in by_name:
            hint = nearest(code.upper(), RULES) or nearest(code, by_name)
            raise click.UsageError(f"there is no code {code!r}{hint}; `callsheet explain --list` has all")
        chosen = [by_name[code]]
    detailed = not everything and code is not None
    options.emit(ExplainResult(rules=chosen, detailed=detailed))
