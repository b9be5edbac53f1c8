"""What people have: webhooks in odd places, archives without their bodies, exports that YAML 1.1 reads otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder, Outcome

AT = "https://api.example.com"
DISCORD = "https://discord.com/api/webhooks/1234567890123456789/" + "aB3-" * 17
TEAMS = "https://example.webhook.office.com/webhookb2/0a1b2c3d-0000-4000-8000-000000000001@0a1b2c3d/IncomingWebhook/abc"
SIGNED = "https://a.blob.core.windows.net/c/f?sv=2022-11-02&se=2030-01-01&sig=" + "Ab1%2B" * 9
BRAINTREE = "access_token$production$" + "a1b2c3d4" * 2 + "$" + "0123456789abcdef" * 2


def postman(workspace: Folder, callsheet: Callsheet, request: Any, **collection: Any) -> Outcome:
    file = workspace.path.parent / "collection.json"
    item = {"name": "one", "request": request}
    file.write_text(json.dumps({"info": {"name": "Shop"}, "item": [item], **collection}), encoding="utf-8")
    return callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)


def archive(workspace: Folder, callsheet: Callsheet, *entries: Any, request: str | None = None) -> Outcome:
    file = workspace.path.parent / "calls.har"
    value = {"log": {"version": "1.2", "entries": [{"request": one} for one in entries]}}
    file.write_text(json.dumps(value), encoding="utf-8")
    chosen = ("--request", request) if request else ()
    return callsheet("import", file, *chosen, "--name", "one", "-C", workspace.path)


def written(workspace: Folder) -> str:
    """Return the texts of all files of a workspace."""
    return "".join(one.read_text("utf-8") for one in sorted(workspace.path.rglob("*.yaml")))


def raw(value: Any) -> dict[str, Any]:
    return {"mode": "raw", "raw": json.dumps(value)}


@pytest.mark.parametrize("secret", [DISCORD, TEAMS, SIGNED, BRAINTREE], ids=lambda one: one[:24])
@pytest.mark.parametrize(
    "place",
    [
        lambda it: {"method": "POST", "url": f"{AT}/a", "header": [{"key": "X-Callback", "value": it}], "body": raw({"a": 1})},
        lambda it: {"method": "POST", "url": f"{AT}/a", "body": raw({"t": f"post to {it}"})},
        lambda it: {"method": "POST", "url": f"{AT}/a", "body": raw({it: 1})},
        lambda it: {"method": "GET", "url": {"host": [AT], "path": ["a"], "query": [{"key": "cb", "value": it}]}},
    ],
    ids=["header", "text", "key", "query"],
)  # fmt: skip
def test_no_webhook_is_written_in_clear(
    workspace: Folder, callsheet: Callsheet, secret: str, place: Any
) -> None:
    outcome = postman(workspace, callsheet, place(secret))
    said = written(workspace) + outcome.out + outcome.err
    assert secret[-30:] not in said
    assert secret.replace("%", "%25")[-30:] not in said


@pytest.mark.parametrize(
    "request_",
    [
        {"method": "POST", "url": f"{AT}/a", "body": raw({"password": "pre {{token}} post"})},
        {"method": "GET", "url": f"{AT}/a?token=pre-{{{{token}}}}-post"},
        {"method": "GET", "url": f"{AT}/a", "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "a.{{token}}.b"}]}},
        {"method": "GET", "url": f"{AT}/a", "auth": {"type": "basic", "basic": [{"key": "username", "value": "x"}, {"key": "password", "value": "{{token}}!"}]}},
    ],
)  # fmt: skip
def test_a_note_says_where_a_variable_is_a_part_of_a_secret(
    workspace: Folder, callsheet: Callsheet, request_: Any
) -> None:
    secret = [{"key": "token", "value": "part-secret-8801"}]
    outcome = postman(workspace, callsheet, request_, variable=secret)
    assert outcome.code == 0, outcome.err
    assert "is the whole value, with what is around the variable in it" in written(workspace)
    assert "part-secret" not in written(workspace)


@pytest.mark.parametrize("url", ["https://api.example.com\\@other.example.com/x", "https://api.example.com\\p\\q"])  # fmt: skip
def test_a_host_that_two_programs_read_otherwise_is_refused(
    workspace: Folder, callsheet: Callsheet, url: str
) -> None:
    outcome = postman(workspace, callsheet, {"method": "GET", "url": url})
    assert outcome.code != 0
    assert "another host for other programs" in outcome.err
    assert "other.example.com" not in written(workspace)


def test_a_scheme_in_capitals_is_the_same(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = postman(workspace, callsheet, {"method": "GET", "url": "HTTPS://api.example.com/x"})
    assert outcome.code == 0, outcome.err
    assert "https://api.example.com" in written(workspace)
    assert "HTTPS" not in written(workspace)


def test_a_number_is_that_of_an_entry_and_no_part_of_a_url(workspace: Folder, callsheet: Callsheet) -> None:
    entries = [{"method": "GET", "url": f"{AT}/orders/17"}, {"method": "DELETE", "url": f"{AT}/orders/9"}]
    outcome = archive(workspace, callsheet, *entries, request="9")
    assert outcome.code != 0
    assert "none of them matches" in outcome.err
    assert archive(workspace, callsheet, *entries, request="2").code == 0
    assert "DELETE" in written(workspace)


@pytest.mark.parametrize(
    "fields",
    [
        {"bodySize": 13},
        {"headers": [{"name": "content-length", "value": "13"}]},
        {"bodySize": 13, "postData": {"mimeType": "application/json"}},
    ],
)
def test_a_body_that_an_archive_lacks_is_not_left_out_silently(
    workspace: Folder, callsheet: Callsheet, fields: Any
) -> None:
    outcome = archive(workspace, callsheet, {"method": "POST", "url": f"{AT}/a", **fields})
    assert outcome.code != 0
    assert "a body was sent, and does not contain it" in outcome.err


def test_headers_of_a_connection_are_left_out_of_an_archive(
    workspace: Folder, callsheet: Callsheet
) -> None:
    headers = [{"name": "TE", "value": "trailers"}, {"name": "content-encoding", "value": "gzip"}]
    data = {"mimeType": "application/json", "text": '{"a": 1}'}
    outcome = archive(
        workspace, callsheet, {"method": "POST", "url": f"{AT}/a", "headers": headers, "postData": data}
    )
    assert outcome.code == 0, outcome.err
    text = written(workspace)
    assert "the header TE was left out: it belongs to one connection" in text
    assert "the header Content-Encoding was left out: the body is sent as it reads" in text


@pytest.mark.parametrize("held", ["yes", "no", "on", "2024-01-01", "12:30", "1_000", "0b11", "="])
def test_an_export_of_insomnia_may_say_what_yaml_1_1_reads_otherwise(
    workspace: Folder, callsheet: Callsheet, held: str
) -> None:
    file = workspace.path.parent / "insomnia.yaml"
    file.write_text(
        "type: collection.insomnia.rest/5.0\nname: Shop\ncollection:\n"
        f"  - {{name: one, url: {AT}/a, method: GET, parameters: [{{name: verbose, value: {held}}}]}}\n"
    )
    outcome = callsheet("import", file, "--request", "one", "--name", "one", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    document = next(
        one
        for file in workspace.path.rglob("*.yaml")
        for one in yaml.safe_load_all(file.read_text("utf-8"))
        if one["metadata"]["name"] == "one"
    )
    assert document["spec"]["request"]["query"] == {"verbose": held}


DESCRIPTION = """\
openapi: 3.1.0
info: {title: Example, version: "1"}
servers: [{url: "https://api.example.com"}]
components:
  securitySchemes:
    key: {type: apiKey, in: query, name: key}
    login: {type: http, scheme: basic}
