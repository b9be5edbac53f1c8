"""What an import leaves out is said, once each; what it cannot make is refused, each with its reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from support.request_collections import bearer, body
from support.workspaces import Callsheet, Folder, Outcome

AT = "https://api.example.com"
HTTPS = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: https_only}
spec:
  message: Actions must call over https
  schema: {properties: {request: {properties: {url: {pattern: "^https://"}}}}}
---
apiVersion: callsheet/v1
kind: Policy
metadata: {name: owned}
spec: {message: Every action has an owner, schema: {required: [owner]}}
"""


def imported(workspace: Folder, callsheet: Callsheet, *requests: Any) -> Outcome:
    file = workspace.path.parent / "collection.json"
    items = [
        {"name": f"r{index}", "request": one} if isinstance(one, dict) else one
        for index, one in enumerate(requests)
    ]
    file.write_text(json.dumps({"info": {"name": "Shop"}, "item": items}), encoding="utf-8")
    return callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)


def headers(**fields: str) -> list[dict[str, str]]:
    return [{"key": key.replace("_", "-"), "value": one} for key, one in fields.items()]


def test_each_thing_that_is_left_out_is_said_once(workspace: Folder, callsheet: Callsheet) -> None:
    signed = {"type": "awsv4", "awsv4": [{"key": "secretKey", "value": "c4n4ry"}]}
    cookie = headers(Cookie="a=c4n4ry", User_Agent="x", Host="evil.example.com", Content_Length="3")
    outcome = imported(
        workspace,
        callsheet,
        {"url": f"{AT}/a", "auth": signed},
        {"url": f"{AT}/b", "auth": signed},
        {"url": f"{AT}/c?key=c4n4ry1&jwt=c4n4ry2&key=c4n4ry3", "header": cookie},
        {"url": "https://bob:c4n4ry@api.example.com/d", "auth": bearer("t0k3n")},
        {"url": f"{AT}/e", "header": [*headers(Accept="a"), *headers(accept="b")]},
        {"url": f"{AT}/f"},
        {"url": f"{AT}/g"},
        None,
    )
    assert outcome.err.splitlines() == [
        "1 item of the collection left out: neither a request nor a folder",
        "r0, r1: its authentication, awsv4, was left out: write `authentication` by hand",
        "r2: the header Cookie was left out: an action has no session",
        "r2: the header Host was left out: it is that of the URL",
        "r2: the header Content-Length was left out: the client says how long the body is",
        "r2: the query parameter key is there more than once: a credential is sent once",
        "r3: the name and password in the URL were left out: the request authenticates otherwise",
        "r4: the header accept is there more than once: the last one was kept",
    ]
    assert "c4n4ry" not in outcome.out + "".join(one.read_text() for one in workspace.path.rglob("*.yaml"))
    actions = Workspace(workspace.path).compile().actions
    shared = {name: one.names_connection for name, one in actions.items() if name != "example"}
    assert shared["shop_r0"] == shared["shop_r1"]
    assert shared["shop_r4"] == shared["shop_r5"] == shared["shop_r6"] != shared["shop_r0"]


def test_one_request_says_what_is_left_out_of_it(workspace: Folder, callsheet: Callsheet) -> None:
    line = f"curl '{AT}/v1' -H 'Cookie: a=b' -b c=d"
    outcome = callsheet("import", "curl", line, "--name", "one", "-C", workspace.path)
    assert outcome.err.splitlines() == [
        "the cookie was ignored: an action has no session",
        "the header Cookie was left out: an action has no session",
    ]


def test_a_cookie_of_a_har_file_is_named(workspace: Folder, callsheet: Callsheet) -> None:
    one = {"method": "GET", "url": f"{AT}/v1", "headers": [{"name": "cookie", "value": "a=c4n4ry"}]}
    file = workspace.path.parent / "calls.har"
    file.write_text(json.dumps({"log": {"entries": [{"request": one}]}}))
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.err == f"{AT}/v1: the header Cookie was left out: an action has no session\n"


@pytest.mark.parametrize(
    ("request_", "notes"),
    [
        ({"headers": [{"name": "User-Agent", "value": "Mozilla/5.0"}, {"name": "sec-ch-ua", "value": "x"},
                      {"name": "Connection", "value": "close"}, {"name": "Host-Id", "value": "7"}]},
         ["what only a browser says was left out: User-Agent, sec-ch-ua, Connection"]),
        ({"cookies": [{"name": "a", "value": "c4n4ry"}]},
         ["its cookies were left out: an action has no session"]),
        ({"method": "POST", "postData": {"text": '{"a": 1}'}},
         ["the body is sent as application/json: the file does not say what it is"]),
    ],
)  # fmt: skip
def test_what_a_har_file_says_beside_the_call_is_named(
    workspace: Folder, callsheet: Callsheet, request_: Any, notes: list[str]
) -> None:
    file = workspace.path.parent / "calls.har"
    file.write_text(json.dumps({"log": {"entries": [{"request": {"url": AT, **request_}}]}}))
    outcome = callsheet("import", file, "--name", "one", "-C", workspace.path)
    assert (outcome.code, outcome.err.splitlines()) == (0, notes)
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    assert ("Host-Id" in content["request"].get("headers", {})) == ("headers" in request_)


