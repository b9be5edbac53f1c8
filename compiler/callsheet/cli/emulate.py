"""`callsheet emulate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, environment_option, server_options

if TYPE_CHECKING:
    from callsheet.results import Call


@click.command("emulate")
@environment_option
@server_options
@click.option(
    "--port",
    default=8025,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="The port to listen on; 0 means any free one.",
)
@click.option(
    "--fail",
    multiple=True,
    metavar="KIND[:N]",
    help="Fail calls: 401, 429, 500, 503, html, redirect, stall, cut or garbled; with N, only the next N.",
)
def command(env: str | None, port: int, fail: tuple[str, ...], *, options: Options) -> None:
    """Emulate every service that the workspace calls, on this machine, without accounts or secrets.

    It checks each call against the action's contract, if there is one, answers with the action's samples,
    and shows the calls at `/`. `callsheet send NAME --to URL` calls it. Changed files are read again; while
    they are invalid, the last valid version is played, and a message says so.
    """
    from callsheet.reporting.terminal import counted, safe

    def called(call: Call) -> None:
        reason = f"  {safe(call.reason)}" if call.reason else ""
        click.echo(f"{call.status or '---'} {call.action or '-'} {call.method} {safe(call.url)}{reason}")

    playing = options.open().emulate(env, port=port, faults=fail, called=called)
    click.echo(f"{playing.url} plays {counted(len(playing.actions), 'action')}; Ctrl-C ends it.")
    playing.follow(lambda words: click.echo(f"--- {safe(words)}"))
    try:
        playing.wait()
    except KeyboardInterrupt:
        pass  # the way to end it
    finally:
        playing.close()
