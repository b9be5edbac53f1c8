"""A HAR file (HTTP Archive 1.2) → its calls."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from callsheet.importing.json_bodies import json_body
from callsheet.importing.model import Collection, Imported, ImportFault, Listed
from callsheet.importing.reading_requests import refuse_form
from callsheet.outbound.urls import with_query

KIND = "a HAR file"
_SKIPPED = ("host", "content-length", "cookie")
_OF_BROWSERS = ("referer", "origin", "user-agent", "accept-encoding", "connection")


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
    listed = [(str(one["name"]), str(one["value"])) for one in request.get("headers") or ()]
    browser = [one for one in listed if _is_of_a_browser(one[0].lower())]
    skipped = [one for one in listed if one[0].lower() in _SKIPPED or one[0].startswith(":")]
    headers = [one for one in listed if one not in (*browser, *skipped)]
    written = str(request.get("method", "GET"))
    result = Imported(method=written.upper(), url=_url(request), headers=headers)
    if not written.isupper():
        result.notes.append(f"the method is {written.upper()[:20]}, and the file says `{written[:20]}`")
    if any(name.lower() == "cookie" for name, _ in listed):
        result.notes.append("the header Cookie was left out: an action has no session")
    elif request.get("cookies"):
        result.notes.append("its cookies were left out: an action has no session")
    if browser:
        names = ", ".join(name for name, _ in browser)
        result.notes.append(f"what only a browser says was left out: {names}")
    data = request.get("postData") or {}
    text = data.get("text")
    if not text and not data.get("params") and _size(request, listed) > 0:
        raise ImportFault(
            "the file says that a body was sent, and does not contain it",
            "record the call with its content",
        )
    if isinstance(text, str) and text.strip():
        if packed := [one for one in headers if one[0].lower() == "content-encoding"]:
            headers[:] = [one for one in headers if one not in packed]
            result.notes.append("the header Content-Encoding was left out: the body is sent as it reads")
        result.payload, result.has_payload = json_body(text, notes=result.notes), True
        media = str(data.get("mimeType") or "")
        if not any(name.lower() == "content-type" for name, _ in listed):
            headers.append(("Content-Type", media or "application/json"))
            if not media:
                result.notes.append(
                    "the body is sent as application/json: the file does not say what it is"
                )
    elif data.get("params"):
        raise refuse_form("a form")
    elif text:
        result.notes.append("the body was left out: it is blank")
    return result


def _is_of_a_browser(name: str) -> bool:
    return name in _OF_BROWSERS or name.startswith("sec-")


def _size(request: dict[str, Any], headers: list[tuple[str, str]]) -> int:
    """Return how many bytes of a body a call sent, as far as the file says so."""
    said = next((held for name, held in headers if name.lower() == "content-length"), "")
    size = request.get("bodySize")
    return max(int(said) if said.isdecimal() else 0, size if isinstance(size, int) else 0)


def _url(request: dict[str, Any]) -> str:
    """Return the URL of a call; some tools write its query only as a list, with escapes."""
    url = str(request.get("url", "")).partition("#")[0]
    base, _, asked = url.partition("?")
    pairs = () if asked else request.get("queryString") or ()
    query = "&".join(
        f"{quote(str(one['name']), safe='%')}={quote(str(one.get('value', '')), safe='%')}" for one in pairs
    )
    return with_query(base, query) if query else url


def _not_json(request: dict[str, Any], entry: dict[str, Any]) -> str:
    """Return why a call of a browser is not one of an API; empty where it may be one."""
    content = (entry.get("response") or {}).get("content") or {}
    media = str(content.get("mimeType") or "").partition(";")[0].strip().lower()
    if request.get("postData") or not media or media.endswith("json") or media == "x-unknown":
        return ""
    return f"its answer is {media[:60]}, not JSON"
