"""What an Insomnia export of format 5 nests, as format 4 lists it; what of it is no request of HTTP."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from callsheet.documents.foreign_reader import ForeignFault, read_foreign
from callsheet.words import counted

_FORMAT = ".insomnia.rest/5"
"""In the `type` of an export of format 5, after its kind."""
DEPTH = 50
"""Of folders that are read."""
_OTHERS = {
    "grpc_request": "gRPC",
    "websocket_request": "WebSocket",
    "socketio_request": "Socket.IO",
    "mcp_request": "MCP",
}
"""Types of requests that are none of HTTP."""
_IDS = {
    "greq_": "grpc_request",
    "ws-req_": "websocket_request",
    "socketio-req_": "socketio_request",
    "mcp-req_": "mcp_request",
}
"""How the ids of such requests begin in format 5, which writes no type."""
DEEPER = "deeper"
"""The type of what is in more folders."""


def export_of(text: str) -> dict[str, Any] | None:
    """Return the export of format 5 that a text is, as YAML; None for another text."""
    if _FORMAT in text:
        with suppress(ForeignFault):
            value = read_foreign(text, is_json=False)
            if isinstance(value, dict) and kind_of_export(value):
                return value
    return None


def kind_of_export(value: Mapping[str, Any]) -> str:
    """Return which kind of export of format 5 a value says that it is; empty for none."""
    kind, is_export, _ = str(value.get("type")).partition(_FORMAT)
    return kind if is_export else ""


def other_requests(nodes: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a note for the requests of each kind that is none of HTTP."""
    counts = Counter(_OTHERS[one["_type"]] for one in nodes if one.get("_type") in _OTHERS)
    for what, count in counts.items():
        yield f"{counted(count, f'{what} request')} of the export left out: an action calls by HTTP"


def resources_of(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the resources of an export of format 5."""
    yield {"_id": "workspace", "_type": "workspace", "name": value.get("name")}
    base = value.get("environments") or {}
    yield {"_id": "base", "parentId": "workspace", "_type": "environment", **base}
    for one in base.get("subEnvironments") or ():
        yield {"parentId": "base", "_type": "environment", **one, "_id": f"environment {one.get('name')}"}
    jar = value.get("cookieJar")
    yield {"_type": "cookie_jar", "cookies": jar.get("cookies") if isinstance(jar, dict) else None}
    yield from _nested(value.get("collection") or (), "workspace")


def _nested(items: Any, parent: str) -> Iterator[dict[str, Any]]:
    if items and parent.count("/") >= DEPTH:
        yield {"_id": f"{parent}/deeper", "_type": DEEPER}
        return
    for index, one in enumerate(items):
        here = f"{parent}/{index}"
        kind = "request_group" if "children" in one else _type_of(one)
        yield {**one, "_id": here, "parentId": parent, "_type": kind}
        yield from _nested(one.get("children") or (), here)


def _type_of(one: Mapping[str, Any]) -> str:
    """Return the type of a request of format 5: its id or its URL says it."""
    held = one.get("meta")
    name = str(held.get("id") or "") if isinstance(held, dict) else ""
    url = str(one.get("url") or "")
    if re.match(r"\s*grpcs?://", url) or "protoMethodName" in one:
        return "grpc_request"
    if re.match(r"\s*wss?://", url):
        return "websocket_request"
    return next((kind for start, kind in _IDS.items() if name.startswith(start)), "request")
