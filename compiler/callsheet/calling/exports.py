"""A compiled action × parameters → the same request for another tool: curl, HTTPie, or a HAR file.

No secret is resolved: each stands as a variable of the shell, or as its reference.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct, field

from callsheet._version import __version__
from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.calling.request import build_request, shown_in_query
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.language.urls import secret_url
from callsheet.outbound.lines import with_scheme
from callsheet.outbound.urls import with_query

_MARK = re.compile("\ue000([^\ue001]*)\ue001")
_MARK_IN_URL = re.compile("%EE%80%80(.*?)%EE%80%81")


class Exported(Struct):
    """A request with its authentication, secrets as marks.

    Attributes:
        user: name and password of basic authentication, or None.
        notes: what the request needs that cannot be written into it.

    """

    method: str
    url: str
    headers: dict[str, str]
    body: str | None
    user: str | None = None
    notes: list[str] = field(default_factory=list)


def export(compiled: Mapping[str, Any], params: Mapping[str, Any], form: str) -> tuple[str, list[str]]:
    """Write a request as `curl`, `httpie` or `har`; return the text, and notes about its variables.

    Raises:
        ArgumentError: for another form.
        CallsheetError: CS926 for the parameters, CS967 for a signature, which is made for each request.

    """
    forms = {"curl": _curl, "httpie": _httpie, "har": _har}
    if form not in forms:
        raise ArgumentError(f"there is no form {form!r}; there are {', '.join(forms)}")
    exported = _exported(compiled, params)
    return forms[form](exported), exported.notes


def _exported(compiled: Mapping[str, Any], params: Mapping[str, Any]) -> Exported:
    whole = secret_url(compiled["request"]["url"])

    def marked(reference: str) -> str:
        here = whole is not None and whole.reference == reference
        return f"{whole.head if here and whole else ''}{_mark(reference)}"

    request = build_request(compiled, params, marked)
    result = Exported(
        method=request.method,
        # A variable that is the whole URL has the host in it.
        url=_MARK_IN_URL.sub(lambda match: _mark(unquote(match[1])), request.url).removeprefix(
            whole.head if whole is not None else ""
        ),
        headers=dict(request.headers),
        body=None if request.payload is NO_PAYLOAD else request.body,
    )
    if result.body is not None and not any(one.lower() == "content-type" for one in result.headers):
        result.headers["Content-Type"] = "application/json"
    _authenticate(result, compiled["authentication"], compiled["name"])
    for reference in sorted(set(_references(request, compiled["authentication"]))):
        if not reference.startswith("env:"):
            result.notes.append(f"{variable(reference)} is the value of {reference}")
    if "clientCertificate" in compiled["authentication"]:
        result.notes.append("the client certificate is not included: pass it to curl with --cert and --key")
    return result


def _authenticate(result: Exported, authentication: Mapping[str, Any], name: str) -> None:
    kind = authentication.get("type", "none")
    if kind == "hmac":
        raise CallsheetError(
            "CS967",
            "this action is signed for each request: it cannot be exported",
            help="use `callsheet send`, or `callsheet emulate` to try it",
        )
    if kind == "basic":
        result.user = f"{_marked(authentication['username'])}:{_marked(authentication['password'])}"
    elif kind == "bearer":
        result.headers["Authorization"] = f"Bearer {_marked(authentication['token'])}"
    elif kind == "apiKey":
        key = with_scheme(authentication, _marked(authentication["value"]))
        _place(result, authentication["in"], authentication["name"], key)
    elif kind in ("oauth2", "custom"):
        token = f"env:{re.sub('[^A-Z0-9]', '_', name.upper())}_TOKEN"
        where = authentication.get("tokenUrl") or authentication.get("endpoint")
        result.notes.append(f"{variable(token)} is a token from {where}")
        place = authentication.get("authorizationType", "bearer")
        if place == "bearer":
            result.headers["Authorization"] = f"Bearer {_mark(token)}"
        else:
            place = "query" if place == "queryParam" else "header"
            _place(result, place, authentication["tokenTarget"], _mark(token))


def _place(result: Exported, place: str, name: str, value: str) -> None:
    if place == "header":
        result.headers[name] = value
    else:
        result.url = with_query(result.url, f"{name}={value}")


def variable(reference: str) -> str:
    """Return the shell's variable that stands for a secret: NAME for `env:NAME`, else one like it."""
    scheme, _, place = reference.partition(":")
    if scheme == "env":
        return place
    return re.sub(r"[^A-Z0-9]+", "_", place.upper()).strip("_").lstrip("0123456789_") or "SECRET"


