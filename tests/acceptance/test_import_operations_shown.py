"""What an operation is imported as: only what a request contains, no credential that a description shows, choices named."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from support.workspaces import Callsheet, Folder

AT = "https://api.example.com"
TEXT = {"type": "string"}
PASSWORD = {"type": "string", "format": "password"}
SHOWN = "Tr0ub4dor-and-3"
"""What a description shows for a password: nothing but its place says that it is one."""


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def an_object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, **({"required": [*required]} if required else {})}


def operation(body: Any = None, parameters: list[Any] | None = None, answer: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = {"parameters": parameters or [], "responses": {}}
    if body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    if answer is not None:
        found["responses"] = {"200": {"description": "", "content": {"application/json": answer}}}
    return found


def description(
    operations: dict[str, Any], schemas: dict[str, Any] | None = None, version: str = "3.1.0"
) -> str:
    paths = {}
    for name, one in operations.items():
        parts = [f"/{{{it['name']}}}" for it in one["parameters"] if it["in"] == "path"]
        paths[f"/{name}{''.join(parts)}"] = {"post": {"operationId": name, **one}}
    return json.dumps(
        {
            "openapi": version,
            "info": {"title": "Shop", "version": "1"},
            "servers": [{"url": AT}],
            "paths": paths,
            "components": {"schemas": schemas or {}},
        }
    )


def imported(
    text: str, workspace: Folder, callsheet: Callsheet, *options: str, generated: bool = True
) -> tuple[dict[str, Any], str, list[str]]:
    """Return the spec of the action, which passes its generated cases too, its text, and the notes of it."""
    file = workspace.write("api.json", text)
    outcome = callsheet(
        "import", file, "--operation", "call", "--name", "it", *options, "-C", workspace.path
    )
    assert outcome.code == 0, outcome.err
    tested = callsheet("test", "it", "-C", workspace.path, *([] if generated else ["--no-generated"]))
    assert tested.code == 0, tested.out
    written = (workspace.path / "it.yaml").read_text("utf-8")
    notes = [one.removeprefix("# ") for one in written.splitlines() if one.startswith("# ")]
    return yaml.safe_load(written)["spec"], written, notes


READ = {**TEXT, "readOnly": True}


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    ("body", "payload"),
    [
        (an_object({"id": {"type": "integer", "readOnly": True}, "name": TEXT}), {"name": "name"}),
        (an_object({"id": READ, "name": TEXT}, "id", "name"), {"name": "name"}),
        (an_object({"id": to("Read"), "in": an_object({"id": to("Read"), "a": TEXT}, "id", "a")}), {"in": {"a": "a"}}),
        (an_object({"id": {"allOf": [to("Read")]}, "name": TEXT}), {"name": "name"}),
        ({"allOf": [to("Base"), an_object({"name": TEXT})]}, {"name": "name"}),
        ({"allOf": [an_object({"id": READ}), an_object({"id": TEXT, "name": TEXT})]}, {"name": "name"}),
        (an_object({"all": {"type": "array", "items": an_object({"id": READ, "a": TEXT}, "id", "a")}}), {"all": [{"a": "a"}]}),
        ({**an_object({"id": READ, "name": TEXT, "more": TEXT}), "minProperties": 2}, {"name": "name", "more": "more"}),
    ],
)  # fmt: skip
def test_what_only_an_answer_contains_is_not_sent(
    body: Any, payload: Any, version: str, workspace: Folder, callsheet: Callsheet
) -> None:
    schemas = {"Read": READ, "Base": an_object({"id": READ, "at": to("Read")})}
    text = description({"call": operation(body, answer={"schema": body})}, schemas, version)
    spec, _, _ = imported(text, workspace, callsheet)
    (case,) = spec["tests"]
    assert case["expect"]["payload"] == payload
    # An answer contains it.
    answer = spec["responses"]["success"]["payload"]
    assert any(name in json.dumps(answer) for name in ('"id"', '"at"'))


def test_what_only_an_answer_contains_is_not_sent_by_swagger_2(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = an_object({"id": {"type": "integer", "readOnly": True}, "name": TEXT})
    text = json.dumps(
        {
            "swagger": "2.0",
            "host": "api.example.com",
            "paths": {"/x": {"post": {"operationId": "call", "parameters": [{"in": "body", "name": "b", "schema": to("B")}], "responses": {}}}},
        }
    ).replace("#/components/schemas", "#/definitions")  # fmt: skip
    text = json.dumps({**json.loads(text), "definitions": {"B": body}})
    spec, _, _ = imported(text, workspace, callsheet)
    assert spec["request"]["payload"] == {"name": "{{ params.name }}"}


def test_what_only_a_request_contains_is_not_answered(workspace: Folder, callsheet: Callsheet) -> None:
    whole = an_object({"pin": {**TEXT, "writeOnly": True}, "name": TEXT})
    spec, _, _ = imported(
        description({"call": operation(whole, answer={"schema": whole})}), workspace, callsheet
    )
    assert spec["request"]["payload"] == {"pin": "{{ params.pin }}", "name": "{{ params.name }}"}
    assert spec["responses"]["success"]["payload"] == {"name": "name"}


def test_a_field_that_is_asked_for_is_sent_although_it_is_read_only(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = an_object({"id": READ, "name": TEXT}, "name")
    spec, _, _ = imported(description({"call": operation(body)}), workspace, callsheet, "--fields", "id")
    assert [*spec["request"]["payload"]] == ["id", "name"]


HEADERS = {
    "plain": {},
    "empty": {"minLength": 0},
    "shortest": {"minLength": 1},
    "both": {"minLength": 2, "maxLength": 3},
    "longest": {"maxLength": 64},
    "format": {"format": "uuid"},
    "open": {"pattern": "[0-9]"},
    "line": {"pattern": "^[^\\n]+$"},
    "closed": {"pattern": "^[a-z]{2,5}$"},
    "listed": {"enum": ["a", "b"]},
}


@pytest.mark.parametrize("where", ["header", "query", "path"])
def test_the_generated_cases_of_a_parameter_pass_whatever_its_limits_are(
    where: str, workspace: Folder, callsheet: Callsheet
) -> None:
    listed = [
        {"name": f"x-{name}", "in": where, "required": True, "schema": {"type": "string", **limits}}
        for name, limits in sorted(HEADERS.items())
    ]
    text = description({"call": operation(an_object({"a": TEXT}, "a"), listed)})
    spec, _, notes = imported(text, workspace, callsheet)
    declared = {name: one.get("pattern") for name, one in spec["parameters"].items() if "x_" in name}
    line = "^[!-~]+( [!-~]+)*$" if where == "header" else None
    own = where != "header"
    assert declared == {
        **{f"x_{name}": line for name in ("plain", "empty", "shortest", "both", "longest", "format")},
        "x_open": "[0-9]" if own else line,
        "x_line": "^[^\\n]+$" if own else line,
        "x_closed": "^[a-z]{2,5}$",
        **({"x_listed": None} if where == "path" else {}),
    }
    assert notes == (
        []
        if own
        else [
            f"the pattern of the header x-{name} takes what no header can contain: its parameter has another one"
            for name in ("line", "open")
        ]
    )


@pytest.mark.parametrize("said", ["example", "default", "enum", "const", "examples"])
@pytest.mark.parametrize("way", ["plain", "reference", "allOf"])
def test_what_a_description_shows_for_a_password_is_not_written(
    said: str, way: str, workspace: Folder, callsheet: Callsheet
) -> None:
    field = {**PASSWORD, said: [SHOWN, "other"] if said in ("enum", "examples") else SHOWN}
    schemas = {"Pin": field}
    field = {"plain": field, "reference": to("Pin"), "allOf": {"allOf": [to("Pin")]}}[way]
    body = an_object({"pin": field, "name": TEXT}, "pin", "name")
    listed = [
        {"name": name, "in": where, "required": True, "schema": field}
        for name, where in (("pin_q", "query"), ("X-Pin", "header"), ("pin_p", "path"))
        if said not in ("enum", "const")
    ]
    answer = {"schema": body, "example": {"pin": SHOWN, "name": "Ada"}}
    spec, written, _ = imported(
        description({"call": operation(body, listed, answer)}, schemas),
        workspace,
        callsheet,
        generated=said not in ("enum", "const"),
    )
    assert SHOWN not in written
    held = {"secret": "env:IT_PIN"} if said in ("enum", "const") else "{{ params.pin }}"
    assert spec["request"]["payload"] == {"pin": held, "name": "{{ params.name }}"}
    # No answer is shown whose passwords are listed: there is none without one of them.
    answered = spec.get("responses", {"success": {"payload": {}}})["success"]["payload"]
    assert answered == ({} if said in ("enum", "const") else {"pin": "pin", "name": "Ada"})


@pytest.mark.parametrize(
    "shown", ["Bearer abcdefgh12345678", '{"user": "ada", "password": "hunter-2-is-mine"}']
)
@pytest.mark.parametrize("said", ["example", "default", "enum", "const"])
def test_what_a_description_shows_is_not_written_where_its_text_is_a_credential(
    shown: str, said: str, workspace: Folder, callsheet: Callsheet
) -> None:
    field = {"type": "string", said: [shown] if said == "enum" else shown}
    listed = [
        {"name": name, "in": where, "required": True, "schema": field}
        for name, where in (("extra_q", "query"), ("X-Extra", "header"), ("extra_p", "path"))
        if said in ("example", "default")
    ]
    body = an_object({"extra": field, "name": TEXT}, "extra", "name")
    _, written, _ = imported(description({"call": operation(body, listed)}), workspace, callsheet)
    for part in ("abcdefgh12345678", "hunter-2"):
        assert part not in written


@pytest.mark.parametrize("name", ["token", "signature"])
@pytest.mark.parametrize("said", ["example", "default"])
@pytest.mark.parametrize("where", ["query", "header", "path"])
def test_an_opaque_value_of_a_parameter_that_is_called_as_a_credential_is_not_written(
    where: str, said: str, name: str, workspace: Folder, callsheet: Callsheet
) -> None:
    opaque = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    for one in ({"schema": {**TEXT, said: opaque}}, {"schema": TEXT, said: opaque}):
        listed = [{"name": name, "in": where, "required": True, **one}]
        text = description({"call": operation(an_object({"a": TEXT}, "a"), listed)})
        _, written, _ = imported(text, workspace, callsheet)
        assert opaque not in written
        (workspace.path / "it.yaml").unlink()


@pytest.mark.parametrize("name", ["token", "signature", "api_key"])
def test_an_opaque_value_of_a_field_that_is_called_as_a_credential_is_not_written(
    name: str, workspace: Folder, callsheet: Callsheet
) -> None:
    opaque = "Zq7x010m4vRt9KpW"
    body = an_object({name: {**TEXT, "example": opaque}, "a": TEXT}, name, "a")
    _, written, _ = imported(description({"call": operation(body)}), workspace, callsheet)
    assert opaque not in written


def test_a_value_of_an_enumeration_is_a_credential_by_its_key_only_where_it_is_opaque(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = an_object({"api_key": {"enum": ["Zq7x010m4vRt9KpW"]}, "in": an_object({"api_key": {"enum": ["header"]}}, "api_key")}, "api_key", "in")  # fmt: skip
    text = description({"call": operation(body)})
    spec, _, _ = imported(text, workspace, callsheet, generated=False)
    assert spec["request"]["payload"] == {
        "api_key": {"secret": "env:IT_API_KEY"},
        "in": {"api_key": "header"},
    }


CARD = an_object({"number": TEXT}, "number")
BANK = an_object({"iban": TEXT}, "iban")


def test_the_choice_of_an_alternative_is_noted_and_a_field_of_another_chooses_that(
    workspace: Folder, callsheet: Callsheet
) -> None:
    body = {"oneOf": [to("Card"), to("Bank"), an_object({"voucher": TEXT}, "voucher")]}
    text = description({"call": operation(body)}, {"Card": CARD, "Bank": BANK})
    spec, _, notes = imported(text, workspace, callsheet)
    assert spec["request"]["payload"] == {"number": "{{ params.number }}"}
    assert notes == [
        "the body is one of 3 alternatives, of which `Card` was taken: `--fields NAME` takes the one that has the field"
    ]
    for field, name in (("iban", "`Bank`"), ("voucher", "number 3")):
        (workspace.path / "it.yaml").unlink()
        spec, _, notes = imported(text, workspace, callsheet, "--fields", field)
        assert spec["request"]["payload"] == {field: f"{{{{ params.{field} }}}}"}
        assert f"of which {name} was taken" in notes[0]


def test_the_choice_of_an_alternative_within_the_body_is_noted_where_it_is(
    workspace: Folder, callsheet: Callsheet
) -> None:
    choice = {"oneOf": [to("Card"), to("Bank")]}
    either = {"anyOf": [to("Bank"), {"type": "null"}]}
    body = an_object({"by": choice, "all": {"type": "array", "items": an_object({"x": choice}, "x")}, "or": either, "left": choice}, "by", "all", "or")  # fmt: skip
    text = description({"call": operation(body)}, {"Card": CARD, "Bank": BANK})
    _, _, notes = imported(text, workspace, callsheet)
    assert notes == [
        f"`{where}` of the body is one of 2 alternatives, of which `Card` was taken: write another one by hand"
        for where in ("by", "all.x")
    ]


def test_a_field_that_one_of_several_operations_does_not_have_is_named_with_it(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = description(
        {
            "one": operation(an_object({"priority": TEXT})),
            "other": operation(an_object({"prioritys": TEXT})),
        }
    )
    file = workspace.write("api.json", text)
    options = ("--operation", "one", "--operation", "other", "--fields", "priority")
    outcome = callsheet("import", file, *options, "-C", workspace.path)
    assert outcome.code == 1
    assert outcome.err.splitlines()[0] == (
        "error CS938: the operation `other`: the body has no field `priority` (did you mean `prioritys`?)"
    )
