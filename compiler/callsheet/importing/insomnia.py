"""An Insomnia export (format 4, and 5 as YAML) → its requests, with what their folders say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from callsheet.documents.walking import texts_in
from callsheet.importing.hidden_variables import hidden_by_use
from callsheet.importing.insomnia_nodes import DEEPER, DEPTH, other_requests, resources_of
from callsheet.importing.insomnia_urls import insomnia_url, refuse_tags
from callsheet.importing.model import Collection, Imported, ImportFault, Listed
from callsheet.importing.reading_requests import (
    add_basic,
    add_bearer,
    add_headers,
    add_json,
    add_key,
    add_oauth2,
    fields,
    leave_authentication,
    nearest_authentication,
    note_grant,
    note_missing,
    path_parameter,
    refuse_form,
    without_value,
)
from callsheet.importing.variable_texts import variable_text
from callsheet.importing.variables import Variables, checked_host
from callsheet.words import nearest

KIND = "an Insomnia export"
_ISO = "name and password are sent as UTF-8: the tool sends them as ISO-8859-1"


def insomnia_collection(value: dict[str, Any], environment: str | None) -> Collection:
    """Return the requests of an export.

    Args:
        value: the export.
        environment: one of those below the base environment, by its name; None for the base alone.

    Raises:
        ImportFault: for an environment that is not there.

    """
    resources = value["resources"] if "resources" in value else [*resources_of(value)]
    listed_nodes = [one for one in resources if isinstance(one, dict)]
    nodes = {str(one.get("_id") or f"node {index}"): one for index, one in enumerate(listed_nodes)}
    known = _environment(nodes, environment)
    names: dict[str, str] = {}
    found = [one for one in nodes.values() if one.get("_type") == "request"]

    @cache
    def secrets() -> set[str]:
        """Return the variables that are credentials by their use."""
        read = [lambda it, one=one: _Request(one, _folders(nodes, one), it).read() for one in found]
        return hidden_by_use(KIND, read, [known, *(_own(_folders(nodes, one)) for one in found)])

    def listed(node: dict[str, Any]) -> Listed:
        folders = _folders(nodes, node)

        def read() -> Imported:
            variables = Variables(known, secrets(), _own(folders), names)
            return checked_host(_Request(node, folders, variables).read(), _way_out(nodes))

        folder = tuple(str(one.get("name") or "folder") for one in folders)
        return Listed(name=str(node.get("name") or "request"), folder=folder, read=read)

    title = next(
        (str(one.get("name") or "") for one in nodes.values() if one.get("_type") == "workspace"), ""
    )
    requests = [listed(one) for one in found]
    deeper = any(one.get("_type") == DEEPER for one in nodes.values())
    notes = [f"what is in more than {DEPTH} folders was left out"] if deeper else []
    notes += other_requests(nodes.values())
    jars = [one for one in nodes.values() if one.get("_type") == "cookie_jar" and one.get("cookies")]
    of_each = ["the cookies of the export were left out: an action has no session"] if jars else []
    return Collection(kind=KIND, title=title, requests=requests, notes=notes, of_each=of_each)


def _above(nodes: Mapping[str, dict[str, Any]], node: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what contains a request, the outermost first."""
    found: list[dict[str, Any]] = []
    parent = nodes.get(str(node.get("parentId")))
    while parent is not None and len(found) < DEPTH:
        found.insert(0, parent)
        parent = nodes.get(str(parent.get("parentId")))
    return found


def _folders(nodes: Mapping[str, dict[str, Any]], node: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in _above(nodes, node) if one.get("_type") == "request_group"]


