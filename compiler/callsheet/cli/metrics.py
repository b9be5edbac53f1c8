"""`callsheet metrics`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    environment_option,
    writes,
    wrong_arguments,
)


@writes("text", "json", "markdown", "html")
@click.command("metrics")
@click.argument("names", nargs=-1)
@environment_option
@click.option("--from", "file", metavar="FILE", help="The saved result of the query: CSV or JSON.")
@click.option("--sql", is_flag=True, help="Print the query for Adobe's Query Service, and stop.")
@click.option(
    "--hours", type=click.IntRange(1, 24 * 90), default=24, show_default=True, help="How far back."
)
@click.option("--save", metavar="FILE", help="Write the rows, for `--from` and `plan --metrics`.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="CONDITION",
    help="Exit with 1 where it holds, such as 'error_rate > 5%'; can be repeated.",
)
@allow_host_option
@common_options
def command(
    names: tuple[str, ...],
    env: str | None,
    file: str | None,
    sql: bool,
    hours: int,
    save: str | None,
    fail_on: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Show how the calls of the actions went: errors, timeouts, capped calls, latency.

    The figures come from the step events of journeys. Adobe's Query Service is asked, with the account of
    the target; or run the query of --sql there, save its result, and read it with --from.
    """
    from callsheet.standalone import metrics_query, metrics_rows, write_file

    if sql:
        click.echo(metrics_query(hours), nl=False)
        return 0
    with wrong_arguments():
        found = options.open().metrics(file, names, env, fail_on=fail_on, hours=hours)
    if save is not None:
        write_file(save, metrics_rows(found))
    options.emit(found)
    return 1 if found.failures else 0
