"""`callsheet fmt`."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path

import click

from callsheet.cli.common import Options, common_options, style_of
from callsheet.cli.rewriting import rewrite_file
from callsheet.errors import CallsheetError


@click.command("fmt")
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not formatted.")
@click.option("--diff", "show", is_flag=True, help="Write nothing; show what would change.")
@common_options
def command(files: tuple[str, ...], check: bool, show: bool, *, options: Options) -> int:
    """Sort keys in the order of the schema, and keep comments. Without FILES, format the workspace."""
    from callsheet.documents import FolderSource
    from callsheet.language.formatting import formatted
    from callsheet.reporting.terminal import safe

    opened = options.open()
    chosen = [Path(one) for one in files] or [
        opened.root / one for one in FolderSource(opened.root).files()
    ]
    changed, failed = [], 0
    for path in chosen:
        if path.suffix not in (".yaml", ".yml"):
            continue
        text = _read(path)
        result, problem = formatted(text, str(path))
        if problem is not None:
            failed += 1
            click.echo(f"{safe(str(path))}:{problem.span.line}: error {problem.code}", err=True)
            click.echo(f"  {safe(problem.message)}\n  help: {safe(problem.help)}", err=True)
        elif result != text:
            changed.append(path)
            if show:
                _show(path, text, result)
            elif not check:
                rewrite_file(path, result)
    if not options.quiet:
        for path in changed if not show else ():
            click.echo(f"{'would change' if check else 'changed'} {safe(str(path))}")
    return 1 if failed or (check and changed) else 0


def _read(path: Path) -> str:
    from callsheet.documents.reading import decode

    try:
        content = path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {(error.strerror or '').lower()}") from None
    text, problem = decode(content, str(path))
    if problem is not None:
        raise CallsheetError(problem.code, f"{path}: {problem.message}", help=problem.help)
    return text


def _show(path: Path, before: str, after: str) -> None:
    from callsheet.reporting.terminal import paint, safe

    style = style_of(sys.stdout)
    colours = {"-": "red", "+": "green", "@": "dim"}
    name = str(path)
    for line in unified_diff(before.splitlines(), after.splitlines(), name, name, lineterm=""):
        click.echo(paint(safe(line), colours[line[0]], style) if line[:1] in colours else safe(line))
