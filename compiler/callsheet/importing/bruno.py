"""A request of Bruno (`.bru`), or a collection that it exports as JSON → requests, as Postman's are read.

Source: docs.usebruno.com, "Bru Lang" and its tag reference; the export is the same with names of JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.importing.hiding import hidden
from callsheet.importing.model import Collection, ImportFault
from callsheet.importing.postman import postman_collection
from callsheet.importing.variables import Variables
from callsheet.words import nearest

KIND = "a Bruno collection"
_BEGINNING = re.compile(r"^(?P<name>[a-z][a-z0-9:-]*) ?(?P<bracket>[{\[])\s*$")
_QUOTED = re.compile(r'(?P<off>~?)"(?P<name>[^"]*)"\s*:(?P<held>.*)')
_METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "connect", "trace", "http")
_DEPTH = 50
_MODES = {"json": "json", "text": "text", "xml": "xml", "sparql": "text"}
_AUTH = {
    "bearer": {"token": "token"},
    "basic": {"username": "username", "password": "password"},
    "apikey": {"key": "key", "value": "value"},
    "oauth2": {
        "grantType": "grant_type", "accessTokenUrl": "accessTokenUrl", "clientId": "clientId",
        "clientSecret": "clientSecret", "scope": "scope",
    },
}  # fmt: skip


def is_bru(text: str) -> bool:
    """Return whether a text is a file of Bruno: a request, or an environment."""
    return re.search(r"^(?:meta|vars) ?\{\s*$", text, re.MULTILINE) is not None


def is_bruno(value: Mapping[str, Any]) -> bool:
    """Return whether JSON is a collection that Bruno exported."""
    items = value.get("items")
    known = "brunoConfig" in value or "environments" in value or str(value.get("version")) == "1"
    return isinstance(items, list) and known and "name" in value


def collection_of_file(text: str) -> dict[str, Any]:
    """Return a request in Bruno's language as a collection with this request, as Bruno exports one.

    Raises:
        ImportFault: for a file that is no request.

    """
    blocks = dict(_blocks(text))
    method = next((one for one in _METHODS if one in blocks), None)
    if method is None:
        raise ImportFault("the file of Bruno contains no request", "name the file of one request")
    sent = dict(_pairs(blocks[method]))
    request: dict[str, Any] = {
        "method": sent.get("method", method).upper(),
        "url": sent.get("url", ""),
        "headers": _listed(blocks.get("headers", "")),
        "params": [
            {**one, "type": kind}
            for kind, name in (("query", "params:query"), ("query", "query"), ("path", "params:path"))
            for one in _listed(blocks.get(name, ""))
        ],
        "body": _body_of(blocks, sent.get("body", "none")),
        "auth": _auth_of(blocks, sent.get("auth", "none")),
        "vars": {"req": _listed(blocks.get("vars:pre-request", ""))},
        "script": {"req": blocks.get("script:pre-request"), "res": blocks.get("script:post-response")},
        "tests": blocks.get("tests"),
    }
    name = dict(_pairs(blocks.get("meta", ""))).get("name", "request")
    return {"name": name, "version": "1", "items": [{"name": name, "request": request}]}


def _body_of(blocks: Mapping[str, str], mode: str) -> dict[str, Any]:
    if mode != "graphql":
        return {"mode": mode, mode: blocks.get(f"body:{mode}", blocks.get("body", ""))}
    asked = {
        "query": blocks.get("body:graphql", ""),
        "variables": blocks.get("body:graphql:vars", ""),
    }
    return {"mode": mode, mode: asked}


def _auth_of(blocks: Mapping[str, str], mode: str) -> dict[str, Any]:
    # The folder is in another file: what is left out is said, as of a scheme that is not known.
    found: dict[str, Any] = {"mode": "that of its folder" if mode == "inherit" else mode}
    for name, block in blocks.items():
        if name.startswith("auth:"):
            found[name.removeprefix("auth:")] = {_camel(key): held for key, held in _pairs(block)}
    return found


def variables_of_file(text: str) -> dict[str, Any]:
    """Return the variables of an environment in Bruno's language, as a file of Postman lists them."""
    blocks = dict(_blocks(text))
    hidden = [one.strip(" ,") for one in blocks.get("vars:secret", "").splitlines() if one.strip(" ,")]
    plain = [_variable(one) for one in _listed(blocks.get("vars", ""))]
    return {"values": [*plain, *({"key": one, "value": "", "type": "secret"} for one in hidden)]}


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
    }
    return postman_collection(converted, environment, kind=KIND, sort=Variables)


