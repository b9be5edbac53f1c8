"""`callsheet send`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_actions,
    environment_option,
    style_of,
)
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callsheet.api import Workspace
    from callsheet.calling.sending import Answer
    from callsheet.language import Environment
    from callsheet.outbound.destinations import Destination
    from callsheet.outbound.hosts import AllowedHosts

Content = dict[str, Any]


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
    from callsheet.cli.render import contents_of, given_parameters, refuse_silent, request_of
    from callsheet.reporting import report
    from callsheet.results import RenderResult, SendResult

    opened = options.open()
    environment = opened.environment(env)
    (content,) = contents_of(opened.compile(), environment.name, (name,))
    refuse_silent(content)
    given = given_parameters(content, params)
    if form is not None:
        _export(*_called(opened, environment, content, given, language), form, options)
        return 0
    request = request_of(opened.compile(), environment.name, content, given, language)
    shown = RenderResult(environment=environment.name, requests=[(name, request)])
    if dry_run:
        options.emit(shown)
        return 0
    if options.output == "text" and not options.quiet:
        click.echo(report("text").write(shown, style_of(sys.stdout)))
    if to is None:
        _allow(environment)
        _ask(_unallowed(opened, environment, content, given, language), opened.allowed, yes=yes)
    answer, findings = _sent(opened, environment, content, given, language, to)
    options.emit(
        SendResult(
            environment=environment.name, name=name, request=request, answer=answer, findings=findings
        )
    )
    return 0 if answer.outcome == "ok" and not findings else 1


def _called(
    opened: Workspace, environment: Environment, content: Content, given: Content, language: str | None
) -> tuple[Content, Content]:
    """Return the action that is called, with its parameters: for a message, the one that delivers it."""
    from callsheet.cli.render import delivering_action

    if content.get("kind") != "Message":
        return content, given
    from callsheet.messages import fill_message
    from callsheet.messages.delivery import action_parameters

    action = delivering_action(opened.compile(), environment.name, content)
    if action is None:
        raise CallsheetError(
            "CS967",
            "an email that a mail server delivers is not an HTTP request",
            help="see it with --dry-run, or as a page: `callsheet preview`",
        )
    return action, action_parameters(content, given, fill_message(content, given, language), action)


def _sent(
    opened: Workspace,
    environment: Environment,
    content: Content,
    given: Content,
    language: str | None,
    to: str | None,
) -> tuple[Answer, list[str]]:
    """Send it; gives what came back, and what is wrong with that."""
    from callsheet.outbound.secrets import resolve

    if "smtp" in content.get("via", {}):
        from callsheet.messages import fill_message
        from callsheet.messages.delivery import deliver_mail
        from callsheet.messages.mail import stand_in_for

        server = content["via"]["smtp"] if to is None else stand_in_for(to)
        return deliver_mail(content, fill_message(content, given, language), server, resolve), []
    from callsheet.calling.sending import Way, send
    from callsheet.compiling.endpoints import cappings_of
    from callsheet.contracts.judgement import judge

    compiled, params = _called(opened, environment, content, given, language)
    if to is None:
        way = Way(resolve=resolve)
    else:
        from callsheet.emulator import way_to

        way = way_to(to, compiled)
    caps = cappings_of(opened.compile(), environment.name, compiled)
    answer = send(compiled, params, way, caps=caps)
    return answer, judge(compiled, opened.operation(compiled["name"]), answer)


def _export(compiled: Content, given: Content, form: str, options: Options) -> None:
    from callsheet.calling.exports import export
    from callsheet.cli.common import write_file

    text, notes = export(compiled, given, form)
    if options.out is not None:
        write_file(options.out, text + "\n")
    else:
        sys.stdout.write(text + "\n")
    for one in notes:
        click.echo(f"note: {one}", err=True)


def _allow(environment: Environment) -> None:
    """Refuse a call that may not be made for real: CS960."""
    if not environment.allow_send:
        raise CallsheetError(
            "CS960",
            f"the environment {environment.name} does not allow sending",
            help="write `allowSend: true` into its spec, if a manual call does no harm;"
            " or try it without an account: `callsheet emulate`, and send with --to",
        )


def _unallowed(
    opened: Workspace, environment: Environment, content: Content, given: Content, language: str | None
) -> list[Destination]:
    """Return the hosts beside that of the request that would get a secret, and that nobody named."""
    from callsheet.calling.destinations import destinations_of_call
    from callsheet.calling.request import build_request
    from callsheet.messages.destinations import destinations_of_mail

    definitions = opened.compile().definitions
    if "smtp" in content.get("via", {}):
        found = list(destinations_of_mail(content, definitions[content["name"]], environment))
    else:
        compiled, params = _called(opened, environment, content, given, language)
        url = build_request(compiled, params).url
        found = list(destinations_of_call(compiled, url, definitions[compiled["name"]], environment))
    allowed = opened.allowed
    return [one for one in found if not allowed.allows(one.host, one.port)]


def _ask(others: Sequence[Destination], allowed: AllowedHosts, *, yes: bool) -> None:
    """Ask whether to send, naming the other hosts; CS920 for no, CS961 where nobody can be asked."""
    from callsheet.outbound.destinations import refuse_destinations

    if yes or not sys.stdin.isatty():
        refuse_destinations(others, allowed, "this call")
    for one in others:
        click.echo(f"note: {one.sentence}", err=True)
    if not yes and not (sys.stdin.isatty() and click.confirm("Send this request?", err=True)):
        raise CallsheetError("CS920", "not sent", help="answer the question, or pass --yes")
