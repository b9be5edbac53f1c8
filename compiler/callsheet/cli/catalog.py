"""`callsheet catalog`."""

from __future__ import annotations

import click

from callsheet.cli.common import (
    Options,
    allow_host_option,
    common_options,
    complete_environments,
    wrong_arguments,
)
from callsheet.standalone import write_site
from callsheet.words import counted


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
    default="",
    metavar="URL",
    help="What leads to the workspace's files in its repository, as https://github.com/we/it/blob/main/actions.",
)
@allow_host_option
@common_options
def command(
    environments: tuple[str, ...], languages: tuple[str, ...], link_base: str, *, options: Options
) -> None:
    """Write the catalog: a static site of everything that is defined, into the folder --out.

    It has a palette, a list, a page for each action, the flow of personal data and an overview. It works
    from a file and from any web server, loads nothing from elsewhere, and contains no secret.
    """
    if options.out is None:
        raise click.UsageError("name the folder of the site with --out")
    from callsheet.reporting.catalog import LANGUAGES, site_of

    with wrong_arguments():
        site = site_of(options.open().catalog(environments), languages or LANGUAGES, link_base)
    written = write_site(options.out, site.names, site.files)
    if not options.quiet:
        click.echo(
            f"{counted(written, 'file')} in {options.out}: open {options.out.rstrip('/')}/index.html"
        )
