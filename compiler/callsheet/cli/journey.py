"""`callsheet journey`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, common_options, complete_actions, environment_option, writes


@writes("text", "json")
@click.command("journey")
@click.argument("names", nargs=-1, shell_complete=complete_actions)
@environment_option
@common_options
@click.option("--lang", default="en", metavar="LANGUAGE", help="The language of labels.", show_default=True)
def command(names: tuple[str, ...], env: str | None, lang: str, *, options: Options) -> None:
    """Show what a journey of Journey Optimizer needs of each action, whatever the environment's target is.

    Each field is a constant or a variable of the screen, or an expression to paste into the journey, in
    which a label in angle quotes stands for the source of a parameter. A field is exact, rough (with how it
    differs), or needs a relay because the journey cannot do it (with the reason).
    """
    options.emit(options.open().journey(names, env, language=lang))
    if lang != "en" and options.output == "text" and not options.quiet:
        labels = f"labels are in `{lang}` where the definitions have them, and"
        click.echo(f"note: {labels} the other words in English; a pack is in English or French", err=True)
