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
