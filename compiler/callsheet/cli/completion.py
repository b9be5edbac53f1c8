"""`callsheet completion`, and what the shells complete: names of environments and actions."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of a shell.

    For bash: eval "$(callsheet completion bash)"; for zsh the same with zsh; for fish:
    callsheet completion fish | source
    """
    from callsheet.cli.main import callsheet

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    click.echo(found(callsheet, {}, "callsheet", "_CALLSHEET_COMPLETE").source())


def environment_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the environments of the workspace that begin so."""
    del parameter
    return _beginning(incomplete, _names(context, "environments"))


def action_names(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Return the actions of the workspace that begin so."""
    del parameter
    return _beginning(incomplete, _names(context, "definitions"))


def _names(context: click.Context, what: str) -> list[str]:
    """Read the workspace; a completion that fails offers nothing, and says nothing."""
    from callsheet.cli.common import Options

    try:
        compiled = Options(workspace=context.params.get("workspace")).open().compile()
    except Exception:
        return []
    return sorted(getattr(compiled, what))


def _beginning(incomplete: str, names: list[str]) -> list[CompletionItem]:
    return [CompletionItem(one) for one in names if one.startswith(incomplete)]
