"""A HAR file, a Postman 2.1 collection, or a payload alone → requests."""

from __future__ import annotations

import json
from typing import Any

from callsheet.importing.model import Imported, ImportFault


def read_file(text: str, wanted: str | None) -> Imported:
    """Read the request of a file; `wanted` is its name, where the file holds several.

    Raises:
        ImportFault: for what is none of the three, and where it holds several and none was named.

    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ImportFault(
            "the file is not JSON", "name a HAR file, a Postman collection, or a payload"
        ) from None
    if isinstance(value, dict) and isinstance(value.get("log"), dict):
        return _chosen(
            [
                (one.get("request", {}).get("url", "?"), one.get("request", {}))
                for one in value["log"].get("entries", ())
            ],
            wanted,
            _har,
        )
    if isinstance(value, dict) and isinstance(value.get("item"), list):
        return _chosen(list(_items(value["item"], "")), wanted, _postman)
    if isinstance(value, dict):
        return Imported(
            method="POST",
            url="https://api.example.com/",
            headers=[("Content-Type", "application/json")],
            payload=value,
            has_payload=True,
            notes=["the URL is a placeholder: write the real one"],
        )
    raise ImportFault("the file holds no request", "name a HAR file, a Postman collection, or a payload")


def _chosen(found: list[tuple[str, dict[str, Any]]], wanted: str | None, read: Any) -> Imported:
    fitting = [one for one in found if wanted is None or wanted in one[0]]
    if len(fitting) != 1:
        names = ", ".join(name[:60] for name, _ in found[:10])
        what = "none" if not fitting else f"{len(fitting)} of them"
        raise ImportFault(
            f"the file holds {len(found)} requests, and {what} fits", f"choose one with --request: {names}"
        )
    result: Imported = read(fitting[0][1])
    return result


def _har(request: dict[str, Any]) -> Imported:
    skipped = (
        "host",
        "content-length",
        "cookie",
        "user-agent",
        "accept-encoding",
        "connection",
        "referer",
        "origin",
    )
    headers = [
        (str(one["name"]), str(one["value"]))
        for one in request.get("headers", ())
        if not str(one["name"]).lower().startswith((":", "sec-"))
        and str(one["name"]).lower() not in skipped
    ]
    result = Imported(
        method=str(request.get("method", "GET")), url=str(request.get("url", "")), headers=headers
    )
    return _with_body(result, (request.get("postData") or {}).get("text"))


def _items(items: list[Any], folder: str) -> Any:
    for one in items:
        name = f"{folder}{one.get('name', '?')}"
        if isinstance(one.get("item"), list):
            yield from _items(one["item"], f"{name}/")
        elif isinstance(one.get("request"), dict):
            yield name, one["request"]


def _postman(request: dict[str, Any]) -> Imported:
    url = request.get("url")
    raw = url.get("raw", "") if isinstance(url, dict) else str(url or "")
    headers = [
        (str(one["key"]), str(one["value"]))
        for one in request.get("header") or ()
        if isinstance(one, dict) and not one.get("disabled")
    ]
    result = Imported(method=str(request.get("method", "GET")), url=raw, headers=headers)
    auth = request.get("auth") or {}
    fields = {
        one["key"]: one.get("value", "")
        for one in auth.get(str(auth.get("type")), ())
        if isinstance(one, dict)
    }
    if auth.get("type") == "bearer":
        result.headers.append(("Authorization", f"Bearer {fields.get('token', '')}"))
    elif auth.get("type") == "basic":
        result.user = (str(fields.get("username", "")), str(fields.get("password", "")))
    body = request.get("body") or {}
    if body and body.get("mode") != "raw":
        raise ImportFault("the body is a form", "callsheet sends JSON")
    return _with_body(result, body.get("raw"))


def _with_body(result: Imported, text: Any) -> Imported:
    if isinstance(text, str) and text.strip():
        try:
            result.payload, result.has_payload = json.loads(text), True
        except (ValueError, RecursionError):
            raise ImportFault("the body is not JSON", "callsheet sends JSON") from None
    return result
