"""Kind EndpointConfig: a document → how much an endpoint may be called, in Journey Optimizer."""

from __future__ import annotations

from callsheet.documents import Document
from callsheet.language.action import Definition


class EndpointConfig(Definition):
    """Capping or throttling of one endpoint."""

    kind = "EndpointConfig"


def read_endpoint(document: Document) -> EndpointConfig:
    """Return the configuration that a document of kind EndpointConfig, valid by its schema, defines."""
    lifecycle = document.value["spec"].get("lifecycle") or {}
    return EndpointConfig(document, document.value["metadata"], lifecycle.get("renamedFrom"))