def _own(folders: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return the texts of the variables that folders declare, the innermost last."""
    found: dict[str, str] = {}
    for one in folders:
        found = _over(found, _texts(one.get("environment") or {}))
    return found


def _over(found: dict[str, str], more: dict[str, str]) -> dict[str, str]:
    """Return variables with those of what is within; one that reads itself reads that of the outer one."""
    return found | {
        name: found[name].join(re.split(rf"\{{\{{\s*(?:_\.)?{re.escape(name)}\s*\}}\}}", text))
        if name in found
        else text
        for name, text in more.items()
    }


def _way_out(nodes: Mapping[str, dict[str, Any]]) -> str:
    """Return what gives a variable its value."""
    listed = [one for one in nodes.values() if one.get("_type") == "environment"]
    bases = [one["_id"] for one in listed if "_id" in one]
    names = [str(one.get("name")) for one in listed if one.get("parentId") in bases]
    if not names:
        return "write the URL without it"
    return f"name an environment of the export with --environment: {', '.join(names)[:200]}"


def _environment(nodes: Mapping[str, dict[str, Any]], wanted: str | None) -> dict[str, str]:
    """Return the texts of the base environments' variables, and of the one below them that is wanted."""
    listed = [one for one in nodes.values() if one.get("_type") == "environment"]
    bases = [one["_id"] for one in listed if "_id" in one]
    below = [one for one in listed if one.get("parentId") in bases]
    chosen = [one for one in listed if one not in below]
    if wanted is not None:
        by_name = {str(one.get("name")): one for one in below}
        if wanted not in by_name:
            known = ", ".join(by_name) or "none"
            raise ImportFault(
                f"the export has no environment `{wanted[:60]}`{nearest(wanted, by_name)}",
                f"name one of its environments: {known}",
            )
        chosen.append(by_name[wanted])
    found: dict[str, str] = {}
    for one in chosen:
        found = _over(found, _texts(one.get("data")))
    return found


def _texts(data: Any, before: str = "") -> dict[str, str]:
    """Return variables as texts; one within another is named with a dot."""
    found: dict[str, str] = {}
    for key, one in data.items() if isinstance(data, dict) else ():
        name = f"{before}{key}"
        found[name] = variable_text(one)
        if isinstance(one, dict):
            found |= _texts(one, f"{name}.")
    return found


class _Request:
    def __init__(self, node: dict[str, Any], folders: list[dict[str, Any]], variables: Variables) -> None:
        self.node = node
        self.folders = folders
        self.variables = variables

    def read(self) -> Imported:
        node, variables = self.node, self.variables
        method = str(node.get("method") or "GET")
        asked = fields(node.get("parameters"))
        encodes = (node.get("settings") or {}).get("encodeUrl", node.get("settingEncodeUrl", True))
        kept = "" if encodes else "+"
        url = insomnia_url(str(node.get("url") or ""), asked, self._path_parameter, variables, kept)
        result = Imported(method=method.upper(), url=url)
        if not method.isupper():
            result.notes.append(f"the method is {method.upper()[:20]}, and the tool sends `{method[:20]}`")
        listed = [one.get("headers") for one in self.folders] + [node.get("headers")]
        for headers in listed:
            add_headers(result, fields(headers), variables)
            result.notes.extend(without_value(headers, told=", and the tool sends `undefined`"))
        self._authenticate(result)
        self._body(result)
        headers = (one for pair in result.headers for one in pair)
        refuse_tags((*headers, *(one for _, one in texts_in(result.payload))))
        if any(map(_has_scripts, (*self.folders, node))):
            result.notes.append("its scripts were left out: nothing is run")
        return variables.into(result)

    def _path_parameter(self, match: re.Match[str]) -> str:
        known = dict(fields(self.node.get("pathParameters")))
        return path_parameter(match[0], known.get(match[1], ""), self.variables)

    def _authenticate(self, result: Imported) -> None:
        listed = [one.get("authentication") for one in (*self.folders, self.node)]
        auth = nearest_authentication(listed, KIND)
        kind = "none" if auth.get("disabled") else str(auth.get("type") or "none")
        held = {key: str(one) for key, one in auth.items() if one is not None}
        if kind == "bearer":
            note_missing(result, held.get("token", ""), "its token")
            add_bearer(result, held.get("token", ""), held.get("prefix", ""), self.variables)
        elif kind == "basic":
            add_basic(result, held.get("username", ""), held.get("password", ""), self.variables)
            if auth.get("useISO88591"):
                result.notes.append(
                    "name and password are sent as UTF-8: the tool sends them as ISO-8859-1"
                )
        elif kind == "apikey" and held.get("addTo") != "cookie":
            where = "query" if held.get("addTo") == "queryParams" else "header"
            note_missing(result, held.get("value", ""), "its key")
            add_key(result, held.get("key", ""), held.get("value", ""), where, self.variables)
        elif kind == "oauth2" and held.get("grantType") in ("client_credentials", "password"):
            self._client(result, auth, held)
        elif kind == "oauth2":
            pkce = " with PKCE" if auth.get("usePkce") is True else ""
            note_grant(result, f"{held.get('grantType') or 'authorization_code'}{pkce}")
            add_bearer(result, "", held.get("tokenPrefix", ""), self.variables)
        elif kind != "none":
            leave_authentication(result, kind)

    def _client(self, result: Imported, auth: Mapping[str, Any], held: Mapping[str, str]) -> None:
        """Authenticate by a token that a client gets for itself; no action sends one after another word."""
        if held.get("tokenPrefix", "").strip().lower() not in ("", "bearer"):
            leave_authentication(result, "oauth2, token without Bearer")
            return
        placed = "form" if auth.get("credentialsInBody") is True else "basic"
        more = [one for one in ("audience", "resource") if held.get(one)]
        url, grant = held.get("accessTokenUrl", ""), held["grantType"]
        add_oauth2(result, held, url, self.variables, placed=placed, more=more, grant=grant)

    def _body(self, result: Imported) -> None:
        body = self.node.get("body") or {}
        if body.get("params"):
            raise refuse_form("a form")
        if body.get("fileName"):
            raise refuse_form("a file")
        add_json(result, body.get("text"), self.variables)
        if result.has_payload and not any(name.lower() == "content-type" for name, _ in result.headers):
            result.notes.append(
                "the body is sent as application/json: the tool sends it without a Content-Type"
            )


def _has_scripts(node: Mapping[str, Any]) -> bool:
    """Return whether a request or a folder runs something, as format 4 or 5 writes it."""
    scripts = node.get("scripts")
    within = scripts if isinstance(scripts, dict) else {}
    return any(
        isinstance(one, str) and one.strip()
        for one in (
            node.get("preRequestScript"), node.get("afterResponseScript"),
            within.get("preRequest"), within.get("afterResponse"),
        )
    )  # fmt: skip
