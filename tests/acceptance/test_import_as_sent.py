"""What is imported from Postman and HAR files is what their own tools send, or a note says in what it differs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet import CallsheetError, Workspace
from support.request_collections import entry
from support.sent_requests import UNKNOWN, Sent, sent_by_action
from support.workspaces import Callsheet, Folder, Outcome

AT = "https://api.example.com/v1"
HOST = {"protocol": "https", "host": ["api", "example", "com"]}
VARIABLES = {
    "base": AT,
    "asked": "a=1&b=2",
    "odd": "x/y?z",
    "word": "plain",
    "a/b": "slashed",
    "place": "{here}",
    "many": "p&q+r%",
    "blank": "c d",
}


def imported(
    workspace: Folder, callsheet: Callsheet, request: Any, item: Any = None, **collection: Any
) -> Outcome:
    """Import a collection of one request."""
    variables = [{"key": key, "value": one} for key, one in VARIABLES.items()]
    value = {"variable": variables, **collection}
    value["item"] = [{"name": "one", "request": request, **(item or {})}]
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return callsheet("import", file, "--request", "one", "--name", "one", "-C", workspace.path)


def sent(workspace: Folder) -> Sent:
    """Return what the imported action sends with its own test case."""
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/one"].content
    return sent_by_action(content, compiled.actions["one"].spec["tests"][0]["params"], lambda _: UNKNOWN)


def part(path: list[Any], **more: Any) -> dict[str, Any]:
    return {**HOST, "path": path, **more}


def raw(text: Any, language: str | None = "json") -> dict[str, Any]:
    options = {"options": {"raw": {"language": language}}} if language else {}
    return {"mode": "raw", "raw": text, **options}


def scheme(kind: str, **held: str) -> dict[str, Any]:
    listed = [{"key": key.removesuffix("_"), "value": one} for key, one in held.items()]
    return {"type": kind, kind: listed}


@pytest.mark.parametrize(
    ("url", "path", "query"),
    [
        (f'{AT}/a b/"c"/<d>/{{e}}/é', "/v1/a%20b/%22c%22/%3Cd%3E/%7Be%7D/%C3%A9", []),
        (f"{AT}/it's", "/v1/it%27s", []),
        (f"  {AT}/x \n", "/v1/x", []),
        (f"{AT}?a=1&a=2&b", "/v1", [("a", "1"), ("a", "2"), ("b", "")]),
        (f"{AT}?a=1&&b=2&", "/v1", [("a", "1"), ("b", "2"), ("", ""), ("", "")]),
        (f"{AT}?&", "/v1", [("", ""), ("", "")]),
        (f"{AT}?", "/v1", []),
        (part(["v1"], query="a=1&&b=2"), "/v1", [("a", "1"), ("b", "2"), ("", "")]),
        (f"{AT}?{{{{asked}}}}", "/v1", [("a", "1"), ("b", "2")]),
        (
            f"{AT}?a={{{{blank}}}}&a={{{{word}}}}&a={{{{none}}}}",
            "/v1",
            [("a", "c d"), ("a", "plain"), ("a", "none")],
        ),
        (f"{AT}?k={{{{many}}}}", "/v1", [("k", "p"), ("q r%", "")]),
        (f"{AT}/{{{{odd}}}}", "/v1/x/y", [("z", "")]),
        (f"{AT}/{{{{place}}}}", "/v1/%7Bhere%7D", []),
        (f"{AT}/{{{{a/b}}}}", "/v1/slashed", []),
        (part(["v1", ":id.json"], variable=[{"key": "id", "value": "7"}]), "/v1/7.json", []),
        (part([":id"], variable=[{"id": "id", "value": "7", "disabled": True}]), "/7", []),
        (part([":id"], variable={"id": "7"}), "/7", []),
        (part([":id"], variable=[{"key": "id", "value": "a/b"}]), "/a/b", []),
        (part([":id"], variable=[{"key": "id", "value": "<string>"}]), "/%3Cstring%3E", []),
        ({"host": ["{{base}}"], "path": [""]}, "/v1/", []),
        (part(["v1"], query="a=1&b"), "/v1", [("a", "1"), ("b", "")]),
        (part(["v1"], query=[{"key": None, "value": "1"}]), "/v1", [("", "1")]),
        (part(["v1"], query=[{"key": "a", "value": "x&y=z#w"}]), "/v1", [("a", "x&y=z#w")]),
        ({**part(["v1"]), "protocol": "https://"}, "/v1", []),
    ],
)
def test_a_url_of_postman_leaves_as_postman_sends_it(
    url: Any, path: str, query: list[tuple[str, str]], workspace: Folder, callsheet: Callsheet
) -> None:
    assert imported(workspace, callsheet, {"url": url}).code == 0
    found = sent(workspace)
    assert (found.host, found.path, found.query) == ("api.example.com", path, query)


@pytest.mark.parametrize(
    ("request_", "note"),
    [
        ({"url": f"{AT}/a|b"}, "`|` in the path is percent-encoded: the tool sends it as it is"),
        (
            {"url": part([":id"], variable=[{"key": "id", "value": "a:b"}])},
            "the parameter id is percent-encoded in the path: the tool sends `:` as it is",
        ),
        (
            {"url": part(["v1"], query=[{"key": "n", "value": 1}])},
            "the query parameter n is not a string: the tool would send it without a value",
        ),
        (
            {"url": part(["v1"], query=[{"key": "", "value": ""}])},
            "a query parameter without a name and a value was left out",
        ),
        (
            {"url": AT, "header": [{"key": "X-A", "value": None}]},
            "the header X-A has no value: it is sent empty",
        ),
        ({"url": AT, "body": raw("{}")}, "the body was left out: the tool sends none with GET"),
        (
            {"url": AT, "method": "POST", "body": {"mode": "other", "other": "x"}},
            "the body was left out: the tool does not know its mode, and sends none",
        ),
        ({"url": AT, "method": "POST", "body": raw("  ")}, "the body was left out: it is blank"),
        (
            {"url": AT, "method": "POST", "body": raw("{}", None)},
            "the body is sent as application/json: the tool sends it as text/plain",
        ),
        (
            {"url": AT, "auth": scheme("bearer")},
            "its token is empty in the file: set its secret, or remove it",
        ),
        (
            {"url": AT, "header": [{"key": "Authorization", "value": ""}]},
            "the header Authorization is empty in the file: set its secret, or remove it",
        ),
        (
            {"url": AT, "auth": scheme("apikey", value="0123456789")},
            "its authentication, a key without a name, was left out",
        ),
        (
            {"url": AT, "auth": scheme("oauth2", tokenType="mac", accessToken="abc")},
            "its authentication, oauth2 with a MAC token, was left out: write `authentication` by hand",
        ),
        (
            {
                "url": AT,
                "header": [{"key": "X-Key", "value": "0123456789"}],
                "auth": scheme("apikey", key="x-key", value="abcdefghij"),
            },
            "the header x-key was left out: the authentication sets it",
        ),
        (
            {
                "url": f"{AT}?k=0123456789",
                "auth": scheme("apikey", key="k", value="abcdefghij", in_="query"),
            },
            "the query parameter k was left out: the authentication sets it",
        ),
    ],
)
def test_what_no_action_sends_alike_has_a_note(
    request_: Any, note: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(workspace, callsheet, request_)
    assert (outcome.code, outcome.err.splitlines()) == (0, [note])
    assert sent(workspace).host == "api.example.com"


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (raw({"a": "{{word}}"}), {"a": "plain"}),
        (raw('{"a": 1 // of three\n}'), {"a": 1}),
        (raw('{"a": "{{a/b}}", "b": "{{}}"}'), {"a": "slashed", "b": "{{}}"}),
        ({"mode": "none"}, ()),
        ({"mode": "urlencoded"}, ()),
        ({"mode": "formdata", "formdata": [{"key": "a", "value": "b", "disabled": True}]}, ()),
        ({"mode": "file", "file": {}}, ()),
        (
            {
                "mode": "graphql",
                "graphql": {"query": "query Q { a }", "operationName": "Q", "variables": "{}"},
            },
            {"query": "query Q { a }", "operationName": "Q", "variables": {}},
        ),
        (
            {"mode": "graphql", "graphql": {"query": "{ a }", "variables": None}},
            {"query": "{ a }", "variables": None},
        ),
    ],
)
def test_a_body_of_postman_leaves_as_postman_sends_it(
    body: Any, payload: Any, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(workspace, callsheet, {"url": AT, "method": "POST", "body": body})
    assert (outcome.code, outcome.err) == (0, "")
    assert sent(workspace).json == payload


def test_a_body_is_sent_with_any_method_where_the_collection_says_so(
    workspace: Folder, callsheet: Callsheet
) -> None:
    request = {"url": AT, "method": "GET", "body": raw("{}")}
    more = {"protocolProfileBehavior": {"disableBodyPruning": True}}
    outcome = imported(workspace, callsheet, request, more)
    assert outcome.code == 1
    assert "a GET request has a payload" in outcome.err
    assert not (workspace.path / "one.yaml").exists()


@pytest.mark.parametrize(
    ("request_", "headers"),
    [
        ({"header": ["X-A: 1", "X-B: b:c"]}, {"x-a": "1", "x-b": "b:c"}),
        ({"header": [{"key": "X-A", "value": "  a b "}]}, {"x-a": "a b"}),
        ({"header": [{"key": "Content-Type", "value": "text/plain"}]}, {"content-type": "text/plain"}),
        ({"auth": scheme("oauth2", accessToken="abc", headerPrefix="")}, {"authorization": UNKNOWN}),
        (
            {"auth": scheme("oauth2", accessToken="abc", headerPrefix="Token")},
            {"authorization": f"Token {UNKNOWN}"},
        ),
        ({"auth": scheme("oauth2", accessToken="")}, {"authorization": f"Bearer {UNKNOWN}"}),
    ],
)
def test_headers_of_postman_leave_as_postman_sends_them(
    request_: Any, headers: dict[str, str], workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(workspace, callsheet, {"url": AT, **request_})
    assert (outcome.code, outcome.err) == (0, "")
    assert sent(workspace).headers == headers


def test_a_name_and_a_password_among_the_parts_of_a_url_are_secrets(
    workspace: Folder, callsheet: Callsheet
) -> None:
    url = part(["v1"], auth={"user": "ada", "password": "0123-lovelace"})
    assert imported(workspace, callsheet, {"url": url}).code == 0
    text = (workspace.path / "one.yaml").read_text()
    assert "type: basic" in text
    assert "lovelace" not in text


def test_a_variable_of_a_folder_is_none_to_postman(workspace: Folder, callsheet: Callsheet) -> None:
    folder = {
        "name": "folder",
        "variable": [{"key": "word", "value": "of the folder"}],
        "item": [{"name": "one", "request": {"url": f"{AT}?w={{{{word}}}}&s={{{{ word }}}}"}}],
    }
    variables = [{"key": "word", "value": "plain"}, {"key": "off", "value": "x", "disabled": True}]
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps({"variable": variables, "item": [folder]}), encoding="utf-8")
    callsheet("import", file, "--request", "folder/one", "--name", "one", "-C", workspace.path)
    # Blanks are a part of a name: this one is another variable, and has no value.
    assert sorted(sent(workspace).query) == [("s", "word_2"), ("w", "plain")]


# -- HAR files --------------------------------------------------------------------------------------


def archive(workspace: Folder, *entries: Any) -> Path:
    file = workspace.path.parent / "calls.har"
    file.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("wanted", "method", "payload"),
    [("2", "POST", {"a": 2}), (f"GET {AT}/x?page=2", "GET", ()), (f"POST {AT}/x?page=2", "POST", {"a": 3})],
)
def test_an_entry_is_chosen_by_its_number_or_by_method_and_url(
    wanted: str, method: str, payload: Any, workspace: Folder, callsheet: Callsheet
) -> None:
    file = archive(
        workspace,
        entry("POST", f"{AT}/x", {"a": 1}),
        entry("POST", f"{AT}/x", {"a": 2}),
        entry("GET", f"{AT}/x?page=2"),
        entry("POST", f"{AT}/x?page=2", {"a": 3}),
    )
    at = ("--name", "one", "-C", workspace.path)
    assert callsheet("import", "har", file, "--request", wanted, *at).code == 0
    found = sent(workspace)
    assert (found.method, found.json) == (method, payload)
    ambiguous = callsheet(
        "import", "har", file, "--request", f"POST {AT}/x", "--name", "two", "-C", workspace.path
    )
    assert "2 of them match" in ambiguous.err
    assert f"choose one with --request: 1 (POST {AT}/x), 2 (POST {AT}/x)" in ambiguous.err


def test_a_query_that_an_entry_only_lists_is_sent(workspace: Folder, callsheet: Callsheet) -> None:
    call = entry("get", f"{AT}/x#part")
    call["request"]["queryString"] = [{"name": "a", "value": "b%20c"}, {"name": "a", "value": "d e"}]
    call["request"]["headers"] += [
        {"name": "Origin", "value": "https://shop.example.com"},
        {"name": "Sec-Fetch-Mode", "value": "cors"},
    ]
    outcome = callsheet("import", archive(workspace, call), "--name", "one", "-C", workspace.path)
    assert outcome.err.splitlines() == [
        "the method is GET, and the file says `get`",
        "what only a browser says was left out: Origin, Sec-Fetch-Mode",
    ]
    assert (sent(workspace).query, sent(workspace).method) == ([("a", "b c"), ("a", "d e")], "GET")


def test_the_media_type_of_a_body_is_kept_where_no_header_says_it(
    workspace: Folder, callsheet: Callsheet
) -> None:
    call = entry("POST", f"{AT}/x", {"a": 1})
    call["request"]["postData"]["mimeType"] = "application/vnd.api+json"
    callsheet("import", archive(workspace, call), "--name", "one", "-C", workspace.path)
    assert sent(workspace).headers["content-type"] == "application/vnd.api+json"
    call["request"]["postData"]["mimeType"] = "text/plain"
    with pytest.raises(
        CallsheetError, match="its body is JSON that is sent as text/plain: an action sends JSON as JSON"
    ):
        Workspace(workspace.path).import_(str(archive(workspace, call)), name="two")


def test_an_empty_query_of_a_url_is_that_of_the_list_and_a_blank_body_is_said(
    workspace: Folder, callsheet: Callsheet
) -> None:
    call = entry("POST", f"{AT}?")
    call["request"] |= {
        "queryString": [{"name": "a", "value": "1"}],
        "postData": {"mimeType": "application/json", "text": " "},
        "headers": None,
    }
    outcome = callsheet("import", archive(workspace, call), "--name", "one", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, "the body was left out: it is blank\n")
    assert sent(workspace).query == [("a", "1")]
