"""CS401 to CS407, CS415 and CS422: the URL of a request, as it is compiled (RFC 3986)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from callsheet.documents import Problem
from callsheet.language.catalog import Spots, declare, rule
from callsheet.language.dot_segments import dot_segment
from callsheet.language.layers import URL_PATH
from callsheet.language.urls import url_text

_URL_CHARACTERS = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
_HOST_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\Z")


def _url_checks(compiled: dict[str, Any]) -> tuple[str, Any]:
    text = url_text(compiled["request"]["url"])
    try:
        return text, urlsplit(text)
    except ValueError:
        return text, None


@rule("CS401", "url-not-absolute", on="compiled", reads=("request.url",))
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
            do="write it in full, such as https://api.example.com/v1/send",
        )


def _is_host(host: str) -> bool:
    """Return whether a host is an IPv6 address or a name of labels (RFC 1123 section 2.1)."""
    if ":" in host:
        return True
    return len(host) <= 253 and all(_HOST_LABEL.match(label) for label in host.rstrip(".").split("."))


@rule("CS402", "url-with-credentials", on="compiled", reads=("request.url",))
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


@rule("CS403", "url-with-fragment", on="compiled", reads=("request.url",))
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


@rule("CS404", "url-character", on="compiled", reads=("request.url",))
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


@rule("CS405", "url-port", on="compiled", reads=("request.url",))
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
    adjustable=False,
)


@rule("CS422", "dot-segment", on="compiled", adjustable=False, reads=("request.url", "authentication"))
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
        (URL_PATH, url_text(compiled["request"]["url"])),
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


@rule("CS407", "plain-http", on="compiled", severity="warning", reads=("request.url",))
def plain_http(compiled: dict[str, Any], at: Spots) -> Iterator[Problem]:
    """The URL should be https: over http, anyone on the way can read the call.

    Bad:
        request: {url: "http://api.example.com/v1"}
    Good:
        request: {url: "http://localhost:8080/v1"}
    """
    _, url = _url_checks(compiled)
    if url is not None and url.scheme == "http" and url.hostname not in ("localhost", "127.0.0.1", "::1"):
        yield at.value(("request", "url"), "the call is sent over plain http", do="write https")


@rule("CS415", "query-twice", on="compiled", reads=("request.url", "request.query"))
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
