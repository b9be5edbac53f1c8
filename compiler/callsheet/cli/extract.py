"""`callsheet extract`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, common_options, select_options, writes


@click.group("extract")
def command() -> None:
    """Say once what several actions have in common."""


@writes("text", "json")
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
    options.write_files(opened, found, dry_run=dry_run)
