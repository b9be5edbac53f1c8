"""`callsheet approve`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from callsheet.cli.common import Options, output_options, style_of
from callsheet.errors import CallsheetError
from callsheet.standalone import approve, read_plan, signing_key, write_file

SUFFIX = ".approval"


@click.command("approve")
@click.argument("plan_file", metavar="PLAN")
@click.option("--key", metavar="FILE", help="An SSH key; default: git's user.signingKey.")
@click.option("--yes", is_flag=True, help="Sign without asking.")
@output_options
def command(plan_file: str, key: str | None, yes: bool, *, options: Options) -> None:
    """Sign a plan: show it, ask, and write the approval beside it."""
    from callsheet.reporting import report

    plan = read_plan(plan_file)
    if not options.quiet:
        click.echo(report("text").write(plan, style_of(sys.stdout)), nl=False)
    if not yes and not (sys.stdin.isatty() and click.confirm("Approve this plan?", err=True)):
        raise CallsheetError("CS920", "not approved", help="answer the question, or pass --yes")
    chosen = Path(key or signing_key()).expanduser()
    name = chosen.name.removesuffix(".pub")
    out = Path(options.out or f"{plan_file}.{name}{SUFFIX}")
    write_file(str(out), approve(plan, chosen, out.name))
    click.echo(f"Approved {plan.digest[:19]} for {plan.environment}: {out}")
