"""Odd variables, path segments and values of Postman, written for this: each a collection of one request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sources import Source

AT = "https://api.example.com/v1"
HOST = {"protocol": "https", "host": ["api", "example", "com"]}
SEGMENTS: tuple[Any, ...] = (
    {"type": "string", "value": "x"}, {"type": "string", "value": ":id"}, {"value": "a b"}, {"value": "a/b"},
    {"value": "{{v}}"}, {"type": "string", "value": ""}, {"value": 5}, {"value": None}, {"type": "string"}, {}, 5, 1.5,
    True, False, None, [], ["a"], "", {"value": {"a": 1}}, {"value": True},
)  # fmt: skip
HELD: tuple[Any, ...] = (
    True, False, 0, 5, 1.0, 1.5, 1e21, 1e-7, 12345678901234567890, -0.0, {"a": 1}, {}, [1, "x"], "", "x", " x ",
    "true", "null", "0", '{"a": 1}', "{{v}}", "{{missing}}", "{{$guid}}", "a\nb", "{{it}}", "x{{it}}", "{{other}}",
    "{{ it }}", "{{", "}}", "{{}}", "{{{v}}}", "{{it}}{{it}}", "{{$timestamp}}", "{{$randomBoolean}}", '"x"', "[]",
)  # fmt: skip
"""`{{it}}{{it}}` is doubled by Postman's runtime again and again, without an end."""
TYPES = ("any", "string", "boolean", "number", "json", "array", "object", "default", "secret", "unknown")
V = {"key": "v", "value": "vv"}


def odd_variables() -> Iterator[Source]:
    """Yield each as a collection."""
    for name, request, variables, more in (*_of_segments(), *_of_values(), *_of_lists()):
        item = {"name": "odd", "request": request, **more.pop("item", {})}
        value = {"item": [{**item, "variable": more.pop("folder")}] if "folder" in more else [item]}
        yield Source("postman", name[:110], {**value, "variable": variables, **more})


Case = tuple[str, dict[str, Any], Any, dict[str, Any]]


def _of_segments() -> Iterator[Case]:
    for one in SEGMENTS:
        yield f"segment {one!r}", {"url": {**HOST, "path": ["v1", one, "y"]}}, [V], {}
        yield (
            f"host {one!r}",
            {"url": {"protocol": "https", "host": ["api", one, "com"], "path": ["v1"]}},
            [V],
            {},
        )
        yield f"path {one!r}", {"url": {**HOST, "path": one}}, [V], {}
        yield (
            f"path variable {one!r}",
            {"url": {**HOST, "path": [":id"], "variable": [{"key": "id", "value": one}]}},
            [V],
            {},
        )
        yield f"port {one!r}", {"url": {**HOST, "path": ["v1"], "port": one}}, [V], {}
        yield f"protocol {one!r}", {"url": {**HOST, "path": ["v1"], "protocol": one}}, [V], {}
        yield f"method {one!r}", {"url": AT, "method": one}, [V], {}
        yield (
            f"query {one!r}",
            {"url": {**HOST, "path": ["v1"], "query": [{"key": "a", "value": one}]}},
            [V],
            {},
        )
        yield (
            f"query key {one!r}",
            {"url": {**HOST, "path": ["v1"], "query": [{"key": one, "value": "1"}]}},
            [V],
            {},
        )
        yield f"query item {one!r}", {"url": {**HOST, "path": ["v1"], "query": [one]}}, [V], {}
        yield f"header {one!r}", {"url": AT, "header": [{"key": "X-A", "value": one}]}, [V], {}
        yield f"header key {one!r}", {"url": AT, "header": [{"key": one, "value": "1"}]}, [V], {}
        yield f"header item {one!r}", {"url": AT, "header": [one]}, [V], {}
        yield (
            f"raw body {one!r}",
            {"url": AT, "method": "POST", "body": {"mode": "raw", "raw": one}},
            [V],
            {},
        )
        token = {"type": "bearer", "bearer": [{"key": "token", "value": one}]}
        yield f"token {one!r}", {"url": AT, "auth": token}, [V], {}
        auth = {"type": "basic", "basic": {"username": one, "password": "pw1"}}
        yield f"user {one!r}", {"url": AT, "auth": auth}, [V], {}
        key = {"type": "apikey", "apikey": [{"key": "key", "value": "X-K"}, {"key": "value", "value": one}]}
        yield f"key {one!r}", {"url": AT, "auth": key}, [V], {}
        yield f"raw {one!r}", {"url": {"raw": one}}, [V], {}


