"""The host of the relay that calls for an action: apart from the rest of lowering, for all plans ask it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.language.urls import host_of


def relay_host(compiled: Mapping[str, Any]) -> str:
    """Return the host of the relay that calls for the journey; empty where the journey calls itself."""
    relay = compiled.get("relay")
    url = relay.get("url") if isinstance(relay, dict) else None
    return host_of(url) if isinstance(url, str) else ""
