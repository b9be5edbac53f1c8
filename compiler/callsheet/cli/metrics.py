"""`callsheet metrics`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, common_options, environment_option, writes


@writes("text", "json", "markdown", "html")
@click.command("metrics")
@click.argument("names", nargs=-1)
@environment_option
@click.option("--from", "file", metavar="FILE", help="The saved result of the query: CSV or JSON.")
@click.option("--sql", is_flag=True, help="Print the query for Adobe's Query Service, and stop.")
@click.option("--hours", type=click.IntRange(1, 24 * 90), default=24, show_default=True, help="With --sql.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="CONDITION",
    help="Exit with 1 where it holds, such as 'error_rate > 5%'; can be repeated.",
)
@common_options
def command(
    names: tuple[str, ...],
    env: str | None,
    file: str | None,
    sql: bool,
    hours: int,
    fail_on: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Show how the calls of the actions went: errors, timeouts, capped calls, latency.

    The figures come from the step events of journeys. Run the query of --sql in Query Service, save its
    result, and read it with --from.
    """
    from callsheet.standalone import metrics_query

    if sql:
        click.echo(metrics_query(hours), nl=False)
        return 0
    if file is None:
        raise click.UsageError("name the saved result with --from, or print the query with --sql")
    found = options.open().metrics(file, names, env, fail_on=fail_on)
    options.emit(found)
    return 1 if found.failures else 0
