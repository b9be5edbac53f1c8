"""`callsheet render`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
)

if TYPE_CHECKING:
    from callsheet.api import Workspace
    from callsheet.calling import Request
    from callsheet.compiling import Compiled


@click.command("render")
@click.argument("names", nargs=-1, shell_complete=complete_actions)
@environment_option
@common_options
@click.option(
    "--params",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Parameter values, from a JSON or YAML file or one by one: show the request that would be sent.",
)
@click.option("--all", "everywhere", is_flag=True, help="Every action, in every environment.")
@click.option("--at", "revision", metavar="REV", help="Compile this git revision instead of the files.")
@click.option("--diff-env", nargs=2, metavar="A B", help="Show how two environments differ.")
def command(
    names: tuple[str, ...],
    env: str | None,
    params: tuple[str, ...],
    everywhere: bool,
    revision: str | None,
    diff_env: tuple[str, str] | None,
    *,
    options: Options,
) -> None:
    """Show compiled actions or, with --params, the exact requests. Secrets stay references."""
    from callsheet.results import RenderResult

    opened = options.open()
    if diff_env:
        options.emit(_difference(opened, names, diff_env))
        return
    if everywhere:
        options.emit(_everything(opened, env))
        return
    name = opened.environment(env).name
    compiled = opened.compile() if revision is None else opened.compile_revision(revision)
    contents = contents_of(compiled, name, names)
    if not params:
        result = RenderResult(environment=name, actions=contents)
    else:
        requests = [
            (one["name"], request_of(compiled, name, one, given_parameters(one, params)))
            for one in contents
        ]
        result = RenderResult(environment=name, requests=requests)
    options.emit(result)


def request_of(
    compiled: Compiled,
    environment: str,
    content: dict[str, Any],
    given: dict[str, Any],
    language: str | None = None,
) -> Request:
    """Return the request of an action, or the one that delivers a message."""
    from callsheet.calling import build_request

    refuse_silent(content)
    if content.get("kind") != "Message":
        return build_request(content, given)
    from callsheet.messages import fill_message
    from callsheet.messages.delivery import message_request

    action = delivering_action(compiled, environment, content)
    return message_request(content, given, fill_message(content, given, language), action)


def refuse_silent(content: dict[str, Any]) -> None:
    """Refuse what sends nothing: the configuration of an endpoint; raises CS925."""
    from callsheet.errors import CallsheetError

    if content.get("kind") == "EndpointConfig":
        raise CallsheetError(
            "CS925",
            f"`{content['name']}` is an endpoint configuration, which sends nothing",
            help="name an action or a message",
        )


def delivering_action(
    compiled: Compiled, environment: str, message: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the compiled action that delivers a message; None for a mail server."""
    if "action" not in message["via"]:
        return None
    return contents_of(compiled, environment, (message["via"]["action"],))[0]


def contents_of(compiled: Compiled, environment: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return compiled actions of an environment by their names, or all of them; raises CS925."""
    from callsheet.api import InvalidWorkspaceError, refuse_errors_of
    from callsheet.errors import CallsheetError
    from callsheet.language.schema_check import nearest

    by_name = {one.name: one.content for one in compiled.by_environment.get(environment, {}).values()}
    for name in names:
        refuse_errors_of(compiled, (name,), environment)
        if name not in by_name and compiled.errors:
            # It may be the one that could not be read.
            raise InvalidWorkspaceError(compiled)
        if name not in by_name:
            raise CallsheetError(
                "CS925",
                f"there is no action `{name}` in {environment}{nearest(name, by_name)}",
                help=f"the actions are: {', '.join(sorted(by_name))}",
            )
    if not names and compiled.errors:
        raise InvalidWorkspaceError(compiled)
    return [by_name[name] for name in names or sorted(by_name)]


def _everything(workspace: Workspace, env: str | None) -> Any:
    from callsheet.results import WorkspaceResult

    names = [workspace.environment(env).name] if env else [one.name for one in workspace.compile().concrete]
    return WorkspaceResult(
        environments={name: contents_of(workspace.compile(), name, ()) for name in names}
    )


def _difference(workspace: Workspace, names: tuple[str, ...], pair: tuple[str, str]) -> Any:
    from callsheet.api import InvalidWorkspaceError, place_in
    from callsheet.planning import compare
    from callsheet.results import DiffResult

    compiled = workspace.compile()
    if compiled.errors:
        raise InvalidWorkspaceError(compiled)
    first, second = (workspace.environment(name) for name in pair)
    before, after = (compiled.by_environment.get(one.name, {}) for one in (first, second))
    changes = compare(before, after, renamed_from={}, place=place_in(compiled, second))
    chosen = [one for one in changes if not names or one.address.partition("/")[2] in names]
    return DiffResult(base=first.name, environments={second.name: chosen})


def given_parameters(compiled: dict[str, Any], params: tuple[str, ...]) -> dict[str, Any]:
    """Read parameters: `NAME=VALUE`, or a file that holds a mapping."""
    from callsheet.calling.parameters import read_argument

    given: dict[str, Any] = {}
    for one in params:
        name, equals, text = one.partition("=")
        if equals:
            given[name] = read_argument(compiled.get("parameters", {}), name, text)
        else:
            given |= _from_file(one)
    return given


def _from_file(path: str) -> dict[str, Any]:
    from pathlib import Path

    from callsheet.documents.reading import decode, parse

    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {(error.strerror or '').lower()}") from None
    text, problem = decode(content, path)
    if problem is None:
        documents, problems = parse(text, path)
        problem = problems[0] if problems else None
        if problem is None and len(documents) == 1 and isinstance(documents[0].value, dict):
            return documents[0].value
    where = f":{problem.span.line}:{problem.span.column}: {problem.message}" if problem else ""
    raise click.UsageError(f"{path}{where}: a file of parameters must contain one mapping")
