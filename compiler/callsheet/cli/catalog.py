"""`callsheet catalog`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from callsheet.cli.changes import changes_of
from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_environments,
    wrong_arguments,
)
from callsheet.cli.serving import serve as serving
from callsheet.errors import CallsheetError
from callsheet.standalone import write_site
from callsheet.words import counted

if TYPE_CHECKING:
    from callsheet.results import CatalogResult, DiffResult
    from callsheet.workspace import Workspace


@click.command("catalog")
@click.option(
    "-e",
    "--env",
    "environments",
    multiple=True,
    metavar="ENV",
    shell_complete=complete_environments,
    help="Ask this environment what is deployed; can be repeated.",
)
@click.option(
    "--lang",
    "languages",
    multiple=True,
    metavar="LANGUAGE",
    help="A language of the pages, en or fr, the first one at the top; default: both.",
)
@click.option(
    "--link-base",
    metavar="URL",
    help="What leads to the workspace's files in its repository, as https://github.com/we/it/blob/main/actions.",
)
@click.option("--base", metavar="REV", help="Add a page of what changed since a git revision.")
@click.option(
    "--serve", is_flag=True, help="Serve the site on this machine, and write it again after each change."
)
@click.option("--port", type=int, default=0, help="The port of --serve; default: any that is free.")
@allow_host_option
@common_options
def command(
    environments: tuple[str, ...],
    languages: tuple[str, ...],
    link_base: str | None,
    base: str | None,
    serve: bool,
    port: int,
    *,
    options: Options,
) -> None:
    """Write the catalog: a static site of everything that is defined, into the folder --out.

    It has a palette, a list, a page for each action, the flow of personal data and an overview. It works
    from a file and from any web server, loads nothing from elsewhere, and contains no secret.
    """
    if options.output != "text":
        raise click.UsageError("catalog writes pages, and list.json and list.csv among them: it has no -o")
    if options.out is None and not serve:
        raise click.UsageError("name the folder of the site with --out")
    with nullcontext(options.out) if options.out is not None else TemporaryDirectory() as folder:
        root = options.open().root
        options = replace(options, workspace=options.folder)  # which one it is is said once

        def write() -> int:
            with wrong_arguments():
                opened = options.open()
                review = None if base is None else Review(base, _since(opened, base))
                found = opened.catalog(environments)
                site = site_of(found, languages or LANGUAGES, link_base, review)
            _warn(found)
            return write_site(folder, site.names, site.files)

        from callsheet.reporting.catalog import LANGUAGES, Review, site_of

        changes = changes_of(root, "catalog --serve", folder, with_states=True) if serve else ()
        written = write()
        if serve:
            address = serving(folder, port)
            click.echo(f"the catalog is at {address}; Ctrl-C ends it")
            for _ in changes:
                _again(write, options)
        elif not options.quiet:
            first = f"{folder.rstrip('/')}/index.html"
            click.echo(f"{counted(written, 'file')} in {folder}: open {first}")


def _warn(found: CatalogResult) -> None:
    """Say what of the environments that were asked the pages do not know, and why."""
    from callsheet.reporting.terminal import safe

    for name, seen in found.environments.items():
        if seen.why:
            click.echo(f"warning: nothing is known of {safe(name)}: {safe(seen.why)}", err=True)
        for part, why in seen.missing.items():
            click.echo(f"warning: {_PARTS[part]} of {safe(name)} not known: {safe(why)}", err=True)


_PARTS = {
    "plan": "the plan is",
    "usage": "the use in journeys is",
    "screen": "changes on the screen are",
    "certificates": "certificates are",
}
"""What is not known of an environment, by its name."""


def _again(write: Callable[[], int], options: Options) -> None:
    """Write the site again; what keeps it from being written is shown, and the site stays as it was."""
    from callsheet.cli.main import show_error

    try:
        written = write()
    except CallsheetError as error:
        show_error(error)
    except click.UsageError as error:
        click.echo(f"error: {error.format_message()}", err=True)
    else:
        if not options.quiet:
            click.echo(f"written again: {counted(written, 'file')}")


def _since(opened: Workspace, base: str) -> DiffResult | None:
    """Compare with a revision; None where errors of the workspace keep it from being compared."""
    try:
        return opened.diff(base=base)
    except CallsheetError as error:
        if error.code != "CS924":
            raise
        return None
