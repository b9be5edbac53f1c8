"""A call that `send` makes → the hosts beside that of its request to which a secret would go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.language import Definition, Environment
from callsheet.language.environment import overlaid_spots
from callsheet.outbound.destinations import CODE, Destination, token_destinations
from callsheet.outbound.hosts import origin_of


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
