"""Odd exports of Insomnia, written for this: each request has a part that tools read differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from odd_bruno import AT, BODIES, PATHS, QUERIES
from sources import Source

ENVIRONMENT = "local"
BASE: dict[str, Any] = {
    "host": "api.example.com", "base": "https://{{ _.host }}/v1", "over": "of the base", "number": 7, "flag": True,
    "list": [1, 2], "object": {"a": 1, "b": {"c": "deep"}}, "nothing": None, "empty": "", "float": 1.5,
}  # fmt: skip
CHOSEN: dict[str, Any] = {
    "name": "Ada", "over": "of the environment", "quoted": 'a "b" \\c', "lines": "a\nb", "accent": "é", "blank": " x ",
    "odd": "a b&c=d#e?f%g+h/i", "header": "X-Named", "twice": "{{ _.name }} {{ _.number }}", "scheme": "http",
}  # fmt: skip
JSON = [{"name": "Content-Type", "value": "application/json"}]
TEMPLATES = (
    *("{{ _.name }}", "{{name}}", "{{ name }}", "{{_.name}}", "{{ _.object.b.c }}", "{{ _['name'] }}", "{{ _.name | upper }}"),
    *("{{ _.missing }}", "{% uuid 'v4' %}", "{% now 'iso-8601', '' %}", "{% base64 'encode', 'normal', 'x' %}", "{# note #}x"),
    *("{% if 1 %}x{% endif %}", "{{ _.list }}", "{{ _.object }}", "{{ _.flag }}", "{{ _.nothing }}", "{{ _.empty }}"),
    *("{{ _.number }}", "{{ _.float }}", "{{ _.twice }}", "{{ _.over }}", "{{ _.own }}", "{{ 1 + 1 }}", "{{ 'x' }}"),
    *("{{ _.quoted }}", "{{ _.lines }}", "{{ _.accent }}", "{{- _.name -}}", "}} {{ _.name }}", "{ { _.name } }", "{{ _.list[0] }}"),
)  # fmt: skip
PARAMETERS: tuple[list[dict[str, Any]], ...] = (
    *([{"name": "a", "value": held}] for held in ("1 2", "1+2", "%20", "%", "ä", '"', "'", "<b>", "[1]", "", "b=c", "x|y")),
    *([{"name": "a", "value": held}] for held in ("1#f", "1;b", "x,y", "\\", "@:/?", "$&b=!*()", "a&b", "^`{}", " x ")),
    *([{"name": name, "value": "1"}] for name in ("a b", "ä", "a[]", "a&b", "", "a=b", "a+b", "{{ _.name }}", "a#b")),
    [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}],
    [{"name": "a", "value": "1", "disabled": True}],
    [{"name": "a", "value": "{{ _.odd }}"}],
    [{"name": "a", "value": "{{ _.missing }}"}],
    [{"name": "a"}],
)  # fmt: skip
HEADERS: tuple[dict[str, Any], ...] = (
    *({"name": "X-A", "value": held} for held in ("1", "{{ _.name }}", "", "é", "  1  ", "a:b", '"a"', "{{ _.lines }}")),
    {"name": "{{ _.header }}", "value": "1"}, {"name": "X-A", "value": "1", "disabled": True}, {"name": "", "value": "1"},
    {"name": "Accept", "value": "text/csv"}, {"name": "User-Agent", "value": "me"}, {"name": "Host", "value": "other"},
    {"name": "content-type", "value": "application/vnd.api+json"}, {"name": "Cookie", "value": "a=b"}, {"name": "X A", "value": "1"},
    {"name": "Authorization", "value": "Bearer abc123def456"}, {"name": "X-Folder", "value": "own"}, {"name": "x-folder", "value": "own"},
    {"name": "X-Folder", "value": "own", "disabled": True}, {"name": "X-A"},
)  # fmt: skip
AUTHS: tuple[dict[str, Any], ...] = (
    # Keys, and tokens of OAuth 2 without a window, are newer than what npm has of Insomnia.
    {},
    {"type": "none"},
    {"type": "bearer", "token": "abc123def456"},
    {"type": "bearer", "token": "abc123def456", "prefix": "Token"},
    {"type": "bearer", "token": "abc123def456", "prefix": " Token "},
    {"type": "bearer", "token": " abc123def456 "},
    {"type": "bearer", "token": "abc123def456", "disabled": True},
    {"type": "bearer", "token": "{{ _.missing_token }}"},
    {"type": "bearer", "token": ""},
    {"type": "basic", "username": "ada", "password": "s3cr3t-pw"},
    {"type": "basic", "username": "{{ _.name }}", "password": "{{ _.missing_password }}"},
    {"type": "basic", "username": "ada", "password": ""},
    {"type": "basic", "username": "ädä", "password": "s3cr3t-pw", "useISO88591": True},
    {"type": "basic", "username": "ädä", "password": "s3cr3t-pw"},
    {"type": "digest", "username": "ada", "password": "s3cr3t-pw"},
    {"type": "hawk", "id": "a", "key": "s3cr3t-of-a", "algorithm": "sha256"},
    {"type": "iam", "accessKeyId": "a", "secretAccessKey": "s3cr3t-of-a"},
    {"type": "netrc"},
    {"type": "asap", "issuer": "a", "subject": "b", "audience": "c", "keyId": "d", "privateKey": "s3cr3t-of-a"},
)  # fmt: skip
TEXT = '{"a": 1}'
OTHERS: tuple[dict[str, Any], ...] = (
    {"body": {"mimeType": "application/json", "text": TEXT}, "headers": []},
    {"body": {"mimeType": "text/plain", "text": TEXT}, "headers": [{"name": "Content-Type", "value": "text/plain"}]},
    {"body": {"mimeType": "", "text": TEXT}, "headers": []},
    {"body": {"text": TEXT}},
    {"body": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a", "value": "1"}]}},
    {"body": {"mimeType": "multipart/form-data", "params": [{"name": "a", "value": "1"}]}},
    {"body": {"mimeType": "application/x-www-form-urlencoded", "params": []}},
    {"body": {"mimeType": "application/graphql", "text": '{"query": "{ a }", "variables": {"b": "{{ _.name }}"}}'}},
    {"body": {"mimeType": "application/graphql", "text": '{"query": "{ a }"}'}, "headers": []},
    *({"body": {"mimeType": "application/json", "text": TEXT}, "method": one} for one in ("GET", "PUT", "PATCH", "DELETE", "post")),
    *({"method": one, "headers": []} for one in ("GET", "DELETE", "HEAD", "OPTIONS", "POST", "PUT", "PATCH")),
    {"body": {"mimeType": "application/json", "text": ""}},
    {"body": {"mimeType": "application/json", "text": " "}},
    *({"url": one} for one in ("{{ _.base }}/x", "{{ _.scheme }}://{{ _.host }}/x", "api.example.com/x", "{{ _.missing }}/x", "")),
    {"url": "http://api.example.com:8080/x"}, {"url": "https://ada:s3cr3tpw@api.example.com/x"}, {"url": f" {AT}/x "},
    {"url": f"{AT}/x?a=1", "parameters": [{"name": "a", "value": "2"}]},
    {"url": f"{AT}/x#f", "parameters": [{"name": "a", "value": "2"}]},
    {"url": f"{AT}/x?", "parameters": [{"name": "a", "value": "2"}]},
    {"cookies": True, "settingSendCookies": False}, {"settingDisableRenderRequestBody": True,
     "body": {"mimeType": "application/json", "text": '{"a": "{{ _.name }}"}'}},
)  # fmt: skip


def odd_insomnia() -> Iterator[Source]:
    """Yield exports, each with one kind of oddness; the requests of some are in a folder that says more."""
    queries = [
        one.replace("{{name}}", "{{ _.name }}") for one in QUERIES if "{{" not in one or "name" in one
    ]
    # Parameters of the path are newer than what npm has of Insomnia.
    paths = [one for one in PATHS if "{{" not in one and ":" not in one]
    for encodes in (True, False):
        word, more = "encoded" if encodes else "as they are", {"settingEncodeUrl": encodes}
        yield _export(f"queries {word}", [{"url": f"{AT}/x?{one}", **more} for one in queries])
        yield _export(f"paths {word}", [{"url": f"{AT}/{one}", **more} for one in paths])
    # Where the URL is not encoded, newer ones do not encode these either, and the one of npm does.
    yield _export("parameters", [{"parameters": one} for one in PARAMETERS])
    yield _export("bodies", [_json(one) for one in BODIES if "{{" not in one and "{%" not in one])
    yield _export("templates", [_json(f'{{"a": "{one}"}}') for one in TEMPLATES])
    yield _export("templates without quotes", [_json(f'{{"a": {one}}}') for one in TEMPLATES])
    yield _export(
        "templates in a query", [{"parameters": [{"name": "a", "value": one}]} for one in TEMPLATES]
    )
    yield _export("templates in a path", [{"url": f"{AT}/{one}"} for one in TEMPLATES])
    yield _export(
        "templates in a header", [{"headers": [{"name": "X-A", "value": one}]} for one in TEMPLATES]
    )
    yield _export("headers", [{"headers": [*JSON, one], "body": {"text": "{}"}} for one in HEADERS])
    yield _export(
        "headers twice", [{"headers": [one, one, *JSON], "body": {"text": "{}"}} for one in HEADERS]
    )
    yield _export("authentications", [{"authentication": one} for one in AUTHS])
    beside = {"headers": [{"name": name, "value": "mine"} for name in ("Authorization", "X-Key")]}
    asked = [{"name": "key", "value": "1"}]
    yield _export("beside", [{"authentication": one, "parameters": asked, **beside} for one in AUTHS])
    yield _export("others", [*OTHERS])
    yield _export("templates in a folder", [_json(f'{{"a": "{one}"}}') for one in TEMPLATES], inside=True)
    yield _export("others in a folder", [*OTHERS], inside=True)


def _json(text: str) -> dict[str, Any]:
    return {"headers": JSON, "body": {"mimeType": "application/json", "text": text}}


def _export(name: str, requests: list[dict[str, Any]], *, inside: bool = False) -> Source:
    """Return an export of format 4."""
    own = {"own": "folder's", "over": "of the folder", "name": "{{ name }}!"}
    folder = {
        "_id": "fld_1",
        "_type": "request_group",
        "parentId": "wrk_1",
        "name": "Inner",
        "environment": own,
    }
    listed = [
        {
            "_id": f"req_{index}", "_type": "request", "parentId": "fld_1" if inside else "wrk_1",
            "name": f"request {index}", "method": "POST", "url": f"{AT}/x", "headers": [], "parameters": [],
            "body": {}, "authentication": {}, **one,
        }
        for index, one in enumerate(requests, 1)
    ]  # fmt: skip
    return Source("insomnia", name, {"_type": "export", "__export_format": 4, "resources": [
        {"_id": "wrk_1", "_type": "workspace", "parentId": None, "name": name, "scope": "collection"},
        {"_id": "env_0", "_type": "environment", "parentId": "wrk_1", "name": "Base", "data": BASE},
        {"_id": "env_1", "_type": "environment", "parentId": "env_0", "name": ENVIRONMENT, "data": CHOSEN},
        *([folder] if inside else []), *listed,
    ]})  # fmt: skip
