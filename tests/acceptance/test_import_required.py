"""What an operation requires becomes a parameter, and its request is of the type that the contract names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.workspaces import ENVIRONMENT, Callsheet, Folder

TEXT = {"type": "string"}


def description(operation: dict[str, Any], path: str = "/a", **more: Any) -> str:
    operation = {"operationId": "op", "responses": {"200": {"description": "done"}}, **operation}
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "S", "version": "1"},
            "servers": [{"url": "https://api.shop.example"}],
            "paths": {path: {"post": operation}},
            **more,
        }
    )


def taking(schema: Any, media: str = "application/json") -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


def imported(workspace: Folder, callsheet: Callsheet, text: str, *, ends: int = 0) -> Any:
    """Import the one operation as several are, and return the compiled action."""
    file = workspace.write("shop.oas", text)
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == ends, outcome.err
    if ends:
        return outcome.err
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("test", "-C", workspace.path).code == 0
    return Workspace(workspace.path).compile().by_environment["local"]["Action/shop_op"].content


def parameter(name: str, where: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, "schema": schema, **more}


def test_required_headers_and_query_parameters_are_parameters(
    workspace: Folder, callsheet: Callsheet
) -> None:
    listed = [
        parameter("X-T", "header", TEXT),
        parameter("q", "query", {"type": "string", "maxLength": 8}),
        parameter("page", "query", {"type": "integer", "minimum": 3}),
        parameter("ids", "query", {"type": "array", "items": {"type": "integer"}}),
        parameter("shown", "query", TEXT, example="blue"),
        parameter("mode", "query", {"type": "string", "enum": ["fast", "slow"]}),
        parameter("size", "query", {"type": "integer", "default": 50}),
        parameter("id", "path", TEXT),
        parameter("id", "query", {"type": "integer"}),
    ]
    content = imported(workspace, callsheet, description({"parameters": listed}, "/a/{id}"))
    declared = content["parameters"]
    assert {name: one["type"] for name, one in declared.items()} == {
        "x_t": "string",
        "q": "string",
        "page": "integer",
        "ids": "integer",
        "shown": "string",
        "id": "string",
        "id_query": "integer",
    }
    assert (declared["q"]["maxLength"], declared["page"]["minimum"]) == (8, 3)
    values = {"x_t": "t", "q": "a b", "page": 7, "ids": 9, "shown": "red", "id": "i", "id_query": 2}
    request = build_request(content, values)
    url = "https://api.shop.example/a/i?id=2&ids=9&mode=fast&page=7&q=a%20b&shown=red&size=50"
    assert (request.url, request.headers["X-T"]) == (url, "t")


@pytest.mark.parametrize(
    ("media", "written"),
    [
        ("application/vnd.api+json", "application/vnd.api+json"),
        ("application/scim+json; charset=utf-8", "application/scim+json"),
        ("application/json; version=2; charset=UTF-8", "application/json; version=2"),
        ("*/*", "application/json"),
    ],
)
def test_the_media_type_is_that_of_the_description(
    media: str, written: str, workspace: Folder, callsheet: Callsheet
) -> None:
    body = taking({"type": "object", "required": ["a"], "properties": {"a": TEXT}}, media)
    content = imported(workspace, callsheet, description(body))
    assert content["request"]["headers"] == {"Content-Type": written}


def test_a_content_type_that_the_contract_does_not_name_is_an_error(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = taking({"type": "object", "properties": {"a": TEXT}}, "application/vnd.api+json")
    workspace.write("shop.oas", description(body))
    action = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request:
    method: POST
    url: https://api.shop.example/a
    headers: {Content-Type: MEDIA}
    payload: {a: b}
  contract: {openapi: shop.oas, operation: op}
"""
    wrong = workspace.write("example.yaml", action.replace("MEDIA", "application/json"))
    found = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)["diagnostics"]
    assert [(one["code"], one["line"], one["message"]) for one in found] == [
        (
            "CS449",
            8,
            "the contract takes application/vnd.api+json, and the Content-Type is application/json",
        )
    ]
    for media in ("application/vnd.api+json", '"Application/Vnd.API+JSON; charset=utf-8"'):
        workspace.write("example.yaml", action.replace("MEDIA", media))
        assert callsheet("validate", "-C", workspace.path).code == 0
    ignored = "operation: op, ignore: [{path: /headers/Content-Type, reason: it takes both}]"
    wrong.write_text(action.replace("MEDIA", "application/json").replace("operation: op", ignored))
    assert callsheet("validate", "-C", workspace.path).code == 0


def test_variables_of_the_server_are_values(workspace: Folder, callsheet: Callsheet) -> None:
    variables = {"region": {"default": "eu", "enum": ["eu", "us"]}, "scheme": {"default": "https"}}
    servers = [{"url": "{scheme}://{region}.shop.example/v2", "variables": variables}]
    workspace.write("environments.yaml", ENVIRONMENT)
    content = imported(workspace, callsheet, description({}, servers=servers))
    assert content["request"]["url"] == "https://eu.shop.example/v2/a"
    assert Workspace(workspace.path).compile().concrete[0].values["shop"] == {"region": "eu"}
    text = (workspace.path / "shop" / "connection.yaml").read_text()
    assert "url: https://{{ values.shop.region }}.shop.example" in text
    one = ("import", workspace.path / "shop.oas", "--operation", "op", "--name", "alone")
    assert callsheet(*one, "-C", workspace.path).code == 0
    assert "url: https://eu.shop.example/v2/a" in (workspace.path / "alone.yaml").read_text()


def test_a_placeholder_fits_what_its_schema_is_made_of(workspace: Folder, callsheet: Callsheet) -> None:
    city = {
        "type": "object",
        "required": ["city"],
        "properties": {"city": {"type": "string", "maxLength": 2}},
    }
    schema = {
        "type": "object",
        "required": ["address", "code", "rate", "when", "tree"],
        "properties": {
            "address": {"allOf": [city]},
            "code": {"allOf": [{"type": "string", "minLength": 12}]},
            "rate": {"type": "number", "minimum": 4, "maximum": 5},
            "when": {"type": "string", "format": "date-time"},
            "tree": {"$ref": "#/components/schemas/Tree"},
        },
    }
    tree = {"type": "object", "required": ["children"], "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}  # fmt: skip
    text = description(taking(schema), components={"schemas": {"Tree": tree}})
    content = imported(workspace, callsheet, text)
    declared = content["parameters"]
    assert declared["when"]["example"] == "2026-01-01T00:00:00Z"
    assert declared["city"]["example"] == "ci"


def test_what_requires_itself_without_end_is_refused_with_the_reason(
    workspace: Folder, callsheet: Callsheet
) -> None:
    node = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/N"}},
    }
    reference = {"$ref": "#/components/schemas/N"}
    text = description(taking(reference), components={"schemas": {"N": node}})
    said = imported(workspace, callsheet, text, ends=1)
    assert "op: its body requires at `next.next.next.next` what contains itself without an end" in said


def test_a_description_outside_of_the_workspace_is_not_linked_and_that_is_said(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.path.parent / "shop.json"
    file.write_text(description({}))
    for arguments in (("--all", "--name", "shop"), ("--operation", "op", "--name", "one")):
        outcome = callsheet("import", file, *arguments, "-C", workspace.path)
        assert outcome.code == 0
        assert "the contract is not linked: copy shop.json into the workspace" in outcome.err
