"""Requests of Bruno: files in its language, and the collection that it exports."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.request_collections import BRUNO, KEY, TOKEN
from support.workspaces import Callsheet, Folder

REQUEST = """\
meta {
  name: Send a push
  type: http
  seq: 1
}

post {
  url: {{host}}/v1/users/:user/messages?trace=on
  body: json
  auth: bearer
}

params:query {
  trace: on
  ~debug: yes
}

params:path {
  user: ada
}

headers {
  X-Team: crm
  ~X-Off: no
}

auth:bearer {
  token: {{token}}
}

body:json {
  {
    "title": "Hi }",
    "to": "{{device}}",
    "count": 2
  }
}

script:pre-request {
  bru.setVar("a", {
    b: 1
  });
}

docs {
  # What it does
}
"""
OAUTH2 = """\
auth:oauth2 {
  grant_type: client_credentials
  access_token_url: https://id.shop.example/t
  client_id: c
  client_secret: s3cr3t
  scope: a b
}"""
VARIABLES = """\
vars {
  host: https://api.shop.example
  ~old: 1
}
vars:secret [
  token
]
"""


def brought(workspace: Folder, callsheet: Callsheet, name: str, text: str, *more: Any) -> tuple[Any, str]:
    """Import a file, and return the compiled action with what was said."""
    (workspace.path / "example.yaml").unlink(missing_ok=True)
    file = workspace.write(name, text)
    outcome = callsheet("import", file, "--name", "push", "-C", workspace.path, *more)
    assert outcome.code == 0, outcome.err
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("test", "-C", workspace.path).code == 0
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/push"].content
    return content, (workspace.path / "push.yaml").read_text("utf-8")


def test_a_request_becomes_an_action_that_sends_it(workspace: Folder, callsheet: Callsheet) -> None:
    variables = workspace.write("local.bru", VARIABLES)
    content, text = brought(workspace, callsheet, "push.bru", REQUEST, "--environment", variables)
    request = build_request(content, {"user": "eve", "title": "Hi }", "device": "d1"})
    assert (request.method, request.url) == (
        "POST",
        "https://api.shop.example/v1/users/eve/messages?trace=on",
    )
    assert request.headers == {"X-Team": "crm"}
    assert request.payload == {"title": "Hi }", "to": "d1", "count": 2}
    assert content["authentication"]["type"] == "bearer"
    assert "scripts were left out" in text


@pytest.mark.parametrize(
    ("auth", "block", "expected"),
    [
        ("basic", "auth:basic {\n  username: ada\n  password: hunter2\n}", "basic"),
        ("apikey", "auth:apikey {\n  key: X-Key\n  value: s3cr3t\n  placement: header\n}", "apiKey"),
        ("apikey", "auth:apikey {\n  key: key\n  value: s3cr3t\n  placement: queryparams\n}", "apiKey"),
        ("oauth2", OAUTH2, "oauth2"),
        ("none", "", "none"),
    ],
)  # fmt: skip
def test_its_authentication_is_taken_and_no_credential_is_written(
    auth: str, block: str, expected: str, workspace: Folder, callsheet: Callsheet
) -> None:
    text = REQUEST.replace("{{host}}", "https://api.shop.example").replace("auth: bearer", f"auth: {auth}")
    content, written = brought(workspace, callsheet, "push.bru", f"{text}\n{block}\n")
    assert content["authentication"]["type"] == expected
    assert "hunter2" not in written
    assert "s3cr3t" not in written


def test_what_a_folder_authenticates_is_said_to_be_left_out(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = REQUEST.replace("{{host}}", "https://api.shop.example").replace("auth: bearer", "auth: inherit")
    _, written = brought(workspace, callsheet, "push.bru", text)
    assert "its authentication, that of its folder, was left out" in " ".join(
        written.replace("#", "").split()
    )


def test_of_a_file_what_its_folders_say_in_other_files_is_said_to_be_left_out(
    workspace: Folder, callsheet: Callsheet
) -> None:
    """Headers, variables and scripts of a collection are in `collection.bru`, above the file."""
    collection = workspace.path.parent / "collection"
    file = collection / "users" / "push.bru"
    file.parent.mkdir(parents=True)
    file.write_text(REQUEST.replace("{{host}}", "https://api.shop.example"))
    for name in ("bruno.json", "collection.bru", "users/folder.bru"):
        (collection / name).write_text("headers {\n  X-All: 1\n}\n")
    (workspace.path.parent / "folder.bru").write_text("above the collection")
    outcome = callsheet("import", file, "--name", "push", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert (
        "what is said of it in `folder.bru` and `collection.bru` was left out: a collection that is exported "
        "as JSON has all of it\n" in outcome.err
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("body: json", "body: multipartForm"), "a form"),
        (("body: json", "body: file"), "a file"),
        (("post {", "post_it {"), "the file of Bruno contains no request"),
        (("https://api.shop.example", ""), "URL"),
    ],
)
def test_what_no_action_can_send_is_refused(
    change: tuple[str, str], words: str, workspace: Folder, callsheet: Callsheet
) -> None:
    text = REQUEST.replace("{{host}}", "https://api.shop.example").replace(*change)
    outcome = callsheet("import", workspace.write("push.bru", text), "--name", "push", "-C", workspace.path)
    assert outcome.code == 1
    assert words in outcome.err
    assert not (workspace.path / "push.yaml").exists()


def test_a_collection_is_imported_with_what_its_folders_say(
    workspace: Folder, callsheet: Callsheet
) -> None:
    (workspace.path / "example.yaml").unlink()
    file = workspace.write("shop.export", json.dumps(BRUNO))
    outcome = callsheet(
        "import", "bruno", file, "--all", "--environment", "test", "--name", "shop", "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    assert "1 item of the collection left out" in outcome.out + outcome.err
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("test", "-C", workspace.path).code == 0
    actions = Workspace(workspace.path).compile().by_environment["local"]
    one, two, three = (actions[f"Action/shop_{name}"].content for name in ("one", "two", "three"))
    assert [it["authentication"]["type"] for it in (one, two, three)] == ["bearer", "basic", "none"]
    assert build_request(one, {"a": "x"}).headers["X-All"] == "2"
    sent = (
        build_request(two, {}) if not two.get("parameters") else build_request(two, {"a": "in the folder"})
    )
    assert (sent.headers["X-Mail"], sent.headers["X-Team"]) == ("1", "crm")
    assert sent.payload == {"a": "in the folder"}
    texts = "".join(one.read_text("utf-8") for one in workspace.path.glob("*.yaml"))
    assert KEY not in texts
    assert TOKEN not in texts


def test_an_environment_that_is_not_there_is_named(workspace: Folder, callsheet: Callsheet) -> None:
    file = workspace.write("shop.export", json.dumps(BRUNO))
    outcome = callsheet(
        "import", file, "--all", "--environment", "tset", "--name", "shop", "-C", workspace.path
    )
    assert outcome.code == 1
    assert "no environment `tset` (did you mean `test`?)" in outcome.err


@pytest.mark.parametrize(
    ("own", "folder", "outer", "path"),
    [
        (
            [{"name": "x", "value": "own", "enabled": True}],
            [{"name": "x", "value": "folder"}],
            [],
            "/v1/own",
        ),
        ([], [{"name": "x", "value": "folder"}], [{"name": "x", "value": "outer"}], "/v1/folder"),
        (
            [{"name": "x", "value": "own", "enabled": False}],
            [],
            [{"name": "x", "value": "outer"}],
            "/v1/outer",
        ),
        ([{"name": "x", "value": "{{y}}!"}], [], [{"name": "y", "value": "outer"}], "/v1/outer!"),
    ],
)
def test_the_variables_of_a_request_lie_over_those_of_its_folders(
    workspace: Folder, callsheet: Callsheet, own: Any, folder: Any, outer: Any, path: str
) -> None:
    request = {"method": "GET", "url": "https://api.example.com/v1/{{x}}", "vars": {"req": own}}
    inner = {
        "name": "f",
        "root": {"request": {"vars": {"req": folder}}},
        "items": [{"name": "one", "request": request}],
    }
    value = {"name": "B", "version": "1", "root": {"request": {"vars": {"req": outer}}}, "items": [inner]}
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(value))
    outcome = callsheet("import", file, "--request", "one", "--name", "one", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, "")
    content: Any = Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content
    assert build_request(content, {}).url == f"https://api.example.com{path}"


def test_the_variables_of_a_file_of_one_request_are_read(workspace: Folder, callsheet: Callsheet) -> None:
    file = workspace.path.parent / "one.bru"
    file.write_text(
        "meta {\n  name: one\n}\n\nget {\n  url: https://api.example.com/{{x}}\n}\n\n"
        "vars:pre-request {\n  x: 5\n  ~x: 6\n}\n"
    )
    assert callsheet("import", file, "--name", "one", "-C", workspace.path).code == 0
    assert "url: https://api.example.com/5\n" in (workspace.path / "one.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"opencollection": "1.0.0", "items": []}', "OpenCollection is not read"),
        ("opencollection: 1.0.0\nitems: []\n", "OpenCollection is not read"),
        ('{"asyncapi": "3.0.0"}', "the file describes messages, and no request"),
        ('{"name": "e", "values": [], "_postman_variable_scope": "environment"}',
         "the file contains variables, and no request"),
    ],
)  # fmt: skip
def test_a_file_that_is_known_and_has_no_request_to_read_is_no_payload(
    workspace: Folder, callsheet: Callsheet, text: str, reason: str
) -> None:
    file = workspace.path.parent / "file.json"
    file.write_text(text)
    for options in (("--name", "one"), ("--all",)):
        outcome = callsheet("import", file, *options, "-C", workspace.path)
        assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {reason}")


def test_a_folder_is_no_file(workspace: Folder, callsheet: Callsheet) -> None:
    folder = workspace.path.parent / "collection"
    folder.mkdir()
    for own, options in (("a file", ()), ("a .bru file", ("--all",))):
        outcome = callsheet("import", folder, "--name", "one", *options, "-C", workspace.path)
        assert outcome.code == 2
        assert (
            f"{folder} is a folder: name {own} in it, or a collection that is exported as JSON"
            in outcome.err
        )
        (folder / "bruno.json").write_text("{}")
