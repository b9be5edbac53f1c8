"""Kind EndpointConfig: a document → how much an endpoint may be called, in Journey Optimizer."""

from __future__ import annotations

from callsheet.language.action import Definition
from callsheet.workspace import Document


class EndpointConfig(Definition):
    """Capping or throttling of one endpoint."""

    kind = "EndpointConfig"


def read_endpoint(document: Document) -> EndpointConfig:
    """Give the configuration that a document of kind EndpointConfig, valid by its schema, defines."""
    lifecycle = document.value["spec"].get("lifecycle") or {}
    return EndpointConfig(document, document.value["metadata"], lifecycle.get("renamedFrom"))
