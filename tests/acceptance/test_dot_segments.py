"""A parameter never leaves its place in a URL's path, whoever makes, plays or writes the request."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from support.workspaces import ENVIRONMENT, Callsheet, Folder

LISTS = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: lists}
spec:
  request:
    method: POST
    url: "URL"
    payload: {a: 1}
  parameters: {id: {type: string, example: "1"}}
"""
PLACES = {
    "the last": "https://api.example.com/v1/lists/{{ params.id }}",
    "in the middle": "https://api.example.com/v1/{{ params.id }}/members",
    "after a dot": "https://api.example.com/v1/.{{ params.id }}",
    "after an encoded dot": "https://api.example.com/v1/%2E{{ params.id }}/x",
    "already encoded": "https://api.example.com/v1/{{ params.id | urlencode }}",
    "before a query": "https://api.example.com/v1/{{ params.id }}?all=true",
}


@pytest.fixture
def lists(empty: Folder) -> Folder:
    empty.write("environments.yaml", ENVIRONMENT.replace("spec:", "spec:\n  allowSend: true"))
    return empty


@pytest.mark.parametrize("place", PLACES)
def test_a_dot_segment_is_refused_by_every_verb_that_makes_a_request(
    lists: Folder, callsheet: Callsheet, place: str
) -> None:
    lists.write("lists.yaml", LISTS.replace("URL", PLACES[place]))
    at = ("lists", "-C", lists.path, "-e", "local")
    assert callsheet("validate", "-C", lists.path).code == 0
    refused = [".", ".."] if "after" not in place else ["."]
    for value in refused + (["../../admin", "a/../.."] if place == "already encoded" else []):
        for arguments in (
            ("render", *at, "--params", f"id={value}"),
            ("send", *at, "-p", f"id={value}", "--curl"),
            ("send", *at, "-p", f"id={value}", "--har"),
            ("send", *at, "-p", f"id={value}", "--to", "http://localhost:9", "--yes"),
        ):
            outcome = callsheet(*arguments)
            assert (outcome.code, outcome.out) == (1, ""), arguments
            assert "error CS926: a segment of the URL's path would be `" in outcome.err, arguments
    for value in ("a", "...", "..a", "%2e", "%2e%2e"):
        outcome = callsheet("send", *at, "-p", f"id={value}", "--curl")
        assert outcome.code == 0, value
    assert "%252e%252e" in outcome.out


@pytest.mark.parametrize("place", PLACES)
def test_generated_cases_try_them(lists: Folder, callsheet: Callsheet, place: str) -> None:
    lists.write("lists.yaml", LISTS.replace("URL", PLACES[place]))
    outcome = callsheet("test", "-C", lists.path, "-o", "json")
    cases = {one["name"]: one for one in json.loads(outcome.out)["cases"]}
    for name in ("id is a dot", "id is two dots", "id is encoded dots"):
        assert cases[name]["outcome"] == "passed"
    assert outcome.code == 0
    expected = lists.path / "lists.yaml"
    text = (
        expected.read_text() + '  tests: [{name: up, params: {id: "."}, expect: {error: "would be `"}}]\n'
    )
    expected.write_text(text)
    assert callsheet("test", "-C", lists.path, "--no-generated").code == 0


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("https://api.example.com/v1/../x", 7), ("https://api.example.com/%2e%2E/x", 7), ("https://api.example.com/v1/.", 7),
        ("https://api.example.com/{{ values.up }}/x", 7), ("https://api.example.com/.{{ values.dot }}/{{ params.id }}", 7),
        ("https://api.example.com/{{ params.id }}/../x", 7), ("{{ values.base }}/x", 7),
    ],
)  # fmt: skip
def test_what_is_known_before_is_a_finding(
    lists: Folder, callsheet: Callsheet, url: str, line: int
) -> None:
    values = "values: {up: '..', dot: '.', base: 'https://api.example.com/a/..', "
    text = (lists.path / "environments.yaml").read_text().replace("values: {", values)
    lists.write("environments.yaml", text)
    lists.write("lists.yaml", LISTS.replace("URL", url))
    found = json.loads(callsheet("validate", "-C", lists.path, "-o", "json").out)["diagnostics"]
    errors = [(one["code"], one["file"], one["line"]) for one in found if one["severity"] == "error"]
    assert errors == [("CS422", "lists.yaml", line)]


def test_the_address_of_a_token_is_looked_at_too(lists: Folder, callsheet: Callsheet) -> None:
    token = '  authentication: {type: oauth2, grant: client_credentials, tokenUrl: "https://id.example.com/../token", clientId: a, clientSecret: {secret: "env:S"}}\n'
    lists.write("lists.yaml", LISTS.replace("URL", PLACES["the last"]) + token)
    found = json.loads(callsheet("validate", "-C", lists.path, "-o", "json").out)["diagnostics"]
    assert [one["code"] for one in found if one["severity"] == "error"] == ["CS422"]


@pytest.fixture
def port(lists: Folder) -> Iterator[int]:
    lists.write("lists.yaml", LISTS.replace("URL", PLACES["the last"]))
    emulator = Emulator(Workspace(lists.path).routes("local"), Faults(()))
    threading.Thread(target=emulator.serve, daemon=True).start()
    yield emulator.server.server_port
    emulator.close()


@pytest.mark.parametrize("value", [".", "..", "%2e", "%2E%2e", ".%2e"])
def test_the_emulator_answers_no_such_path(port: int, value: str) -> None:
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    for segment, status in ((value, 400), ("1", 200)):
        body = {"Content-Type": "application/json"}
        connection.request("POST", f"/api.example.com/v1/lists/{segment}", '{"a": 1}', body)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_an_import_writes_what_the_client_sent(lists: Folder, callsheet: Callsheet) -> None:
    line = (
        "curl https://api.example.com/v1/a/../lists/./x -H 'Content-Type: application/json' -d '{\"a\": 1}'"
    )
    outcome = callsheet("import", "curl", line, "-C", lists.path, "--name", "came")
    assert outcome.code == 0, outcome.err
    text = (lists.path / "came.yaml").read_text()
    assert "url: https://api.example.com/v1/lists/x\n" in text
    assert "without `.` and `..`" in text
    assert callsheet("validate", "-C", lists.path).code == 0


def test_an_empty_segment_is_refused(lists: Folder, callsheet: Callsheet) -> None:
    lists.write("lists.yaml", LISTS.replace("URL", PLACES["the last"]))
    outcome = callsheet("render", "lists", "-C", lists.path, "-e", "local", "--params", "id=")
    assert outcome.err.startswith("error CS926: a part of the URL's path would be empty\n")
