"""A call that `send` makes → the hosts beside that of its request to which a secret would go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.calling.messages.mail import port_of
from callsheet.destinations import CODE, Destination, references_in, token_destinations
from callsheet.http.hosts import origin_of
from callsheet.language import Definition, Environment
from callsheet.language.catalog import Spots
from callsheet.language.environment import overlaid_spots


def destinations_of_call(
    compiled: Mapping[str, Any], url: str, action: Definition, environment: Environment
) -> Iterator[Destination]:
    """Yield the token endpoint of an action that is not at the host of its request.

    The host of the request is the one that was asked for: it is the service itself.
    """
    own = origin_of(url)
    spots = overlaid_spots(CODE, action, environment)
    for one in token_destinations(compiled.get("authentication"), spots, ("authentication",)):
        if own is None or (own.host, own.port) != (one.host, one.port):
            yield one


def destinations_of_mail(
    compiled: Mapping[str, Any], message: Definition, environment: Environment
) -> Iterator[Destination]:
    """Yield the mail server of a message, where it takes a login."""
    server = compiled["via"]["smtp"]
    references = references_in(server)
    if references:
        host, port = str(server["host"]).lower().rstrip("."), port_of(server)
        spots: Spots = overlaid_spots(CODE, message, environment)
        yield Destination(
            host=host,
            port=port,
            shown=f"{host}:{port}",
            what="the mail server",
            references=references,
            spots=spots,
            path=("via", "smtp", "host"),
        )
