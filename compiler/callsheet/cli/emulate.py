"""`callsheet emulate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, common_options, environment_option

if TYPE_CHECKING:
    from callsheet.results import Call


@click.command("emulate")
@environment_option
@common_options
@click.option(
    "--port", default=8025, show_default=True, type=click.IntRange(0, 65_535), help="0: any that is free."
)
@click.option(
    "--fail",
    multiple=True,
    metavar="KIND[:N]",
    help="Fail instead: 401, 429, 500, 503, html, redirect, stall, cut or garbled; N: the next N calls.",
)
def command(env: str | None, port: int, fail: tuple[str, ...], *, options: Options) -> None:
    """Play every service that the workspace calls, on this machine: no account and no secret is needed.

    It checks each call as the service would, by the action's contract where it has one, answers with the
    action's samples, and shows at `/` what came. `callsheet send NAME --to URL` calls it. Files that change
    are read again; while they are not valid, it plays on what it was, and says so.
    """
    from callsheet.reporting.terminal import count, safe

    def called(call: Call) -> None:
        reason = f"  {safe(call.reason)}" if call.reason else ""
        click.echo(f"{call.status or '---'} {call.action or '-'} {call.method} {safe(call.url)}{reason}")

    playing = options.open().emulate(env, port=port, faults=fail, called=called)
    click.echo(f"{playing.url} plays {count(len(playing.actions), 'action')}; Ctrl-C ends it.")
    playing.follow(lambda words: click.echo(f"--- {safe(words)}"))
    try:
        playing.wait()
    finally:
        playing.close()
