"""`callsheet send`."""

from __future__ import annotations

import sys

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
    refusing_invalid,
    style_of,
)
from callsheet.errors import CallsheetError


@click.command("send")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@common_options
@click.option("-p", "--params", multiple=True, metavar="FILE|NAME=VALUE", help="Parameters, as for render.")
@click.option("--dry-run", is_flag=True, help="Show what would leave, and stop.")
@click.option("--yes", is_flag=True, help="Send without asking.")
@refusing_invalid
def command(
    name: str, env: str | None, params: tuple[str, ...], dry_run: bool, yes: bool, *, options: Options
) -> int:
    """Send an action for real: what will leave is shown first, secrets as references."""
    from callsheet.calling import build_request
    from callsheet.calling.sending import send
    from callsheet.cli.render import contents_of, given_parameters
    from callsheet.reporting import report
    from callsheet.reporting.results import RenderResult, SendResult
    from callsheet.secrets import resolve

    opened = options.open()
    environment = opened.environment(env)
    (compiled,) = contents_of(opened, environment.name, (name,))
    given = given_parameters(compiled, params)
    request = build_request(compiled, given)
    shown = RenderResult(environment=environment.name, requests=[(name, request)])
    if dry_run:
        options.emit(shown)
        return 0
    if options.output == "text" and not options.quiet:
        click.echo(report("text").write(shown, style_of(sys.stdout)))
    if not environment.allow_send:
        raise CallsheetError(
            "CS960",
            f"the environment {environment.name} does not allow to send",
            help="write `allowSend: true` into its spec, where a call by hand does no harm",
        )
    if not yes and not (sys.stdin.isatty() and click.confirm("Send this request?", err=True)):
        raise CallsheetError("CS920", "not sent", help="answer the question, or give --yes")
    answer = send(compiled, given, resolve)
    result = SendResult(environment=environment.name, name=name, request=request, answer=answer)
    options.emit(result)
    return 0 if answer.outcome == "ok" else 1
