"""A file in Bruno's language (`.bru`) → a collection with its request, or the variables of an environment.

Source: docs.usebruno.com, "Bru Lang" and its tag reference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callsheet.importing.bruno import variable
from callsheet.importing.model import ImportFault

_BEGINNING = re.compile(r"^(?P<name>[a-z][a-z0-9:-]*) ?(?P<bracket>[{\[])\s*$")
_QUOTED = re.compile(r'(?P<off>~?)"(?P<name>[^"]*)"\s*:(?P<held>.*)')
_METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "connect", "trace", "http")


def is_bru(text: str) -> bool:
    """Return whether a text is a file of Bruno: a request, or an environment."""
    return re.search(r"^(?:meta|vars) ?\{\s*$", text, re.MULTILINE) is not None


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
    encodes = dict(_pairs(blocks.get("settings", ""))).get("encodeUrl") == "true"
    item = {"name": name, "request": request, "settings": {"encodeUrl": encodes}}
    return {"name": name, "version": "1", "items": [item]}


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
    plain = [variable(one) for one in _listed(blocks.get("vars", ""))]
    return {"values": [*plain, *({"key": one, "value": "", "type": "secret"} for one in hidden)]}


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
