"""A description of several files is one contract: every `$ref` within the workspace leads somewhere."""

from __future__ import annotations

import json
import re

import pytest

from support.workspaces import Callsheet, Folder

MAIN = """\
openapi: 3.0.3
info: {title: t, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /item: {$ref: "./paths/item.yaml"}
  /operation:
    post: {$ref: "paths/operations.json#/post~1it"}
  /body:
    post:
      operationId: body
      requestBody: {$ref: "bodies.yaml#/order"}
      responses: {"200": {description: ok}}
  /schema:
    post:
      operationId: schema
      parameters: [{$ref: "parameters.yaml#/version"}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "schemas%20of/all.yaml#/Order"}}}}
      responses: {"200": {description: ok}}
components:
  schemas:
    Name: {type: string, maxLength: 5}
"""
FILES = {
    "api/main.yaml": MAIN,
    "api/paths/item.yaml": (
        "post:\n  operationId: item\n  requestBody: {$ref: '../bodies.yaml#/order'}\n"
        "  responses: {200: {description: ok}}\n"
    ),
    "api/paths/operations.json": json.dumps(
        {"post/it": {"operationId": "operation", "requestBody": {"$ref": "../bodies.yaml#/order"},
                     "responses": {"200": {"description": "ok"}}}}
    ),
    "api/bodies.yaml": (
        "order:\n  required: true\n  content:\n    application/json:\n      schema: {$ref: 'schemas%20of/all.yaml#/Order'}\n"
    ),
    "api/parameters.yaml": "version: {name: X-Version, in: header, required: true, schema: {type: string}}\n",
    "api/schemas of/all.yaml": (
        "Order:\n  type: object\n  required: [id]\n  properties:\n    id: {$ref: '#/Id'}\n"
        "    name: {$ref: '../main.yaml#/components/schemas/Name'}\n    next: {$ref: 'all.yaml#/Order'}\n"
        "Id: {type: integer, maximum: 99}\n"
    ),
}  # fmt: skip
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: A, fr: A}}, owner: team-a, labels: {{channel: push}}}}
spec:
  contract: {{openapi: api/main.yaml, operation: {name}}}
  request: {{method: POST, url: "https://api.example.com/{name}", headers: {headers}, payload: {payload}}}
