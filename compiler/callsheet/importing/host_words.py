"""A host → the word of it that names a service."""

from __future__ import annotations

import re

BELOW_COUNTRIES = ("ac", "co", "com", "edu", "gov", "net", "org")
"""Below a country's domain, names are sold below these: the service is the word before."""


def word_of_host(host: str) -> str:
    """Return the word of a host that names its service, as `example` of `api.example.com`."""
    if re.fullmatch(r"[0-9.]+|\S*:\S*", host):
        return f"ip_{host}"  # an address has no words
    parts = host.split(".")
    below = len(parts) > 2 and len(parts[-1]) < 3 and parts[-2] in BELOW_COUNTRIES
    return parts[-min(3 if below else 2, len(parts))]
