"""Odd collections of Bruno, written for this: each request has a part that tools read differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sources import Source

AT = "https://api.example.com/v1"
ENVIRONMENT = "local"
KNOWN = {
    "host": "api.example.com", "base": "https://{{host}}/v1", "name": "Ada", "number": "7", "flag": "true",
    "quoted": 'a "b" \\c', "lines": "a\nb", "odd": "a b&c=d#e?f%g+h/i", "accent": "é", "blank": " x ", "tab": "a\tb",
    "list": "[1, 2]", "object": '{"a": 1}', "nothing": "null", "empty": "", "empty_number": "", "in.dots": "dotted", "with-dash": "dashed",
    "header": "X-Named", "scheme": "http", "twice": "{{name}} {{number}}", "over": "of the environment",
}  # fmt: skip
ROOT = {"over": "of the collection", "own": "collection's", "inner": "<{{name}}>"}
QUERIES = (
    *("a=1 2", "a=1+2", "a=%zz", "a=50%", "a=ä", 'a="x"', "a='x'", "a=<b>", "a=[1]", "a[]=1&a[]=2", "a", "a=", "=b"),
    *("a=1&a=2", "a=b=c", "a={b}", "a=x|y", "a=x^y`", "a=1#f", "a=1;b=2", "a=x,y", "a=%20", "a=%2520", "a=\\", "a=1&&b=2"),
    *("&a=1", "?a=1", "a=@:/?", "a b=1", "ä=1", "a=$&b=!*()", "a={{odd}}", "a={{accent}}", "a={{blank}}", "{{name}}=1"),
    *("a={{missing}}", "a={{empty}}", "a={{number}}&{{missing}}=1", "a={{over}}", "a={{ name }}", "a={{name}}{{number}}"),
)  # fmt: skip
PATHS = (
    *("a b", "a%20b", "a%2Fb", "ä", 'a"b', "a'b", "a<b>", "a{b}", "a|b", "a^b", "a[1]", "a;b", "a:b", ":id", ":id.json"),
    *("a//b", "a/../b", "a/./b", "a/", "", "a#f", "a@b", "a+b", "a%zz", "(a)", "users(':id')", ":id/x/:other", "x:id"),
    *("{{name}}", "{{odd}}", "{{accent}}", "{{missing}}", "{{number}}", "{{empty}}", "{{blank}}", "a\\b", ":id/"),
    *(":id?a=1 2", ":id?a=1#f", ":id#f?a=1", "a//:id", ":id?a=%20&=b", ":unlisted", ":id/../x", ":slash/x", ":mark", ":id?a='"),
)  # fmt: skip
BODIES = (
    *('{"a": 1}', '{"a": "{{name}}"}', '{"a": {{number}}}', '{"a": {{flag}}, "b": {{nothing}}}', '{"a": {{list}}}'),
    *('{"a": {{object}}}', '{"a": "{{quoted}}"}', '{"a": "{{lines}}"}', '{"a": "{{missing}}"}', '{"a": {{missing_number}}}'),
    *('{"{{name}}": 1}', '{"a": "x {{missing}} y"}', '{"a": "{{ name }}"}', '{"a": "{{in.dots}} {{with-dash}}"}'),
    *('{"a": 1, // one\n "b": 2}', '{/* two */ "a": "http://x"}', '{"a": "{{name}}", "a": 2}', "[1, 2]", '"text"', "7"),
    *("null", "{{object}}", '{"a": 1.0, "b": 1e3, "c": 12345678901234567890}', '{"a": "é😀"}', '{"a": "\\u00e9"}', " "),
    *('{"a": 1,}', "{'a': 1}", "{a: 1}", '{"a": "{{twice}}"}', '{"a": {{empty_number}}}', '{"a": "{{empty}}"}', '{"a": ""}'),
    *('{"a": "{{$guid}}"}', '{"a": {{$timestamp}}}', '{"a": "{{$randomFirstName}}"}', '{"a": "{{?Who}}"}'),
    *('{"a": "{{process.env.WHO}}"}', '{"a": "{{tab}}"}', '{"a": "{{over}} {{own}} {{inner}}"}', '{"a": "{b} }} {{"}'),
    *('{"a": "{{name}"}', '{"a": "\'\'\'"}', '{"a": "{{quoted}} {{missing}}"}', '{"n": "{{number}}"}', '{"a": "{{object}}"}'),
    *('{"a": "{% b %} {{name}}"}', '{"a": {"b": [{"c": "{{name}}"}]}}', '{"a": "$b ${c}"}', '{"token": "{{missing}}"}'),
)  # fmt: skip
HEADERS = (
    *({"X-A": "1"}, {"X-A": "{{name}}"}, {"{{header}}": "1"}, {"X-A": "{{missing}}"}, {"X-A": ""}, {"X-A": "é"}),
    *({"X-A": "  1  "}, {"~X-A": "1"}, {"Content-Type": "application/vnd.api+json"}, {"content-type": "text/plain"}),
    *({"Content-Type": "application/json; charset=utf-8"}, {"Accept": "text/csv"}, {"User-Agent": "me"}, {"Host": "other"}),
    *({"X-A": "1", "x-a": "2"}, {"X-Folder": "own"}, {"x-folder": "own"}, {"~X-Folder": "own"}, {"X-Root": ""}),
    *({"Authorization": "Bearer abc123def456"}, {"Cookie": "a=b"}, {"X-Api-Key": "{{missing}}"}, {"X-A": "{{blank}}"}),
    *({"X-A": "a:b"}, {"X A": "1"}, {"X-A": '"a"'}, {"X-A": "{{lines}}"}, {"X:A": "1"}, {"X-A": "{{twice}}"}),
)  # fmt: skip
AUTHS: tuple[dict[str, Any], ...] = (
    {"mode": "inherit"},
    {"mode": "none"},
    {"mode": "bearer", "bearer": {"token": "abc123def456"}},
    {"mode": "bearer", "bearer": {"token": "{{missing_token}}"}},
    {"mode": "bearer", "bearer": {"token": ""}},
    {"mode": "basic", "basic": {"username": "ada", "password": "s3cr3t-pw"}},
    {"mode": "basic", "basic": {"username": "{{name}}", "password": "{{missing_password}}"}},
    {"mode": "basic", "basic": {"username": "ada", "password": ""}},
    {"mode": "apikey", "apikey": {"key": "X-Key", "value": "abc123def456", "placement": "header"}},
    {"mode": "apikey", "apikey": {"key": "{{header}}", "value": "abc123def456", "placement": "header"}},
    {"mode": "apikey", "apikey": {"key": "key", "value": "abc123def456", "placement": "queryparams"}},
    {"mode": "apikey", "apikey": {"key": "", "value": "abc123def456", "placement": "header"}},
    {"mode": "oauth2", "oauth2": {
        "grantType": "client_credentials", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1",
        "clientSecret": "s3cr3t-of-c1", "scope": "a b", "tokenPlacement": "header", "tokenHeaderPrefix": "Bearer",
        "credentialsPlacement": "body", "autoFetchToken": True,
    }},
    {"mode": "oauth2", "oauth2": {
        "grantType": "client_credentials", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1",
        "clientSecret": "s3cr3t-of-c1", "tokenPlacement": "url", "tokenQueryKey": "access_token",
        "credentialsPlacement": "basic_auth_header", "autoFetchToken": True,
    }},
    {"mode": "oauth2", "oauth2": {
        "grantType": "client_credentials", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1",
        "clientSecret": "s3cr3t-of-c1", "tokenPlacement": "header", "tokenHeaderPrefix": "Token",
        "credentialsPlacement": "body", "autoFetchToken": True,
    }},
    {"mode": "oauth2", "oauth2": {
        "grantType": "password", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1", "username": "ada",
        "password": "s3cr3t-pw", "clientSecret": "s3cr3t-of-c1", "tokenPlacement": "header", "tokenHeaderPrefix": "Bearer",
        "credentialsPlacement": "body", "autoFetchToken": True,
    }},
    {"mode": "oauth2", "oauth2": {
        "grantType": "password", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1", "username": "ada",
        "password": "s3cr3t-pw", "clientSecret": "s3cr3t-of-c1", "tokenPlacement": "header", "tokenHeaderPrefix": "Token",
        "credentialsPlacement": "body", "autoFetchToken": True,
    }},
    {"mode": "oauth2", "oauth2": {
        "grantType": "password", "accessTokenUrl": "https://id.example.com/token", "clientId": "c1", "username": "ada",
        "password": "s3cr3t-pw", "clientSecret": "s3cr3t-of-c1", "tokenPlacement": "url", "tokenQueryKey": "t",
        "credentialsPlacement": "body", "autoFetchToken": True,
    }},
    {"mode": "digest", "digest": {"username": "ada", "password": "s3cr3t-pw"}},
    {"mode": "wsse", "wsse": {"username": "ada", "password": "s3cr3t-pw"}},
    {"mode": "awsv4", "awsv4": {"accessKeyId": "a", "secretAccessKey": "s3cr3t-of-a", "service": "s3", "region": "eu"}},
)  # fmt: skip
OTHERS: tuple[dict[str, Any], ...] = (
    *({"body": {"mode": mode, mode: text}} for mode, text in (("text", '{"a": 1}'), ("xml", "<a/>"), ("text", "plain"))),
    {"body": {"mode": "none", "json": '{"a": 1}'}},
    {"body": {"mode": "formUrlEncoded", "formUrlEncoded": [{"name": "a", "value": "1", "enabled": True}]}},
    {"body": {"mode": "multipartForm", "multipartForm": [{"name": "a", "value": "1", "type": "text", "enabled": True}]}},
    {"body": {"mode": "file", "file": [{"filePath": "a.bin", "contentType": "application/pdf", "selected": True}]}},
    {"body": {"mode": "json", "json": '{"a": 1}'}, "method": "GET"},
    {"body": {"mode": "json", "json": '{"a": 1}'}, "method": "DELETE"},
    {"body": {"mode": "json", "json": '{"a": 1}'}, "method": "PUT"},
    {"body": {"mode": "json", "json": '{"a": 1}'}, "method": "PATCH"},
    *({"method": one} for one in ("GET", "DELETE", "HEAD", "OPTIONS", "POST")),
    *({"body": {"mode": "graphql", "graphql": {"query": query, "variables": held}}} for query, held in (
        ("{ a }", ""), ("query Q($a: Int) { a(b: $a) }", '{"a": 1}'), ("{ a(b: \"{{name}}\") }", '{"a": "{{name}}"}'),
        ("{ a(b: \"{{missing}}\") }", '{"a": {{number}}}'), ("{\n  a\n}", '{"a": "{{missing}}", "b": {{missing_number}}}'),
        ("{ a(b: \"{{quoted}}\") }", "{}"), ("{ a }", "{\"a\": 1 // one\n}"),
    )),
    {"vars": {"req": [{"name": "name", "value": "of the request", "enabled": True}]},
     "body": {"mode": "json", "json": '{"a": "{{name}} {{twice}}"}'}},
    {"vars": {"req": [{"name": "name", "value": "off", "enabled": False}]},
     "body": {"mode": "json", "json": '{"a": "{{name}}"}'}},
    {"vars": {"req": [{"name": "over", "value": "of the request", "enabled": True}]},
     "body": {"mode": "json", "json": '{"a": "{{over}}"}'}},
    {"script": {"req": 'req.setHeader("X-Script", "1");'}},
    {"script": {"res": 'bru.setVar("a", 1);'}, "tests": 'test("a", () => {});'},
    {"url": "{{base}}/x"}, {"url": "{{base}}/:id", "params": [{"name": "id", "value": "{{name}}", "type": "path", "enabled": True}]}, {"url": "{{scheme}}://{{host}}/x"}, {"url": "api.example.com/x"}, {"url": "{{missing}}/x"},
    {"url": "https://{{missing}}.example.com/x"}, {"url": "http://api.example.com:8080/x"}, {"url": ""},
    {"url": "https://ada:s3cr3tpw@api.example.com/x"}, {"url": " https://api.example.com/x "},
    {"url": f"{AT}/x", "params": [{"name": "q", "value": "1", "type": "query", "enabled": True}]},
    {"url": f"{AT}/x?q=1", "params": [
        {"name": "q", "value": "1", "type": "query", "enabled": True},
        {"name": "r", "value": "2", "type": "query", "enabled": False},
    ]},
)  # fmt: skip


def odd_bruno() -> Iterator[Source]:
    """Yield collections, each with one kind of oddness; the requests of some are in a folder that says more."""
    for encodes in (True, False):
        word = "encoded" if encodes else "as they are"
        settings = {"settings": {"encodeUrl": encodes}}
        yield _collection(f"queries {word}", [{"url": f"{AT}/x?{one}", **settings} for one in QUERIES])
        yield _collection(f"paths {word}", [
            {"url": f"{AT}/{one}", "params": [*_in_path(one)], **settings} for one in PATHS
        ])  # fmt: skip
    bodies = [{"body": {"mode": "json", "json": one}} for one in BODIES]
    yield _collection("bodies", bodies)
    headers = [{"headers": _pairs(one), "body": {"mode": "json", "json": "{}"}} for one in HEADERS]
    yield _collection("headers", headers)
    inherited = {
        "headers": _pairs({"X-Folder": "folder", "X-Root": "folder"}),
        "vars": {"req": [{"name": "own", "value": "folder's", "enabled": True}]},
    }
    yield _collection("headers in a folder", headers, folder=inherited)
    own = {"mode": "bearer", "bearer": {"token": "of-the-folder-123"}}
    yield _collection("authentications", [{"auth": one} for one in AUTHS])
    yield _collection("authentications in a folder", [{"auth": one} for one in AUTHS], folder={"auth": own})
    yield _collection(
        "authentications in one that inherits",
        [{"auth": one} for one in AUTHS],
        folder={"auth": {"mode": "inherit"}},
    )
    yield _collection(
        "authentications in one without",
        [{"auth": one} for one in AUTHS],
        folder={"auth": {"mode": "none"}},
    )
    yield _collection("beside", [{"auth": one, "headers": _pairs({"Authorization": "mine", "X-Key": "mine"}), "url": f"{AT}/x?key=1"} for one in AUTHS])  # fmt: skip
    yield _collection("others", [*OTHERS])
    yield _collection("others in a folder", [*OTHERS], folder=inherited)


def _in_path(path: str) -> Iterator[dict[str, Any]]:
    """Yield the parameters of a path as Bruno lists them; one has no value."""
    for name, held in (("id", "a b"), ("id.json", "x"), ("other", ""), ("slash", "a/b"), ("mark", "a!b")):
        if any(one == f":{name}" for one in re.split("[/?#]", path)) or (name == "id" and "':id'" in path):
            yield {"name": name, "value": held, "type": "path", "enabled": True}


def _pairs(held: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name.removeprefix("~"), "value": one, "enabled": not name.startswith("~")}
        for name, one in held.items()
    ]


def _collection(name: str, requests: list[dict[str, Any]], folder: dict[str, Any] | None = None) -> Source:
    """Return a collection as Bruno exports one."""
    items = [
        {
            "type": "graphql" if one.get("body", {}).get("mode") == "graphql" else "http",
            "name": f"request {index}",
            "settings": one.get("settings", {"encodeUrl": True}),
            "request": {
                "method": "POST", "url": f"{AT}/x", "headers": [], "params": [], "body": {"mode": "none"},
                "auth": {"mode": "inherit"}, "script": {}, "vars": {}, "assertions": [], "tests": "", "docs": "",
                **{key: held for key, held in one.items() if key != "settings"},
            },
        }
        for index, one in enumerate(requests, 1)
    ]  # fmt: skip
    root = {
        "auth": {"mode": "basic", "basic": {"username": "root", "password": "s3cr3t-of-root"}},
        "headers": _pairs({"X-Root": "root", "~X-Off": "1"}),
        "vars": {"req": [{"name": key, "value": held, "enabled": True} for key, held in ROOT.items()]},
    }
    inner = {"type": "folder", "name": "Inner", "root": {"request": folder}, "items": items}
    known = [{"name": key, "value": held, "enabled": True, "type": "text"} for key, held in KNOWN.items()]
    return Source("bruno", name, {
        "name": name, "version": "1", "items": items if folder is None else [inner], "root": {"request": root},
        "environments": [{"name": ENVIRONMENT, "variables": known}], "brunoConfig": {"version": "1", "name": name},
    })  # fmt: skip
