"""`callsheet confirm`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callsheet.cli.common import Options, allow_host_option, common_options, why_option
from callsheet.errors import CallsheetError

if TYPE_CHECKING:
    from callsheet.planning import Plan

MAX_BYTES = 256 * 1_048_576


@click.command("confirm")
@click.argument("pack")
@click.argument("names", nargs=-1, metavar="[STEP]...")
@click.option("--check", metavar="FILE", help="Record nothing; compare what was copied from the screen.")
@why_option
@allow_host_option
@common_options
def command(
    pack: str, names: tuple[str, ...], check: str | None, why: str | None, *, options: Options
) -> int:
    """Record that steps of a pack were done on the screen of Journey Optimizer, by whom and when.

    STEP is the name of an action; without it, every step of the pack is recorded. With --check FILE,
    compare the payload that was copied from the screen with what the step asked for.
    """
    record, plan = _read(pack)
    if check is not None:
        return _check(record, names, check)
    result = options.open().confirm(plan, names, why=why)
    if result.outcome == "nothing":
        click.echo("Nothing to record: these steps were confirmed already.")
        return 0
    options.emit(result)
    left = [
        one["address"]
        for one in record["steps"]
        if one["address"] not in {it.address for it in result.steps}
    ]
    if names and left and not options.quiet and options.output == "text":
        click.echo(f"Other steps of the pack: {', '.join(left)}")
    return 0


def _read(pack: str) -> tuple[dict[str, Any], Plan]:
    """Read a pack, a folder or its pack.json; raises CS841 and CS910 to CS912."""
    from callsheet.planning import read_plan

    path = Path(pack) / "pack.json" if Path(pack).is_dir() else Path(pack)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        record = json.loads(content.decode("utf-8"))
        plan = record["plan"]
        steps = record["steps"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise CallsheetError(
            "CS841", f"{pack} is not a pack", help="name the folder that `callsheet apply` wrote"
        ) from None
    if not isinstance(steps, list) or record.get("packVersion") != 1:
        raise CallsheetError(
            "CS841", f"{pack} is a pack of another version", help="create a new pack with `callsheet apply`"
        )
    return record, read_plan(json.dumps(plan).encode(), str(path))


def _check(record: dict[str, Any], names: tuple[str, ...], file: str) -> int:
    """Compare a payload that was copied from the screen with the one that was asked for."""
    from callsheet.importing.mapped import mapped_differences

    steps = {one["address"].partition("/")[2]: one for one in record["steps"]}
    if len(names) != 1 or names[0] not in steps:
        raise click.UsageError(f"--check needs one step: {', '.join(steps)}")
    try:
        found = json.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise CallsheetError(
            "CS841", f"{file} is not a payload: it is not valid JSON", help="copy the whole payload"
        ) from None
    told = mapped_differences(steps[names[0]]["pasted"], found)
    click.echo(f"{names[0]}: " + ("the screen has what was asked" if not told else "the screen differs"))
    for one in told:
        click.echo(f"  {one}")
    return 1 if told else 0
