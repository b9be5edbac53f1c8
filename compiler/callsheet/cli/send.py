"""`callsheet send`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from callsheet.calling.sending import Way
    from callsheet.language import Environment


@click.command("send")
@click.argument("name", shell_complete=complete_actions)
@environment_option
@common_options
@click.option("-p", "--params", multiple=True, metavar="FILE|NAME=VALUE", help="Parameters, as for render.")
@click.option("--dry-run", is_flag=True, help="Show what would leave, and stop.")
@click.option("--curl", "form", flag_value="curl", help="Write it as a curl line instead, and stop.")
@click.option("--httpie", "form", flag_value="httpie", help="Write it as an HTTPie line instead, and stop.")
@click.option("--har", "form", flag_value="har", help="Write it as a HAR file instead, and stop.")
@click.option(
    "--to", metavar="URL", help="Send it to `callsheet emulate` at URL, with stand-ins for the secrets."
)
@click.option("--yes", is_flag=True, help="Send without asking.")
@refusing_invalid
def command(
    name: str,
    env: str | None,
    params: tuple[str, ...],
    dry_run: bool,
    form: str | None,
    to: str | None,
    yes: bool,
    *,
    options: Options,
) -> int:
    """Send an action for real: what will leave is shown first, secrets as references."""
    from callsheet.calling import build_request
    from callsheet.calling.judgement import judge
    from callsheet.calling.sending import send
    from callsheet.cli.render import contents_of, given_parameters
    from callsheet.reporting import report
    from callsheet.reporting.results import RenderResult, SendResult

    opened = options.open()
    environment = opened.environment(env)
    (compiled,) = contents_of(opened, environment.name, (name,))
    given = given_parameters(compiled, params)
    if form is not None:
        _export(compiled, given, form, options)
        return 0
    request = build_request(compiled, given)
    shown = RenderResult(environment=environment.name, requests=[(name, request)])
    if dry_run:
        options.emit(shown)
        return 0
    if options.output == "text" and not options.quiet:
        click.echo(report("text").write(shown, style_of(sys.stdout)))
    answer = send(compiled, given, _way(environment, compiled, to, yes))
    findings = judge(compiled, opened.operation(name), answer)
    result = SendResult(
        environment=environment.name, name=name, request=request, answer=answer, findings=findings
    )
    options.emit(result)
    return 0 if answer.outcome == "ok" and not findings else 1


def _export(compiled: dict[str, Any], given: dict[str, Any], form: str, options: Options) -> None:
    from callsheet.calling.exports import export
    from callsheet.cli.common import write_file

    text, notes = export(compiled, given, form)
    if options.out is not None:
        write_file(options.out, text + "\n")
    else:
        sys.stdout.write(text + "\n")
    for one in notes:
        click.echo(f"note: {one}", err=True)


def _way(environment: Environment, compiled: dict[str, Any], to: str | None, yes: bool) -> Way:
    """Give the way of the call; raises CS960 and CS920 where it may not be made for real."""
    from callsheet.calling.sending import Way
    from callsheet.secrets import resolve

    if to is not None:
        from callsheet.calling.emulator import way_to

        return way_to(to, compiled)
    if not environment.allow_send:
        raise CallsheetError(
            "CS960",
            f"the environment {environment.name} does not allow to send",
            help="write `allowSend: true` into its spec, where a call by hand does no harm;"
            " or try it without an account: `callsheet emulate`, and send with --to",
        )
    if not yes and not (sys.stdin.isatty() and click.confirm("Send this request?", err=True)):
        raise CallsheetError("CS920", "not sent", help="answer the question, or give --yes")
    return Way(resolve=resolve)
