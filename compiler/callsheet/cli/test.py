"""`callsheet test`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import (
    Options,
    common_options,
    complete_actions,
    environment_option,
    write_file,
)
from callsheet.cli.rewriting import rewrite_file
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from callsheet.api import Workspace
    from callsheet.calling.cases import CaseResult


@click.command("test")
@click.argument("names", nargs=-1, shell_complete=complete_actions)
@environment_option
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
    *,
    options: Options,
) -> int:
    """Run the test cases of the actions: parameters in, exact request out. Nothing is sent."""
    from callsheet.reporting import report
    from callsheet.reporting.model import Style
    from callsheet.results import TestResult

    opened = options.open()
    environment = opened.environment(env).name if env else None
    result = TestResult(
        cases=opened.test(names, environment, generated=not no_generated, words=words or "")
    )
    if update:
        _update(opened, result.cases)
        result = TestResult(
            cases=options.open().test(names, environment, generated=not no_generated, words=words or "")
        )
    if junit is not None:
        write_file(junit, report("junit").write(result, Style()))
    options.emit(result)
    return 1 if any(one.outcome == "failed" for one in result.cases) else 0


def _update(opened: Workspace, cases: list[CaseResult]) -> None:
    """Correct the files; a case that differs by environment cannot be corrected for all of them."""
    from callsheet.calling.expectations import updated

    compiled = opened.compile()
    for name in sorted({one.action for one in cases if one.outcome == "failed" and one.index is not None}):
        document = compiled.actions[name].document
        first: dict[int, CaseResult] = {}
        for one in cases:
            if one.action != name or one.index is None or one.outcome == "passed":
                continue
            known = first.setdefault(one.index, one)
            if known.mismatches != one.mismatches or (
                one.without_expectation and known.request != one.request
            ):
                raise CallsheetError(
                    "CS937",
                    f"the case {one.name!r} of `{name}` differs between {known.environment}"
                    f" and {one.environment}",
                    help="set the `environment` of the case, or update with -e",
                )
        rewrite_file(opened.root / document.file, updated(document, list(first.values())))
        click.echo(f"updated {document.file}", err=True)
