"""`callsheet completion`: the script by which a shell completes."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


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