"""
OPERATIONS = ("item", "operation", "body", "schema")


@pytest.fixture
def described(workspace: Folder) -> Folder:
    """Return a workspace with a description of six files."""
    for name, text in FILES.items():
        workspace.write(name, text)
    return workspace


def write(folder: Folder, name: str, payload: str, headers: str = "{X-Version: '1'}") -> None:
    folder.write("bound.yaml", ACTION.format(name=name, payload=payload, headers=headers))


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_call_is_judged_by_what_the_other_files_say(
    name: str, described: Folder, callsheet: Callsheet
) -> None:
    headers = "{X-Version: '1'}" if name == "schema" else "{}"
    write(described, name, "{id: 7, name: Ada, next: {id: 8}}", headers)
    assert callsheet("validate", "-C", described.path).out == "Valid: 3 documents.\n"
    for payload, place in (
        ("{id: 100}", "api/schemas of/all.yaml:8:"),
        ("{id: 7, name: Adelaide}", "api/main.yaml:"),
        ("{id: 7, next: {id: eight}}", "api/schemas of/all.yaml:8:"),
        ("{name: Ada}", "api/schemas of/all.yaml:"),
    ):
        write(described, name, payload, headers)
        for _ in range(2):
            outcome = callsheet("validate", "-C", described.path)
            assert re.findall(r"(?:error|warning) (CS\d+)", outcome.out) == ["CS454"], outcome.out
            assert f"{place}" in outcome.out, outcome.out


def test_a_header_of_another_file_is_asked_for(described: Folder, callsheet: Callsheet) -> None:
    write(described, "schema", "{id: 7}", "{}")
    assert "X-Version" in callsheet("validate", "-C", described.path).out


def test_an_operation_of_several_files_is_imported_whole(described: Folder, callsheet: Callsheet) -> None:
    for name in OPERATIONS:
        at = (
            "import",
            described.path / "api/main.yaml",
            "--operation",
            name,
            "--name",
            name,
            "-C",
            described.path,
        )
        outcome = callsheet(*at)
        assert outcome.code == 0, outcome.err
        assert "id" in (described.path / f"{name}.yaml").read_text()
    assert callsheet("validate", "-C", described.path).code == 0


def test_a_file_of_it_that_changes_is_a_change_of_the_contract(
    described: Folder, callsheet: Callsheet
) -> None:
    write(described, "body", "{id: 7}", "{}")
    described.commit()
    text = FILES["api/schemas of/all.yaml"]
    described.write("api/schemas of/all.yaml", text.replace("99", "9999999999999999999"))
    outcome = callsheet("diff", "--base", "HEAD", "-C", described.path, "--fail-on", "sensitive")
    assert outcome.code == 1
    assert "api/schemas of/all.yaml" in outcome.out
    assert "contract-changed" in outcome.out
    write(described, "body", "{id: 100}", "{}")
    assert callsheet("validate", "-C", described.path).code == 0


@pytest.mark.parametrize(
    "reference",
    [
        "missing.yaml#/A",
        "../../outside.yaml#/A",
        "https://example.com/a.yaml#/A",
        ".env.yaml#/A",
        "all.yaml#/Nothing",
    ],
)
def test_what_leads_nowhere_is_open_and_said(
    reference: str, described: Folder, callsheet: Callsheet
) -> None:
    described.write(".env.yaml", "A: {type: string}\n")
    text = FILES["api/schemas of/all.yaml"].replace("'#/Id'", f"'{reference}'")
    described.write("api/schemas of/all.yaml", text)
    write(described, "body", "{id: anything}", "{}")
    outcome = callsheet("validate", "-C", described.path)
    assert re.findall(r"(error|warning) (CS\d+)", outcome.out) == [("warning", "CS459")], outcome.out


@pytest.mark.parametrize(
    ("field", "file", "why"),
    [
        ("requestBody", "bodies.yaml#/order", "missing.yaml#/order, which is not in the workspace, or cannot be read"),
        ("requestBody", "bodies.yaml#/order", "part.txt, which is not read: only .json, .yaml and .yml files of the workspace are"),
        ("requestBody", "bodies.yaml#/order", "https://example.com/a.yaml#/b, which is at another address: nothing is fetched"),
        ("requestBody", "bodies.yaml#/order", "#order, which is no pointer into the file: one begins with `#/`"),
        ("parameters/0", "parameters.yaml#/version", "#/components/none, which is not there"),
    ],
)  # fmt: skip
def test_a_body_or_a_parameter_that_leads_nowhere_is_open_and_said(
    field: str, file: str, why: str, described: Folder, callsheet: Callsheet
) -> None:
    described.write("api/main.yaml", MAIN.replace(file, why.partition(",")[0]))
    (described.path / "api" / file.partition("#")[0]).unlink()  # nothing refers to it any more
    described.write("api/part.txt", "type: object\n")
    name = "schema" if "param" in field else "body"
    write(described, name, "{id: 7}", "{}")
    outcome = callsheet("validate", "-C", described.path)
    assert outcome.code == 0
    assert f"/paths/~1{name}/post/{field} refers to {why}" in " ".join(outcome.out.split())


def test_a_schema_of_a_file_that_is_not_read_is_said_to_be_so(
    described: Folder, callsheet: Callsheet
) -> None:
    described.write("api/part.txt", "type: object\n")
    text = FILES["api/schemas of/all.yaml"].replace("'#/Id'", "'../part.txt'")
    described.write("api/schemas of/all.yaml", text)
    write(described, "body", "{id: anything}", "{}")
    outcome = callsheet("validate", "-C", described.path)
    said = "refers to ../part.txt, which is not read: only .json, .yaml and .yml files of the workspace are"
    assert said in " ".join(outcome.out.split())


def test_a_mapping_names_another_file_as_a_whole(described: Folder, callsheet: Callsheet) -> None:
    kinds = ("cat", "dog")
    for name in kinds:
        properties = {"kind": {"type": "string"}, name: {"type": "integer"}}
        schema = {"type": "object", "required": ["kind", name], "properties": properties}
        described.write(f"api/schemas of/{name}.json", json.dumps(schema))
    branches = [{"$ref": f"{name}.json"} for name in kinds]
    mapping = {"feline": "./cat.json", "canine": "dog.json"}
    choice = {"oneOf": branches, "discriminator": {"propertyName": "kind", "mapping": mapping}}
    described.write("api/schemas of/all.yaml", f"Order: {json.dumps(choice)}\nId: {{}}\n")
    for payload, found in (
        ("{kind: feline, cat: 1}", []),
        ("{kind: canine, dog: 1}", []),
        ("{kind: feline, dog: 1}", [("error", "CS454")]),
    ):
        write(described, "body", payload, "{}")
        outcome = callsheet("validate", "-C", described.path)
        assert re.findall(r"(error|warning) (CS\d+)", outcome.out) == found, outcome.out
