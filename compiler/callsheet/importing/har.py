"""A HAR file (HTTP Archive 1.2) → its calls."""

from __future__ import annotations

from typing import Any

from callsheet.importing.json_bodies import json_body
from callsheet.importing.model import Collection, Imported, Listed
from callsheet.importing.reading_requests import refuse_form

KIND = "a HAR file"
_SKIPPED = (
    *("host", "content-length", "cookie", "user-agent"),
    *("accept-encoding", "connection", "referer", "origin"),
)


def har_collection(value: dict[str, Any]) -> Collection:
    """Return the calls of an archive, each named by its URL; also by its number, and its method and URL."""
    listed = [_listed(one, number) for number, one in enumerate(value["log"].get("entries", ()), 1)]
    return Collection(kind=KIND, requests=listed)


def _listed(entry: dict[str, Any], number: int) -> Listed:
    request = entry.get("request", {})
    name = str(request.get("url", "?"))
    also = (str(number), f"{request.get('method', 'GET')} {name}")
    return Listed(name=name, also=also, read=lambda: _read(request), unasked=_not_json(request, entry))


def _read(request: dict[str, Any]) -> Imported:
    headers = [
        (str(one["name"]), str(one["value"]))
        for one in request.get("headers", ())
        if not str(one["name"]).lower().startswith((":", "sec-"))
        and str(one["name"]).lower() not in _SKIPPED
    ]
    result = Imported(
        method=str(request.get("method", "GET")), url=str(request.get("url", "")), headers=headers
    )
    if any(str(one["name"]).lower() == "cookie" for one in request.get("headers", ())):
        result.notes.append("the header Cookie was left out: an action has no session")
    text = (request.get("postData") or {}).get("text")
    if isinstance(text, str) and text.strip():
        result.payload, result.has_payload = json_body(text), True
    elif (request.get("postData") or {}).get("params"):
        raise refuse_form("a form")
    return result


def _not_json(request: dict[str, Any], entry: dict[str, Any]) -> str:
    """Return why a call of a browser is not one of an API; empty where it may be one."""
    content = (entry.get("response") or {}).get("content") or {}
    media = str(content.get("mimeType") or "").partition(";")[0].strip().lower()
    if request.get("postData") or not media or media.endswith("json") or media == "x-unknown":
        return ""
    return f"its answer is {media[:60]}, not JSON"
