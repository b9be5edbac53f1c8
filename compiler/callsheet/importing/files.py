"""A HAR file, a Postman 2.1 collection, an Insomnia export, or a payload alone → requests."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from callsheet.errors import of_its_shape
from callsheet.importing.mapped import is_mapped, with_slots
from callsheet.importing.model import Imported, ImportFault, misshapen
from callsheet.outbound.urls import with_query
from callsheet.words import counted


def read_file(text: str, wanted: str | None) -> Imported:
    """Read the request of a file; `wanted` is its name, where the file contains several.

    Raises:
        ImportFault: for another file, and for one with several requests of which none was named.

    """
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ImportFault("the file is not JSON", _KINDS) from None
    if isinstance(value, dict) and isinstance(value.get("log"), dict):
        with of_its_shape(misshapen("a HAR file")):
            requests = [one.get("request", {}) for one in value["log"].get("entries", ())]
            return _chosen([(str(one.get("url", "?")), one) for one in requests], wanted, _har)
    if isinstance(value, dict) and isinstance(value.get("item"), list):
        with of_its_shape(misshapen("a Postman collection")):
            filled = _filled(value["item"], _variables(value.get("variable")))
            return _chosen(list(_items(filled, "")), wanted, _postman)
    if isinstance(value, dict) and isinstance(value.get("resources"), list):
        with of_its_shape(misshapen("an Insomnia export")):
            return _chosen(_insomnia_requests(value["resources"]), wanted, _insomnia)
    if isinstance(value, dict) and ("openapi" in value or "swagger" in value):
        raise ImportFault("the file describes a service", "choose one of its operations with --operation")
    if isinstance(value, dict):
        if is_mapped(value):
            value = with_slots(value)
        return Imported(
            method="POST",
            url="https://api.example.com/",
            headers=[("Content-Type", "application/json")],
            payload=value,
            has_payload=True,
            notes=["the URL is a placeholder: write the real one"],
        )
    raise ImportFault("the file contains no request", _KINDS)


_KINDS = "name a HAR file, a Postman collection, an Insomnia export, or a payload"
_VARIABLE = re.compile(r"\{\{\s*(?:_\.)?([A-Za-z0-9_.-]+)\s*\}\}")


def _variables(listed: Any) -> dict[str, str]:
    """Return the variables of a collection, but for what may be a secret."""
    return {
        str(one["key"]): str(one["value"])
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and "key" in one and "value" in one and one.get("type") != "secret"
    }


def _filled(value: Any, variables: dict[str, str]) -> Any:
    """Write the value of each `{{variable}}` in its place; one that is not known stays."""
    if isinstance(value, dict):
        return {key: _filled(one, variables) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, variables) for one in value]
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), value)
    return value


def _insomnia_requests(resources: list[Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the requests of an Insomnia export (format 4), the base environment's variables filled in."""
    listed = [one for one in resources if isinstance(one, dict)]
    variables: dict[str, str] = {}
    for one in listed:
        if one.get("_type") == "environment" and isinstance(one.get("data"), dict):
            variables |= {key: str(value) for key, value in one["data"].items() if isinstance(value, str)}
    return [
        (str(one.get("name", "?")), _filled(one, variables))
        for one in listed
        if one.get("_type") == "request"
    ]


def _insomnia(request: dict[str, Any]) -> Imported:
    headers = [
        (str(one["name"]), str(one.get("value", "")))
        for one in request.get("headers") or ()
        if isinstance(one, dict) and one.get("name") and not one.get("disabled")
    ]
    result = Imported(
        method=str(request.get("method", "GET")), url=str(request.get("url", "")), headers=headers
    )
    query = [
        f"{quote(str(one['name']), safe='')}={quote(str(one.get('value', '')), safe='')}"
        for one in request.get("parameters") or ()
        if isinstance(one, dict) and one.get("name") and not one.get("disabled")
    ]
    result.url = with_query(result.url, "&".join(query))
    auth = request.get("authentication") or {}
    if auth.get("type") == "bearer" and not auth.get("disabled"):
        result.headers.append(("Authorization", f"Bearer {auth.get('token', '')}"))
    elif auth.get("type") == "basic" and not auth.get("disabled"):
        result.user = (str(auth.get("username", "")), str(auth.get("password", "")))
    body = request.get("body") or {}
    if body.get("params"):
        raise ImportFault("the body is a form", "callsheet sends JSON")
    return _with_body(result, body.get("text"))


def _chosen(found: list[tuple[str, dict[str, Any]]], wanted: str | None, read: Any) -> Imported:
    fitting = [one for one in found if wanted is None or wanted in one[0]]
    if len(fitting) != 1:
        names = ", ".join(name[:60] for name, _ in found[:10])
        what = "none of them matches" if not fitting else f"{len(fitting)} of them match"
        held = counted(len(found), "request")
        raise ImportFault(f"the file contains {held}, and {what}", f"choose one with --request: {names}")
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
    raw = str((url.get("raw") if isinstance(url, dict) else url) or "")
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
