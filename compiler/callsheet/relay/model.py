"""What a relay is told: how it serves, and what was applied."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct

LONGEST_SECONDS = 30
"""A journey waits no longer for a custom action."""


class RelaySettings(Struct, frozen=True, kw_only=True):
    """How a relay serves.

    Attributes:
        keys: references to the keys of callers; two at most, while one replaces the other.
        host: what it listens on, with `port`; 0 is any free port.
        tls_cert: the file of its certificate, with `tls_key`; None for plain HTTP.
        client_ca: the file of the authorities whose client certificates it accepts; None for none.
        client_names: the names of which a client certificate must have one; empty for any.
        deadline: the seconds in which a call is answered, whatever the service does.
        concurrency: how many calls are made at once.
        waiting: how many more wait for their turn.
        max_body: the bytes of a body at most.
        window: the seconds for which the answer to an idempotency key is kept.
        grace: the seconds for which a relay that stops waits for the calls that it makes.
        poll: the seconds between two looks at what is applied.

    """

    keys: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8026
    tls_cert: str | None = None
    tls_key: str | None = None
    client_ca: str | None = None
    client_names: tuple[str, ...] = ()
    deadline: float = 25.0
    concurrency: int = 64
    waiting: int = 64
    max_body: int = 262_144
    window: float = 120.0
    grace: float = 30.0
    poll: float = 5.0

    @property
    def connections(self) -> int:
        """How many connections are open before callers on further ones are sent away."""
        return 4 * (self.concurrency + self.waiting) + 64


class Written(Struct, frozen=True, kw_only=True):
    """One object as it was applied: its canonical JSON, and the digest of that."""

    canonical: str
    digest: str


class Reading(Struct, frozen=True, kw_only=True):
    """What an environment has, as it was read once.

    Attributes:
        serial: of the last apply.
        applied: the objects as they were applied, by address.
        differing: addresses of what the target has otherwise than it was applied.

    """

    serial: int
    applied: Mapping[str, Written]
    differing: Collection[str]


Content = Mapping[str, Any]
"""A compiled action."""
