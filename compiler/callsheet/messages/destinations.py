"""A mail that `send` delivers → the mail server, where a secret goes to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.language import Definition, Environment
from callsheet.language.catalog import Spots
from callsheet.language.environment import overlaid_spots
from callsheet.messages.mail import port_of
from callsheet.outbound.destinations import CODE, Destination, references_in


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
