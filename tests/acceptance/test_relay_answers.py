"""What comes back through a relay: byte for byte, without secrets, and with a status that says what came."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from support.relay import ACTION, KEY, Running, relaying
from support.service import Service, reply
from support.workspaces import Callsheet, Folder

SECRET = "ab/cd+ef==/gh1234567"
BASIC = '{type: basic, username: ada, password: {secret: "env:CANARY"}}'


def answering(body: bytes, kind: str, status: int = 200) -> Callable[[Any, Any], None]:
    """Answer with bytes as they are."""

    def answer(handler: Any, seen: Any) -> None:
        del seen
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


@pytest.fixture
def relay(
    workspace: Folder, service: Service, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    """Give a relay of two actions: a POST, and a GET with retries."""
    monkeypatch.setenv("CANARY", SECRET)
    monkeypatch.setenv("RELAY_KEY", KEY)
    for name, method, limits in (("example", "POST", "{timeout: 5s}"), ("look", "GET", "{retries: 2}")):
        text = ACTION.format(
            name=name, url=service.url, authentication=BASIC, method=method, limits=limits, fixed=1
        )
        if method == "GET":
            text = "".join(one for one in text.splitlines(True) if "payload" not in one)
        workspace.write(f"{name}.yaml", text)
    outcome = callsheet("apply", "-C", workspace.path, "--yes", "--quiet")
    assert outcome.code == 0, outcome.err
    with relaying(workspace.path) as running:
        yield running


def test_no_spelling_of_a_secret_comes_back(relay: Running, service: Service) -> None:
    pair = base64.b64encode(f"ada:{SECRET}".encode()).decode()
    spelled = [
        SECRET.replace("/", "\\/").replace("+", "\\u002B"),
        quote(SECRET, safe="").replace("%2F", "%2f"),
        pair.replace("=", "\\u003d"),
    ]
    service.answers = [reply(400, json.dumps({"a": 1})[:-1] + f', "b": "{one}"}}') for one in spelled]
    for _ in spelled:
        assert relay.call().json() == {"a": 1, "b": "(secret)"}
    service.answers = [reply(200, "{}", Content_Type=f"text/{SECRET.split('/')[0]}; x={pair}")]
    assert relay.call().headers["Content-Type"] == "application/octet-stream"
    assert not any(SECRET[-7:] in line for line in relay.log)


def test_a_body_is_passed_on_byte_for_byte_whatever_it_is(relay: Running, service: Service) -> None:
    for body, kind in (
        (bytes(range(256)) * 8, "image/png"),
        ("Zoë".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        ("Zoë".encode("utf-16"), "text/plain; charset=utf-16"),
        ("Zoë".encode(), "text/plain; charset=utf-8"),
    ):
        service.answers = [answering(body, kind)]
        response = relay.call()
        assert (response.content, response.headers["Content-Type"]) == (body, kind)
    service.answers = [answering(b"\xe9" + SECRET.encode(), "text/plain; charset=iso-8859-1")]
    assert relay.call().content == b"\xe9(secret)"
