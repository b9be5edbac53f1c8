"""The shape of a compiled object: what is deployed, as canonical JSON holds it.

`schemas/compiled-action.schema.json` describes it for other programs. Each kind has some of the fields.
"""

from __future__ import annotations

from typing import Any, Required, TypedDict

Authentication = TypedDict(
    "Authentication",
    {
        "type": Required[str],
        "in": str,
        "name": str,
        "value": Any,
        "username": Any,
        "password": Any,
        "token": Any,
        "key": Any,
        "grant": str,
        "tokenUrl": str,
        "clientId": Any,
        "clientSecret": Any,
        "scopes": list[str],
        "endpoint": str,
    },
    total=False,
)
"""How a call proves who makes it; secrets are references."""


class RequestContent(TypedDict, total=False):
    """The call of an action; parameters are slots."""

    method: Required[str]
    url: Required[Any]
    headers: dict[str, Any]
    query: dict[str, Any]
    payload: Any


class DefinitionHead(TypedDict, total=False):
    """What is known of a definition that is deployed without reading its document again."""

    metadata: dict[str, Any]
    renamedFrom: str | None
    parameters: list[str]
    contract: dict[str, Any] | None
    connection: str
    environments: list[str]
    inherited: list[str]
    row: dict[str, Any]


class Head(DefinitionHead, total=False):
    """What is known of a document without reading it again."""

    kind: Required[str]
    name: Required[str]
    index: Required[int]
    line: Required[int]


Content = TypedDict(
    "Content",
    {
        "name": Required[str],
        "kind": str,
        "title": Any,
        "description": Any,
        "owner": str,
        "labels": dict[str, str],
        "parameters": dict[str, dict[str, Any]],
        "protect": bool,
        "request": RequestContent,
        "authentication": Authentication,
        "responses": dict[str, dict[str, Any]],
        "limits": dict[str, Any],
        "relay": dict[str, Any],
        "marketingAction": str,
        "channel": str,
        "via": dict[str, Any],
        "to": Any,
        "from": dict[str, Any],
        "replyTo": Any,
        "language": Any,
        "unsubscribe": dict[str, Any],
        "content": dict[str, dict[str, Any]],
        "defaultLanguage": str,
        "url": str,
        "methods": list[str],
        "capping": dict[str, Any],
        "throttling": dict[str, Any],
    },
    total=False,
)
"""A compiled object of any kind; one without `kind` is an action."""
