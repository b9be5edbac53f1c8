"""`callsheet preview`."""

from __future__ import annotations

from pathlib import Path

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
)
from callsheet.standalone import refuse_links, write_file


@click.command("preview")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@common_options
@click.option("-p", "--params", multiple=True, metavar="FILE|NAME=VALUE", help="Instead of the examples.")
@click.option("--language", multiple=True, metavar="LANGUAGE", help="Only this one; repeatable.")
@click.option("--images", is_flag=True, help="Let the page load the images that an email names.")
def command(
    name: str,
    env: str | None,
    params: tuple[str, ...],
    language: tuple[str, ...],
    images: bool,
    *,
    options: Options,
) -> None:
    """Write a page that shows a message as a phone, an inbox or an SMS would, with sample parameters.

    Every language stands side by side, with its hints: segments, lengths, size, contrast, alt texts. The
    page is NAME.preview.html, or --out FILE; it runs and loads nothing.
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
