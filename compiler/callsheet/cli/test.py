"""`callsheet test`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
    select_options,
    writes,
)
from callsheet.standalone import write_file


@writes("text", "json", "junit")
@click.command("test")
@click.argument("names", nargs=-1, shell_complete=complete_actions)
@environment_option
@select_options
@common_options
@click.option(
    "-k", "words", metavar="WORDS", help="Run only the cases whose action and name contain these words."
)
@click.option("--no-generated", is_flag=True, help="Run only the cases that the actions declare.")
@click.option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
@click.option(
    "--update",
    is_flag=True,
    help="Write the actual results into the files as the expected ones.",
)
def command(
    names: tuple[str, ...],
    env: str | None,
    words: str | None,
    no_generated: bool,
    junit: str | None,
    update: bool,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Run the test cases of the actions: parameters in, exact request out. Nothing is sent."""
    from callsheet.reporting import report
    from callsheet.reporting.model import Style

    opened = options.open()
    found = opened.test(
        names, env, generated=not no_generated, words=words or "", select=select, exclude=exclude
    )
    if update:
        for file in opened.update_tests(found):
            click.echo(f"updated {file}", err=True)
        found = opened.test(
            names, env, generated=not no_generated, words=words or "", select=select, exclude=exclude
        )
    if junit is not None:
        write_file(junit, report("junit").write(found, Style()))
    options.emit(found)
    return 1 if any(one.outcome == "failed" for one in found.cases) else 0
