"""A secret in a payload with a contract: only that it is a text is known, so nothing else of it is refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from support.workspaces import ENVIRONMENT, Callsheet, Folder

API = """\
openapi: 3.0.3
info: {title: Login, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /login:
    post:
      operationId: login
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [password]
              properties:
                user: {type: string, maxLength: 9}
                password: SCHEMA
      responses: {"200": {description: ok}}
"""
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request:
    method: POST
    url: https://api.example.com/login
    headers: {Content-Type: application/json}
    payload: {user: "{{ params.user }}", password: {secret: "env:WORD"}}
  parameters: {user: {type: string, example: ada, maxLength: 9}}
  contract: {openapi: api.yaml, operation: login}
  tests: [{name: a, params: {user: bo}, expect: {payload: {user: bo, password: {secret: "env:WORD"}}}}]
"""
TEXTS = {
    "a length": "{type: string, minLength: 80}",
    "another length": "{type: string, maxLength: 8}",
    "by a pattern": '{type: string, pattern: "^[A-Z]{3}$"}',
    "one of some": "{type: string, enum: [hunter2, hunter3]}",
    "one": "{enum: [hunter2]}",
    "of some forms": '{oneOf: [{type: string, pattern: "^a"}, {type: string, pattern: "^b"}]}',
}


@pytest.fixture
def emulator(workspace: Folder) -> Iterator[list[Emulator]]:
    running: list[Emulator] = []
    yield running
    for one in running:
        one.close()


def write(workspace: Folder, schema: str) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("api.yaml", API.replace("SCHEMA", schema))
    workspace.write("example.yaml", ACTION)


@pytest.mark.parametrize("schema", TEXTS)
def test_a_secret_is_not_refused_for_its_text(
    schema: str, workspace: Folder, callsheet: Callsheet, emulator: list[Emulator]
) -> None:
    write(workspace, TEXTS[schema])
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"
    tested = callsheet("test", "-C", workspace.path)
    assert tested.code == 0, tested.out
    emulator.append(Emulator(Workspace(workspace.path).routes(), Faults()))
    threading.Thread(target=emulator[-1].serve, daemon=True).start()
    send = ("send", "example", "--params", "user=bo", "-C", workspace.path, "--to", emulator[-1].url)
    sent = callsheet(*send)
    assert sent.code == 0, sent.out + sent.err
    # What is no secret is refused as before.
    refused = callsheet(*(one.replace("user=bo", "user=longer-than-nine") for one in map(str, send)))
    assert refused.code != 0


NO_TEXT = {
    "{type: integer}": "`password` must be an integer by the contract",
    "{type: object}": "`password` must be an object by the contract",
    "{type: array, items: {type: string}}": "`password` must be a list by the contract",
    "{enum: [1, 2]}": "`password` is not one of the values of the contract",
    "{not: {type: string}}": "`password` is a text, which the contract excludes",
}


@pytest.mark.parametrize("schema", NO_TEXT)
def test_a_secret_is_refused_where_no_text_can_be(
    schema: str, workspace: Folder, callsheet: Callsheet
) -> None:
    write(workspace, schema)
    (one,) = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)["diagnostics"]
    assert (one["code"], one["message"]) == ("CS454", NO_TEXT[schema])


def test_a_field_that_a_closed_object_does_not_know_is_refused_also_as_a_secret(
    workspace: Folder, callsheet: Callsheet
) -> None:
    write(workspace, "{type: string}")
    api = (workspace.path / "api.yaml").read_text()
    closed = api.replace("required: [password]", "additionalProperties: false").replace(
        "password:", "word:"
    )
    workspace.write("api.yaml", closed)
    (one,) = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)["diagnostics"]
    assert one["code"] == "CS454"
    assert one["message"].startswith("`password` is not in the contract")


def test_a_list_with_a_secret_is_not_refused_for_what_the_secret_may_be(
    workspace: Folder, callsheet: Callsheet
) -> None:
    write(workspace, "{type: array, contains: {const: hunter2}, uniqueItems: true}")
    api = (workspace.path / "api.yaml").read_text()
    workspace.write("api.yaml", api.replace("3.0.3", "3.1.0"))
    listed = ACTION.replace('{secret: "env:WORD"}', '[{secret: "env:WORD"}, {secret: "env:OTHER"}]')
    workspace.write("example.yaml", listed)
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"


def test_an_enumeration_of_passwords_is_imported_as_a_secret(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("api.yaml", API.replace("SCHEMA", "{type: string, enum: [hunter2, hunter3]}"))
    outcome = callsheet(
        "import",
        workspace.path / "api.yaml",
        "--operation",
        "login",
        "--name",
        "enter",
        "-C",
        workspace.path,
    )
    assert outcome.code == 0, outcome.err
    written = (workspace.path / "enter.yaml").read_text()
    assert "hunter" not in written + outcome.out + outcome.err
    assert "secret: env:ENTER_PASSWORD" in written
    assert callsheet("test", "-C", workspace.path).code == 0


def test_a_text_with_a_colon_in_a_field_named_secret_is_no_reference(
    workspace: Folder, callsheet: Callsheet
) -> None:
    write(workspace, "{type: object, properties: {secret: {type: string, maxLength: 30}}}")
    told = ACTION.replace('{secret: "env:WORD"}', '{secret: "{{ params.user }}"}').split("  tests:")[0]
    workspace.write("example.yaml", told.replace("example: ada", 'example: "a:b"'))
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"
    tested = callsheet("test", "-C", workspace.path)
    assert tested.code == 0, tested.out
