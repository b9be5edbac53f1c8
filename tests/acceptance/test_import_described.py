"""What a description says of numbers, of the path and of a query is what the imported action takes and sends."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder

AT = "https://api.example.com"
INTEGER = {"type": "integer"}


def described(
    path: dict[str, Any] | None = None,
    query: dict[str, Any] | None = None,
    body: dict[str, Any] | None = None,
    **more: Any,
) -> str:
    """Return a description with one operation `call`, whose parameters and fields are required."""
    listed = [
        {
            "name": name,
            "in": where,
            "required": True,
            "schema": schema,
            **(more if where == "query" else {}),
        }
        for where, held in (("path", path), ("query", query))
        for name, schema in (held or {}).items()
    ]
    operation: dict[str, Any] = {"operationId": "call", "parameters": listed, "responses": {}}
    if body is not None:
        schema = {"type": "object", "required": [*body], "properties": body}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    parts = "".join(f"/{{{name}}}" for name in path or {})
    return yaml.safe_dump(
        {
            "openapi": "3.1.0",
            "info": {"title": "Shop", "version": "1"},
            "servers": [{"url": AT}],
            "paths": {f"/x{parts}": {"post": operation}},
        }
    )


def imported(text: str, workspace: Folder, callsheet: Callsheet) -> tuple[dict[str, Any], list[str]]:
    """Return the spec of the action, which passes its generated cases too, and the notes of it."""
    file = workspace.write("api.yaml", text)
    outcome = callsheet("import", file, "--operation", "call", "--name", "it", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    tested = callsheet("test", "it", "-C", workspace.path)
    assert tested.code == 0, tested.out
    written = (workspace.path / "it.yaml").read_text("utf-8")
    return yaml.safe_load(written)["spec"], outcome.err.splitlines()


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "number", "multipleOf": 0.01}, 1.5),
        ({"type": "number", "multipleOf": 0.4}, 1.6),
        ({"type": "number", "multipleOf": 0.1, "minimum": 0.25}, 0.3),
        ({"type": "number", "multipleOf": 0.25, "minimum": 1.1, "maximum": 1.4}, 1.25),
        ({"type": "number", "multipleOf": 0.1, "maximum": 0.75}, 0.7),
        ({"type": "number", "multipleOf": 0.01, "example": 19.99}, 19.99),
        ({**INTEGER, "multipleOf": 100, "minimum": 150}, 200),
        ({**INTEGER, "multipleOf": 7, "exclusiveMinimum": 14}, 21),
        ({**INTEGER, "multipleOf": 5, "maximum": -3}, -5),
        ({**INTEGER, "multipleOf": 2.5}, 5),
    ],
)
def test_a_number_is_a_multiple_as_its_schema_says(
    schema: dict[str, Any], example: float, workspace: Folder, callsheet: Callsheet
) -> None:
    spec, _ = imported(described(body={"n": schema}), workspace, callsheet)
    declared = spec["parameters"]["n"]
    assert (declared["example"], declared["multipleOf"]) == (example, schema["multipleOf"])


@pytest.mark.parametrize(
    ("schema", "fields", "url"),
    [
        ({"type": "string", "enum": ["a", "b/c"]}, {"type": "string", "enum": ["a", "b/c"]}, "/x/a"),
        ({"const": "v2"}, {"type": "string", "enum": ["v2"]}, "/x/v2"),
        ({**INTEGER, "enum": [2, 3]}, {"type": "integer", "enum": [2, 3]}, "/x/2"),
        ({"enum": ["a", "b"], "default": "b"}, {"type": "string", "enum": ["a", "b"]}, "/x/b"),
        ({**INTEGER, "minimum": 3, "default": 5}, {"type": "integer", "minimum": 3}, "/x/5"),
        ({"type": "string", "pattern": "^[a-z]{2}$", "default": "fr"}, {"type": "string", "pattern": "^[a-z]{2}$"}, "/x/fr"),
        ({"type": "boolean"}, {"type": "boolean"}, "/x/true"),
        ({"type": "number", "multipleOf": 0.5}, {"type": "number", "multipleOf": 0.5}, "/x/1.5"),
        ({**INTEGER, "multipleOf": 5}, {"type": "integer", "multipleOf": 5}, "/x/5"),
        ({}, {"type": "string"}, "/x/p"),
    ],
)  # fmt: skip
def test_a_parameter_of_the_path_has_the_values_of_its_schema(
    schema: dict[str, Any], fields: dict[str, Any], url: str, workspace: Folder, callsheet: Callsheet
) -> None:
    spec, notes = imported(described(path={"p": schema}), workspace, callsheet)
    declared = {key: one for key, one in spec["parameters"]["p"].items() if key not in ("label", "example")}
    assert declared == fields
    assert spec["tests"][0]["expect"]["url"] == AT + url
    assert notes == []


@pytest.mark.parametrize(
    ("schema", "fields"),
    [
        ({"type": "array", "items": {**INTEGER, "minimum": 3}}, {"type": "integer", "minimum": 3}),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": ["array", "null"], "items": {"type": "string"}}, {"type": "string"}),
    ],
)
def test_a_list_in_the_path_is_one_item_with_a_note(
    schema: dict[str, Any], fields: dict[str, Any], workspace: Folder, callsheet: Callsheet
) -> None:
    spec, notes = imported(described(path={"ids": schema}), workspace, callsheet)
    declared = {
        key: one for key, one in spec["parameters"]["ids"].items() if key not in ("label", "example")
    }
    assert declared == fields
    assert notes == ["`ids` of the path is a list: the action sends one item"]


def test_a_query_that_may_have_reserved_characters_is_percent_encoded_with_a_note(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = described(query={"filter": {"type": "string", "example": "a/b:c"}}, allowReserved=True)
    spec, notes = imported(text, workspace, callsheet)
    assert spec["tests"][0]["expect"]["url"] == f"{AT}/x?filter=a%2Fb%3Ac"
    assert notes == ["the query parameter filter is percent-encoded, also where it is `allowReserved`"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.shop.example/v1/x", "shop_x"),
        ("https://shop.co.uk/x", "shop_x"),
        ("https://api.shop.com.au/x", "shop_x"),
        ("https://192.0.2.1:8443/x", "ip_192_0_2_1_x"),
        ("https://[2001:db8::1]/x", "ip_2001_db8_1_x"),
        ("https://localhost/x", "localhost_x"),
    ],
)
def test_a_name_is_the_word_of_the_host_that_names_the_service(
    url: str, name: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("import", "curl", f"curl -g {url}", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert (workspace.path / f"{name}.yaml").exists()
