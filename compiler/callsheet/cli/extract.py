"""`callsheet extract`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, common_options, select_options

if TYPE_CHECKING:
    from callsheet.results import Extraction


@click.group("extract")
def command() -> None:
    """Say once what several actions have in common."""


@command.command("connection")
@click.argument("name")
@select_options
@click.option("--dry-run", is_flag=True, help="Write nothing; show the files and how many lines they lose.")
@common_options
def connection(
    name: str, select: tuple[str, ...], exclude: tuple[str, ...], dry_run: bool, *, options: Options
) -> None:
    """Write a Connection with what the selected actions have in common, and take it out of their files.

    The base of the URLs, headers, query, authentication, limits, contract, parameters, responses, owner and
    labels. Comments stay. Every object compiles to the same bytes as before, or nothing is written.
    """
    if not select and not exclude:
        raise click.UsageError("name the actions with --select")
    opened = options.open()
    found = opened.extract(name, select, exclude=exclude, file=options.out)
    if not dry_run:
        opened.write(found)
    if not options.quiet:
        _show(found, "would change" if dry_run else "changed", "would write" if dry_run else "wrote")


def _show(found: Extraction, changed: str, wrote: str) -> None:
    from callsheet.reporting.terminal import safe

    if not found.texts:
        click.echo("There is nothing to extract.")
    if found.file is not None:
        click.echo(f"{wrote} {safe(found.file)} ({found.lines} lines)")
    for one in found.shortened:
        click.echo(f"{changed} {safe(one.file)}: {one.before} -> {one.after} lines")
        for path, why in one.kept:
            click.echo(f"  {safe(path)} stays: {why}")
    for name, why in found.left:
        click.echo(f"left {name} as it is: {safe(why)}")
    if found.texts:
        less = f"{found.fewer} fewer" if found.fewer >= 0 else f"{-found.fewer} more"
        click.echo(f"{less} lines in {len(found.texts)} files; every action compiles to the same bytes.")