def _of_values() -> Iterator[Case]:
    body = {
        "mode": "raw",
        "raw": '{"a": "{{it}}", "b": [{{it}}]}',
        "options": {"raw": {"language": "json"}},
    }
    bare = {"mode": "raw", "raw": '{"b": {{it}}}', "options": {"raw": {"language": "json"}}}
    keyed = {"mode": "raw", "raw": "{ {{it}}: 1}", "options": {"raw": {"language": "json"}}}
    text = {"mode": "raw", "raw": '{"a": "x{{it}}y"}', "options": {"raw": {"language": "json"}}}
    for held in HELD:
        others = [V, {"key": "other", "value": "<{{it}}>"}]
        variables = [{"key": "it", "value": held}, *others]
        for kind in TYPES:
            typed = [{"key": "it", "value": held, "type": kind}, *others]
            yield f"variable {held!r} of type {kind}", {"url": f"{AT}?a={{{{it}}}}"}, typed, {}
        token = {"type": "bearer", "bearer": [{"key": "token", "value": "{{it}}"}]}
        for where, request in (
            ("in the query", {"url": f"{AT}?a={{{{it}}}}"}),
            ("in the path", {"url": f"{AT}/{{{{it}}}}/x"}),
            ("in a header", {"url": AT, "header": [{"key": "X-A", "value": "{{it}}"}]}),
            ("in the body", {"url": AT, "method": "POST", "body": body}),
            ("without quotes", {"url": AT, "method": "POST", "body": bare}),
            ("as key", {"url": AT, "method": "POST", "body": keyed}),
            ("in a text", {"url": AT, "method": "POST", "body": text}),
            ("as token", {"url": AT, "auth": token}),
            ("within another", {"url": f"{AT}?a={{{{other}}}}"}),
        ):
            yield f"variable {held!r} {where}", request, variables, {}


def _of_lists() -> Iterator[Case]:
    ask = {"url": f"{AT}?a={{{{it}}}}&b={{{{v}}}}"}
    for name, variables in (
        ("disabled", [{"key": "it", "value": "x", "disabled": True}, V]),
        ("disabled before", [{"key": "it", "value": "x", "disabled": True}, {"key": "it", "value": "y"}, V]),
        ("disabled after", [{"key": "it", "value": "y"}, {"key": "it", "value": "x", "disabled": True}, V]),
        ("enabled false", [{"key": "it", "value": "x", "enabled": False}, V]),
        ("disabled as text", [{"key": "it", "value": "x", "disabled": "true"}, V]),
        ("twice", [{"key": "it", "value": "x"}, {"key": "it", "value": "y"}, V]),
        ("by id", [{"id": "it", "value": "x"}, V]),
        ("by id and key", [{"id": "it", "key": "z", "value": "x"}, V]),
        ("by name", [{"name": "it", "value": "x"}, V]),
        ("without value", [{"key": "it"}, V]),
        ("by default", [{"key": "it", "default": "x"}, V]),
        ("with blanks", [{"key": " it ", "value": "x"}, V]),
        ("in capitals", [{"key": "IT", "value": "x"}, V]),
        ("a number as key", [{"key": 5, "value": "x"}, V]),
        ("a mapping", {"it": "x", "v": "y"}),
        ("a text", "it=x"),
        ("odd ones", [None, 5, "it", ["it"], {"key": "it", "value": "x"}, V]),
        ("system", [{"key": "it", "value": "x", "system": True}, V]),
    ):  # fmt: skip
        yield f"listed: {name}", ask, variables, {}
    yield "of a folder", ask, [V, {"key": "it", "value": "x"}], {"folder": [{"key": "it", "value": "y"}]}
    for one in ("$guid", "$timestamp", "$isoTimestamp", "$randomInt", "$randomEmail", "$nothing", "$", "it.a", "it[0]", "it-b",
                "it b", "IT", "a.b", "_.it", "#it", "'it'", "it|x"):  # fmt: skip
        held = [{"key": "it", "value": "x"}, {"key": "it.a", "value": "y"}, {"key": "it b", "value": "z"}]
        yield f"named {one}", {"url": f"{AT}?a={{{{{one}}}}}"}, held, {}
        raw = {"mode": "raw", "raw": f'{{"a": "{{{{{one}}}}}"}}', "options": {"raw": {"language": "json"}}}
        yield f"named {one}, in a body", {"url": AT, "method": "POST", "body": raw}, held, {}
