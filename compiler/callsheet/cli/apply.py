"""`callsheet apply`."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callsheet.cli.common import (
    Options,
    accept_option,
    allow_host_option,
    common_options,
    environment_option,
    require_clean_option,
    select_options,
    style_of,
    why_option,
    writes,
)
from callsheet.errors import CallsheetError
from callsheet.standalone import (
    approvals_beside,
    read_plan,
    refuse_failed,
    refuse_links,
    run_url,
    write_file,
)
from callsheet.words import counted

if TYPE_CHECKING:
    from callsheet.results import PackResult, Plan


@writes("text", "json", "markdown", "html", "junit")
@click.command("apply")
@click.argument("plan_file", required=False, metavar="[PLAN]")
@environment_option
@accept_option
@why_option
@allow_host_option
@select_options
@common_options
@require_clean_option
@click.option("--require-approval", is_flag=True, help="Require at least one approval of the plan.")
@click.option("--yes", is_flag=True, help="Apply without asking.")
@click.option("--keep-going", is_flag=True, help="Continue after a step that fails.")
@click.option(
    "--pack", metavar="DIR", help="The folder to write the pack of manual steps of Journey Optimizer to."
)
def command(
    plan_file: str | None,
    env: str | None,
    accept: tuple[str, ...],
    why: str | None,
    require_clean: bool,
    require_approval: bool,
    yes: bool,
    keep_going: bool,
    pack: str | None,
    select: tuple[str, ...],
    exclude: tuple[str, ...],
    *,
    options: Options,
) -> int:
    """Do what a plan says, exactly or not at all.

    With a plan file, apply that plan. Without one, plan the environment, show the plan, ask, and apply.
    Steps that have no API, such as the actions of Journey Optimizer, are written as a pack to do by hand.
    """
    from callsheet.reporting.terminal import safe

    opened = options.open()
    approvals: Sequence[Any] = ()
    if plan_file is not None:
        plan = read_plan(plan_file)
        if env not in (None, plan.environment):
            raise click.UsageError(f"the plan is for {plan.environment}, not for {env}")
        if select or exclude:
            raise click.UsageError(
                "the plan has its own selection: name --select and --exclude where it is made"
            )
        approvals = approvals_beside(plan_file)
    else:
        plan = opened.plan(
            env, accept=accept, why=why, require_clean=require_clean, select=select, exclude=exclude
        )
        _show_and_ask(plan, yes=yes, quiet=options.quiet or options.output != "text")
    for warning in opened.warnings_of(plan) if plan.changes else ():
        click.echo(f"warning: {safe(warning)}", err=True)
    if any(map(plan.by_hand, plan.changes)):
        steps = opened.pack(
            plan,
            accept=accept,
            approvals=approvals,
            require_approval=require_approval,
            require_clean=require_clean,
        )
        folder = pack or _pack_folder(opened.root, f"pack-{plan.environment}-{plan.serial + 1}")
        _write_pack(steps, folder, options)
        if all(map(plan.by_hand, plan.changes)):
            return 0
    with _interruptible() as stop, options.watching("Applying", len(plan.changes)) as progress:
        result = opened.apply(
            plan,
            accept=accept,
            why=why,
            approvals=approvals,
            require_approval=require_approval,
            require_clean=require_clean,
            run_url=run_url(os.environ),
            keep_going=keep_going,
            stop=stop,
            progress=progress,
        )
    if result.plan.commit != plan.commit and not options.quiet:
        click.echo(
            "The branch has moved since the plan was made, but the plan still does the same.", err=True
        )
    options.emit(result)
    refuse_failed(result)
    return 0


MOST_PACKS = 1_000
"""So many packs of one state of an environment get a folder of their own."""


def _pack_folder(root: Path, name: str) -> str:
    """Return the default folder of a pack: never among what is compiled."""
    if not Path.cwd().resolve().is_relative_to(root.resolve()):
        return _free(name)
    own = f".callsheet/packs/{name}"
    refuse_links(root, own)
    return _free(os.path.relpath(root / own))


def _free(folder: str) -> str:
    """Return a folder, or the next beside it that is not there: nothing of an earlier pack is lost."""
    numbered = (folder, *(f"{folder}-{number}" for number in range(2, MOST_PACKS)))
    return next((one for one in numbered if not os.path.lexists(one)), folder)


def _write_pack(steps: PackResult, folder: str, options: Options) -> None:
    """Write the files of a pack into a folder that is not there yet; it has its name when it is whole."""
    from callsheet.reporting.pack import write_pack

    target = Path(folder)
    beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        beside.mkdir(parents=True)
        for name, text in write_pack(steps).items():
            write_file(str(beside / name), text)
        beside.rename(target)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise CallsheetError(
            "CS928",
            f"the folder {folder} cannot be created: {(error.strerror or 'unknown reason').lower()}",
            help="name another folder with --pack",
        ) from None
    except CallsheetError:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    if not options.quiet:
        by_hand = counted(len(steps.plan.changes), "step")
        click.echo(f"wrote {folder}: {by_hand} to do by hand in Journey Optimizer")
        click.echo(f"Open {folder}/index.html, and then: callsheet confirm {folder}")


def _show_and_ask(plan: Plan, *, yes: bool, quiet: bool) -> None:
    from callsheet.reporting import report

    if not plan.changes:
        return
    if not (quiet and yes):
        click.echo(report("text").write(plan, style_of(sys.stderr)), err=True)
    if yes:
        return
    if not sys.stdin.isatty():
        raise CallsheetError(
            "CS920",
            "cannot ask for confirmation: this is not a terminal",
            help="pass --yes, or apply a reviewed plan file",
        )
    if not click.confirm("Apply this plan?", err=True):
        raise CallsheetError("CS920", "not applied", help="nothing was changed")


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C finish the step at hand; the function returns whether it was pressed."""
    pressed: list[int] = []

    def press(number: int, frame: object) -> None:
        del frame
        pressed.append(number)
        click.echo("Stopping after the current step …", err=True)

    before = {one: signal.signal(one, press) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(pressed)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
