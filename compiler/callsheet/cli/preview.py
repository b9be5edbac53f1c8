"""`callsheet preview`."""

from __future__ import annotations

from pathlib import Path

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
    writes,
)
from callsheet.standalone import refuse_links, write_file


@writes("text", "json")
@click.command("preview")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@common_options
@click.option(
    "-p",
    "--params",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Parameter values to use instead of the examples.",
)
@click.option(
    "--language", multiple=True, metavar="LANGUAGE", help="Show only this language; can be repeated."
)
@click.option("--images", is_flag=True, help="Allow the page to load the images of an email.")
def command(
    name: str,
    env: str | None,
    params: tuple[str, ...],
    language: tuple[str, ...],
    images: bool,
    *,
    options: Options,
) -> None:
    """Write a page that shows a message as on a phone or in an inbox, with sample parameters.

    The languages are shown side by side, with hints on segments, lengths, size, contrast and alt texts.
    The page is NAME.preview.html, or --out FILE. It runs no script and loads nothing.
    """
    from callsheet.reporting.preview import preview_page

    result = options.open().preview(name, env, params, languages=language)
    if options.output != "text":
        options.emit(result)
        return
    path = options.out or f"{name}.preview.html"
    if options.out is None:
        refuse_links(Path(), path)
    write_file(path, preview_page(result, images=images))
    if not options.quiet:
        click.echo(f"wrote {path}")
        for one, hints in result.hints.items():
            for hint in hints:
                click.echo(f"  {one}: {hint}")
