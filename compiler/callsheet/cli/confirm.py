"""`callsheet confirm`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callsheet.cli.common import Options, allow_host_option, common_options, why_option, writes
from callsheet.standalone import compare_pasted, read_pack, signing_key

if TYPE_CHECKING:
    from callsheet.results import Pack


@writes("text", "json", "markdown", "html", "junit")
@click.command("confirm")
@click.argument("pack")
@click.argument("names", nargs=-1, metavar="[STEP]...")
@click.option("--check", metavar="FILE", help="Record nothing; compare what was copied from the screen.")
@click.option(
    "--response", metavar="FILE", help="The answer to the test request of STEP, kept as evidence."
)
@click.option("--key", metavar="FILE", help="An SSH key to sign with; default: git's user.signingKey.")
@why_option
@allow_host_option
@common_options
def command(
    pack: str,
    names: tuple[str, ...],
    check: str | None,
    response: str | None,
    key: str | None,
    why: str | None,
    *,
    options: Options,
) -> int:
    """Record that steps of a pack were done on the screen of Journey Optimizer, by whom and when.

    STEP is the name of an action; without it, every step that is open is recorded. A step that is named
    and was confirmed before is confirmed again, as after a change on the screen. With --check FILE,
    compare the payload that was copied from the screen with what the step asked for. With --response FILE,
    compare the answer to the test request with the expected one, and keep it. Where the environment
    names its confirmers, sign by an SSH key.
    """
    found = read_pack(pack)
    if check is not None:
        return _check(found, names, check)
    if response is not None and (len(names) != 1 or names[0] not in found.steps):
        raise click.UsageError(f"--response needs one step: {', '.join(found.steps)}")
    opened = options.open()
    if key is None and opened.environment(found.plan.environment).confirmers.count:
        key = signing_key()
    result = opened.confirm(found.plan, names, why=why, answer=response, key=key)
    if result.outcome == "nothing":
        click.echo("Nothing to record: these steps were confirmed already. Name one to confirm it again.")
        return 0
    options.emit(result)
    if names and not options.quiet and options.output == "text":
        left = opened.open_steps(found.plan)
        if left:
            click.echo(f"Other steps of the pack: {', '.join(left)}")
    return 0


def _check(pack: Pack, names: tuple[str, ...], file: str) -> int:
    """Compare a payload that was copied from the screen with the one that was asked for."""
    if len(names) != 1 or names[0] not in pack.steps:
        raise click.UsageError(f"--check needs one step: {', '.join(pack.steps)}")
    differs = compare_pasted(pack, names[0], file)
    click.echo(
        f"{names[0]}: " + ("the screen has what was expected" if not differs else "the screen differs")
    )
    for one in differs:
        click.echo(f"  {one}")
    return 1 if differs else 0