def _mark(reference: str) -> str:
    return f"\ue000{reference}\ue001"


def _marked(value: Any) -> str:
    return _mark(value["secret"]) if isinstance(value, dict) else str(value)


def _references(request: Request, authentication: Mapping[str, Any]) -> list[str]:
    texts = [request.url, *request.headers.values(), request.body]
    found = [one for text in texts for one in _MARK.findall(str(text))]
    if authentication.get("type") in ("basic", "bearer", "apiKey"):
        found += [
            one["secret"] for one in authentication.values() if isinstance(one, dict) and "secret" in one
        ]
    return found


def _word(text: str) -> str:
    """Quote a word for a POSIX shell; a marked secret becomes its variable, within double quotes."""
    pieces = _MARK.split(text)
    words = [
        f'"${{{variable(one)}}}"' if index % 2 else shlex.quote(one)
        for index, one in enumerate(pieces)
        if one or (index == 0 and len(pieces) == 1)
    ]
    return "".join(words)


def _curl(one: Exported) -> str:
    lines = [f"curl -X {one.method} {_word(one.url)}"]
    lines += [f"-H {_word(f'{name}: {value}')}" for name, value in one.headers.items()]
    if one.user is not None:
        lines.append(f"-u {_word(one.user)}")
    if one.body is not None:
        lines.append(f"--data-raw {_word(one.body)}")
    return " \\\n  ".join(lines)


def _httpie(one: Exported) -> str:
    # Below --ignore-stdin nothing is read from a pipe; --raw is sent as it is.
    lines = [f"http --ignore-stdin {one.method} {_word(one.url)}"]
    lines += [_word(f"{name}:{_httpie_value(name, value)}") for name, value in one.headers.items()]
    if one.body is not None and not any(name.lower() == "accept" for name in one.headers):
        lines.append("'Accept:*/*'")  # HTTPie would ask for JSON
    if one.user is not None:
        lines.append(f"--auth {_word(one.user)}")
    if one.body is not None:
        lines.append(f"--raw {_word(one.body)}")
    return " \\\n  ".join(lines)


def _httpie_value(name: str, value: str) -> str:
    """Escape what HTTPie would take for a part of its separator; a backslash before one it cannot write."""
    if re.search(r"\\[=:@;]", value):
        raise CallsheetError(
            "CS967",
            f"HTTPie cannot express the value of the header {name}",
            help="export it for curl with --curl",
        )
    return f"\\{value}" if value[:1] in ("=", "@") else value


def _har(one: Exported) -> str:
    def plain(text: str) -> str:
        return _MARK.sub(lambda match: f"{{{match[1]}}}", text)

    url = _MARK.sub(lambda match: shown_in_query(match[1]), one.url)
    headers = [{"name": name, "value": plain(value)} for name, value in one.headers.items()]
    if one.user is not None:
        headers.append({"name": "Authorization", "value": f"Basic {plain(one.user)}"})
    query = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    request: dict[str, Any] = {
        "method": one.method,
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers,
        "queryString": [{"name": name, "value": value} for name, value in query],
        "headersSize": -1,
        "bodySize": 0 if one.body is None else len(one.body.encode()),
    }
    if one.body is not None:
        kind = next(value for name, value in one.headers.items() if name.lower() == "content-type")
        request["postData"] = {"mimeType": kind, "text": plain(one.body)}
    answer = {"status": 0, "statusText": "", "httpVersion": "HTTP/1.1", "cookies": [], "headers": []}
    answer |= {"content": {"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1}
    entry = {
        "startedDateTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time": 0,
        "request": request,
        "response": answer,
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }
    creator = {"name": "callsheet", "version": __version__}
    log = {"version": "1.2", "creator": creator, "entries": [entry]}
    return json.dumps({"log": log}, ensure_ascii=False, indent=2)
