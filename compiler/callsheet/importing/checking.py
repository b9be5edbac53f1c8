"""An imported request × a compiled action → where the request is not one that the action makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsheet.emulator.checks import is_scalar, unlike
from callsheet.emulator.routes import Route, routes_of
from callsheet.importing.hiding import hidden
from callsheet.importing.model import Imported
from callsheet.importing.shell_marks import as_written
from callsheet.templates.values import text_of

_USUAL = ("content-type", "accept", "user-agent", "authorization", "host", "content-length")

_UNKNOWN = "\ue000"
"""In the URL of an action, for what a parameter makes of it."""


def calls(compiled: Mapping[str, Any], imported: Imported) -> bool:
    """Return whether a request goes where an action calls."""
    route, parts = _route(compiled), urlsplit(as_written(imported.url))
    return bool(route.host.match(parts.netloc.lower()) and route.path.match(parts.path or "/"))


def differences(compiled: Mapping[str, Any], imported: Imported) -> list[str]:
    """Return where a request differs from every request of an action; who calls is not compared."""
    found = []
    request = compiled["request"]
    if not calls(compiled, imported):
        url = imported.url.partition("?")[0]
        found.append(f"it calls {url}, and the action {_shown(compiled)}")
    if imported.method != request["method"]:
        found.append(f"it calls with {imported.method}, and the action with {request['method']}")
    sent = {name.lower(): value for name, value in imported.headers}
    found += _fields(request.get("headers", {}), sent, "header", lower=True)
    found += _parameters(_query_of(compiled), _listed(urlsplit(as_written(imported.url)).query))
    if imported.has_payload != ("payload" in request):
        found.append("only one of the two has a payload")
    elif imported.has_payload:
        reason = unlike(request["payload"], imported.payload, "the payload")
        found += [reason] if reason else []
    return [*map(hidden, found)]


def _fields(written: Mapping[str, Any], sent: Mapping[str, str], what: str, *, lower: bool) -> list[str]:
    found = []
    known = {name.lower() if lower else name: value for name, value in written.items()}
    for name, value in known.items():
        if name in _USUAL or isinstance(value, dict):
            continue
        if name not in sent:
            found.append(f"the {what} {name} is missing")
        elif is_scalar(value) and sent[name] != text_of(value):
            found.append(f"the {what} {name} differs")
    found += [f"the {what} {name} is one that the action does not send" for name in sent
              if name not in known and name not in _USUAL]  # fmt: skip
    return found


def _query_of(compiled: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the query parameters of an action by their names: those that its URL says, and the others."""
    request, own = compiled["request"], compiled["authentication"]
    url = request["url"]
    parts = url["$concat"] if isinstance(url, dict) and "$concat" in url else [url]
    asked = "".join(one if isinstance(one, str) else _UNKNOWN for one in parts).partition("?")[2]
    found: dict[str, list[Any]] = {name: [*values] for name, values in _listed(asked).items()}
    for name, value in request.get("query", {}).items():
        found.setdefault(name, []).append(value)
    if own.get("in") == "query":
        found.setdefault(own["name"], []).append(own["value"])
    return found


def _listed(query: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _parameters(known: Mapping[str, list[Any]], sent: Mapping[str, list[str]]) -> list[str]:
    found = []
    for name, values in known.items():
        if name not in sent:
            # A parameter may be left out where it is empty.
            found += [] if isinstance(values[0], dict) else [f"the query parameter {name} is missing"]
        elif len(values) != len(sent[name]) or any(map(_differs, values, sent[name])):
            found.append(f"the query parameter {name} differs")
    return found + [
        f"the query parameter {name} is one that the action does not send"
        for name in sent
        if name not in known
    ]


def _differs(written: Any, sent: str) -> bool:
    """Return whether a text is not what is written; what a parameter is in may be any."""
    return is_scalar(written) and _UNKNOWN not in text_of(written) and sent != text_of(written)


def _route(compiled: Mapping[str, Any]) -> Route:
    return next(routes_of(compiled, "", None))


def _shown(compiled: Mapping[str, Any]) -> str:
    url = compiled["request"]["url"]
    parts = url["$concat"] if isinstance(url, dict) and "$concat" in url else [url]
    return "".join(one if isinstance(one, str) else "{…}" for one in parts)
