"""`callsheet adopt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
    select_options,
    writes,
)

if TYPE_CHECKING:
    from callsheet.results import Adoption
    from callsheet.workspace import Workspace


@writes("text", "json")
@click.command("adopt")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Everything that is deployed and not managed.")
@select_options
@click.option("--dry-run", is_flag=True, help="Write nothing; show the files. With --all or --select.")
@environment_option
@allow_host_option
@common_options
def command(
    name: str | None,
    everything: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    dry_run: bool,
    env: str | None,
    *,
    options: Options,
) -> int:
    """Write the files of deployed objects that the workspace does not define, to manage them.

    The files compile to the same bytes: the next plan adopts the objects and does not change them. With
    --all or --select, actions of one host that authenticate alike share a connection.
    """
    several = everything or bool(select)
    if several == (name is not None) or (everything and select) or (exclude and not several):
        raise click.UsageError("name one object, or use --all or --select")
    if dry_run and not several:
        raise click.UsageError("--dry-run needs --all or --select")
    if options.output != "text" and not several:
        raise click.UsageError(f"-o {options.output} needs --all or --select")
    if options.out is not None and several:
        raise click.UsageError("--out names the file of one object")
    opened = options.open()
    if name is None:
        return _adopt_all(opened, opened.adopt_all(env, select=select, exclude=exclude), dry_run, options)
    written = opened.adopt(name, env, file=options.out)
    for path in (written.path, *written.beside):
        click.echo(f"wrote {path}")
    here = opened.environment(env).name
    others = [one.name for one in opened.compile().concrete if one.name != here]
    click.echo(f"Next: callsheet plan{f' -e {here}' if others else ''}, which adopts it without a change")
    if others:
        click.echo(
            f"It has the values of {here}, and also applies to {', '.join(others)}:"
            " exclude it there with `select`, or move what differs into `values`"
        )
    return 0


def _adopt_all(opened: Workspace, found: Adoption, dry_run: bool, options: Options) -> int:
    """Write the files of several objects, or show them; 1 where some of them cannot be described."""
    from callsheet.reporting.terminal import safe

    options.write_files(opened, found, dry_run=dry_run)
    for address, why in found.left.items():
        click.echo(f"{safe(address)} is not adopted: {safe(why)}", err=True)
    return 1 if found.left else 0
