"""Files that a command writes, or would write, folder by folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import click


def show_tree(files: Collection[str], last: Collection[str], shared: Mapping[str, int]) -> None:
    """Print files by folder.

    Args:
        files: by path.
        last: those that come after the others of their folder.
        shared: by the path of a connection's file, how many actions share it.

    """
    from callsheet.reporting.terminal import safe

    folder = ""
    for file in sorted(files, key=lambda it: (it.rpartition("/")[0], it in last, it)):
        within, _, own = file.rpartition("/")
        if within != folder:
            folder = within
            click.echo(f"{safe(folder)}/")
        number = shared.get(file)
        click.echo(f"{'  ' if within else ''}{safe(own)}{f' (for {number} actions)' if number else ''}")
