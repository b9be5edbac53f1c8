"""`callsheet certificate`."""

from __future__ import annotations

import click

from callsheet.cli.common import Options, allow_host_option, common_options, environment_option, writes


@writes("text", "json")
@click.command("certificate")
@environment_option
@click.option(
    "--fail-within",
    metavar="DAYS",
    type=click.IntRange(0),
    help="Exit with 1 where one that is in use is retired within DAYS.",
)
@click.option("--save", metavar="FILE", help="Write the certificates to FILE, as PEM.")
@allow_host_option
@common_options
def command(env: str | None, fail_within: int | None, save: str | None, *, options: Options) -> int:
    """Show the client certificates with which Journey Optimizer calls, and when they change.

    A service that asks for a client certificate must trust the next one before Adobe uses it: 60 days
    before the end of a certificate the next comes, 30 days before it the old one is no longer used.
    Adobe notifies nobody. The end is read from the certificate itself. Exit with 1 where none is valid any
    more.
    """
    from callsheet.standalone import write_file

    found = options.open().certificates(env)
    if save is not None:
        write_file(save, "".join(one.pem for one in found.certificates))
    options.emit(found)
    due = fail_within is not None and found.days_left <= fail_within
    return 1 if due or found.ended else 0