def _environment(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    known = {str(one.get("name")): one for one in value.get("environments") or () if isinstance(one, dict)}
    if name not in known:
        raise ImportFault(
            f"the collection has no environment `{hidden(name)[:80]}`{nearest(name, known)}",
            f"there are: {', '.join(known) or 'none'}",
        )
    return {"values": [_variable(one) for one in known[name].get("variables") or ()]}


def _items(items: list[Any], above: list[dict[str, Any]], depth: int) -> Iterator[dict[str, Any]]:
    """Yield requests and folders as Postman writes them; headers of folders are those of each request."""
    for one in items if depth < _DEPTH else ():
        if not isinstance(one, dict):
            yield {}
        elif isinstance(one.get("items"), list):
            root = _root(one)
            inner = [*above, root] if root else above
            folder = {"name": one.get("name"), "item": [*_items(one["items"], inner, depth + 1)]}
            yield {**folder, "auth": _auth((root or {}).get("auth")), "variable": _variables_of(root)}
        elif isinstance(one.get("request"), dict):
            yield {"name": one.get("name"), **_item(one["request"], above)}
        else:
            yield {}


def _item(request: dict[str, Any], above: list[dict[str, Any]]) -> dict[str, Any]:
    params = [one for one in request.get("params") or () if isinstance(one, dict)]
    own = {str(one.get("name")).lower() for one in request.get("headers") or ()}
    headers = [
        one for it in above for one in it.get("headers") or () if str(one.get("name")).lower() not in own
    ]
    url = str(request.get("url") or "")
    query = [one for one in params if one.get("type", "query") == "query"]
    if "?" not in url and (pairs := [_variable(one) for one in query if one.get("enabled", True)]):
        url += "?" + "&".join(f"{one['key']}={one['value']}" for one in pairs)
    scripts = [*(request.get("script") or {}).values(), request.get("tests")]
    return {
        "request": {
            "method": request.get("method"),
            "url": {
                "raw": url,
                "variable": [_variable(one) for one in params if one.get("type") == "path"],
            },
            "header": [_variable(one) for one in (*headers, *(request.get("headers") or ()))],
            "auth": _auth(request.get("auth")),
            "body": _body(request.get("body") or {}),
        },
        "variable": _variables_of(request),
        # Bruno sends a body with any method.
        "protocolProfileBehavior": {"disableBodyPruning": True},
        "event": [{"script": {"exec": [str(one) for one in scripts if one]}}],
    }


def _body(body: Mapping[str, Any]) -> dict[str, Any]:
    mode = body.get("mode") or "none"
    if mode == "none":
        return {}
    if mode == "graphql":
        return {"mode": "graphql", "graphql": body.get("graphql") or {}}
    if mode in _MODES:
        return {"mode": "raw", "raw": body.get(mode), "options": {"raw": {"language": _MODES[mode]}}}
    if mode in ("file", "binaryFile"):
        return {"mode": "file", "file": {"src": mode}}
    return {"mode": "formdata", "formdata": [{"key": mode}]}


def _auth(auth: Any) -> dict[str, Any] | None:
    """Return an authentication as Postman writes it; None for one that is inherited, or not said."""
    mode = auth.get("mode") if isinstance(auth, dict) else None
    if mode in (None, "inherit"):
        return None
    held = auth.get(mode) or {}
    names = _AUTH.get(str(mode))
    if mode == "none" or names is None:
        return {"type": "noauth" if mode == "none" else mode}
    fields = {to: held[name] for name, to in names.items() if held.get(name) is not None}
    if mode == "apikey":
        fields["in"] = "query" if held.get("placement") == "queryparams" else "header"
    return {"type": mode, str(mode): fields}


def _root(node: Mapping[str, Any]) -> dict[str, Any] | None:
    root = node.get("root")
    request = root.get("request") if isinstance(root, dict) else None
    return request if isinstance(request, dict) else None


def _variables_of(root: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    held = (root or {}).get("vars")
    return [_variable(one) for one in (held.get("req") or () if isinstance(held, dict) else ())]


def _variable(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pair as Postman writes it."""
    return {
        "key": one.get("name"),
        "value": one.get("value"),
        "disabled": one.get("enabled") is False,
        **({"type": "secret"} if one.get("secret") else {}),
    }


# -- Bruno's language -------------------------------------------------------------------------------


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a file with what is in them; one ends with a bracket that begins a line."""
    name, inside = "", list[str]()
    for line in text.splitlines():
        beginning = _BEGINNING.match(line)
        if not name and beginning:
            name, inside = beginning["name"], []
        elif name and line.rstrip() in ("}", "]"):
            yield name, "\n".join(inside)
            name = ""
        elif name:
            inside.append(line.removeprefix("  "))


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    """Yield names and values; a value of several lines is between `'''`."""
    lines = iter(block.splitlines())
    for line in lines:
        quoted = _QUOTED.match(line.strip())
        if quoted:
            name, held = quoted["off"] + quoted["name"], quoted["held"]
        else:
            name, colon, held = line.strip().partition(":")
            if not colon:
                continue
        held = held.strip()
        if held.startswith("'''"):
            parts = [held.removeprefix("'''")]
            while not parts[-1].rstrip().endswith("'''"):
                following = next(lines, "'''")
                parts.append(following.removeprefix("  "))
            held = "\n".join(parts).rstrip().removesuffix("'''").strip("\n")
        yield name.strip(), held


def _listed(block: str) -> list[dict[str, Any]]:
    return [
        {"name": name.removeprefix("~"), "value": held, "enabled": not name.startswith("~")}
        for name, held in _pairs(block)
    ]


def _camel(name: str) -> str:
    """Return a name of the language as the export spells it: `access_token_url`, accessTokenUrl."""
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))
