"""`callsheet emulate`."""

from __future__ import annotations

import threading

import click

from callsheet.cli.common import Options, common_options, environment_option


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
    from callsheet.emulator import Emulator, Faults, Reloader, state_of
    from callsheet.emulator.playing import Call
    from callsheet.reporting.terminal import count, safe

    def told(call: Call) -> None:
        reason = f"  {safe(call.reason)}" if call.reason else ""
        click.echo(f"{call.status or '---'} {call.action or '-'} {call.method} {safe(call.url)}{reason}")

    root = options.open().root
    before = state_of(root)
    emulator = Emulator(options.open().routes(env), Faults(fail), port=port, told=told)
    reloader = Reloader(emulator, before, lambda: state_of(root), lambda: options.open().routes(env))
    thread = threading.Thread(target=emulator.serve, daemon=True)
    thread.start()
    number = len({one.name for one in emulator.routes})
    click.echo(f"{emulator.url} plays {count(number, 'action')}; Ctrl-C ends it.")
    reloader.told = lambda words: click.echo(f"--- {safe(words)}")
    threading.Thread(target=reloader.run, daemon=True).start()
    try:
        thread.join()
    except KeyboardInterrupt:
        emulator.close()
    finally:
        reloader.stop.set()
