"""`callsheet render`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    dask_option,
    environment_option,
    select_options,
)


@click.command("render")
@click.argument("names", nargs=-1, shell_complete=complete_actions)
@environment_option
@select_options
@common_options
@dask_option
@click.option(
    "-p",
    "--params",
    multiple=True,
    metavar="FILE|NAME=VALUE",
    help="Parameter values, from a JSON or YAML file or one by one: show the request that would be sent.",
)
@click.option(
    "--explain", is_flag=True, help="Show each field with the document and the line that writes it."
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
    explain: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> None:
    """Show compiled actions or, with --params, the exact requests. Secrets stay references."""
    opened = options.open()
    if diff_env:
        options.emit(opened.compare_environments(*diff_env, names, select=select, exclude=exclude))
    elif explain:
        options.emit(opened.origins(names, env, select=select, exclude=exclude))
    elif everywhere:
        options.emit(opened.render_all(env, select=select, exclude=exclude))
    elif params:
        options.emit(opened.request(names, env, params, revision=revision, select=select, exclude=exclude))
    else:
        options.emit(opened.render(names, env, revision=revision, select=select, exclude=exclude))
