"""CS82x: what the screen of a custom action in Journey Optimizer refuses, or takes and does otherwise.

Checked in environments whose target is `journey-optimizer`. Sources: Adobe's documentation of Journey
Optimizer, pages "Configure a custom action", "Guardrails", "External systems" and "External data sources".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule
from callsheet.language.urls import host_of, url_text
from callsheet.outbound.durations import Duration

Compiled = dict[str, Any]

_METHODS = ("GET", "POST", "PUT")
_ADOBE = re.compile(r"(?:^|\.)adobe(?:-internal)?\.[a-z]+\Z")
_NUMBER_HOST = re.compile(r"(?:0x[0-9a-f]+|[0-9]+)(?:\.(?:0x[0-9a-f]+|[0-9]+)){0,3}\Z")
_RETRIES = 3
_LONGEST, _SHORTEST = Duration.read("30s"), Duration.read("1s")


@rule("CS821", "journey-method", on="journey")
def journey_method(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer can only call with GET, POST or PUT.

    Bad:
        request: {method: PATCH, payload: {a: 1}}
    Good:
        request: {method: PUT, payload: {a: 1}}
    """
    method = compiled["request"]["method"]
    if method not in _METHODS:
        yield at.value(
            ("request", "method"),
            f"Journey Optimizer cannot call with {method}",
            do="use GET, POST or PUT, or a small service between that translates",
        )


@rule("CS822", "journey-url", on="journey")
def journey_url(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """The URL of a custom action must be static: no parameter, no query, a default port, a host name.

    What changes with each customer is the *Path* that a journey adds after it, or a query parameter.

    Bad:
        request: {url: "https://api.example.com:8443/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    url = compiled["request"]["url"]
    for message, way_out in _url_faults(url):
        yield at.value(("request", "url"), message, do=way_out)


def _url_faults(url: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(url, str):
        yield (
            "Journey Optimizer takes no parameter in the URL of an action",
            "leave the static part here; a journey adds the rest as its Path, which comes last",
        )
    try:
        parts = urlsplit(url_text(url))
        port = parts.port
    except ValueError:
        return
    if parts.query:
        yield "Journey Optimizer takes no query in the URL", "write it under `request.query`"
    if port is not None and port != {"http": 80, "https": 443}.get(parts.scheme):
        yield (
            f"Journey Optimizer calls the default ports only, and this is {port}",
            "serve it at 443 for https, at 80 for http",
        )
    if _is_address(parts.hostname or ""):
        yield "Journey Optimizer calls no IP address", "write the host's name"


def _is_address(host: str) -> bool:
    if _NUMBER_HOST.match(host):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@rule("CS823", "journey-adobe-host", on="journey")
def journey_adobe_host(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer cannot call a host of Adobe's that is not public.

    Bad:
        request: {url: "https://service.corp.adobe.com/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    host = host_of(compiled["request"]["url"])
    if _ADOBE.search(host) and not host.endswith("adobe.io"):
        yield at.value(
            ("request", "url"), f"Journey Optimizer refuses Adobe's host {host}", do="call a public API"
        )


@rule("CS824", "journey-adobe-io", on="journey", severity="warning", adjustable=True)
def journey_adobe_io(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """A host at `*.adobe.io` may be refused: Adobe's guardrails name hosts `.adobe.*`.

    Adobe does not say whether a public one is accepted: try it on the screen before a journey needs it.

    Bad:
        request: {url: "https://platform.adobe.io/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    host = host_of(compiled["request"]["url"])
    if host == "adobe.io" or host.endswith(".adobe.io"):
        yield at.value(
            ("request", "url"),
            f"Journey Optimizer may refuse {host}: its guardrails name hosts of Adobe's",
            do="try it on the screen (Send test request) before a journey needs it",
        )


@rule("CS825", "journey-field-name", on="journey")
def journey_field_name(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """The name of a header or query parameter must not begin with `.` or `$`.

    Bad:
        request: {query: {$page: "1"}}
    Good:
        request: {query: {page: "1"}}
    """
    for field in ("headers", "query"):
        for name in compiled["request"].get(field, {}):
            if name[:1] in (".", "$"):
                yield at.key(
                    ("request", field, name),
                    f"Journey Optimizer takes no name that begins with `{name[0]}`",
                    do="choose another name",
                )


@rule("CS827", "journey-authentication", on="journey")
def journey_authentication(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """Journey Optimizer can only authenticate with none, basic, apiKey and custom.

    Bad:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    Good:
        authentication: {type: apiKey, name: X-Key, in: header, value: {secret: "env:KEY"}}
    """
    found = compiled["authentication"]
    kind = found["type"]
    ways = {
        "bearer": "write the token as apiKey in the header Authorization, or `custom` that asks for one",
        "oauth2": "write it as `custom`: endpoint, body, tokenInResponse: 'json://access_token'",
        "hmac": "it cannot sign; call a small service between that does",
    }
    if kind in ways:
        yield at.value(
            ("authentication", "type"), f"Journey Optimizer has no {kind} authentication", do=ways[kind]
        )
    if "clientCertificate" in found:
        yield at.key(
            ("authentication", "clientCertificate"),
            "Journey Optimizer shows Adobe's own certificate, and no other",
            do="let the service trust Adobe's, and remove this",
        )
    cache = found.get("cacheDuration") or {}
    if kind == "custom" and "duration" in cache and "expiryInResponse" in cache:
        yield at.key(
            ("authentication", "cacheDuration"),
            "the token is kept by `duration` or by `expiryInResponse`, not by both",
            do="remove one of the two",
        )


@rule("CS828", "journey-timeout", on="journey")
def journey_timeout(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """The timeout of an action must be 1 to 30 seconds, with its retries.

    Bad:
        limits: {timeout: 31s}
    Good:
        limits: {timeout: 30s}
    """
    timeout = (compiled.get("limits") or {}).get("timeout")
    if not isinstance(timeout, str):
        return
    if not _SHORTEST <= Duration.read(timeout) <= _LONGEST:
        yield at.value(
            ("limits", "timeout"), "a journey waits 1 to 30 seconds, and no longer", do="write 1s to 30s"
        )


@rule("CS829", "journey-limits", on="journey", severity="warning", adjustable=True)
def journey_limits(compiled: Compiled, at: Spots) -> Iterator[Problem]:
    """Retries and rates of an action cannot be set in Journey Optimizer: it retries three times.

    It never retries on 401, 403 and 404. Each retry counts in the capping of the endpoint.

    Bad:
        limits: {retries: 5}
    Good:
        limits: {retries: 3}
    """
    limits = compiled.get("limits") or {}
    if limits.get("retries", _RETRIES) != _RETRIES:
        yield at.value(
            ("limits", "retries"),
            f"Journey Optimizer retries up to {_RETRIES} times, whatever is written here",
            do=f"write {_RETRIES}, or leave it out",
        )
    for name in ("rate", "maxConnections"):
        if name in limits:
            yield at.key(
                ("limits", name),
                f"`{name}` is not a field of a custom action: Journey Optimizer caps endpoints",
                do="write a capping configuration of the endpoint, for all actions that call it",
            )
