"""Odd requests of Postman, written for this: each a collection of one request, with a part that tools read differently."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources import Source

AT = "https://api.example.com/v1"
HOST = {"protocol": "https", "host": ["api", "example", "com"]}
QUERIES = (
    *(
        "a=1 2",
        "a=1+2",
        "a=%zz",
        "a=50%",
        "a=ä",
        'a="x"',
        "a='x'",
        "a=<b>",
        "a=[1]",
        "a[]=1&a[]=2",
        "a",
        "a=",
        "=b",
    ),
    *(
        "a=1&a=2",
        "a=b=c",
        "a={b}",
        "a=x|y",
        "a=x^y`",
        "a=1#f",
        "a=1;b=2",
        "a=x,y",
        "a=%20",
        "a=%2520",
        "a=\\",
    ),
    *("a=1&&b=2", "&a=1", "?a=1", "a=@:/?", "a b=1", "ä=1", "a=$&b=!*()"),
)
PATHS = (
    *(
        "a b",
        "a%20b",
        "a%2Fb",
        "ä",
        'a"b',
        "a'b",
        "a<b>",
        "a{b}",
        "a|b",
        "a^b",
        "a[1]",
        "a;b",
        "a:b",
        ":id",
        ":id.json",
    ),
    *(
        "x:id",
        ":a-b",
        ".",
        "..",
        "a//b",
        "",
        "a/",
        "a\\b",
        "%zz",
        "50%",
        "a+b",
        "a@b",
        "a,b",
        "(a)",
        "$a",
        "~a",
        "*",
    ),
)
IN_PATH = (
    "x",
    "a/b",
    "a b",
    "ä",
    "a%2Fb",
    "",
    "{{v}}",
    "a?b",
    "{{v}}/x",
    "#",
    "a:b",
    None,
    "<string>",
    'a"b',
    "it's",
    5,
)
URLS = (
    *(
        "api.example.com/x",
        "{{host}}/x",
        "{{host}}",
        "HTTPS://API.Example.com/X",
        "https://user:pw@api.example.com/x",
    ),
    *(
        "https://api.example.com",
        "https://api.example.com?x=1",
        "https://api.example.com:8443/x",
        f" {AT} ",
        f"{AT}?",
    ),
    *(
        f"{AT}?y={{{{v}}}}",
        f"{AT}/{{{{v}}}}?y=1",
        "https://{{host}}:{{port}}/x",
        "{{base}}{{v}}",
        f"{AT}?{{{{asked}}}}",
    ),
    *(
        f"{AT}?a={{{{none}}}}",
        "https://127.0.0.1/x",
        "https://my_host.example.com/x",
        "{{base}}?a={{v}}&a={{none}}",
    ),
)
BODIES = (
    *(
        '{"a":1}',
        '{"a":1 // c\n}',
        '/* x */{"a":1}',
        '{"a":{{port}}}',
        '{"a":"{{v}}"}',
        '{"a":"x{{port}}y"}',
        "{{json}}",
    ),
    *(
        '{"{{host}}":1}',
        '{"a":{{json}}}',
        "[{{port}},{{port}}]",
        '{"a":"{{none}}"}',
        '{"a":{{none}}}',
        '{"a":1,"a":2}',
    ),
    *(
        '{"a":1.0}',
        '{"a":1e3}',
        '{"a":"\\u00e4"}',
        '  {"a":1}\n',
        "",
        "   ",
        "null",
        '"x"',
        "1",
        "true",
        "[]",
        "{}",
    ),
    *(
        '{"a":"{{ v }}"}',
        '{"a":"{{a/b}}"}',
        '{"a":"{{$guid}}"}',
        '{"a":"{{$timestamp}}","b":{{$randomInt}}}',
        '{"a":"{{}}"}',
    ),
    *(
        '{"a":"{{{v}}}"}',
        '{"a":"{{nested}}"}',
        '{"a":"{% x %}{# y #}"}',
        '{"a":"//x","b":"/*y*/"}',
        '{"email":"a@b.de"}',
    ),
)
VARIABLES = {
    "host": "api.example.com", "port": "8443", "base": AT, "v": "a b/c?d", "asked": "a=1&b=2", "json": '{"x": [1]}',
    "a/b": "slashed", "nested": "<{{host}}>",
}  # fmt: skip


def odd_requests() -> Iterator[Source]:
    """Yield each as a collection."""
    for request, more in (*_of_urls(), *_of_bodies(), *_of_headers(), *_of_schemes()):
        variables = [{"key": key, "value": one} for key, one in VARIABLES.items()]
        item = {"name": "odd", "request": request, **more.get("item", {})}
        rest = {key: one for key, one in more.items() if key != "item"}
        yield Source("postman", f"{request}"[:90], {"item": [item], "variable": variables, **rest})


Case = tuple[dict[str, Any], dict[str, Any]]


def _of_urls() -> Iterator[Case]:
    for text in QUERIES:
        key, equals, held = text.partition("=")
        yield {"url": f"{AT}?{text}"}, {}
        yield (
            {"url": {**HOST, "path": ["v1"], "query": [{"key": key, "value": held if equals else None}]}},
            {},
        )
    for text in PATHS:
        yield {"url": f"{AT}/{text}"}, {}
        yield {"url": {**HOST, "path": ["v1", *text.split("/")]}}, {}
    for value in IN_PATH:
        yield {"url": {**HOST, "path": ["v1", ":id"], "variable": [{"key": "id", "value": value}]}}, {}
    for text in URLS:
        yield {"url": text}, {}
    for more in (
        {"variable": [{"id": "id", "value": "x", "disabled": True}]}, {"variable": {"id": "x"}}, {"port": 8443},
        {"hash": "f"}, {"auth": {"user": "u", "password": "p"}}, {"raw": "https://other.example.com/z?q=1"},
        {"query": "a=1&b"}, {"query": [{"key": "a", "value": 1}]}, {"query": [{"key": None, "value": "1"}]},
        {"query": [{"key": "", "value": ""}]}, {"query": [{"key": "a", "value": "x&y=z#w", "disabled": False}]},
        {"query": [{"key": "a", "value": "1", "disabled": True}, {"key": "b", "value": "2"}]}, {"protocol": "https://"},
    ):  # fmt: skip
        yield {"url": {**HOST, "path": ["v1", ":id"], **more}}, {}


def _of_bodies() -> Iterator[Case]:
    def case(body: Any, method: str = "POST", **more: Any) -> Case:
        return {"url": AT, "method": method, "body": body}, more

    def raw(text: Any, language: str | None = "json") -> dict[str, Any]:
        return {
            "mode": "raw",
            "raw": text,
            **({"options": {"raw": {"language": language}}} if language else {}),
        }

    for text in BODIES:
        yield case(raw(text))
    for language in (None, "text", "xml", "javascript", "html", "other"):
        yield case(raw('{"a":1}', language))
    for method in ("GET", "DELETE", "PATCH"):
        yield case(raw('{"a":1}'), method)
    off = {"disabledSystemHeaders": {"content-type": True}}
    yield case(raw('{"a":1}'), item={"protocolProfileBehavior": off})
    for mode in ("urlencoded", "formdata"):
        for fields in (
            [],
            [{"key": "a", "value": "b", "disabled": True}],
            [{"key": "a", "value": "b"}],
            None,
        ):
            yield case({"mode": mode, mode: fields})
    for asked in (
        {"query": '{ a(b: "{{host}}") }', "variables": '{"x": {{port}}}'}, {"query": "{ a }", "variables": ""},
        {"query": "{ a }", "variables": {"x": 1}}, {"query": "query X { a }", "operationName": "X", "variables": "{}"},
        {"query": "query X {\n\ta\n}", "operationName": None, "variables": None},
    ):  # fmt: skip
        yield case({"mode": "graphql", "graphql": asked})
    for body in (
        raw({"a": 1}),
        {"mode": "none"},
        None,
        {},
        {**raw("{}"), "disabled": True},
        {"mode": "file", "file": {}},
    ):
        yield case(body)


def _of_headers() -> Iterator[Case]:
    for pairs in (
        [("X-A", "1"), ("X-A", "2")], [("X-A", "")], [("X-A", None)], [("", "1")], [("X-A", "  a  b ")], [("X-A", 1)],
        [("X-{{port}}", "{{host}} {{none}}")], [("Accept", "application/json")], [("Cookie", "a=b")],
        [("Host", "other.example.com")], [("Authorization", "Bearer abcdefgh12345")], [("Authorization", "")],
        [("X-Api-Key", "aaaa1111bbbb"), ("X-Api-Secret", "cccc2222dddd")], [("Content-Type", "text/plain")],
    ):  # fmt: skip
        yield {"url": AT, "header": [{"key": key, "value": held} for key, held in pairs]}, {}
    yield {"url": AT, "header": "X-A: 1\nX-B: a:b\n"}, {}
    yield {"url": AT, "header": ["X-A: 1", "X-B: 2"]}, {}


def _of_schemes() -> Iterator[Case]:
    def scheme(kind: str, **held: str) -> dict[str, Any]:
        return {
            "type": kind,
            kind: [{"key": key.removesuffix("_"), "value": one} for key, one in held.items()],
        }

    key = {"key": "X-K", "value": "vvvv1111"}
    schemes = (
        scheme("basic", username="u", password="p"), scheme("basic"), scheme("basic", username="key"),
        scheme("bearer", token="tok12345"), scheme("bearer"), scheme("bearer", token="{{none}}"), scheme("apikey", **key),
        scheme("apikey", **key, in_="query"), scheme("apikey"), scheme("oauth2", accessToken="tok"),
        scheme("oauth2", accessToken="tok", addTokenTo="queryParams"), scheme("oauth2", accessToken="tok", headerPrefix=""),
        scheme("oauth2", accessToken="tok", tokenType="mac"), scheme("oauth2"), scheme("digest"), scheme("hawk"), scheme("ntlm"),
    )  # fmt: skip
    for auth in schemes:
        yield {"url": f"{AT}?X-K=1", "auth": auth}, {}
        yield {"url": AT}, {"auth": auth}
        header = [{"key": "Authorization", "value": "Token abc"}, {"key": "x-k", "value": "aaaa1111"}]
        yield {"url": AT, "auth": auth, "header": header}, {}
    for own in ({"type": "noauth"}, None, {}):
        yield {"url": AT, "auth": own}, {"auth": schemes[3]}
