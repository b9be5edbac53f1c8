"""A Postman collection (2.0 and 2.1), also as its API wraps it → its requests, with what they inherit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from callsheet.importing.hidden_variables import hidden_by_use
from callsheet.importing.model import Collection, Imported, Listed
from callsheet.importing.reading_requests import (
    PATH_PARAMETER,
    add_basic,
    add_bearer,
    add_headers,
    add_json,
    add_key,
    add_oauth2,
    add_query,
    fields,
    leave_authentication,
    nearest_authentication,
    path_parameter,
    refuse_form,
    variable_text,
)
from callsheet.importing.variables import Variables, checked_host
from callsheet.words import counted

KIND = "a Postman collection"
_DEPTH = 50


def postman_collection(value: dict[str, Any], environment: Any, *, kind: str = KIND) -> Collection:
    """Return the requests of a collection.

    Args:
        value: the collection.
        environment: a file of variables, as JSON; None for none.
        kind: of the file that was written as Postman writes one.

    """
    value = value.get("collection") or value
    known, hidden = _variables(value.get("variable"))
    for one in (environment,) if environment is not None else ():
        more, more_hidden = _variables(one.get("values"))
        known, hidden = known | more, hidden | more_hidden
    info = value.get("info") or {}
    names: dict[str, str] = {}
    nodes = [*_items(value["item"], (), ())]
    folders = [_variables(_own(above)) for _, _, above in nodes]

    @cache
    def secrets() -> set[str]:
        """Return the variables that are credentials because a file says so, or by their use."""
        read = [
            lambda it, node=node, above=above: _Request(node["request"], (value, *above), it, kind).read()
            for node, _, above in nodes
        ]
        used = hidden_by_use(kind, read, [known, *(one for one, _ in folders)])
        return used.union(hidden, *(one for _, one in folders))

    def listed(node: dict[str, Any], folder: tuple[str, ...], above: tuple[Any, ...]) -> Listed:
        def read() -> Imported:
            variables = Variables(known, secrets(), _variables(_own(above))[0], names)
            found = _Request(node["request"], (value, *above), variables, kind).read()
            if _has_scripts(node):
                found.notes.append("its scripts were left out: nothing is run")
            return found

        return Listed(name=str(node.get("name") or "request"), folder=folder, read=read)

    notes = ["the scripts of the collection were left out: nothing is run"] if _has_scripts(value) else []
    if odd := _odd(value["item"]):
        notes.append(f"{counted(odd, 'item')} of the collection left out: neither a request nor a folder")
    requests = [listed(*one) for one in nodes]
    return Collection(kind=kind, title=str(info.get("name") or ""), requests=requests, notes=notes)


def _items(
    items: list[Any], folder: tuple[str, ...], above: tuple[Any, ...]
) -> Iterator[tuple[dict[str, Any], tuple[str, ...], tuple[Any, ...]]]:
    """Yield each request with the names of its folders, and the folders themselves."""
    for one in items if len(folder) < _DEPTH else ():
        if not isinstance(one, dict):
            continue
        if isinstance(one.get("item"), list):
            yield from _items(one["item"], (*folder, str(one.get("name") or "folder")), (*above, one))
        elif isinstance(one.get("request"), dict | str):
            yield one, folder, above


def _odd(items: list[Any], depth: int = 0) -> int:
    """Return how many items are nothing that can be read."""
    count = 0
    for one in items if depth < _DEPTH else ():
        inner = one.get("item") if isinstance(one, dict) else None
        if isinstance(inner, list):
            count += _odd(inner, depth + 1)
        elif not isinstance(one, dict) or not isinstance(one.get("request"), dict | str):
            count += 1
    return count


def _own(folders: tuple[Any, ...]) -> list[Any]:
    """Return the variables of folders, as they are listed."""
    return [it for one in folders for it in one.get("variable") or ()]


def _variables(listed: Any) -> tuple[dict[str, str], set[str]]:
    """Return the texts of variables, and the names of those that are secret."""
    found, hidden = {}, set()
    for one in listed if isinstance(listed, list) else ():
        if not isinstance(one, dict) or one.get("disabled") or one.get("enabled") is False:
            continue
        name, held = str(one.get("key") or one.get("id") or ""), one.get("value")
        found[name] = variable_text(held)
        if one.get("type") == "secret":
            hidden.add(name)
    return found, hidden


def _has_scripts(node: dict[str, Any]) -> bool:
    events = node.get("event")
    scripts = [one.get("script") or {} for one in (events if isinstance(events, list) else ())]
    return any(line.strip() for one in scripts for line in _lines(one.get("exec")))


def _lines(text: Any) -> list[str]:
    return [str(one) for one in text] if isinstance(text, list) else [str(text or "")]


class _Request:
    """One request.

    Args:
        node: of the collection: a request, or its URL alone.
        above: what contains it, the collection first.
        variables: that it sees.
        kind: of the file, for what is said of it.

    """

    def __init__(self, node: Any, above: tuple[Any, ...], variables: Variables, kind: str = KIND) -> None:
        self.kind = kind
        self.node: dict[str, Any] = {"url": node} if isinstance(node, str) else node
        self.above = above
        self.variables = variables

    def read(self) -> Imported:
        result = Imported(method=str(self.node.get("method") or "GET").upper(), url=self._url())
        headers = self.node.get("header")
        if isinstance(headers, str):
            pairs = (one.partition(":") for one in headers.splitlines() if ":" in one)
            add_headers(result, ((key.strip(), held.strip()) for key, _, held in pairs), self.variables)
        else:
            add_headers(result, fields(headers, "key"), self.variables)
        if not self.whole:
            add_query(result, fields(self.node["url"].get("query"), "key"), self.variables)
        self._authenticate(result)
        self._body(result)
        return checked_host(self.variables.into(result))

    def _url(self) -> str:
        url = self.node.get("url") or ""
        parts = url if isinstance(url, dict) else {"raw": url}
        self.whole = not (parts.get("host") or parts.get("path"))
        if self.whole:
            text = self.variables.marked(str(parts.get("raw") or ""))
            text = PATH_PARAMETER.sub(lambda match: self._segment(f":{match[1]}", parts), text)
        else:
            text = self._built(parts)
        shown = self.variables.filled(text)
        return text if re.match("[A-Za-z][A-Za-z0-9+.-]*://", shown) else f"http://{text}"

    def _built(self, url: dict[str, Any]) -> str:
        """Return a URL from its parts: what Postman sends, whatever `raw` says."""
        protocol = f"{url['protocol']}://" if url.get("protocol") else ""
        port = f":{url['port']}" if url.get("port") else ""
        path = "/".join(self._segment(one, url) for one in _parts(url.get("path"), "/"))
        host = self.variables.marked(f"{protocol}{'.'.join(_parts(url.get('host'), '.'))}{port}")
        return f"{host}/{path}" if path else host

    def _segment(self, text: str, url: dict[str, Any]) -> str:
        """Return a part of the path; `:name` is a parameter."""
        if not text.startswith(":") or len(text) == 1:
            return self.variables.marked(text)
        known = dict(fields(url.get("variable"), "key"))
        return path_parameter(text, known.get(text[1:], ""), self.variables)

    def _authenticate(self, result: Imported) -> None:
        """Authenticate by what the request says itself, else the nearest folder, else the collection."""
        auth = nearest_authentication([one.get("auth") for one in (*self.above, self.node)], self.kind)
        kind = str(auth.get("type") or "noauth")
        held = _auth_fields(auth.get(kind))
        if kind == "bearer":
            add_bearer(result, held.get("token", ""), "", self.variables)
        elif kind == "basic":
            add_basic(result, held.get("username", ""), held.get("password", ""), self.variables)
        elif kind == "apikey":
            where = "query" if held.get("in") == "query" else "header"
            add_key(result, held.get("key", ""), held.get("value", ""), where, self.variables)
        elif kind == "oauth2" and _is_client(held):
            add_oauth2(result, held, held["accessTokenUrl"], self.variables)
        elif kind == "oauth2" and held.get("addTokenTo") == "queryParams":
            add_key(result, "access_token", held.get("accessToken", ""), "query", self.variables)
        elif kind == "oauth2":
            prefix = held.get("headerPrefix", "").strip()
            add_bearer(result, held.get("accessToken", ""), prefix, self.variables)
        elif kind != "noauth":
            leave_authentication(result, kind)

    def _body(self, result: Imported) -> None:
        body = self.node.get("body") or {}
        mode = body.get("mode")
        if not body or body.get("disabled") or mode is None or body.get(mode) == []:
            return
        if mode == "graphql":
            asked = body.get("graphql") or {}
            given = asked.get("variables") or ""
            payload = {"query": self.variables.marked(str(asked.get("query") or ""))}
            text = given if isinstance(given, str) else json.dumps(given)
            more = {"variables": self.variables.payload(text)} if text.strip() else {}
            result.payload, result.has_payload = {**payload, **more}, True
        elif mode == "raw":
            add_json(result, body.get("raw"), self.variables)
        else:
            raise refuse_form("a file" if mode == "file" else "a form")


def _auth_fields(held: Any) -> dict[str, str]:
    """Return the fields of a scheme: a mapping in 2.0, a list in 2.1."""
    if isinstance(held, dict):
        return {key: str(one) for key, one in held.items() if one is not None}
    return dict(fields(held, "key"))


def _parts(held: Any, separator: str) -> list[str]:
    if isinstance(held, str):
        return held.removeprefix("/").split(separator)
    return [str(one.get("value", "") if isinstance(one, dict) else one) for one in held or ()]


def _is_client(held: dict[str, str]) -> bool:
    """Return whether OAuth 2 needs nobody who signs in."""
    return held.get("grant_type") == "client_credentials" and bool(held.get("accessTokenUrl"))
