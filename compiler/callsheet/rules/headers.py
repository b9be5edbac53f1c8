"""CS409 to CS414 and CS419: the headers of a request, and those that its authentication sets (RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, rule

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
"""A header's name (RFC 9110 section 5.6.2)."""

_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?\Z")
"""A header's value (RFC 9110 section 5.5): ASCII, no control character, no white space at its ends."""

_HOP_BY_HOP = {
    "connection": "belongs to one connection (RFC 9110 section 7.6.1)",
    "content-length": "is computed when the request is sent",
    "expect": "belongs to one connection (RFC 9110 section 10.1.1)",
    "host": "comes from the URL",
    "keep-alive": "belongs to one connection",
    "proxy-authorization": "belongs to a proxy",
    "proxy-connection": "belongs to one connection",
    "te": "belongs to one connection (RFC 9110 section 10.1.4)",
    "trailer": "belongs to one connection",
    "transfer-encoding": "belongs to one connection (RFC 9112 section 6.1)",
    "upgrade": "belongs to one connection (RFC 9110 section 7.8)",
}


@rule("CS409", "header-name", on="compiled", reads=("request.headers",))
def header_name(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A header's name must be a token of RFC 9110 section 5.6.2.

    Bad:
        request: {headers: {"X Tenant": a}}
    Good:
        request: {headers: {X-Tenant: a}}
    """
    for name in compiled["request"].get("headers", ()):
        if not _TOKEN.match(name):
            yield at.key(
                ("request", "headers", name),
                f"the header name {name!a} contains a character that is not allowed in one",
                do="use letters, digits and -",
            )


@rule("CS410", "header-value", on="compiled", reads=("request.headers", "authentication"))
def header_value(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    r"""A header's value must be one line of plain ASCII (RFC 9110 section 5.5).

    Services read a letter with an accent in different encodings, so it is never sent.

    Bad:
        request: {headers: {X-Tenant: "a\r\nX-Admin: true"}}
    Good:
        request: {headers: {X-Tenant: a}}
    """
    for path, headers in (
        (("request", "headers"), compiled["request"].get("headers", {})),
        (("authentication", "headers"), compiled["authentication"].get("headers", {})),
    ):
        for name, value in headers.items():
            fault = _header_fault(value)
            if fault:
                yield at.value(
                    (*path, name),
                    f"the value of the header `{name}` contains {fault}, which is not allowed in headers",
                    do="write it in one line of plain characters, or send it in the payload",
                )


def _header_fault(value: Any) -> str:
    """Return what the constant parts of a header's value hold that no header has; empty for nothing."""
    pieces = [value] if isinstance(value, str) else value.get("$concat", ()) if value else ()
    for piece in pieces:
        if not isinstance(piece, str) or not piece:
            continue
        checked = piece if piece is value else piece.strip(" \t") or "x"
        if not _FIELD_VALUE.match(checked):
            plain = _FIELD_VALUE.match(re.sub(r"[^\x00-\x7f]", "x", checked))
            return "a character that is not ASCII" if plain else "a line break or another character"
    return ""


@rule("CS411", "duplicate-header", on="compiled", reads=("request.headers",))
def duplicate_header(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A header must be written once: upper and lower case are the same (RFC 9110 section 5.1).

    Bad:
        request: {headers: {X-Tenant: a, x-tenant: b}}
    Good:
        request: {headers: {X-Tenant: a}}
    """
    seen: dict[str, str] = {}
    for name in compiled["request"].get("headers", ()):
        first = seen.setdefault(name.lower(), name)
        if first != name:
            yield at.key(
                ("request", "headers", name),
                f"the header `{name}` repeats `{first}`",
                do="keep one of the two",
            )


@rule("CS412", "forbidden-header", on="compiled", reads=("request.headers",))
def forbidden_header(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A header that belongs to the connection must not be set.

    Bad:
        request: {headers: {Content-Length: "12"}}
    Good:
        request: {headers: {Accept: application/json}}
    """
    for name in compiled["request"].get("headers", ()):
        reason = _HOP_BY_HOP.get(name.lower())
        if reason:
            yield at.key(
                ("request", "headers", name),
                f"the header `{name}` {reason}",
                do="remove the header",
            )


# The characters of a subtype are those of RFC 6838, section 4.2.
_JSON = re.compile(r"(?:application|text)/json|application/[a-z0-9!#$&^_.+-]+\+json")


@rule("CS413", "content-type", on="compiled", reads=("request.headers", "request.payload"))
def content_type(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The Content-Type of a request with a payload must be JSON.

    `application/json`, `text/json`, or a type that ends in `+json` (RFC 6839 section 3.1). A service that
    takes forms only, as Twilio's classic Messages.json does, cannot be called with a JSON payload: use the
    service's JSON interface where it has one, or a small service of your own between.

    Bad:
        request: {headers: {Content-Type: application/x-www-form-urlencoded}, payload: {a: 1}}
    Good:
        request: {headers: {Content-Type: application/cloudevents+json}, payload: {a: 1}}
    """
    headers = compiled["request"].get("headers", {}) if "payload" in compiled["request"] else {}
    for name, value in headers.items():
        if name.lower() != "content-type" or not isinstance(value, str):
            continue
        essence = value.split(";", maxsplit=1)[0].strip().lower()
        if not _JSON.fullmatch(essence):
            yield at.value(
                ("request", "headers", name),
                "the Content-Type is not JSON",
                do="write application/json; callsheet cannot call a service that takes only forms",
            )


@rule(
    "CS414",
    "authorization-twice",
    on="compiled",
    reads=("request.headers", "request.query", "authentication"),
)
def authorization_twice(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The header or query parameter that `authentication` sets must not be set again.

    Bad:
        request: {headers: {authorization: "{{ values.scheme | default('x') }}"}}
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    Good:
        authentication: {type: bearer, token: {secret: "env:TOKEN"}}
    """
    authentication = compiled["authentication"]
    section, targets = authentication_fields(authentication)
    for name in compiled["request"].get(section, ()):
        if name in targets or (section == "headers" and name.lower() in map(str.lower, targets)):
            yield at.key(
                ("request", section, name),
                f"`{name}` is set by `authentication` too",
                do="remove one of the two",
            )


def authentication_fields(authentication: dict[str, Any]) -> tuple[str, list[str]]:
    """Return what a scheme sets: "headers" or "query", and the names."""
    match authentication["type"]:
        case "none":
            return "headers", []
        case "apiKey":
            section = "query" if authentication["in"] == "query" else "headers"
            return section, [str(authentication["name"])]
        case "custom" if authentication["authorizationType"] == "header":
            return "headers", [str(authentication.get("tokenTarget", ""))]
        case "custom" if authentication["authorizationType"] == "queryParam":
            return "query", [str(authentication.get("tokenTarget", ""))]
        case "hmac":
            return "headers", list(authentication["headers"])
        case _:
            return "headers", ["Authorization"]


@rule("CS419", "api-key-name", on="compiled", reads=("authentication",))
def api_key_name(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The name of an API key sent as a header must be a header's name.

    Bad:
        authentication: {type: apiKey, in: header, name: "x api key", value: {secret: "env:KEY"}}
    Good:
        authentication: {type: apiKey, in: header, name: x-api-key, value: {secret: "env:KEY"}}
    """
    authentication = compiled["authentication"]
    if authentication["type"] == "apiKey" and authentication["in"] == "header":
        name = authentication["name"]
        if not isinstance(name, str) or not _TOKEN.match(name):
            yield at.value(
                ("authentication", "name"),
                "the name is not a valid header name",
                do="use letters, digits and -",
            )
