"""Whom an action calls: fixed by what was applied, whatever the parameters are."""

from __future__ import annotations

import re
from collections.abc import Collection

from msgspec.structs import replace

from callsheet.calling.attempts import Way
from callsheet.errors import CallsheetError
from callsheet.outbound.destinations import TOKEN_FIELDS
from callsheet.outbound.hosts import Origin, origin_of
from callsheet.relay.model import Content


def host_of(content: Content) -> Origin | None:
    """Return whom an action calls; None where a parameter has a part in it."""
    url = content["request"]["url"]
    if isinstance(url, str):
        return _origin(url)
    first = url["$concat"][0]
    ended = isinstance(first, str) and any(end in first.partition("://")[2] for end in "/?#")
    return _origin(first) if ended else None


def destinations_of(content: Content) -> list[Origin]:
    """Return whom the calls of an action go to: the service, and its token endpoint."""
    authentication = content.get("authentication") or {}
    tokens = [authentication.get(place) for place in TOKEN_FIELDS]
    found = [host_of(content), *(_origin(one) for one in tokens if isinstance(one, str))]
    return [one for one in found if one is not None]


def only_to(destinations: Collection[Origin], way: Way) -> Way:
    """Return a way that leads nowhere else, whatever a request was made of."""

    def route(url: str) -> str:
        if _origin(url) not in destinations:
            raise CallsheetError(
                "CS889",
                "the call would go to another host than the one that was applied: nothing was sent",
                help="this is a fault of callsheet: please report it",
            )
        return way.route(url)

    return replace(way, route=route)


def _origin(url: str) -> Origin | None:
    """Return the origin of a URL by its head alone: what follows may still be encoded."""
    scheme, mark, rest = url.partition("://")
    return origin_of(f"{scheme}{mark}{re.split('[/?#]', rest, maxsplit=1)[0]}")
