"""The key `token` of a body: a credential where nothing else authenticates, else the address of a device."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from support.request_collections import body
from support.workspaces import Callsheet, Folder

TOKEN = "azGDORePK8gMaC0QOYAMyEEuzJnyUi"
DEVICE = "fGhJ3kL9:APA91bHun4MxP5egoKMwt2KZFBaFUH-1RYqx_zz"
URL = "https://api.example.net/1/messages"
NOTE = (
    "`token` of the body became the secret PUSH_TOKEN: nothing else authenticates the request;"
    " where it is the token of a device, import with --param device=/token"
)


def line(token: str, *more: str, url: str = URL) -> str:
    payload = json.dumps({"token": token, "priority": 1})
    return " ".join(
        ("curl", f"'{url}'", "-H 'Content-Type: application/json'", "-d", f"'{payload}'", *more)
    )


def imported(
    workspace: Folder, callsheet: Callsheet, text: str, *arguments: str
) -> tuple[dict[str, Any], str, str]:
    """Return the spec of the action of a line, the text of its file, and the notes."""
    outcome = callsheet("import", "curl", text, "--name", "push", *arguments, "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert callsheet("test", "-C", workspace.path).code == 0
    spec = dict(Workspace(workspace.path).compile().actions["push"].spec)
    return spec, (workspace.path / "push.yaml").read_text(), outcome.err


def test_a_token_that_alone_authenticates_is_a_secret(workspace: Folder, callsheet: Callsheet) -> None:
    spec, text, notes = imported(workspace, callsheet, line(TOKEN))
    assert spec["request"]["payload"]["token"] == {"secret": "env:PUSH_TOKEN"}
    assert "parameters" not in spec
    assert TOKEN not in text
    assert NOTE in notes
    assert f"# {NOTE}" in text


def test_a_variable_of_the_shell_that_alone_authenticates_is_a_secret(
    workspace: Folder, callsheet: Callsheet
) -> None:
    spec, _, notes = imported(workspace, callsheet, line("'$TOKEN'"))
    assert spec["request"]["payload"]["token"] == {"secret": "env:TOKEN"}
    assert "`token` of the body became the secret TOKEN" in notes


@pytest.mark.parametrize(
    ("more", "url"),
    [
        (("-u ada:secret",), URL),
        (("-H 'Authorization: Bearer abc'",), URL),
        (("-H 'X-Api-Key: abc'",), URL),
        ((), f"{URL}?api_key=abc"),
        ((), "https://ada:secret@api.example.net/1"),
    ],
)
def test_beside_another_credential_a_token_is_that_of_a_device(
    workspace: Folder, callsheet: Callsheet, more: tuple[str, ...], url: str
) -> None:
    spec, text, notes = imported(workspace, callsheet, line(DEVICE, *more, url=url))
    assert spec["request"]["payload"]["token"] == "{{ params.token }}"
    assert spec["parameters"]["token"]["sensitivity"] == "device-id"
    assert spec["parameters"]["token"]["example"] == "a-device"
    assert DEVICE not in text
    assert "became the secret" not in notes


def test_the_note_says_how_to_make_it_a_parameter(workspace: Folder, callsheet: Callsheet) -> None:
    spec, text, _ = imported(workspace, callsheet, line(DEVICE), "--param", "device=/token")
    assert spec["request"]["payload"]["token"] == "{{ params.device }}"
    assert spec["parameters"]["device"]["example"] == "a-device"
    assert DEVICE not in text


def test_two_devices_stay_two_parameters_and_a_readable_example_is_kept(
    workspace: Folder, callsheet: Callsheet
) -> None:
    payload = {"to": [{"token": DEVICE}, {"token": f"{DEVICE}2"}, {"token": "my-phone"}, {"token": DEVICE}]}
    spec, text, _ = imported(
        workspace, callsheet, f"curl {URL} -H 'Content-Type: application/json' -d '{json.dumps(payload)}'"
    )
    examples = [one["example"] for one in spec["parameters"].values()]
    assert examples == ["a-device", "a-device-2", "my-phone"]
    assert DEVICE not in text


def test_a_variable_of_a_collection_that_alone_authenticates_is_no_value_of_an_environment(
    workspace: Folder, callsheet: Callsheet
) -> None:
    request = {"method": "POST", "url": URL, "body": body('{"token": "{{app}}", "priority": 1}')}
    variables = [{"key": "app", "value": TOKEN}]
    file = workspace.path.parent / "collection.json"
    file.write_text(
        json.dumps(
            {
                "info": {"name": "Shop"},
                "variable": variables,
                "item": [{"name": "push", "request": request}],
            }
        ),
        encoding="utf-8",
    )
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert outcome.code == 0
    assert "became the secret SHOP_APP" in outcome.err
    assert all(TOKEN not in one.read_text() for one in workspace.path.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("query", "secret", "parameters"),
    [
        ("email=$EMAIL&phone=$PHONE", None, {"email", "phone"}),
        ("key=$K&a=$A", "env:K", {"a"}),
        ("q=$API_TOKEN", "env:API_TOKEN", set()),
        ("x=a$PART", None, {"part"}),
    ],
)
def test_a_variable_of_the_query_is_a_credential_only_where_a_name_says_so(
    workspace: Folder, callsheet: Callsheet, query: str, secret: str | None, parameters: set[str]
) -> None:
    spec, _, _ = imported(workspace, callsheet, f'curl "https://api.example.net/x?{query}"')
    assert spec["authentication"].get("value", {}).get("secret") == secret
    assert {*spec.get("parameters", {})} == parameters
