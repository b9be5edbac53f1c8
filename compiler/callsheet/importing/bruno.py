"""A collection that Bruno exports as JSON → requests, as Postman's are read.

What it sends was compared with `bru run` of @usebruno/cli 4.1 (`tests/benchmarks/on_ramp/bruno_run.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from callsheet.importing.bruno_urls import BrunoUrl
from callsheet.importing.hiding import hidden
from callsheet.importing.model import Collection, ImportFault
from callsheet.importing.postman import postman_collection
from callsheet.importing.variables import ExactVariables
from callsheet.words import nearest

KIND = "a Bruno collection"
_DEPTH = 52
"""Of folders: more than are read, so that what lies deeper is noticed."""
_MODES = {"json": "json", "text": "text", "xml": "xml", "sparql": "text"}
_AUTH = {
    "bearer": {"token": "token"},
    "basic": {"username": "username", "password": "password"},
    "apikey": {"key": "key", "value": "value"},
    "oauth2": {
        "grantType": "grant_type", "accessTokenUrl": "accessTokenUrl", "clientId": "clientId",
        "clientSecret": "clientSecret", "scope": "scope", "tokenHeaderPrefix": "headerPrefix",
        "username": "username", "password": "password",
    },
}  # fmt: skip


class BrunoVariables(ExactVariables):
    """Variables as Bruno reads them: exact names, as in Postman, and some of folders and requests."""

    of_folders = True


def is_bruno(value: Mapping[str, Any]) -> bool:
    """Return whether JSON is a collection that Bruno exported."""
    items = value.get("items")
    known = "brunoConfig" in value or "environments" in value or str(value.get("version")) == "1"
    return isinstance(items, list) and known and "name" in value


def bruno_collection(value: dict[str, Any], environment: dict[str, Any] | str | None) -> Collection:
    """Return the requests of a collection.

    Args:
        value: as Bruno exports it, or `collection_of_file` returns it.
        environment: a file of variables, or the name of one of the collection's; None for none.

    Raises:
        ImportFault: for an environment that is not there.

    """
    if isinstance(environment, str):
        environment = _environment(value, environment)
    root = _root(value)
    converted = {
        "info": {"name": value.get("name")},
        "item": [*_items(value["items"], [root] if root else [], 0)],
        "auth": _auth((root or {}).get("auth")),
        "variable": _variables_of(root),
        "event": _scripts(root),
    }
    found = postman_collection(converted, environment, kind=KIND, sort=BrunoVariables, urls=BrunoUrl)
    return replace(found, of_each=[*found.of_each, *_of_the_way(value.get("brunoConfig"))])


def _of_the_way(config: Any) -> Iterator[str]:
    """Yield a note for what a collection says of the way to a service, which an action has of its own."""
    held = config if isinstance(config, dict) else {}
    proxy, certificates = held.get("proxy"), held.get("clientCertificates")
    if isinstance(proxy, dict) and proxy.get("enabled") is True:
        yield "its proxy was left out: an action has its own way to the service"
    if isinstance(certificates, dict) and certificates.get("certs"):
        yield "its client certificates were left out: an action has its own way to the service"


def _environment(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    known = {str(one.get("name")): one for one in value.get("environments") or () if isinstance(one, dict)}
    if name not in known:
        raise ImportFault(
            f"the collection has no environment `{hidden(name)[:80]}`{nearest(name, known)}",
            f"there are: {', '.join(known) or 'none'}",
        )
    return {"values": [variable(one) for one in known[name].get("variables") or ()]}


def _items(items: list[Any], above: list[dict[str, Any]], depth: int) -> Iterator[dict[str, Any]]:
    """Yield requests and folders as Postman writes them; headers of folders are those of each request."""
    for one in items if depth < _DEPTH else ():
        if not isinstance(one, dict):
            yield {}
        elif isinstance(one.get("items"), list):
            root = _root(one)
            inner = [*above, root] if root else above
            folder = {"name": one.get("name"), "item": [*_items(one["items"], inner, depth + 1)]}
            held = {"variable": _variables_of(root), "event": _scripts(root)}
            yield {**folder, **held, "auth": _auth_of_folder(root)}
        elif isinstance(one.get("request"), dict):
            yield {"name": one.get("name"), **_item(one, above)}
        else:
            yield {}


def _item(item: Mapping[str, Any], above: list[dict[str, Any]]) -> dict[str, Any]:
    request = item["request"]
    params = [one for one in request.get("params") or () if isinstance(one, dict)]
    url = str(request.get("url") or "")
    query = [one for one in params if one.get("type", "query") == "query" and one.get("enabled", True)]
    return {
        "request": {
            "method": request.get("method"),
            "url": {
                "raw": url,
                "variable": [variable(one) for one in params if one.get("type") == "path"],
                "encodes": (item.get("settings") or {}).get("encodeUrl") is True,
                # Bruno sends what the URL says.
                "unsent": [] if "?" in url else [one.get("name") for one in query],
            },
            "header": _headers([*above, request]),
            "auth": _auth(request.get("auth")),
            "body": _body(request.get("body") or {}),
        },
        "variable": _variables_of(request),
        # Bruno sends a body with any method.
        "protocolProfileBehavior": {"disableBodyPruning": True},
        "event": _scripts(request),
    }


def _scripts(node: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Return what a request, a folder or the collection runs, as Postman lists it."""
    held = node or {}
    scripts = [*(held.get("script") or {}).values(), held.get("tests")]
    return [{"script": {"exec": [str(one) for one in scripts if one]}}]


