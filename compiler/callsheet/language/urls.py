"""The URL of a compiled action, whose slots are known when a journey calls it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit


def url_text(url: Any) -> str:
    """Return a compiled URL as text, each slot as `{name}`."""
    if isinstance(url, str):
        return url
    if isinstance(url, dict) and "$concat" in url:
        return "".join(part if isinstance(part, str) else _slot_name(part) for part in url["$concat"])
    return _slot_name(url)


def _slot_name(slot: Any) -> str:
    return "{" + (slot["$param"] if "$param" in slot else "_".join(slot.get("params", ["x"]))) + "}"


def host_of(url: Any) -> str:
    """Return the host of a compiled URL in lower case; empty where it has none."""
    try:
        return urlsplit(url_text(url)).hostname or ""
    except ValueError:
        return ""
