"""An imported request × a compiled action → where the request is not one that the action makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsheet.emulator.checks import is_scalar, unlike
from callsheet.emulator.routes import Route, routes_of
from callsheet.importing.hiding import hidden
from callsheet.importing.model import Imported
from callsheet.importing.shell import as_written
from callsheet.templates.values import text_of

_USUAL = ("content-type", "accept", "user-agent", "authorization", "host", "content-length")


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
    query = dict(parse_qsl(urlsplit(imported.url).query, keep_blank_values=True))
    found += _fields(request.get("headers", {}), sent, "header", lower=True)
    found += _fields(request.get("query", {}), query, "query parameter", lower=False)
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


def _route(compiled: Mapping[str, Any]) -> Route:
    return next(routes_of(compiled, "", None))


def _shown(compiled: Mapping[str, Any]) -> str:
    url = compiled["request"]["url"]
    parts = url["$concat"] if isinstance(url, dict) and "$concat" in url else [url]
    return "".join(one if isinstance(one, str) else "{…}" for one in parts)
