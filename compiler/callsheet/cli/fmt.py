"""`callsheet fmt`."""

from __future__ import annotations

import sys
from difflib import unified_diff
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, common_options, style_of

if TYPE_CHECKING:
    from callsheet.results import FormattedFile


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not formatted.")
@click.option("--diff", "show", is_flag=True, help="Write nothing; show what would change.")
@common_options
def command(files: tuple[str, ...], check: bool, show: bool, *, options: Options) -> int:
    """Sort keys in the order of the schema, and keep comments. Without FILES, format the workspace."""
    from callsheet.reporting.terminal import safe, shown_line

    opened = options.open()
    changed, failed = [], 0
    for one in opened.fmt(files).files:
        shown = shown_line(str(one.path))
        if one.problem is not None:
            failed += 1
            click.echo(f"{shown}:{one.problem.span.line}: error {one.problem.code}", err=True)
            click.echo(f"  {safe(one.problem.message)}\n  help: {safe(one.problem.help)}", err=True)
        elif one.after != one.before:
            changed.append(shown)
            if show:
                _show(one)
            elif not check:
                opened.rewrite(one.path.absolute(), one.after)
    if not options.quiet:
        for path in changed if not show else ():
            click.echo(f"{'would change' if check else 'changed'} {path}")
    return 1 if failed or (check and changed) else 0


def _show(file: FormattedFile) -> None:
    from callsheet.reporting.terminal import paint, shown_line

    style = style_of(sys.stdout)
    colours = {"-": "red", "+": "green", "@": "dim"}
    name, before, after = str(file.path), file.before.splitlines(), file.after.splitlines()
    for line in unified_diff(before, after, name, name, lineterm=""):
        text = shown_line(line)
        click.echo(paint(text, colours[line[0]], style) if line[:1] in colours else text)
