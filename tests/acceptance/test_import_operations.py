"""Several operations of a description become actions with one connection."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from support.workspaces import Callsheet, Folder


def operation(name: str, tag: str, field: str) -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": [field],
        "properties": {field: {"type": "string"}, "note": {"type": "string"}},
    }
    return {
        "operationId": name,
        "tags": [tag],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "done"}},
    }


FORM = {
    "operationId": "upload",
    "tags": ["files"],
    "requestBody": {"content": {"multipart/form-data": {"schema": {"type": "object"}}}},
    "responses": {"200": {"description": "done"}},
}
DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://api.shop.example.com/v1"}],
    "security": [{"key": []}],
    "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    "paths": {
        "/mails": {"post": operation("sendMail", "mail", "subject")},
        "/mails/later": {"post": operation("scheduleMail", "mail", "when")},
        "/pushes": {"post": operation("sendPush", "push", "title")},
        "/files": {"post": FORM},
    },
}


@pytest.fixture
def description(workspace: Folder) -> Path:
    """A description in the workspace."""
    return workspace.write("shop.openapi", json.dumps(DESCRIPTION))


def test_all_operations_share_one_connection_and_validate(
    workspace: Folder, description: Path, callsheet: Callsheet
) -> None:
    outcome = callsheet("import", description, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0
    assert outcome.err == "upload is not imported: the operation takes no JSON body\n"
    assert "Its credentials were left out; set SHOP_TOKEN where it is sent.\n" in outcome.out
    found = Workspace(workspace.path).compile()
    assert found.errors == []
    assert {one.names_connection for name, one in found.actions.items() if name != "example"} == {"shop"}
    assert found.connections["shop"].document.value["spec"] == {
        "url": "https://api.shop.example.com/v1",
        "headers": {"Content-Type": "application/json"},
        "authentication": {"type": "bearer", "token": {"secret": "env:SHOP_TOKEN"}},
        "contract": {"openapi": "shop.openapi"},
    }
    there = found.by_environment["local"]["Action/shop_send_mail"].content["request"]
    assert (there["method"], there["url"]) == ("POST", "https://api.shop.example.com/v1/mails")
    assert callsheet("test", "-C", workspace.path).code == 0


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("--tag", "mail"), ["shop_schedule_mail", "shop_send_mail"]),
        (("--operation", "sendMail", "--operation", "sendPush"), ["shop_send_mail", "shop_send_push"]),
    ],
)
def test_operations_are_chosen_by_tag_or_by_name(
    arguments: tuple[str, ...], names: list[str], workspace: Folder, description: Path, callsheet: Callsheet
) -> None:
    callsheet("import", description, *arguments, "--name", "shop", "-C", workspace.path)
    assert sorted(Workspace(workspace.path).compile().actions) == ["example", *names]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--tag", "mial"), "the description has no operation with the tag `mial`"),
        (("--tag", "files"), "none of the operations can be an action"),
        (("--operation", "sendMail", "--operation", "sendMial"), "(did you mean `sendMail`?)"),
        (
            ("--operation", "sendMail", "--fields", "nota"),
            "the body has no field `nota` (did you mean `note`?)",
        ),
        (("--all", "--out", "one.yaml"), "several operations are chosen in one way"),
    ],
)
def test_what_cannot_be_chosen_is_refused_and_nothing_is_written(
    arguments: tuple[str, ...], message: str, workspace: Folder, description: Path, callsheet: Callsheet
) -> None:
    before = sorted(workspace.path.rglob("*.yaml"))
    outcome = callsheet("import", description, *arguments, "-C", workspace.path)
    assert outcome.code != 0
    assert message in outcome.err
    assert sorted(workspace.path.rglob("*.yaml")) == before


def test_fields_beyond_the_required_ones_are_chosen_by_name(
    workspace: Folder, description: Path, callsheet: Callsheet
) -> None:
    arguments = ("import", description, "--operation", "sendMail", "--name", "mail", "--fields", "note")
    assert callsheet(*arguments, "-C", workspace.path).code == 0
    callsheet(
        "import", description, "--tag", "push", "--name", "shop", "--fields", "note", "-C", workspace.path
    )
    found = Workspace(workspace.path).compile()
    assert found.errors == []
    for name, field in (("mail", "subject"), ("shop_send_push", "title")):
        assert [*found.actions[name].spec["request"]["payload"]] == [field, "note"]


ANSWER = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string", "example": "m-1"},
        "queue": {
            "type": "object",
            "properties": {"size": {"type": "integer"}, "late": {"type": "boolean"}},
        },
        "access_token": {"type": "string", "example": "s3cr3tvalue"},
        "next": {"$ref": "#/components/schemas/Answer"},
    },
}
ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "enum": ["invalid"]}},
}


def answered(success: Any, failure: Any = ERROR, **more: Any) -> dict[str, Any]:
    """Return the description with what its operations answer."""
    found: dict[str, Any] = json.loads(json.dumps(DESCRIPTION))
    found["components"]["schemas"] = {"Answer": ANSWER}
    for item in found["paths"].values():
        item["post"]["responses"] = {
            "200": {"description": "done", "content": {"application/json": {"schema": success, **more}}},
            "4XX": {"description": "no", "content": {"application/json": {"schema": failure}}},
            "204": {"description": "nothing"},
        }
    return found


def responses_of(workspace: Folder, callsheet: Callsheet, description: dict[str, Any]) -> Any:
    file = workspace.write("shop.openapi", json.dumps(description))
    arguments = ("import", file, "--operation", "sendMail", "--name", "mail", "-C", workspace.path)
    assert callsheet(*arguments).code == 0
    found = Workspace(workspace.path).compile()
    assert found.errors == []
    return found.actions["mail"].spec.get("responses")


def test_the_answers_of_the_description_become_responses(workspace: Folder, callsheet: Callsheet) -> None:
    found = responses_of(workspace, callsheet, answered({"$ref": "#/components/schemas/Answer"}))
    assert found["failure"] == {"payload": {"error": "invalid"}}
    answer = found["success"]["payload"]
    assert (answer["id"], answer["queue"]) == ("m-1", {"size": 1, "late": True})
    assert answer["access_token"] == "access_token"
    assert "s3cr3tvalue" not in (workspace.path / "mail.yaml").read_text()
    # The recursion ends.
    assert len(json.dumps(answer)) < 1000


def test_the_description_s_own_example_comes_first_where_its_schema_takes_it(
    workspace: Folder, callsheet: Callsheet
) -> None:
    own = answered({"$ref": "#/components/schemas/Answer"}, examples={"wrong": {"value": {"id": 1}}, "right": {"value": {"id": "m-9"}}})  # fmt: skip
    assert responses_of(workspace, callsheet, own)["success"] == {"payload": {"id": "m-9"}}


@pytest.mark.parametrize(
    "schema",
    [
        {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "pattern": "^[0-9]{9}$", "maxLength": 3}},
        },
        {"type": "string"},
        {"type": "object"},
    ],
    ids=["no value is known", "no fields", "an open object"],
)
def test_an_answer_without_an_example_that_fits_is_left_out(
    schema: dict[str, Any], workspace: Folder, callsheet: Callsheet
) -> None:
    assert "success" not in responses_of(workspace, callsheet, answered(schema))


def test_a_large_answer_shows_only_what_is_required(workspace: Folder, callsheet: Callsheet) -> None:
    fields = {f"field_{number}": {"type": "string", "enum": ["x" * 90]} for number in range(150)}
    schema = {"type": "object", "required": ["field_7"], "properties": fields}
    found = responses_of(workspace, callsheet, answered(schema))
    assert found["success"]["payload"] == {"field_7": "x" * 90}


def test_what_all_operations_answer_is_said_by_their_connection(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.write("shop.openapi", json.dumps(answered({"$ref": "#/components/schemas/Answer"})))
    assert callsheet("import", "openapi", file, "--all", "--name", "shop", "-C", workspace.path).code == 0
    found = Workspace(workspace.path).compile()
    shared = found.connections["shop"].document.value["spec"]["responses"]
    assert shared["failure"] == {"payload": {"error": "invalid"}}
    assert "responses" not in found.actions["shop_send_mail"].document.value["spec"]
    compiled = found.by_environment["local"]["Action/shop_send_mail"].content
    assert compiled["responses"]["failure"] == {"payload": {"error": "invalid"}}
    assert callsheet("test", "-C", workspace.path).code == 0


def test_the_tree_of_several_operations_is_shown_first(
    workspace: Folder, description: Path, callsheet: Callsheet
) -> None:
    before = sorted(workspace.path.rglob("*.yaml"))
    outcome = callsheet(
        "import", description, "--tag", "mail", "--name", "shop", "--dry-run", "-C", workspace.path
    )
    assert outcome.out == (
        "shop/\n  connection.yaml (for 2 actions)\n  shop_schedule_mail.yaml\n  shop_send_mail.yaml\n"
        "would write 3 files for 2 actions\n"
        "Its credentials were left out; set SHOP_TOKEN where it is sent.\n"
    )
    assert sorted(workspace.path.rglob("*.yaml")) == before


def test_an_operation_whose_action_would_not_be_valid_is_left_out_and_the_rest_is_written(
    workspace: Folder, callsheet: Callsheet
) -> None:
    found = json.loads(json.dumps(DESCRIPTION))
    schema = found["paths"]["/pushes"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    schema["properties"]["title"] = {"type": "string", "not": {}}
    file = workspace.write("shop.openapi", json.dumps(found))
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0
    assert outcome.err.splitlines()[1].startswith("sendPush is not imported: CS4")
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    assert sorted(compiled.actions) == ["example", "shop_schedule_mail", "shop_send_mail"]


def described(path: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a description with one operation, `one`."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": "one",
        "requestBody": body,
        "responses": {"200": {"description": "ok"}},
        **more.pop("operation", {}),
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": more.pop("server", "https://api.example.com/v2")}],
        "paths": {path: {"post": operation, **more}},
    }


def unique(number: int, items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": number, "uniqueItems": True}


def takes(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties]}


HEADER = {"name": "X-V", "in": "header", "required": True}
TEXT = {"type": "string"}
VALID: dict[str, tuple[dict[str, Any], str]] = {
    "a server without a scheme": (described("/x", takes(a=TEXT), server="//api.example.com/v3"), "url: https://api.example.com/v3/x"),
    "a query behind the path": (described("/x?beta=true", takes(a=TEXT)), 'beta: "true"'),
    "a mark behind the path": (described("/x#two", takes(a=TEXT)), "url: https://api.example.com/v2/x\n"),
    "a parameter that the operation says otherwise": (
        described(
            "/x", takes(a=TEXT), parameters=[{**HEADER, "schema": {"type": "string", "enum": ["1"]}}],
            operation={"parameters": [{**HEADER, "name": "x-v", "schema": {"type": "string", "enum": ["2"]}}]},
        ),
        'x-v: "2"',
    ),
    "headers that every client sends": (
        described("/x", takes(a=TEXT), operation={"parameters": [{**HEADER, "name": "User-Agent", "schema": TEXT}]}), "a: '{{"
    ),
    "odd keys of the query": (
        described("/x", takes(a=TEXT), operation={"parameters": [
            {"name": name, "in": "query", "required": True, "schema": schema, **more}
            for name, schema, more in (
                ("a b", TEXT, {}), ("filter[name]", TEXT, {"example": "a&b=c"}), ("on", {"type": "boolean"}, {}), ("n", {"type": "number"}, {}),
            )
        ]}),
        "filter[name]: '{{",
    ),
    "a pattern": (described("/x", takes(sha={"type": "string", "minLength": 40, "maxLength": 40, "pattern": "^[0-9a-f]+$"})), 'example: "0000'),
    "an example of another type": (described("/x", takes(a={"type": "string", "example": 123})), "example: a"),
    "a default of another type": (described("/x", takes(a={"type": "string", "default": 5})), "a: '{{"),
    "items that differ": (described("/x", takes(a={"type": "array", "items": TEXT, "minItems": 3, "uniqueItems": True})), "params.a_3"),
    "items that differ and match a pattern": (described("/x", takes(a=unique(5, {"type": "string", "pattern": "^[A-Z]{3}-[0-9]$"}))), "params.a_5"),
    "items that differ by their words": (described("/x", takes(a=unique(3, {"type": "string", "pattern": "^(red|green|blue)$"}))), "example: green"),
    "items that differ within lengths": (described("/x", takes(a=unique(12, {"type": "string", "pattern": "^[0-9a-f]{2}$", "maxLength": 2}))), "params.a_12"),
    "numbers that differ within limits": (described("/x", takes(a=unique(3, {"type": "integer", "minimum": 5, "maximum": 9}))), "params.a_3"),
    "objects that differ": (described("/x", takes(a=unique(2, {"type": "object", "required": ["k", "id"], "properties": {"k": {"enum": ["x"]}, "id": {"type": "string", "pattern": "^[a-z]$"}}}))), "params.id_2"),
    "a pattern of what a text is made of": (described("/x", takes(a={"type": "string", "allOf": [{"type": "string", "pattern": "^se-[0-9]+$"}]})), "example: se-0"),
    "a pattern of what may be null": (described("/x", takes(a={"nullable": True, "allOf": [{"type": "string", "pattern": "^se-[0-9]+$"}]})), "example: se-0"),
    "items of what a list is made of": (described("/x", takes(a={"type": "array", "allOf": [{"items": {"type": "integer"}}]})), "type: integer"),
    "an object that needs one of its keys": (described("/x", takes(m={"type": "object", "minProperties": 1, "properties": {"k": TEXT, "l": TEXT}})), "k: '{{"),
    "an object that needs more keys than it names": (
        described("/x", takes(m={"minProperties": 3, "type": "object", "properties": {"k": TEXT}, "required": ["k"]})), "key_3: '{{"
    ),
    "an object whose part needs keys": (described("/x", takes(m={"type": "object", "allOf": [{"minProperties": 1, "properties": {"k": TEXT}}]})), "k: '{{"),
    "a key that takes no value": (described("/x", {"type": "object", "properties": {"n": {"type": "integer", "enum": [[1]]}, "a": TEXT}}), "a: '{{"),
    "a list of values, some of another type": (described("/x", takes(a={"type": "string", "enum": [1, "one"]})), "a: one"),
    "an alternative that the rest takes": (
        described("/x", {"oneOf": [
            {"type": "object", "properties": {"a": TEXT}},
            {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": TEXT}}}, "additionalProperties": False},
        ], "required": ["a"], "properties": {"a": {"type": "object"}}}),
        "a: {}",
    ),
    "a constant of the path, beside another one": (described("/x?kind=news&mobile=1", takes(a=TEXT)), 'mobile: "1"'),
    "an answer whose list has no value": (
        described("/x", takes(a=TEXT), operation={"responses": {"200": {"description": "ok", "content": {"application/json": {
            "schema": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer", "enum": ["x"]}}}}}}}}),
        "a: '{{",
    ),
    "no items": (described("/x", takes(a={"type": "array", "items": TEXT, "maxItems": 0})), "a: []"),
    "a map with entries": (described("/x", takes(m={"type": "object", "minProperties": 2, "additionalProperties": {"type": "integer"}})), "key_2: '{{"),
    "what is required and not described": (described("/x", {**takes(a=TEXT), "required": ["a", "zz"]}), "zz: '{{"),
    "a value of the description under a secret's name": (
        described("/x", takes(secret_scanning={"type": "string", "enum": ["enabled", "disabled"]})), "secret_scanning: enabled"
    ),
    "a token as an example": (
        described("/x", takes(a={"type": "string", "example": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"})),
        "example: a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", VALID)
def test_what_a_description_asks_for_is_valid_at_once(
    case: str, workspace: Folder, callsheet: Callsheet
) -> None:
    description, written = VALID[case]
    file = workspace.write("api.json", json.dumps(description))
    outcome = callsheet("import", file, "--operation", "one", "--name", "one", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert written in (workspace.path / "one.yaml").read_text()
    checked = callsheet("validate", "-C", workspace.path)
    assert (checked.code, checked.out.splitlines()[-1]) == (0, "Valid: 3 documents."), checked.out
    assert callsheet("test", "one", "-C", workspace.path, "--no-generated").code == 0


def test_a_body_that_may_be_left_out_is_not_sent_with_delete(
    workspace: Folder, callsheet: Callsheet
) -> None:
    description = described("/x", takes(a=TEXT))
    operation = description["paths"]["/x"].pop("post")
    operation["requestBody"]["required"] = False
    description["paths"]["/x"]["delete"] = operation
    file = workspace.write("api.json", json.dumps(description))
    one = ("import", file, "--operation", "one", "--name", "one", "-C", workspace.path)
    outcome = callsheet(*one)
    assert (outcome.code, outcome.err.splitlines()) == (
        0, ["its body was left out: it is optional, and a DELETE request has none"]
    )  # fmt: skip
    assert callsheet("validate", "-C", workspace.path).code == 0
    operation["requestBody"]["required"] = True
    workspace.write("api.json", json.dumps(description))
    (workspace.path / "one.yaml").unlink()
    outcome = callsheet(*one)
    assert outcome.code == 1
    assert "CS408 a DELETE request has a payload" in outcome.err


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://{customer}.example.{tld}/api", "https://brain.example.cloud/api/x"),
        ("{protocol}://{customer}.example.{tld}/api", "https://brain.example.cloud/api/x"),
        ("https://api.example.com:{port}/api", "https://api.example.com:8443/api/x"),
        ("https://api.example.com{base}/api", "https://api.example.com/v1/api/x"),
        ("https://api-{customer}.example.com{base}", "https://api-brain.example.com/v1/x"),
    ],
)
def test_variables_anywhere_in_the_host_are_those_of_the_contract(
    workspace: Folder, callsheet: Callsheet, server: str, url: str
) -> None:
    description = described("/x", takes(a=TEXT), server=server)
    known = {"customer": "brain", "tld": "cloud", "protocol": "https", "port": "8443", "base": "/v1"}
    used = {name: {"default": held} for name, held in known.items() if f"{{{name}}}" in server}
    description["servers"][0]["variables"] = used
    file = workspace.write("api.json", json.dumps(description))
    outcome = callsheet("import", file, "--operation", "one", "--name", "one", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert f"url: {url}\n" in (workspace.path / "one.yaml").read_text()
    assert callsheet("validate", "-C", workspace.path).code == 0


def test_a_kind_that_its_base_lists_among_others_is_imported_as_it_is_decided(
    workspace: Folder, callsheet: Callsheet
) -> None:
    """As Microsoft's descriptions are written: the base lists the names of all kinds, in another order."""
    description = described(
        "/x", takes(all={"type": "array", "items": {"$ref": "#/components/schemas/Check"}})
    )
    kinds = {"type": "string", "enum": ["Address", "Order", "Access"]}
    description["components"] = {"schemas": {
        "Check": {"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": kinds}, "required": ["kind"]},
        "Z": {"allOf": [{"$ref": "#/components/schemas/Check"}], "x-ms-discriminator-value": "Access", "type": "object"},
        "B": {"allOf": [{"$ref": "#/components/schemas/Check"}], **takes(size=TEXT), "x-ms-discriminator-value": "Order"},
        "C": {"allOf": [{"$ref": "#/components/schemas/Check"}], **takes(street=TEXT), "x-ms-discriminator-value": "Address"},
    }}  # fmt: skip
    file = workspace.write("api.json", json.dumps(description))
    outcome = callsheet("import", file, "--operation", "one", "--name", "one", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert callsheet("validate", "-C", workspace.path).code == 0


def test_a_description_that_names_no_host_is_asked_for_it(workspace: Folder, callsheet: Callsheet) -> None:
    description = described("/x", takes(a=TEXT), server="/api/v2")
    file = workspace.write("api.json", json.dumps(description))
    at = ("import", file, "--operation", "one", "--name", "one", "-C", workspace.path)
    assert callsheet(*at).err == (
        "error CS938: the operation names no server\nhelp: name it: `--server https://api.example.com`\n"
    )
    assert "error CS938: the server is not an http URL" in callsheet(*at, "--server", "ftp://a.example").err
    assert callsheet(*at, "--server", "https://eu.example.com/").code == 0
    assert "url: https://eu.example.com/api/v2/x" in (workspace.path / "one.yaml").read_text()
    everything = ("import", file, "--all", "-C", workspace.path, "--server", "https://eu.example.com")
    assert callsheet(*everything).code == 0
    assert callsheet("validate", "-C", workspace.path).code == 0
    del description["servers"]
    (workspace.path / "api.json").write_text(json.dumps(description))
    assert callsheet(*at[:-4], "--name", "two", *at[-2:], "--server", "https://eu.example.com/v9").code == 0
    assert "url: https://eu.example.com/v9/x" in (workspace.path / "two.yaml").read_text()


BASE = {
    "type": "object",
    "required": ["type"],
    "properties": {"type": {"type": "string"}},
    "discriminator": {"propertyName": "type", "mapping": {"text": "TextPart", "image": "ImagePart"}},
}


def test_a_base_that_names_its_kinds_is_imported_as_one_of_them(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = {
        "type": "object",
        "required": ["part"],
        "properties": {"part": {"$ref": "#/components/schemas/Part"}},
    }
    send = operation("send", "mail", "subject")
    send["requestBody"]["content"]["application/json"]["schema"] = body
    base = {"$ref": "#/components/schemas/Part"}
    schemas = {
        "Part": BASE,
        "TextPart": {"allOf": [base, {"required": ["text"], "properties": {"text": {"type": "string"}}}]},
        "ImagePart": {"allOf": [base, {"required": ["url"], "properties": {"url": {"type": "string"}}}]},
    }
    components = {**DESCRIPTION["components"], "schemas": schemas}
    whole = {**DESCRIPTION, "paths": {"/send": {"post": send}}, "components": components}
    file = workspace.write("shop.openapi", json.dumps(whole))
    assert callsheet("import", file, "--operation", "send", "-C", workspace.path).code == 0
    (action,) = (
        one for one in Workspace(workspace.path).compile().actions.values() if one.name != "example"
    )
    part = action.spec["request"]["payload"]["part"]
    assert (part["type"], [*part]) == ("text", ["type", "text"])
    assert callsheet("test", "-C", workspace.path).code == 0
    text = (workspace.path / f"{action.name}.yaml").read_text()
    workspace.write(f"{action.name}.yaml", text.replace("type: text", "type: image"))
    outcome = callsheet("validate", "-C", workspace.path)
    assert "`part` lacks `url`, which the contract requires" in outcome.out
