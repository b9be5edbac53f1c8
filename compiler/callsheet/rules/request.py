"""CS4xx: the request, as it is compiled for an environment (RFC 3986, RFC 9110)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.dot_segments import dot_segment
from callsheet.language.urls import url_text
from callsheet.outbound.hosts import origin_of

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
"""A header's name (RFC 9110 section 5.6.2)."""

_FIELD_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?\Z")
"""A header's value (RFC 9110 section 5.5): ASCII, no control character, no white space at its ends."""

_URL_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_HOST_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")
_HOP_BY_HOP = {
    "connection": "belongs to one connection (RFC 9110 section 7.6.1)",
    "content-length": "is counted when the request is sent",
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


def _url_checks(compiled: dict[str, Any]) -> tuple[str, Any]:
    text = url_text(compiled["request"]["url"])
    try:
        return text, urlsplit(text)
    except ValueError:
        return text, None


@rule("CS401", "url-not-absolute", on="compiled")
def url_not_absolute(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL must be absolute, with http or https and a host.

    Bad:
        request: {url: "api.example.com/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    _, url = _url_checks(compiled)
    host = url.hostname if url is not None else None
    right_scheme = url is not None and url.scheme in ("http", "https")
    if not right_scheme or not host or not _is_host(host):
        reason = "its host is missing or malformed" if right_scheme else "its scheme is not http or https"
        yield at.value(
            ("request", "url"),
            f"the URL is not absolute: {reason}",
            do="write it whole, as https://api.example.com/v1/send",
        )


def _is_host(host: str) -> bool:
    """Return whether a host is an IPv6 address or a name of labels (RFC 1123 section 2.1)."""
    if ":" in host:
        return True
    return len(host) <= 253 and all(_HOST_LABEL.match(label) for label in host.rstrip(".").split("."))


@rule("CS402", "url-with-credentials", on="compiled")
def url_with_credentials(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL must not contain a user name or password (RFC 9110 section 4.2.4).

    Bad:
        request: {url: "https://ada@api.example.com/v1"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    _, url = _url_checks(compiled)
    if url is not None and "@" in url.netloc:
        yield at.value(
            ("request", "url"),
            "the URL contains a user name or password",
            do="put it under `authentication`, as a reference to a secret",
        )


@rule("CS403", "url-with-fragment", on="compiled")
def url_with_fragment(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL must not contain a fragment: it is never sent (RFC 9110 section 4.2.5).

    Bad:
        request: {url: "https://api.example.com/v1#top"}
    Good:
        request: {url: "https://api.example.com/v1"}
    """
    text, _ = _url_checks(compiled)
    if "#" in text:
        yield at.inside(
            ("request", "url"),
            text.index("#"),
            "the URL contains a fragment, which is never sent",
            do="remove it, or write the # as %23",
        )


@rule("CS404", "url-character", on="compiled")
def url_character(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL must contain only characters of RFC 3986; others are percent-encoded.

    Bad:
        request: {url: "https://api.example.com/a b"}
    Good:
        request: {url: "https://api.example.com/a%20b"}
    """
    url = compiled["request"]["url"]
    pieces = [url] if isinstance(url, str) else url.get("$concat", ())
    for piece in pieces:
        if not isinstance(piece, str):
            continue
        match = _URL_CHARACTERS.match(piece)
        end = match.end() if match else 0
        if end < len(piece):
            shown = piece[end] if piece[end].isprintable() else f"U+{ord(piece[end]):04X}"
            yield at.inside(
                ("request", "url"),
                end if piece is url else -1,
                f"the URL contains `{shown}`, which must be percent-encoded",
                do="write it as % and two hexadecimal digits for each byte",
            )
            return


@rule("CS405", "url-port", on="compiled")
def url_port(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The port of the URL must be a number from 1 to 65535.

    Bad:
        request: {url: "https://api.example.com:99999/v1"}
    Good:
        request: {url: "https://api.example.com:8443/v1"}
    """
    _, url = _url_checks(compiled)
    if url is None:
        return
    try:
        wrong = url.port == 0
    except ValueError:
        wrong = True
    if wrong:
        yield at.value(("request", "url"), "the URL has a port that does not exist", do="write 1 to 65535")


declare(
    "CS406",
    "host-from-parameter",
    """The host of the URL must not depend on a parameter.

A journey must not choose where data goes; an environment may.

Bad:
    request: {url: "https://{{ params.host }}/v1", payload: {}}
    parameters: {host: {type: string}}
Good:
    request: {url: "https://api.example.com/{{ params.path }}", payload: {}}
    parameters: {path: {type: string}}
""",
)


declare(
    "CS421",
    "written-form-lost",
    """A number in a string should be written as it will be sent: `3.10` becomes `3.1`, `+49` becomes `49`.

YAML and JSON know the number, and not how it was written. In quotes, it is a text, and stays as it is. What
stays a number, as the whole of a payload's field, is not concerned.

Bad:
    request: {query: {version: 3.10}}
Good:
    request: {query: {version: "3.10"}}
""",
    severity="warning",
)


@rule("CS422", "dot-segment", on="compiled")
def dot_in_path(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The path of a URL must not have a segment `.` or `..`: clients remove it, with the segment before it.

    Encoding does not help: `%2e` is a dot, too (RFC 3986 section 5.2.4, the URL standard section 4.2). A
    parameter that would be such a segment is refused when the request is made.

    Bad:
        request: {url: "https://api.example.com/v1/lists/../admin"}
    Good:
        request: {url: "https://api.example.com/v1/admin"}
    """
    authentication = compiled["authentication"]
    urls = (
        (("request", "url"), url_text(compiled["request"]["url"])),
        *((("authentication", name), authentication.get(name)) for name in ("tokenUrl", "endpoint")),
    )
    for path, url in urls:
        found = dot_segment(url) if isinstance(url, str) else None
        if found is not None:
            yield at.value(
                path,
                f"the path of the URL has the segment `{found}`, which clients remove",
                do="write the path without it, or correct the value that the template reads",
            )


@rule("CS407", "plain-http", on="compiled", severity="warning")
def plain_http(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL should be https: over http, anyone on the way can read the call.

    Bad:
        request: {url: "http://api.example.com/v1"}
    Good:
        request: {url: "http://localhost:8080/v1"}
    """
    _, url = _url_checks(compiled)
    if url is not None and url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield at.value(("request", "url"), "the call goes over plain http", do="write https")


@rule("CS982", "token-endpoint", on="compiled")
def token_endpoint(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A token must be asked for over https: what is sent for it is a secret.

    Over http only from this machine, as from `http://localhost:8080/token`. The URL is absolute, in plain
    ASCII, and has no user name.

    Bad:
        authentication:
          type: oauth2
          grant: client_credentials
          tokenUrl: "http://login.example.com/token"
          clientId: callsheet
          clientSecret: {secret: "env:CLIENT_SECRET"}
    Good:
        authentication:
          type: oauth2
          grant: client_credentials
          tokenUrl: "https://login.example.com/token"
          clientId: callsheet
          clientSecret: {secret: "env:CLIENT_SECRET"}
    """
    for field, message in token_endpoint_faults(compiled["authentication"]):
        yield at.value(("authentication", field), message, do=ENDPOINT_HELP)


ENDPOINT_HELP = "write it as https://login.example.com/token; http is for this machine only"


def token_endpoint_faults(authentication: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the URLs at which a token is asked for: the field, and words."""
    fields = authentication if isinstance(authentication, dict) else {}
    for field in ("tokenUrl", "endpoint"):
        url = fields.get(field)
        if not isinstance(url, str):
            continue
        origin = origin_of(url)
        if origin is None or re.match(r"[a-z]+://[^/?#]*@", url, re.IGNORECASE):
            yield field, "the token endpoint is not an absolute URL without a user name"
        elif not origin.is_private:
            yield field, "the token is requested over plain http: anyone on the way can read the secret"


@rule("CS408", "payload-with-method", on="compiled")
def payload_with_method(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A GET request must have no payload (RFC 9110 section 9.3.1), nor a DELETE (9.3.5).

    Bad:
        request: {method: GET, payload: {a: 1}}
    Good:
        request: {method: GET, query: {a: 1}}
    """
    request = compiled["request"]
    if request["method"] in ("GET", "DELETE") and "payload" in request:
        yield at.value(
            ("request", "method"),
            f"a {request['method']} request has a payload",
            do="use POST or PUT, or move the fields to `query`",
        )


@rule("CS409", "header-name", on="compiled")
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


@rule("CS410", "header-value", on="compiled")
def header_value(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    r"""A header's value must be one line of plain ASCII (RFC 9110 section 5.5).

    A letter with an accent is read as one letter by one service and as two by another: it is never sent.

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
                    f"the value of the header `{name}` contains {fault}, which headers cannot have",
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


@rule("CS411", "duplicate-header", on="compiled")
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
                f"the header `{name}` is `{first}` again",
                do="keep one of the two",
            )


@rule("CS412", "forbidden-header", on="compiled")
def forbidden_header(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A header that belongs to the connection must not be written.

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


@rule("CS413", "content-type", on="compiled")
def content_type(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The Content-Type of a request with a payload must be JSON.

    `application/json`, or a type that ends in `+json` (RFC 6839 section 3.1). A service that takes
    forms only, as Twilio's classic Messages.json does, cannot be called with a JSON payload: use the
    service's JSON interface where it has one, or a small service of your own between.

    Bad:
        request: {headers: {Content-Type: application/x-www-form-urlencoded}, payload: {a: 1}}
    Good:
        request: {headers: {Content-Type: application/cloudevents+json}, payload: {a: 1}}
    """
    for name, value in compiled["request"].get("headers", {}).items():
        if name.lower() != "content-type" or not isinstance(value, str):
            continue
        essence = value.split(";", maxsplit=1)[0].strip().lower()
        if essence != "application/json" and not re.fullmatch(r"application/[a-z0-9.-]+\+json", essence):
            yield at.value(
                ("request", "headers", name),
                "the Content-Type is not JSON",
                do="write application/json; a service that takes forms only needs another interface",
            )


@rule("CS414", "authorization-twice", on="compiled")
def authorization_twice(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The header or query parameter that `authentication` sets must not be written beside it.

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


@rule("CS415", "query-twice", on="compiled")
def query_twice(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A query parameter must be written in the URL or under `query`, not in both.

    Bad:
        request: {url: "https://api.example.com/v1?tenant=a", query: {tenant: b}}
    Good:
        request: {url: "https://api.example.com/v1?tenant=a", query: {locale: fr}}
    """
    _, url = _url_checks(compiled)
    if url is None or not url.query:
        return
    written = {pair.split("=", maxsplit=1)[0] for pair in url.query.split("&")}
    for name in compiled["request"].get("query", ()):
        if name in written:
            yield at.key(
                ("request", "query", name), f"the URL sets `{name}` too", do="remove one of the two"
            )


@rule("CS417", "two-payloads", on="action")
def two_payloads(action: Any, at: Spots) -> Iterator[Problem]:
    """A request must have `payload` or `payloadFile`, not both.

    Bad:
        request: {payload: {a: 1}, payloadFile: push.json.j2}
    Good:
        request: {payload: {a: 1}}
    """
    request = action.spec["request"]
    if "payload" in request and "payloadFile" in request:
        yield at.key(
            ("request", "payloadFile"),
            "the request has a payload and a payloadFile",
            do="remove one",
        )


@rule("CS419", "api-key-name", on="compiled")
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


@rule("CS420", "zero-timeout", on="compiled")
def zero_timeout(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A timeout must be longer than zero.

    Bad:
        limits: {timeout: 0s}
    Good:
        limits: {timeout: 500ms}
    """
    timeout = compiled.get("limits", {}).get("timeout", "1s")
    if not timeout.strip("0mshx"):
        yield at.value(("limits", "timeout"), "the timeout is zero", do="write 500ms, 10s or more")


@rule("CS423", "parameter-pattern", on="compiled")
def parameter_pattern(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """A parameter's `pattern` must be a regular expression that runs in linear time.

    There is no look-around and no back-reference: a pattern in a pull request could run for ever.

    Bad:
        request: {payload: {code: "{{ params.code }}"}}
        parameters: {code: {type: string, pattern: "^(?=a)b"}}
    Good:
        request: {payload: {code: "{{ params.code }}"}}
        parameters: {code: {type: string, pattern: "^[a-z]{4}$"}}
    """
    for name, declared in compiled.get("parameters", {}).items():
        pattern = declared.get("pattern")
        if pattern is not None and not is_linear(pattern):
            yield at.value(
                ("parameters", name, "pattern"),
                f"the pattern of `{name}` is not a regular expression with linear time",
                do="write it without look-around and back-references",
            )


@lru_cache(maxsize=2_000)
def is_linear(pattern: str) -> bool:
    """Return whether a text is a regular expression that runs in linear time."""
    import jsonschema_rs

    try:
        jsonschema_rs.Draft202012Validator(
            {"pattern": pattern}, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
