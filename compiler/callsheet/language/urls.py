"""The URL of a compiled action, whose slots are known when a journey calls it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import urlsplit


def url_text(url: Any) -> str:
    """Return a compiled URL as text, each slot as `{name}`."""
    if isinstance(url, str):
        return url
    if isinstance(url, dict) and "$concat" in url:
        return "".join(part if isinstance(part, str) else _slot_name(part) for part in url["$concat"])
    return _slot_name(url)


def _slot_name(slot: Any) -> str:
    if "$secret" in slot:
        return f"{{{slot['$secret']}}}"
    return "{" + (slot["$param"] if "$param" in slot else "_".join(slot.get("params", ["x"]))) + "}"


class SecretUrl(NamedTuple):
    """A URL that is itself a credential.

    Attributes:
        head: what is known of it, `https://host/`.
        reference: to the whole of it.

    """

    head: str
    reference: str


def secret_url(url: Any) -> SecretUrl | None:
    """Return what a compiled URL that is a secret begins with, and the reference; None for others."""
    parts = url.get("$concat") if isinstance(url, dict) else None
    if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[1], dict):
        return None
    return SecretUrl(str(parts[0]), parts[1]["$secret"]) if "$secret" in parts[1] else None


def host_of(url: Any) -> str:
    """Return the host of a compiled URL in lower case; empty where it has none."""
    try:
        return urlsplit(url_text(url)).hostname or ""
    except ValueError:
        return ""
