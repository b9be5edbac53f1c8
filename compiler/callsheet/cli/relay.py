"""`callsheet relay`."""

from __future__ import annotations

import sys

import click

from callsheet.cli.common import Options, allow_host_option, environment_option, server_options


@click.command("relay")
@environment_option
@allow_host_option
@server_options
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="REFERENCE",
    help="The key of callers, as env:RELAY_KEY or file:PATH; a second one while it is replaced.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    default=8026,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="The port to listen on; 0 means any free one.",
)
@click.option("--tls-cert", metavar="FILE", help="The certificate of the relay, with those that signed it.")
@click.option("--tls-key", metavar="FILE", help="Its key.")
@click.option(
    "--client-ca", metavar="FILE", help="Want a client certificate that these authorities signed."
)
@click.option(
    "--client-name",
    "client_names",
    multiple=True,
    metavar="NAME",
    help="Want this name in the client certificate; can be repeated.",
)
@click.option(
    "--deadline",
    default=25.0,
    show_default=True,
    type=click.FloatRange(1, 29),
    help="Answer within so many seconds; less than the timeout of the journey.",
)
@click.option(
    "--max-concurrency",
    default=64,
    show_default=True,
    type=click.IntRange(1, 1_000),
    help="Make so many calls at once.",
)
@click.option(
    "--max-waiting",
    default=64,
    show_default=True,
    type=click.IntRange(0, 10_000),
    help="Let so many more calls wait; beyond them, answer 429.",
)
@click.option(
    "--max-body",
    default=262_144,
    show_default=True,
    type=click.IntRange(1_024, 16_777_216),
    help="Refuse longer bodies, in bytes.",
)
@click.option(
    "--window",
    default=120.0,
    show_default=True,
    type=click.FloatRange(1, 86_400),
    help="Keep the answer to an idempotency key for so many seconds.",
)
@click.option(
    "--grace",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3_600),
    help="Wait so many seconds for calls that are made, when it is stopped.",
)
@click.option(
    "--poll",
    default=5.0,
    show_default=True,
    type=click.FloatRange(0.1, 3_600),
    help="Look for a new apply every so many seconds.",
)
@click.option(
    "--to", metavar="URL", help="Call `callsheet emulate` at URL instead, with stand-ins for secrets."
)
def command(
    env: str | None,
    keys: tuple[str, ...],
    host: str,
    port: int,
    tls_cert: str | None,
    tls_key: str | None,
    client_ca: str | None,
    client_names: tuple[str, ...],
    deadline: float,
    max_concurrency: int,
    max_waiting: int,
    max_body: int,
    window: float,
    grace: float,
    poll: float,
    to: str | None,
    *,
    options: Options,
) -> None:
    """Make calls that a journey cannot make: serve the actions that were applied, by HTTP.

    A caller sends the parameters of an action as a JSON object to POST /actions/NAME, with the key in
    X-Callsheet-Key; the relay makes the call and returns the answer. A repeated Idempotency-Key gets the
    first answer. What is served is what was applied: a new apply is picked up, files of the workspace are
    not. Each line that it prints is a JSON object.
    """
    from callsheet import RelaySettings

    def write(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    settings = RelaySettings(
        keys=keys,
        host=host,
        port=port,
        tls_cert=tls_cert,
        tls_key=tls_key,
        client_ca=client_ca,
        client_names=client_names,
        deadline=deadline,
        concurrency=max_concurrency,
        waiting=max_waiting,
        max_body=max_body,
        window=window,
        grace=grace,
        poll=poll,
    )
    options.open().relay(env, settings=settings, to=to, write=write).run()
