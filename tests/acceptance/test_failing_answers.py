"""An answer that is a failure though its status is 200: `responses.failure.when`."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.emulator import Faults
from callsheet.emulator.checks import Came
from callsheet.emulator.playing import Play
from callsheet.language.failing import meets
from support.relay import KEY, relaying
from support.service import Service, reply
from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example, title: {en: Example}}
spec:
  request: {method: POST, url: "https://api.example.com/chat", payload: {text: "{{ params.text }}"}}
  authentication: {type: bearer, token: {secret: "env:CANARY"}}
  parameters: {text: {type: string, example: Hi}}
  responses:
    success: {payload: {ok: true}}
    failure: {when: {/ok: false}, payload: {ok: false, error: invalid_auth}}
"""
BAD = '{"ok": false, "error": "channel_not_found"}'


@pytest.fixture
def slack(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("CANARY", "c4n4ry-value")
    monkeypatch.setenv("RELAY_KEY", KEY)
    workspace.write("environments.yaml", ENVIRONMENT + "  allowSend: true\n")
    workspace.write("example.yaml", ACTION)
    return workspace


@pytest.mark.parametrize(
    ("condition", "answer", "expected"),
    [
        ({"/ok": False}, {"ok": False}, True),
        ({"/ok": False}, {"ok": True}, False),
        ({"/ok": False}, {"ok": 0}, False),
        ({"/ok": False}, {}, False),
        ({"/ok": False}, [], False),
        ({"/ok": False, "/error": "x"}, {"ok": False, "error": "y"}, False),
        ({"/ok": False, "/error": "x"}, {"ok": False, "error": "x"}, True),
        ({"/messages/0/status": "4"}, {"messages": [{"status": "4"}]}, True),
        ({"/messages/1/status": "4"}, {"messages": [{"status": "4"}]}, False),
        ({"/messages/-1/status": "4"}, {"messages": [{"status": "4"}]}, False),
        ({"/a~1b/~0": None}, {"a/b": {"~": None}}, True),
        ({}, {"ok": False}, False),
    ],
)
def test_an_answer_meets_a_condition_by_every_pointer(condition: Any, answer: Any, expected: bool) -> None:
    assert meets(condition, answer) is expected


def test_send_reports_such_an_answer_as_a_failure(
    slack: Folder, service: Service, callsheet: Callsheet
) -> None:
    send = ("send", "example", "-C", slack.path, "-p", "text=Hi", "--to", service.url)
    service.answers = [reply(200, BAD), reply(200, '{"ok": true}'), reply(500, BAD), reply(200, "fine")]
    bad = callsheet(*send, "-o", "json")
    found = json.loads(bad.out)
    assert (bad.code, found["outcome"], found["status"]) == (1, "failed", 200)
    assert found["reason"] == "the answer has `/ok: false`"
    assert found["findings"] == []
    good, refused, other = (json.loads(callsheet(*send, "-o", "json").out)["outcome"] for _ in range(3))
    assert (good, refused, other) == ("ok", "http_500", "ok")


def test_the_relay_answers_502_with_the_body_of_the_service(slack: Folder, service: Service) -> None:
    Workspace(slack.path).apply(Workspace(slack.path).plan("local"), author="ada")
    with relaying(slack.path, environment="local", to=service.url) as relay:
        service.answers = [reply(200, BAD, Content_Type="application/json"), reply(200, '{"ok": true}')]
        bad, good = (relay.call({"text": "Hi"}, "example") for _ in range(2))
    assert (bad.status_code, bad.headers["X-Callsheet-Outcome"], bad.json()) == (
        502,
        "failed",
        json.loads(BAD),
    )
    assert (good.status_code, good.json()) == (200, {"ok": True})


def test_the_emulator_refuses_as_the_service_does(slack: Folder) -> None:
    emulator = Play(Workspace(slack.path).routes(), Faults())
    came = Came("POST", "https://api.example.com/chat", {"content-type": "application/json"}, b"{}")
    body, refusal, _ = emulator.answer(came)
    assert refusal is not None
    assert (refusal.status, json.loads(body)["ok"]) == (200, False)


def test_a_journey_is_warned_that_it_sees_a_success(slack: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("journey", "-C", slack.path, "-e", "local")
    assert "a journey takes it for a success" in " ".join(outcome.out.split()), outcome.out


def test_a_condition_that_changes_is_named(slack: Folder, callsheet: Callsheet) -> None:
    slack.commit()
    slack.write("example.yaml", ACTION.replace("when: {/ok: false}", "when: {/error: invalid_auth}"))
    found = callsheet("diff", "--base", "HEAD", "-C", slack.path).out
    assert "what makes an answer a failure" in found
    assert "failure-condition-changed" in found
    assert "breaking" not in found