paths:
  /v1/login:
    post:
      operationId: login
      security: [{key: [], login: []}]
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [name, password, secret, age, size]
              properties:
                name: {type: string, example: Ada}
                age: {type: integer, exclusiveMinimum: 17, maximum: 120}
                size: {type: integer, exclusiveMaximum: -3}
                password: {type: string, example: s3cr3t-77}
                secret: {type: string, default: s3cr3t-78}
      responses: {"200": {description: done}}
"""


def test_what_a_description_shows_for_a_credential_is_not_written(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.write("api.openapi.yaml", DESCRIPTION)
    outcome = callsheet(
        "import", "openapi", file, "--operation", "login", "--name", "login", "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    text = "".join(one.read_text("utf-8") for one in workspace.path.rglob("*.yaml") if one != file)
    assert "Ada" in text
    assert "s3cr3t" not in text + outcome.out
    assert "minimum: 18" in text
    assert "maximum: -4" in text
    # Of two schemes that are required together, neither is lost.
    assert "Authorization" in text
    assert callsheet("validate", "-C", workspace.path).code == 0
    assert callsheet("test", "-C", workspace.path).code == 0


@pytest.mark.parametrize(
    ("old", "new", "note"),
    [
        ("security: [{key: [], login: []}]", "security: [{key: [], other: []}]", "requires `other`, which the description does not define"),
        ("operationId: login", "operationId: login\n      parameters: [{name: s, in: cookie, required: true, schema: {type: string}}]", "requires the cookie `s`: it was left out"),
        ("{type: string, example: Ada}", "{$ref: '#/components/schemas/Absent'}", "refers to #/components/schemas/Absent, which is not there"),
        ("/v1/login:\n", "/v1/{id}:\n    parameters: [{name: id, in: path, required: true, style: matrix, schema: {type: string}}]\n", "writes `id` in the style `matrix`"),
    ],
)  # fmt: skip
def test_a_note_says_what_of_an_operation_no_action_holds(
    workspace: Folder, callsheet: Callsheet, old: str, new: str, note: str
) -> None:
    assert old in DESCRIPTION
    file = workspace.write("api.openapi.yaml", DESCRIPTION.replace(old, new))
    outcome = callsheet(
        "import", "openapi", file, "--operation", "login", "--name", "login", "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    assert note in next(one for one in workspace.path.rglob("login.yaml")).read_text("utf-8")


def test_a_parameter_of_the_path_is_what_its_schema_takes(workspace: Folder, callsheet: Callsheet) -> None:
    described = [
        {"name": "id", "schema": {"type": "string", "pattern": "^m-[0-9]{4}$"}},
        {"name": "n", "schema": {"type": "integer", "minimum": 7}},
        {"name": "kind", "schema": {"enum": ["a", "b"]}},
        {"name": "u", "schema": {"type": "string"}, "example": "3fa85f64"},
        {"name": "list", "schema": {"type": "array", "items": {"type": "string"}, "minItems": 2}},
    ]
    operation = {
        "operationId": "go",
        "parameters": [{**one, "in": "path", "required": True} for one in described],
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"200": {"description": "done"}},
    }
    paths = {"/x/{id}/{n}/{kind}/{u}/{list}": {"post": operation}}
    head = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": AT}]}
    file = workspace.write("api.json", json.dumps({**head, "paths": paths}))
    outcome = callsheet(
        "import", "openapi", file, "--operation", "go", "--name", "go", "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    spec = yaml.safe_load((workspace.path / "go.yaml").read_text("utf-8"))["spec"]
    shown = {name: one["example"] for name, one in spec["parameters"].items()}
    assert shown == {"id": "m-0000", "n": 7, "kind": "a", "u": "3fa85f64", "list": "list"}
    assert spec["parameters"]["n"]["minimum"] == 7
    assert callsheet("test", "go", "-C", workspace.path).code == 0
