"""A compiled action or message → who receives what it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsheet.language.urls import host_of
from callsheet.targets.journey_optimizer.lowering.relay_hosts import relay_host

_BY_ACTION = "the action "
Contents = Callable[[str], Mapping[str, Any] | None]
"""Returns what an action compiles to, by its name; None where that is not known."""


def hosts_behind(receiver: str, contents: Contents) -> list[str]:
    """Return the hosts to which an action delivers, where it is the receiver; else the receiver itself."""
    content = contents(receiver.removeprefix(_BY_ACTION)) if receiver.startswith(_BY_ACTION) else None
    return [receiver] if content is None else receivers_of(content)


def receivers_of(action: Mapping[str, Any]) -> list[str]:
    """Return everyone who receives what is sent: a relay first, where there is one, then the vendor."""
    relay = relay_host(action)
    return [*([relay] if relay else []), receiver_of(action)]


def receiver_of(action: Mapping[str, Any]) -> str:
    """Return who receives what a compiled action or message sends: a host, or the action that delivers it.

    `?` stands for what was broken by hand at the target.
    """
    try:
        if "request" in action:
            return host_of(action["request"]["url"])
        if "url" in action:
            return host_of(action["url"])
        via = action.get("via", {})
        return str(via["smtp"]["host"]) if "smtp" in via else f"{_BY_ACTION}{via.get('action', '?')}"
    except (AttributeError, KeyError, TypeError, ValueError):
        return "?"
