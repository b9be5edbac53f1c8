"""URLs that are credentials: incoming webhooks, and a token in the path."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from callsheet.errors import CallsheetError
from support.service import Service, reply
from support.workspaces import ENVIRONMENT, Callsheet, Folder

WEBHOOK = "https://hooks.slack.com/services/T0/B0/c4n4ryvalue"
BOT = "https://api.telegram.org/bot1:c4n4ryvalue"
SLACK = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: slack, title: {en: Slack}}
spec:
  request:
    method: POST
    url: {secret: "env:HOOK", host: hooks.slack.com}
    payload: {text: "{{ params.text }}"}
  parameters: {text: {type: string, sensitivity: name, example: Hi}}
"""
TELEGRAM = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: bot}
spec: {url: {secret: "env:BOT", host: "{{ values.telegram }}"}}
---
apiVersion: callsheet/v1
kind: Action
metadata: {name: telegram, title: {en: Telegram}}
spec:
  connection: bot
  request: {method: POST, path: "/send/{{ params.how }}", payload: {text: Hi}}
  parameters: {how: {type: string, example: Message}}
"""


@pytest.fixture
def hooks(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("HOOK", WEBHOOK)
    monkeypatch.setenv("BOT", BOT)
    values = "values: {telegram: api.telegram.org, host: api.example.com}\n  allowSend: true"
    workspace.write("environments.yaml", ENVIRONMENT.replace("values: {host: api.example.com}", values))
    workspace.write("slack.yaml", SLACK)
    workspace.write("telegram.yaml", TELEGRAM)
    return workspace


def content(folder: Folder, name: str) -> Any:
    compiled = Workspace(folder.path).compile()
    assert [one.message for one in compiled.errors] == []
    return compiled.by_environment["local"][f"Action/{name}"].content


def test_the_url_is_known_by_its_host_and_is_the_secret_when_it_is_sent(hooks: Folder) -> None:
    slack, telegram = content(hooks, "slack"), content(hooks, "telegram")
    assert build_request(slack, {"text": "Hi"}).url == "https://hooks.slack.com/{env:HOOK}"
    assert build_request(telegram, {"how": "a/b"}).url == "https://api.telegram.org/{env:BOT}/send/a%2Fb"
    secrets = {"env:HOOK": WEBHOOK, "env:BOT": BOT + "/"}
    assert build_request(slack, {"text": "Hi"}, secrets.__getitem__).url == WEBHOOK
    assert build_request(telegram, {"how": "x"}, secrets.__getitem__).url == BOT + "/send/x"
    signed = {"env:HOOK": WEBHOOK + "?sig=c4n4ryvalue"}
    assert build_request(slack, {"text": "Hi"}, signed.__getitem__).url == signed["env:HOOK"]


@pytest.mark.parametrize(
    "secret",
    [
        "http://hooks.slack.com/services/x",
        "https://evil.example.com/services/x",
        "https://hooks.slack.com.evil.example.com/x",
        "https://hooks.slack.com@evil.example.com/x",
        "https://hooks.slack.com",
        "services/T0/B0/x",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/a\nb",
        "https://hooks.slack.com/a#b",
        "https://hooks.slack.com/é",
        "",
    ],
)
def test_a_secret_that_is_another_url_is_not_called_and_not_printed(hooks: Folder, secret: str) -> None:
    with pytest.raises(CallsheetError) as refused:
        build_request(content(hooks, "slack"), {"text": "Hi"}, lambda _: secret)
    assert refused.value.code == "CS341"
    assert refused.value.message == "env:HOOK is not a URL that begins with https://hooks.slack.com/"


def test_a_path_does_not_end_up_in_the_query_of_a_secret(hooks: Folder) -> None:
    with pytest.raises(CallsheetError, match="has a query, and the action writes a path after it"):
        build_request(content(hooks, "telegram"), {"how": "x"}, lambda _: BOT + "?a=1")
    with pytest.raises(CallsheetError, match="which clients remove"):
        build_request(content(hooks, "telegram"), {"how": "x"}, lambda _: BOT + "/..")


def test_no_output_contains_it(hooks: Folder, service: Service, callsheet: Callsheet) -> None:
    at = ("-C", hooks.path)
    params = ("-p", "text=Hi")
    seen = ""
    for line in (
        ("plan", "-e", "local"),
        ("render", "slack", "-e", "local"),
        ("journey", "-e", "local"),
        ("send", "slack", *params, "--dry-run"),
        ("send", "slack", *params, "--curl"),
        ("send", "slack", *params, "--har"),
        ("apply", "-e", "local", "--yes", "--accept", "sensitive"),
        ("show", "slack"),
    ):
        outcome = callsheet(*line, *at)
        assert outcome.code == 0, (line, outcome.err)
        seen += outcome.out + outcome.err
    assert 'curl -X POST "${HOOK}"' in seen
    assert "hooks.slack.com" in seen
    assert "the URL is a secret" in " ".join(seen.split())
    service.answers = [reply(200, json.dumps({"you called": WEBHOOK}))]
    played = callsheet("send", "slack", *params, *at, "--to", service.url)
    assert played.code == 0, played.err
    assert service.seen[0].path.startswith("/hooks.slack.com/")
    assert "c4n4ryvalue" not in seen + service.seen[0].path


def test_findings_of_a_secret_url(hooks: Folder, callsheet: Callsheet) -> None:
    def found(text: str) -> str:
        hooks.write("slack.yaml", text)
        return callsheet("validate", "-C", hooks.path).out

    assert "slack.yaml:7" in found(SLACK.replace(", host: hooks.slack.com", ""))
    assert "CS401" in found(SLACK.replace("hooks.slack.com", '"not..a host"'.replace(" ", "-")))
    assert "CS406" in found(SLACK.replace("hooks.slack.com", '"{{ params.text }}"'))
    assert "CS60" in found(SLACK.replace("env:HOOK", "HOOK"))
    hooks.write("slack.yaml", SLACK)
    wrong = TELEGRAM.replace("params.how }}", "params.who }}")
    hooks.write("telegram.yaml", wrong)
    assert "telegram.yaml:11" in callsheet("validate", "-C", hooks.path).out


def test_another_reference_is_a_sensitive_change(hooks: Folder, callsheet: Callsheet) -> None:
    hooks.commit()
    hooks.write("slack.yaml", SLACK.replace("env:HOOK", "env:OTHER"))
    assert "secret of the URL changed from env:HOOK to env:OTHER" in " ".join(
        callsheet("diff", "--base", "HEAD", "-C", hooks.path).out.split()
    )


def test_what_was_deployed_is_adopted_as_it_was_written(hooks: Folder, callsheet: Callsheet) -> None:
    from callsheet.importing.adopting import written

    for name in ("slack", "telegram"):
        url = written(content(hooks, name)["request"]["url"])
        text = SLACK.replace('{secret: "env:HOOK", host: hooks.slack.com}', json.dumps(url))
        text = text.replace(
            "text: {type: string,", "how: {type: string, optional: true}, text: {type: string,"
        )
        hooks.write("slack.yaml", text if name == "slack" else text.replace("optional: true", "example: x"))
        assert content(hooks, "slack")["request"]["url"] == content(hooks, name)["request"]["url"]
    assert callsheet("validate", "-C", hooks.path).code == 0


@pytest.mark.parametrize(
    ("server", "path", "fits"),
    [
        ("https://api.telegram.org/bot{token}", "/send/{how}", True),
        ("https://api.telegram.org/bot{token}", "/send/Message", True),
        ("/bot", "/send/Message", True),
        ("https://{sub}.telegram.org", "/bot/send/Message", True),
        ("https://api.telegram.org/bot{token}", "/drop/Message", False),
        ("https://api.telegram.org", "/Message", False),
        ("https://api.example.com/bot{token}", "/send/Message", False),
    ],
)
def test_of_a_secret_url_the_contract_compares_the_host_and_what_follows_the_secret(
    hooks: Folder, server: str, path: str, fits: bool
) -> None:
    """Telegram's own description has the token in the URL of its server."""
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    operation = {"operationId": "send", "requestBody": body, "responses": {"200": {"description": "ok"}}}
    variables = {name: {"default": "x"} for name in ("token", "sub") if f"{{{name}}}" in server}
    description = {
        "openapi": "3.0.3", "info": {"title": "T", "version": "1"},
        "servers": [{"url": server, "variables": variables}], "paths": {path: {"post": operation}},
    }  # fmt: skip
    hooks.write("telegram.json", json.dumps(description))
    linked = "  contract: {openapi: telegram.json, operation: send}\n"
    hooks.write("telegram.yaml", TELEGRAM + linked)
    codes = [one.code for one in Workspace(hooks.path).compile().errors]
    assert codes == ([] if fits else ["CS452"])


@pytest.mark.parametrize("where", ["action", "connection"])
def test_a_url_that_is_a_credential_in_clear_is_a_warning_and_hidden(
    where: str, workspace: Folder, callsheet: Callsheet
) -> None:
    url = "https://hook.eu1.make.com/plain-hook"
    call = "url: URL" if where == "action" else "path: /more"
    connection = "  connection: maker\n" if where == "connection" else ""
    workspace.write(
        "example.yaml",
        "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: example}\nspec:\n"
        f"{connection}  request: {{method: POST, {call.replace('URL', url)}, payload: {{}}}}\n",
    )
    if connection:
        head = "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: maker}\n"
        workspace.write("maker.yaml", f"{head}spec: {{url: {url}}}\n")
    checked = callsheet("validate", "-C", workspace.path)
    assert checked.code == 0
    assert "`url` is written as plain text, and is a URL with a credential in it" in checked.out
    assert 'write a reference, such as {secret: "env:NAME", host: …}' in " ".join(checked.out.split())
    shown = checked.out + callsheet("plan", "-C", workspace.path).out
    assert "plain-hook" not in shown
