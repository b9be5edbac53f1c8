"""The URL of a connection and the path of an action are one URL: its slash, its place, and what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.workspaces import Callsheet, Folder

CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: vendor, owner: team-a}
spec:
  limits: {timeout: 8s}
"""
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push, fr: Push}}
spec:
  connection: vendor
  request:
    method: POST
    path: PATH
    payload: {a: "{{ params.a }}"}
  parameters: {a: {type: string, label: A}}
"""
LOCAL = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {base: "BASE", version: v1}
  target: {type: sqlite, path: .callsheet/local.db}
"""


def write(folder: Folder, url: str, path: str = "/send", base: str = "https://api.example.com/") -> None:
    folder.write("vendor.yaml", f"{CONNECTION}  url: {json.dumps(url)}\n")
    folder.write("push.yaml", ACTION.replace("PATH", json.dumps(path)))
    folder.write("local.yaml", LOCAL.replace("BASE", base))


def url_of(callsheet: Callsheet, folder: Folder) -> Any:
    outcome = callsheet("render", "push", "-C", folder.path, "-o", "json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)["actions"][0]["request"]["url"]


@pytest.mark.parametrize(
    ("url", "base", "path", "expected"),
    [
        ("{{ values.base }}", "https://api.example.com/", "/send", "https://api.example.com/send"),
        ("{{ values.base }}", "https://api.example.com", "/send", "https://api.example.com/send"),
        ("{{ values.base }}", "https://api.example.com/v1/", "/{{ values.version }}/x", "https://api.example.com/v1/v1/x"),
        ("{{ values.base }}", "https://api.example.com/v1/", "/", "https://api.example.com/v1/"),
        ("https://api.example.com/{{ values.base | urlencode }}", "a/b/", "/send", "https://api.example.com/a/b/send"),
        ("https://api.example.com/v1/", "x", "/send", "https://api.example.com/v1/send"),
        ("{{ values.base }}", "https://api.example.com/", "/{{ params.a }}",
         {"$concat": ["https://api.example.com/", {"$param": "a"}]}),
    ],
)  # fmt: skip
def test_the_slash_between_them_is_there_once(
    empty: Folder, callsheet: Callsheet, url: str, base: str, path: str, expected: Any
) -> None:
    write(empty, url, path, base)
    assert url_of(callsheet, empty) == expected


def test_an_overlay_of_the_connection_has_the_slash_once_too(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "https://other.example.com")
    overlay = '  overlays: {vendor: {url: "{{ values.base }}"}}\n'
    empty.write("local.yaml", LOCAL.replace("BASE", "https://api.example.com/") + overlay)
    assert url_of(callsheet, empty) == "https://api.example.com/send"


def place_of_change(callsheet: Callsheet, folder: Folder) -> tuple[str, int]:
    outcome = callsheet("diff", "--base", "HEAD", "-C", folder.path, "-o", "json")
    assert outcome.code == 0, outcome.err
    (one,) = json.loads(outcome.out)["changes"][0]["diff"]
    return one["file"], one["line"]


@pytest.mark.parametrize("url", ["https://api.example.com/v1", "{{ values.base }}v1"])
@pytest.mark.parametrize("path", ["/send", "/{{ params.a }}/send", "/{{ values.version }}/send"])
def test_a_change_of_the_path_stands_at_the_action(
    empty: Folder, callsheet: Callsheet, url: str, path: str
) -> None:
    write(empty, url, path)
    empty.commit()
    write(empty, url, path.replace("send", "post"))
    assert place_of_change(callsheet, empty) == ("push.yaml", 8)


def test_a_change_of_the_base_stands_at_the_connection(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "https://api.example.com/v1")
    empty.commit()
    write(empty, "https://api.example.com/v2", "/post")
    assert place_of_change(callsheet, empty) == ("vendor.yaml", 6)


def test_a_whole_url_stands_where_it_is_written(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "https://api.example.com/v1")
    own = ACTION.replace("path: PATH", "url: https://api.example.com/own/1")
    empty.write("push.yaml", own)
    empty.commit()
    empty.write("push.yaml", own.replace("own/1", "own/2"))
    assert place_of_change(callsheet, empty) == ("push.yaml", 8)


def test_a_path_of_a_secret_url_stands_at_the_action(empty: Folder, callsheet: Callsheet) -> None:
    def secret(path: str) -> None:
        write(empty, "", path)
        url = '  url: {secret: "env:HOOK", host: hooks.example.com}\n'
        empty.write("vendor.yaml", CONNECTION + url)

    secret("/send")
    empty.commit()
    secret("/post")
    assert place_of_change(callsheet, empty) == ("push.yaml", 8)


def test_a_connection_without_a_url_says_so(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "")
    empty.write("vendor.yaml", CONNECTION)
    outcome = callsheet("validate", "-C", empty.path, "-o", "json")
    (found,) = json.loads(outcome.out)["diagnostics"]
    assert (found["code"], found["file"], found["line"]) == ("CS345", "push.yaml", 5)
    assert found["message"] == "the connection `vendor` has no `url`, and neither has the action"
    assert found["help"] == "write `url` in the connection `vendor`, or in the request instead of `path`"
