"""No credential of an imported request is written in clear, whatever it is called, and wherever it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.request_collections import bearer, body
from support.workspaces import Callsheet, Folder

PAT = "zz-c4n4ry-value"
AT = "https://api.example.com"


def imported(workspace: Folder, callsheet: Callsheet, collection: Any) -> str:
    """Import a collection whole, and return the texts of all files with everything that was shown."""
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(collection), encoding="utf-8")
    outcome = callsheet("import", file, "--all", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert Workspace(workspace.path).compile().errors == []
    assert callsheet("test", "-C", workspace.path).code == 0
    texts = [one.read_text() for one in sorted(workspace.path.rglob("*.yaml"))]
    return "\n".join((*texts, outcome.out, outcome.err))


def postman(*requests: dict[str, Any], value: str = PAT, **more: Any) -> dict[str, Any]:
    variables = [{"key": "pat", "value": value}, {"key": "plain", "value": "acme"}]
    items = [{"name": f"r{index}", "request": one} for index, one in enumerate(requests)]
    return {"info": {"name": "Shop"}, "variable": variables, "item": items, **more}


PLAIN = {"url": f"{AT}/{{{{pat}}}}/{{{{plain}}}}"}
BASIC = {
    "type": "basic",
    "basic": [{"key": "username", "value": "ada"}, {"key": "password", "value": "{{pat}}"}],
}
USES: dict[str, dict[str, Any]] = {
    "a password": postman({"url": AT, "auth": BASIC}, PLAIN),
    "an inherited password": postman({"url": AT}, PLAIN, auth=BASIC),
    "a bearer token": postman({"url": AT, "auth": bearer("{{pat}}")}, PLAIN),
    "an Authorization header": postman({"url": AT, "header": [{"key": "Authorization", "value": "Bearer {{pat}}"}]}, PLAIN),
    "a header of a key": postman({"url": AT, "header": [{"key": "X-Api-Key", "value": "{{pat}}"}]}, PLAIN),
    "a query parameter": postman({"url": f"{AT}?apikey={{{{pat}}}}"}, PLAIN),
    "a field of the payload": postman({"method": "POST", "url": AT, "body": body('{"api_token": "{{pat}}"}')}, PLAIN),
    "a part of the path": postman({"url": f"{AT}/apikey/{{{{pat}}}}"}, PLAIN),
    "a variable within another": postman(
        {"url": AT, "header": [{"key": "Authorization", "value": "{{auth}}"}]}, PLAIN,
        variable=[{"key": "auth", "value": "Bearer {{pat}}"}, {"key": "pat", "value": PAT}, {"key": "plain", "value": "acme"}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("use", USES)
def test_a_variable_that_is_a_credential_by_its_use_is_a_secret_everywhere(
    use: str, workspace: Folder, callsheet: Callsheet
) -> None:
    seen = imported(workspace, callsheet, USES[use])
    assert PAT not in seen
    assert "acme" not in (workspace.path / "environments.yaml").read_text()
    assert seen.count("env:SHOP_URL") >= 1


def test_a_variable_of_a_folder_is_judged_by_its_use_too(workspace: Folder, callsheet: Callsheet) -> None:
    folder = {
        "name": "f",
        "variable": [{"key": "pat", "value": PAT}],
        "auth": BASIC,
        "item": [{"name": "a", "request": {"url": f"{AT}/x/{{{{pat}}}}"}}],
    }
    assert PAT not in imported(workspace, callsheet, {"item": [folder]})
    resources = [
        {"_id": "w", "_type": "workspace", "name": "W"},
        {"_id": "f", "parentId": "w", "_type": "request_group", "environment": {"pat": PAT}},
        {
            "_id": "a",
            "parentId": "f",
            "_type": "request",
            "url": f"{AT}/x/{{{{ _.pat }}}}",
            "authentication": {"type": "bearer", "token": "{{ _.pat }}"},
        },
    ]
    assert PAT not in imported(workspace, callsheet, {"_type": "export", "resources": resources})


def test_a_value_that_no_file_reads_is_not_added(workspace: Folder, callsheet: Callsheet) -> None:
    collection = postman(
        {"url": f"{AT}/{{{{plain}}}}"},
        {"method": "HEAD", "url": f"{AT}/{{{{other}}}}"},
        variable=[{"key": "plain", "value": "a-{{inner}}"}, {"key": "inner", "value": "b"}, {"key": "other", "value": "c"}],
    )  # fmt: skip
    imported(workspace, callsheet, collection)
    values = Workspace(workspace.path).compile().concrete[0].values
    assert {*values["shop"]} == {"plain", "inner"}


def test_a_payload_has_a_reference_in_the_place_of_each_credential(
    workspace: Folder, callsheet: Callsheet
) -> None:
    payload = {
        "api_token": "c4n4ry1",
        "pwd": "c4n4ry2",
        "list": [{"secret": "c4n4ry3"}],
        "nested": {"Authorization": "Bearer c4n4ry4", "jwt": "c4n4ry5", "password": 4711.5},
        "callback": "https://h.example.com/?token=c4n4ry6",
        "pageToken": "t1",
        "sort": {"key": "created_at"},
    }
    request = {"method": "POST", "url": AT, "body": body(payload)}
    seen = imported(workspace, callsheet, postman(request))
    assert "c4n4ry" not in seen
    assert "4711" not in seen
    assert "r0: `password` was a number: its secret is sent as a string" in seen
    (one,) = (it for it in Workspace(workspace.path).compile().actions.values() if it.name != "example")
    written = one.spec["request"]["payload"]
    assert written["nested"]["Authorization"] == {"secret": "env:SHOP_AUTHORIZATION"}
    assert (written["pageToken"], written["sort"]) == ("t1", {"key": "created_at"})


@pytest.mark.parametrize(
    "part",
    [
        '\'https://api.example.com/?f={"password":"c4n4ry"}\'',
        "'https://api.example.com/?f=%7B%22password%22%3A%22c4n4ry%22%7D'",
        'https://api.example.com/ -H \'X-Context: {"password":"c4n4ry"}\'',
        "https://api.example.com/ -H 'X-Context: user=a;password=c4n4ry'",
        'https://api.example.com/ -d \'{"headers":["Authorization: Bearer c4n4ry"]}\'',
        'https://api.example.com/ -d \'{"user":"ada","pass":"c4n4ry"}\'',
    ],
)
def test_named_values_are_found_in_every_part_of_a_request(
    part: str, workspace: Folder, callsheet: Callsheet
) -> None:
    line = f"curl -g {part} -H 'Content-Type: application/json'"
    outcome = callsheet("import", "curl", line, "--name", "call", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    written = (workspace.path / "call.yaml").read_text()
    assert "c4n4ry" not in written + outcome.out + outcome.err
    assert "env:CALL_" in written


WEBHOOKS = {
    "https://hooks.slack.com/services/T0/B0/c4n4ry": "hooks.slack.com",
    "https://discord.com/api/webhooks/1/c4n4ry?wait=true": "discord.com",
    "https://acme.webhook.office.com/webhookb2/a/IncomingWebhook/c4n4ry/d": "acme.webhook.office.com",
    "https://api.telegram.org/bot12:c4n4ry/sendMessage": "api.telegram.org",
    "https://api.example.com/v1/apikey/c4n4ry0123456789/x": "api.example.com",
}


@pytest.mark.parametrize("url", WEBHOOKS)
def test_a_url_with_a_credential_in_its_path_is_a_secret_by_every_importer(
    url: str, workspace: Folder, callsheet: Callsheet
) -> None:
    line = f"curl '{url}' -d '{{\"a\": \"b\"}}'"
    assert callsheet("import", "curl", line, "--name", "hook", "-C", workspace.path).code == 0
    collection = postman({"method": "POST", "url": url, "body": body({"a": "b"})})
    assert "c4n4ry" not in imported(workspace, callsheet, collection)
    compiled = Workspace(workspace.path).compile()
    for name, variable in (("hook", "HOOK_URL"), ("shop_r0", "SHOP_URL")):
        content = compiled.by_environment["local"][f"Action/{name}"].content
        query = "?wait=true" if url.endswith("?wait=true") else ""
        assert build_request(content, {}).url == f"https://{WEBHOOKS[url]}/{{env:{variable}}}{query}"
        sent = build_request(content, {}, {f"env:{variable}": url.partition("?")[0]}.__getitem__)
        assert sent.url == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://hooks.slack.com/services/T0/B0/x1", "is not one of https"),
        ("https://api.telegram.org/bot12:AAx/:method", "contains a credential and a parameter"),
        ("https://{{secretHost}}/v1", "its host is a credential"),
    ],
)
def test_a_secret_url_that_no_action_can_hold_is_refused(
    url: str, reason: str, workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(postman({"url": url}, {"url": AT})), encoding="utf-8")
    outcome = callsheet("import", file, "--all", "-C", workspace.path)
    assert reason in outcome.err
    assert "r0 is not imported" in outcome.err


def test_keys_of_two_descriptions_have_two_names(workspace: Folder, callsheet: Callsheet) -> None:
    def description(host: str) -> Path:
        scheme = {"type": "apiKey", "in": "header", "name": "X-Key"}
        in_query = {"type": "apiKey", "in": "query", "name": "key"}
        done = {"200": {"description": "done"}}
        content = {
            "openapi": "3.0.3",
            "info": {"title": "S", "version": "1"},
            "servers": [{"url": f"https://api.{host}.example"}],
            "security": [{"key": []}],
            "components": {"securitySchemes": {"key": scheme, "query": in_query}},
            "paths": {
                "/a": {"get": {"operationId": "a", "responses": done}},
                "/b": {"get": {"operationId": "b", "responses": done, "security": [{"query": []}]}},
            },
        }
        return workspace.write(f"{host}.oas", json.dumps(content))

    for host in ("one", "two"):
        outcome = callsheet("import", description(host), "--all", "-C", workspace.path)
        assert f"set {host.upper()}_KEY, {host.upper()}_X_KEY where it is sent" in outcome.out
    assert callsheet("validate", "-C", workspace.path).code == 0


HIDDEN = {
    '{"login": {"user": "u", "pass": "SECRET"}}': True,
    '{"auth": {"key": "SECRET"}}': True,
    '{"auth": {"token": "SECRET"}}': True,
    '{"credentials": {"value": "SECRET"}}': True,
    '{"clientsecret": "SECRET"}': True,
    '{"client_secret_value": "SECRET"}': True,
    '{"device": {"token": "SECRET"}}': False,
    '{"pass": "boarding"}': False,
    '{"passwd_reset_url": "https://e.org"}': False,
    '{"password_hint": "blue"}': False,
    '{"secretary": "Ann"}': False,
    '{"author": {"key": "ann"}}': False,
}


@pytest.mark.parametrize("payload", HIDDEN)
def test_a_field_of_a_login_is_a_credential_and_a_word_that_sounds_like_one_is_none(
    payload: str, workspace: Folder, callsheet: Callsheet
) -> None:
    line = f"curl {AT}/x --json '{payload.replace('SECRET', 'c4n4ry-1a2b')}'"
    outcome = callsheet("import", "curl", line, "-C", workspace.path, "--name", "line")
    assert outcome.code == 0, outcome.err
    text = (workspace.path / "line.yaml").read_text()
    assert ("secret: env:" in text) == HIDDEN[payload], text
    assert ("c4n4ry" in text) == ("SECRET" in payload and not HIDDEN[payload])


@pytest.mark.parametrize(
    "part",
    [
        f"'{AT}/x?pw=c4n4ry1'",
        f"'{AT}/x?code=c4n4ry1abc2def3ghi4jkl5mno6=='",
        f"'{AT}/x?appid=c4n4ry1abc2def3ghi4jkl5mno6p'",
        f"{AT}/x -H 'X-Session: c4n4ry1'",
    ],
)
def test_a_query_or_a_header_that_is_a_key_is_no_constant(
    part: str, workspace: Folder, callsheet: Callsheet
) -> None:
    assert callsheet("import", "curl", f"curl {part}", "-C", workspace.path, "--name", "line").code == 0
    assert "c4n4ry" not in (workspace.path / "line.yaml").read_text()
    assert (
        callsheet("import", "curl", f"curl '{AT}/x?code=de'", "-C", workspace.path, "--name", "plain").code
        == 0
    )
    assert "code: de" in (workspace.path / "plain.yaml").read_text()