def test_the_test_case_expects_the_headers_that_were_written(
    workspace: Folder, callsheet: Callsheet
) -> None:
    request = {
        "method": "POST",
        "url": AT,
        "header": headers(X_Mode="fast", X_Trace="{{$guid}}", X_Secret="s"),
        "auth": bearer("t0k3n"),
        "body": body({"a": 1}),
    }
    assert imported(workspace, callsheet, request).code == 0
    (case,) = yaml.safe_load((workspace.path / "shop" / "shop_r0.yaml").read_text())["spec"]["tests"]
    assert case["expect"]["headers"] == {
        "X-Mode": "fast",
        "X-Trace": "guid",
        "X-Secret": "{env:SHOP_X_SECRET}",
    }
    assert callsheet("test", "-C", workspace.path).code == 0


def test_one_odd_request_does_not_lose_the_connection_of_the_others(
    workspace: Folder, callsheet: Callsheet
) -> None:
    odd = {"method": "POST", "url": f"{AT}/odd", "body": body({"a": {"$remove": True}})}
    requests = [{"url": f"{AT}/{one}", "auth": bearer("t0k3n")} for one in "abc"]
    outcome = imported(workspace, callsheet, *requests, {**odd, "auth": bearer("t0k3n")})
    assert outcome.err == "r3: it names no connection: it would not compile to the same with one\n"
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    named = {name: one.names_connection for name, one in compiled.actions.items() if name != "example"}
    assert named == {"shop_r0": "shop", "shop_r1": "shop", "shop_r2": "shop", "shop_r3": None}


def test_each_refusal_is_listed_where_nothing_is_imported(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = imported(
        workspace,
        callsheet,
        {"url": "{{unknown}}/v1"},
        {"url": AT, "method": "HEAD"},
        {"url": AT, "method": "POST", "body": {"mode": "raw", "raw": "a=1"}},
        *({"url": f"{AT}/{one}", "method": "HEAD"} for one in range(20)),
    )
    assert outcome.code == 1
    lines = outcome.err.splitlines()
    assert lines[:4] == [
        "error CS938: none of the requests can be an action",
        "  r0: its host is the variable `unknown`, which has no value",
        "  r2: the body is not JSON",
        "  r1: an action cannot use the method HEAD",
    ]
    assert lines[-2:] == ["  and 3 more", "help: choose others, or write the action by hand"]


def test_a_request_that_a_policy_forbids_is_named_and_not_written(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("policies.yaml", HTTPS)
    outcome = imported(workspace, callsheet, {"url": "http://api.example.com/a"}, {"url": f"{AT}/b"})
    assert outcome.err == "r0 is not imported: CS701 policy `https_only`: Actions must call over https\n"
    assert "To be completed: policy `owned`: Every action has an owner (1 finding)\n" in outcome.out
    assert [one.name for one in (workspace.path / "shop").iterdir() if "r0" in one.name] == []
    line = "curl http://api.example.com/a"
    outcome = callsheet("import", "curl", line, "--name", "one", "-C", workspace.path)
    assert outcome.code == 1
    assert "CS701 policy `https_only`" in outcome.err
    assert not (workspace.path / "one.yaml").exists()


@pytest.mark.parametrize("kind", ["postman", "insomnia"])
def test_an_authentication_of_another_shape_is_refused(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    one = {"_id": "a", "_type": "request", "name": "a", "url": AT, "authentication": ["x"]}
    file = workspace.path.parent / "x.json"
    postman = {"item": [{"name": "a", "request": {"url": AT, "auth": ["x"]}}]}
    file.write_text(json.dumps(postman if kind == "postman" else {"resources": [one]}))
    for arguments in (("--all",), ("--request", "a")):
        outcome = callsheet("import", file, *arguments, "-C", workspace.path)
        assert outcome.code == 1
        assert "CS938" in outcome.err
    assert not [*Path(workspace.path).rglob("*_a.yaml")]


def test_a_blank_that_the_tool_leaves_out_at_the_end_of_a_url_is_said(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.path.parent / "collection.json"
    url = {"name": "a", "request": {"url": f"{AT}/a?b={{{{it}}}}"}}
    variables = [{"key": "it", "value": " x "}]
    file.write_text(json.dumps({"info": {"name": "Shop"}, "item": [url], "variable": variables}), "utf-8")
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    said = f"{outcome.out}{outcome.err}"
    assert "the URL ends with a blank by a variable: the tool leaves it out" in said
