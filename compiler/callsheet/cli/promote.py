"""`callsheet promote`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, allow_host_option, common_options, writes


@writes("text", "json")
@click.command("promote")
@click.argument("names", nargs=-1)
@click.option("--from", "first", required=True, metavar="ENV", help="The environment to promote from.")
@click.option("--to", "second", required=True, metavar="ENV", help="The environment to promote to.")
@allow_host_option
@common_options
def command(names: tuple[str, ...], first: str, second: str, *, options: Options) -> int:
    """Show what a package copies between two sandboxes of Journey Optimizer, and what it does not.

    For each action, show whether it is copied, with the values to type in again (INSERT SECRET HERE), or
    whether the existing one has the same structure. Exit with 1 if one does not: journeys would break.
    """
    found = options.open().promote(first, second, names)
    options.emit(found)
    return 1 if any(one.verdict == "differs" for one in found.promotions) else 0
