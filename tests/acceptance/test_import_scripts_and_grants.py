"""Scripts around a request are named, and the grants of OAuth 2.0 are those of an action, or named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from support.workspaces import Callsheet, Folder

AT = "https://api.example.com/v1"
OF_ALL = "the scripts of the collection were left out: nothing is run"
OF_FOLDERS = "the scripts of its folders were left out: nothing is run"
OWN = "its scripts were left out: nothing is run"
EVENT = {"event": [{"listen": "test", "script": {"exec": ["x()"]}}]}
POSTMAN = {
    "info": {"name": "Shop"},
    **EVENT,
    "item": [{"name": "f", **EVENT, "item": [{"name": "one", **EVENT, "request": {"url": AT}}]}],
}
SCRIPT = {"script": {"req": "x()"}}
BRUNO = {
    "name": "Shop",
    "version": "1",
    "root": {"request": {"tests": "x()"}},
    "items": [
        {
            "name": "f",
            "root": {"request": SCRIPT},
            "items": [{"name": "one", "request": {"method": "GET", "url": AT, **SCRIPT}}],
        }
    ],
}


def brought(workspace: Folder, callsheet: Callsheet, value: Any, *options: str) -> list[str]:
    """Import a collection, and return what is said of it."""
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(value))
    outcome = callsheet("import", file, *options, "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    return str(outcome.err).splitlines()


@pytest.mark.parametrize("value", [POSTMAN, BRUNO], ids=["Postman", "Bruno"])
def test_the_scripts_around_a_request_are_named(
    value: Any, workspace: Folder, callsheet: Callsheet
) -> None:
    one = brought(workspace, callsheet, value, "--request", "one", "--name", "one")
    assert one == [OF_ALL, OWN, OF_FOLDERS]
    found = brought(workspace, callsheet, value, "--all", "--name", "shop")
    assert found == [OF_ALL, f"f/one: {OWN}", f"f/one: {OF_FOLDERS}"]


def postman(grant: str) -> dict[str, Any]:
    held = {"grant_type": grant, "accessTokenUrl": "https://id.example.com/t", "clientId": "c"}
    held |= {"clientSecret": "c4n4ry", "username": "u", "password": "c4n4ry2", "scope": "a b"}
    fields = [{"key": key, "value": one} for key, one in held.items()]
    return {
        "info": {"name": "Shop"},
        "item": [{"name": "one", "request": {"url": AT, "auth": {"type": "oauth2", "oauth2": fields}}}],
    }


def insomnia(grant: str) -> dict[str, Any]:
    held = {"type": "oauth2", "grantType": grant, "accessTokenUrl": "https://id.example.com/t"}
    held |= {
        "clientId": "c",
        "clientSecret": "c4n4ry",
        "username": "u",
        "password": "c4n4ry2",
        "scope": "a b",
    }
    return {
        "type": "collection.insomnia.rest/5.0",
        "collection": [{"name": "one", "method": "GET", "url": AT, "authentication": held}],
    }


def bruno(grant: str) -> dict[str, Any]:
    held = {"grantType": grant, "accessTokenUrl": "https://id.example.com/t", "clientId": "c"}
    held |= {"clientSecret": "c4n4ry", "username": "u", "password": "c4n4ry2", "scope": "a b"}
    request = {"method": "GET", "url": AT, "auth": {"mode": "oauth2", "oauth2": held}}
    return {"name": "Shop", "version": "1", "items": [{"name": "one", "request": request}]}


def authentication(workspace: Folder) -> Any:
    return (
        Workspace(workspace.path).compile().by_environment["local"]["Action/one"].content["authentication"]
    )


@pytest.mark.parametrize(
    "value", [postman("password_credentials"), insomnia("password"), bruno("password")]
)
def test_the_grant_of_a_password_is_that_of_the_action(
    value: Any, workspace: Folder, callsheet: Callsheet
) -> None:
    notes = brought(workspace, callsheet, value, "--request", "one", "--name", "one")
    assert notes == []
    found = authentication(workspace)
    assert (found["type"], found["grant"], found["tokenUrl"]) == (
        "oauth2",
        "password",
        "https://id.example.com/t",
    )
    assert found["scopes"] == ["a", "b"]
    assert found["password"] == {"secret": "env:ONE_PASSWORD"}
    assert found["username"] == {"secret": "env:ONE_USERNAME"}
    assert "c4n4ry" not in (workspace.path / "one.yaml").read_text()


@pytest.mark.parametrize(
    ("value", "grant"),
    [
        (postman("authorization_code_with_pkce"), "authorization_code_with_pkce"),
        (postman("implicit"), "implicit"),
        (insomnia("authorization_code"), "authorization_code"),
        (insomnia("implicit"), "implicit"),
        (bruno("authorization_code"), "authorization_code"),
    ],
)
def test_a_grant_that_no_action_has_is_named(
    value: Any, grant: str, workspace: Folder, callsheet: Callsheet
) -> None:
    notes = brought(workspace, callsheet, value, "--request", "one", "--name", "one")
    assert notes == [
        f"the grant {grant} of its OAuth 2.0 was left out: set the secret of its token by hand"
    ]
    assert authentication(workspace) == {"type": "bearer", "token": {"secret": "env:ONE_TOKEN"}}
