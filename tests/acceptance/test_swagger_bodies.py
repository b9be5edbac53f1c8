"""Bodies of Swagger 2.0: what an operation consumes, fields that are JSON too, and the Content-Type that is sent."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from support.workspaces import Callsheet, Folder

TEXT = {"type": "string"}
BODY = {
    "name": "body",
    "in": "body",
    "required": True,
    "schema": {"type": "object", "required": ["a"], "properties": {"a": TEXT}},
}
FIELDS = (
    {"name": "a", "in": "formData", "required": True, "type": "string", "maxLength": 3},
    {
        "name": "many",
        "in": "formData",
        "type": "array",
        "items": {"type": "integer"},
        "collectionFormat": "csv",
    },
)
ANY = (
    "the operation takes any application/*+json: write the one that the service reads, for"
    " application/vnd.example+json\n"
)
FORM = "application/x-www-form-urlencoded"
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request: {method: POST, url: "https://api.shop.example/a", headers: HEADERS, payload: PAYLOAD}
  contract: {openapi: shop.oas, operation: op}
"""


def described(parameters: Any, own: Any = None, general: Any = None) -> str:
    operation: dict[str, Any] = {"operationId": "op", "parameters": [*parameters], "responses": {}}
    value: dict[str, Any] = {
        "swagger": "2.0",
        "info": {"title": "S", "version": "1"},
        "host": "api.shop.example",
    }
    operation |= {"consumes": own} if own is not None else {}
    value |= {"consumes": general} if general is not None else {}
    return json.dumps({**value, "paths": {"/a": {"post": operation}}}, indent=1)


def found(folder: Folder, callsheet: Callsheet, media: str | None, payload: Any) -> list[str]:
    """Return the codes of what `validate` reports of an action."""
    headers = json.dumps({} if media is None else {"Content-Type": media})
    folder.write("example.yaml", ACTION.replace("HEADERS", headers).replace("PAYLOAD", json.dumps(payload)))
    return re.findall(r"(?:error|warning) (CS\d+)", callsheet("validate", "-C", folder.path).out)


@pytest.mark.parametrize(
    ("own", "general", "media", "expected"),
    [
        (["application/json"], None, "application/json; charset=utf-8", []),
        (["application/vnd.shop+json"], None, "application/json", ["CS449"]),
        (["application/vnd.shop+json"], ["application/json"], "application/vnd.shop+json", []),
        (None, ["application/vnd.shop+json; charset=utf-8"], "application/vnd.shop+json", []),
        (None, ["application/vnd.shop+json"], "application/json", ["CS449"]),
        (["application/*+json"], None, "application/vnd.shop+json", []),
        (["*/*"], None, "application/vnd.shop+json", []),
        ([], ["application/xml"], "application/json", []),
        (None, None, "application/vnd.shop+json", []),
        ([FORM], None, "application/json", []),
        (["application/xml"], None, "application/json", ["CS454"]),
    ],
)
def test_a_content_type_is_one_that_the_operation_consumes(
    workspace: Folder, callsheet: Callsheet, own: Any, general: Any, media: str, expected: list[str]
) -> None:
    workspace.write("shop.oas", described([BODY], own, general))
    assert found(workspace, callsheet, media, {"a": "x"}) == expected


def test_fields_of_a_form_are_json_where_the_operation_consumes_it(
    workspace: Folder, callsheet: Callsheet
) -> None:
    """As Slack describes its whole API."""
    file = workspace.write("shop.oas", described(FIELDS, [FORM, "application/json"]))
    assert found(workspace, callsheet, None, {"a": "x", "many": [1]}) == []
    assert found(workspace, callsheet, "application/json", {"a": "xxxx"}) == ["CS454"]
    assert found(workspace, callsheet, None, {"many": [1]}) == ["CS454"]
    assert found(workspace, callsheet, None, {"a": "x", "many": "1"}) == ["CS454"]
    outcome = callsheet(
        "import", file, "--operation", "op", "--fields", "many", "--name", "shop", "-C", workspace.path
    )
    assert (outcome.code, outcome.err) == (0, "")
    spec = yaml.safe_load((workspace.path / "shop.yaml").read_text())["spec"]
    assert spec["request"]["headers"] == {"Content-Type": "application/json"}
    assert set(spec["request"]["payload"]) == {"a", "many"}
    assert spec["parameters"]["a"]["maxLength"] == 3
    assert callsheet("test", "shop", "-C", workspace.path).code == 0


@pytest.mark.parametrize(
    ("parameters", "own", "general", "line"),
    [
        (FIELDS, [FORM], None, '"consumes": ['),
        (FIELDS, None, [FORM], '"consumes": ['),
        (FIELDS, None, None, '"post": {'),
        ([{"name": "f", "in": "formData", "type": "file"}], ["application/json"], None, '"consumes": ['),
        ([BODY], ["application/xml"], None, '"consumes": ['),
    ],
)
def test_only_a_form_is_refused_with_the_line_that_says_so(
    workspace: Folder, callsheet: Callsheet, parameters: Any, own: Any, general: Any, line: str
) -> None:
    text = described(parameters, own, general)
    file = workspace.write("shop.oas", text)
    number = next(at for at, one in enumerate(text.splitlines(), 1) if line in one)
    assert found(workspace, callsheet, None, {"a": "x"}) == ["CS454"]
    assert f"shop.oas:{number}:" in callsheet("validate", "-C", workspace.path).out
    outcome = callsheet("import", file, "--operation", "op", "--name", "shop", "-C", workspace.path)
    assert outcome.err == (
        "error CS938: the operation takes no JSON body\n"
        f"help: choose another operation: shop.oas:{number} says so\n"
    )


@pytest.mark.parametrize(
    ("media", "sent", "note"),
    [
        ("application/*+json", "application/vnd.example+json",
         ANY),
        ("application/*", "application/json", ""),
        ("*/*", "application/json", ""),
        ("application/vnd.shop+json;charset=UTF-8", "application/vnd.shop+json", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("old", [True, False])
def test_an_import_sends_a_type_and_no_range(
    workspace: Folder, callsheet: Callsheet, media: str, sent: str, note: str, old: bool
) -> None:
    if old:
        text = described([BODY], [media])
    else:
        body = {"required": True, "content": {media: {"schema": BODY["schema"]}}}
        operation = {"operationId": "op", "requestBody": body, "responses": {}}
        text = json.dumps({"openapi": "3.0.3", "info": {"title": "S", "version": "1"}, "paths": {"/a": {"post": operation}},
                           "servers": [{"url": "https://api.shop.example"}]})  # fmt: skip
    file = workspace.write("shop.oas", text)
    outcome = callsheet("import", file, "--operation", "op", "--name", "shop", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, note)
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/shop"].content
    assert content["request"]["headers"] == {"Content-Type": sent}
    assert callsheet("validate", "-C", workspace.path).code == 0
