"""`callsheet promote`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, allow_host_option, common_options


@click.command("promote")
@click.argument("names", nargs=-1)
@click.option("--from", "first", required=True, metavar="ENV", help="The environment that is promoted.")
@click.option("--to", "second", required=True, metavar="ENV", help="The one that it is promoted to.")
@allow_host_option
@common_options
def command(names: tuple[str, ...], first: str, second: str, *, options: Options) -> int:
    """Show what a package between two sandboxes of Journey Optimizer carries, and what it does not.

    For each action: whether it is copied, with the values that have to be typed in again (INSERT SECRET
    HERE), or whether the existing one is the same in structure. Exit 1 where one is not: journeys would
    break.
    """
    found = options.open().promote(first, second, names)
    options.emit(found)
    return 1 if any(one.verdict == "differs" for one in found.promotions) else 0