def _headers(nodes: list[Any]) -> list[dict[str, Any]]:
    """Return the headers of what contains a request and its own; of one name, the last one is sent."""
    found: dict[str, dict[str, Any]] = {}
    for one in (it for node in nodes for it in node.get("headers") or ()):
        if one.get("enabled", True):
            found[str(one.get("name")).lower()] = variable(one)
    return [*found.values()]


def _body(body: Mapping[str, Any]) -> dict[str, Any]:
    mode = body.get("mode") or "none"
    if mode == "none":
        return {}
    if mode == "graphql":
        asked = body.get("graphql") or {}
        return {"mode": "graphql", "graphql": {**asked, "variables": asked.get("variables") or "{}"}}
    if mode in _MODES:
        return {"mode": "raw", "raw": body.get(mode), "options": {"raw": {"language": _MODES[mode]}}}
    if mode in ("file", "binaryFile"):
        return {"mode": "file", "file": {"src": mode}}
    return {"mode": "formdata", "formdata": [{"key": mode}]}


def _auth_of_folder(root: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the authentication of a folder; one without any leaves that of what contains it."""
    auth = (root or {}).get("auth")
    return None if isinstance(auth, dict) and auth.get("mode") == "none" else _auth(auth)


def _auth(auth: Any) -> dict[str, Any] | None:
    """Return an authentication as Postman writes it; None for one that is inherited, or not said."""
    mode = auth.get("mode") if isinstance(auth, dict) else None
    if mode in (None, "inherit"):
        return None
    held = auth.get(mode) or {}
    if mode == "oauth2" and (other := _elsewhere(held)):
        return other
    names = _AUTH.get(str(mode))
    if mode == "none" or names is None:
        return {"type": "noauth" if mode == "none" else mode}
    fields = {to: held[name] for name, to in names.items() if held.get(name) is not None}
    if mode == "oauth2":
        header = held.get("credentialsPlacement", "basic_auth_header") == "basic_auth_header"
        more = ((held.get("additionalParameters") or {}).get("token")) or ()
        fields["client_authentication"] = "header" if header else "body"
        fields["more"] = " ".join(str(one.get("name")) for one in more if one.get("enabled", True))
    if mode == "apikey":
        fields["in"] = "query" if held.get("placement") == "queryparams" else "header"
    return {"type": mode, str(mode): fields}


def _elsewhere(held: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the authentication of a token that is not in its header; None for one that is."""
    if held.get("tokenPlacement") != "url":
        return None
    if held.get("grantType") == "client_credentials":
        return {"type": "oauth2, token in the query"}
    placed = {"addTokenTo": "queryParams", "queryKey": held.get("tokenQueryKey")}
    return {"type": "oauth2", "oauth2": {"grant_type": held.get("grantType"), **placed}}


def _root(node: Mapping[str, Any]) -> dict[str, Any] | None:
    root = node.get("root")
    request = root.get("request") if isinstance(root, dict) else None
    return request if isinstance(request, dict) else None


def _variables_of(root: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    held = (root or {}).get("vars")
    return [variable(one) for one in (held.get("req") or () if isinstance(held, dict) else ())]


def variable(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pair as Postman writes it."""
    held = one.get("value")
    return {
        "key": one.get("name"),
        # In its language a value has no blanks around it.
        "value": held.strip(" \t") if isinstance(held, str) else held,
        "disabled": one.get("enabled") is False,
        **({"type": "secret"} if one.get("secret") else {}),
    }
