"""The hosts that a compiled action calls, and those that a new one is the first to call."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from callsheet.language.difference import NOTHING, Difference
from callsheet.language.urls import host_of

_TOKEN_FIELDS = ("tokenUrl", "endpoint")


def hosts_of(action: Mapping[str, Any]) -> set[str]:
    """Return the hosts that are called: by the request, for a token, and that of a relay."""
    from callsheet.calling.receivers import receivers_of

    found = {*receivers_of(action)} if "request" in action or "url" in action else set()
    authentication = action.get("authentication")
    if isinstance(authentication, dict):
        found |= {host_of(authentication[one]) for one in _TOKEN_FIELDS if one in authentication}
    return {one for one in found if one not in ("", "?")}


def known_hosts(actions: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the hosts that any of these actions calls."""
    return {host for one in actions for host in hosts_of(one)}


def first_calls(action: Mapping[str, Any], known: Collection[str]) -> list[Difference]:
    """Return a sensitive difference for each host that no deployed action calls, and a new one does.

    Where nothing is deployed at all, every host would be new, and naming each would say nothing.
    """
    if not known or "request" not in action:
        return []
    return [
        Difference(
            path=("request", "url"),
            before=NOTHING,
            after=NOTHING,
            words=f"the host {host} is called by no other action here",
            impact="sensitive",
            reason="new-host",
        )
        for host in sorted(hosts_of(action) - set(known))
    ]
