"""What was applied → the actions that are served, each with its line to the service."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from callsheet.calling.attempts import Way
from callsheet.calling.sending import ITS_RATE, Line, capped_by
from callsheet.language.addresses import Address
from callsheet.outbound.hosts import Origin
from callsheet.outbound.slots import Slots
from callsheet.relay.hosts import destinations_of, host_of, only_to
from callsheet.relay.model import Content, Reading
from callsheet.targets.journey_optimizer.rules.capping import covers

KEY_HEADER = "x-callsheet-key"
"""The header in which a caller of a relay sends its key."""


class Served(Struct, frozen=True, kw_only=True):
    """An action that callers can call.

    Attributes:
        digest: of what was applied.
        line: its connections, tokens and rates.

    """

    name: str
    content: Content
    digest: str
    line: Line


class NotServed(Struct, frozen=True, kw_only=True):
    """An action that was applied and is not served, and why."""

    name: str
    code: str
    why: str


class Table(Struct, frozen=True, kw_only=True):
    """What a relay serves at one moment.

    Attributes:
        serial: of the apply that it is of.
        caps: the slots of EndpointConfigs, by the words for them.

    """

    serial: int = 0
    served: Mapping[str, Served] = field(default_factory=dict)
    not_served: Mapping[str, NotServed] = field(default_factory=dict)
    caps: Mapping[str, Slots] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no action is applied: none ever was, none is any more, or the first apply only began."""
        return not (self.served or self.not_served)


class Serving(Struct, frozen=True, kw_only=True):
    """Makes tables: what has not changed keeps its connections, its tokens and its slots.

    Attributes:
        way: returns how an action reaches its service.
        trusts: may a secret go to this host, beside that of the request?
        connections: how many a line keeps open.

    """

    way: Callable[[Content], Way]
    trusts: Callable[[Origin], bool]
    connections: int

    def table(self, reading: Reading, before: Table) -> Table:
        """Return what is served of what was applied."""
        contents = {address: json.loads(one.canonical) for address, one in reading.applied.items()}
        endpoints = [one for one in contents.values() if one.get("kind") == "EndpointConfig"]
        caps: dict[str, Slots] = {}
        served: dict[str, Served] = {}
        not_served: dict[str, NotServed] = {}
        for address, content in contents.items():
            kind, name = Address.read(address)
            if kind != "Action":
                continue
            try:
                refused = _differs(name) if address in reading.differing else self._refused(name, content)
                if refused is not None:
                    not_served[name] = refused
                    continue
                slots = self._slots(name, content, endpoints, caps, before)
                digest = reading.applied[address].digest
                old = before.served.get(name)
                if old is not None and old.digest == digest and dict(old.line.slots) == slots:
                    served[name] = old
                    continue
                way = only_to(destinations_of(content), self.way(content))
                line = Line(content, way, slots, connections=self.connections)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                # Another version of callsheet may have applied it.
                why = "this version of callsheet cannot read what was applied: apply it again"
                not_served[name] = NotServed(name=name, code="CS889", why=why)
                continue
            served[name] = Served(name=name, content=content, digest=digest, line=line)
        return Table(serial=reading.serial, served=served, not_served=not_served, caps=caps)

    def _refused(self, name: str, content: Content) -> NotServed | None:
        """Return why an action is not served: a secret, or its parameters, would choose who is called."""
        own = host_of(content)
        if own is None:
            why = "the host that it calls is not fixed in what was applied"
            return NotServed(name=name, code="CS889", why=why)
        headers = (*content["request"].get("headers", {}), _key_name(content.get("authentication") or {}))
        if KEY_HEADER in (one.lower() for one in headers):
            why = "it is itself the call of a relay, which would call itself"
            return NotServed(name=name, code="CS889", why=why)
        for origin in destinations_of(content):
            if (origin.host, origin.port) != (own.host, own.port) and not self.trusts(origin):
                why = f"its token endpoint is at {origin.shown}: allow it with --allow-host {origin.shown}"
                return NotServed(name=name, code="CS961", why=why)
        return None

    def _slots(
        self, name: str, content: Content, endpoints: list[Any], caps: dict[str, Slots], before: Table
    ) -> dict[str, Slots]:
        """Return the slots of an action: those of an EndpointConfig are shared by all that it covers."""
        rate = (content.get("limits") or {}).get("rate")
        old = before.served.get(name)
        kept = None if old is None else old.line.slots.get(ITS_RATE)
        own = kept if kept is not None and kept.written == rate else Slots(rate)
        found = {ITS_RATE: own}
        for one in endpoints:
            capping = one.get("capping", {}).get("action", {}).get("rate")
            if capping is None or not covers(one, content["request"]):
                continue
            words = capped_by(one["name"], capping)
            caps[words] = found[words] = caps.get(words) or before.caps.get(words) or Slots(capping)
        return found


def _key_name(authentication: Mapping[str, Any]) -> str:
    return str(authentication.get("name", "")) if authentication.get("in") == "header" else ""


def _differs(name: str) -> NotServed:
    why = "the target has it otherwise than it was applied: `callsheet drift` shows how"
    return NotServed(name=name, code="CS889", why=why)
