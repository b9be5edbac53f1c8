"""Kind EndpointConfig: a document → how much an endpoint may be called, in Journey Optimizer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callsheet.language.action import Definition


class EndpointConfig(Definition):
    """Capping or throttling of one endpoint."""

    kind = "EndpointConfig"

    @classmethod
    def is_whole(cls, compiled: Mapping[str, Any]) -> bool:
        """Return whether it names the URL that it is about."""
        return compiled.get("kind") == cls.kind and "url" in compiled
