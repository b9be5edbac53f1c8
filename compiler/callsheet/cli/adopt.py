"""`callsheet adopt`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, allow_host_option, common_options, environment_option
from callsheet.cli.tree import show_tree

if TYPE_CHECKING:
    from callsheet.results import Adoption
    from callsheet.workspace import Workspace


@click.command("adopt")
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Everything that is deployed and not managed.")
@click.option(
    "--select",
    multiple=True,
    metavar="SELECTOR",
    help="In place of a name: a pattern for names, or label:NAME=VALUE; can be repeated.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show the files. With --all or --select.")
@environment_option
@allow_host_option
@common_options
def command(
    name: str | None,
    everything: bool,
    select: tuple[str, ...],
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
    if several == (name is not None) or (everything and select):
        raise click.UsageError("name one object, or use --all or --select")
    if dry_run and not several:
        raise click.UsageError("--dry-run needs --all or --select")
    if options.out is not None and several:
        raise click.UsageError("--out names the file of one object")
    opened = options.open()
    if name is None:
        return _adopt_all(opened, env, select, dry_run, options)
    written = opened.adopt(name, env, file=options.out)
    click.echo(f"wrote {written.path}")
    here = opened.environment(env).name
    others = [one.name for one in opened.compile().concrete if one.name != here]
    _show_next(here, others, "it", "It has", "also applies")
    return 0


def _adopt_all(
    opened: Workspace, env: str | None, select: tuple[str, ...], dry_run: bool, options: Options
) -> int:
    """Write the files of several objects, or show them; 1 where some of them cannot be described."""
    found = opened.adopt_all(env, select=select)
    if not dry_run:
        opened.write(found)
    if not options.quiet:
        _show(found, "would write" if dry_run else "wrote")
        if found.files and not dry_run:
            _show_next(found.environment, found.elsewhere, "them", "They have", "also apply")
    for address, why in found.left.items():
        click.echo(f"{address} is not adopted: {why}", err=True)
    return 1 if found.left else 0


def _show(found: Adoption, wrote: str) -> None:
    """Show the files, folder by folder."""
    from callsheet.reporting.terminal import safe

    if not found.files:
        click.echo(f"Nothing to adopt in {found.environment}.")
        return
    show_tree(found.texts, {*found.files.values()}, found.connections)
    click.echo(f"{wrote} {len(found.texts)} files for {len(found.files)} deployed objects")
    if found.secrets:
        click.echo(f"They refer to {', '.join(map(safe, found.secrets))}.")


def _show_next(here: str, others: Sequence[str], it: str, has: str, applies: str) -> None:
    where = f" -e {here}" if others else ""
    click.echo(f"Next: callsheet plan{where}, which adopts {it} without a change")
    if others:
        click.echo(
            f"{has} the values of {here}, and {applies} to {', '.join(others)}:"
            f" exclude {it} there with `select`, or move what differs into `values`"
        )
