"""`callsheet send`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_actions,
    environment_option,
    style_of,
)
from callsheet.standalone import write_file

if TYPE_CHECKING:
    from callsheet.results import ExportResult


@click.command("send")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@allow_host_option
@common_options
@click.option("-p", "--params", multiple=True, metavar="FILE|NAME=VALUE", help="Parameters, as for render.")
@click.option(
    "--language",
    metavar="LANGUAGE",
    help="The language of a message; default: the one that the message chooses.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be sent, and stop.")
@click.option("--curl", "form", flag_value="curl", help="Print it as a curl command instead of sending it.")
@click.option(
    "--httpie", "form", flag_value="httpie", help="Print it as an HTTPie command instead of sending it."
)
@click.option("--har", "form", flag_value="har", help="Print it as a HAR file instead of sending it.")
@click.option(
    "--to", metavar="URL", help="Send it to `callsheet emulate` at URL, with stand-ins for secrets."
)
@click.option("--yes", is_flag=True, help="Send without asking.")
def command(
    name: str,
    env: str | None,
    params: tuple[str, ...],
    language: str | None,
    dry_run: bool,
    form: str | None,
    to: str | None,
    yes: bool,
    *,
    options: Options,
) -> int:
    """Send an action or a message. What will be sent is shown first, with secrets as references."""
    from callsheet.reporting import report

    opened = options.open()
    if form is not None:
        _export(opened.export(name, form, env, params, language=language), options)
        return 0
    shown = opened.request((name,), env, params, language=language)
    if dry_run:
        options.emit(shown)
        return 0
    if options.output == "text" and not options.quiet:
        click.echo(report("text").write(shown, style_of(sys.stdout)))
    found = opened.send(name, env, params, language=language, to=to, ask=None if yes else _ask)
    options.emit(found)
    return 0 if found.answer.outcome == "ok" and not found.findings else 1


def _export(found: ExportResult, options: Options) -> None:
    if options.out is not None:
        write_file(options.out, found.text + "\n")
    else:
        sys.stdout.write(found.text + "\n")
    for one in found.notes:
        click.echo(f"note: {one}", err=True)


def _ask(others: Sequence[str]) -> bool | None:
    """Ask whether to send, naming what else goes where; None without a terminal."""
    if not sys.stdin.isatty():
        return None
    for one in others:
        click.echo(f"note: {one}", err=True)
    return click.confirm("Send this request?", err=True)
