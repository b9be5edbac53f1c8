"""A URL → its origin; and the hosts that are named outside of the workspace, to which a secret may go."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from callsheet.errors import CallsheetError, UsageError
from callsheet.patterns import late

VARIABLE = "CALLSHEET_ALLOW_HOSTS"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of this machine: what stands in for a service is there."""
_PORTS = {"http": 80, "https": 443}
_URL = late(
    r"(?P<scheme>https?)://(?P<user>[^/?#@\\\s]*@)?(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<rest>[/?#][\x21-\x5b\x5d-\x7e]*)?",
    re.IGNORECASE,
)
"""Strict: what two readers of a URL could read as two hosts does not match."""
_HOST = late(r"(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)


class Origin(Struct, frozen=True):
    """Who is called: what has to stay the same for a secret to go there (RFC 6454)."""

    scheme: str
    host: str
    port: int

    @property
    def shown(self) -> str:
        """The host, with its port where that is not the one of the scheme."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if _PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"

    @property
    def is_private(self) -> bool:
        """Whether no one on the way can read the call: over TLS, or on this machine."""
        return self.scheme == "https" or self.host in LOOPBACK


def origin_of(url: str) -> Origin | None:
    """Return the origin of an absolute http or https URL; None for anything else."""
    found = _URL.fullmatch(url)
    if found is None:
        return None
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else _PORTS[scheme]
    return Origin(scheme, _plain(found["host"]), port) if port <= 65_535 else None


def service_url(url: str, reference: str = "") -> str:
    """Return the base URL of a service, which paths are appended to, without a slash at its end.

    Args:
        url: as the secret contains it.
        reference: to the secret; messages name it, and never the URL.

    Raises:
        CallsheetError: CS870 for what is not an https URL, or has a query or a fragment.

    """
    origin = origin_of(url)
    held = f"of the service{f' that {reference} holds' if reference else ''}"
    if origin is None or not origin.is_private:
        raise CallsheetError(
            "CS870",
            f"the URL {held} is not an https URL",
            help="write an https URL into it, such as https://api.example.com:"
            " http is for this machine only",
        )
    if "?" in url or "#" in url:
        part = "query" if "?" in url else "fragment"
        raise CallsheetError(
            "CS870",
            f"the URL {held} has a {part}: paths are appended to it",
            help=f"remove the {part} from the secret",
        )
    return url.rstrip("/")


class AllowedHosts(Struct, frozen=True):
    """The hosts to which a secret may go beside the service's own: each at one port, or at any."""

    names: frozenset[tuple[str, int | None]] = frozenset()

    def allows(self, host: str, port: int) -> bool:
        """Return whether a secret may go to a host at a port."""
        return (host, None) in self.names or (host, port) in self.names


def allowed_hosts(written: Iterable[str]) -> AllowedHosts:
    """Read what names hosts: each a host or `HOST:PORT`, commas or white space between several.

    Raises:
        UsageError: CS980 for what is not a host.

    """
    names: set[tuple[str, int | None]] = set()
    for one in (part for text in written for part in re.split(r"[,\s]+", text) if part):
        found = _HOST.fullmatch(one)
        port = int(found["port"]) if found is not None and found["port"] else None
        if found is None or (port or 0) > 65_535:
            raise UsageError(
                "CS980",
                f"{one[:80]!r} is not a host that may be allowed",
                help="write its name, as login.example.com or localhost:8080, without a scheme or path",
            )
        names.add((_plain(found["host"]), port))
    return AllowedHosts(frozenset(names))


def _plain(host: str) -> str:
    return host.lower().strip("[]").rstrip(".")
