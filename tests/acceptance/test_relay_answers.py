"""What comes back through a relay: byte for byte, without secrets, and with a status that says what came."""

from __future__ import annotations

import base64
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import pytest

from support.relay import ACTION, KEY, PARAMS, Running, relaying, wait_for
from support.service import Service, endless, reply, stall
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
    """Give a relay of two actions with retries: a POST, and a GET."""
    monkeypatch.setenv("CANARY", SECRET)
    monkeypatch.setenv("RELAY_KEY", KEY)
    for name, method, limits in (("example", "POST", "{retries: 2}"), ("look", "GET", "{retries: 2}")):
        text = ACTION.format(
            name=name, url=service.url, authentication=BASIC, method=method, limits=limits, fixed=1
        )
        if method == "GET":
            text = "".join(one for one in text.splitlines(True) if "payload" not in one)
        workspace.write(f"{name}.yaml", text)
    outcome = callsheet("apply", "-C", workspace.path, "--yes", "--quiet")
    assert outcome.code == 0, outcome.err
    with relaying(workspace.path, deadline=2, grace=0) as running:
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
    service.answers = [reply(200, "{}", Content_Type=f"text/{SECRET[:2]}; x={pair}")]
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


def test_an_answer_that_is_too_long_is_no_timeout_and_is_asked_for_once(
    relay: Running, service: Service
) -> None:
    for name in ("example", "look"):
        service.seen.clear()
        service.answers = [endless]
        response = relay.call(name=name)
        assert (response.status_code, response.headers["X-Callsheet-Outcome"]) == (502, "broken")
        assert "the answer is longer than 1 MiB" in response.text
        assert len(service.seen) == 1


def test_what_no_header_can_contain_is_refused_and_burns_no_key(relay: Running, service: Service) -> None:
    for number, (person, what) in enumerate(
        (
            (" Ada", "begin or end with a space"),
            ("Ada ", "begin or end with a space"),
            ("A\tda", "a control character"),
            ("A\x00da", "a control character"),
            ("A\x0bda", "a control character"),
            ("A\nda", "a line break"),
            ("Zoë", "not ASCII"),
        )
    ):
        for name in ("example", "look"):
            response = relay.call({**PARAMS, "person": person}, name=name, Idempotency_Key=f"k{number}")
            assert (response.status_code, response.json()["error"]["code"]) == (422, "CS926")
            assert what in response.text
            assert relay.call(name=name, Idempotency_Key=f"k{number}").status_code == 200
    assert len(service.seen) == 14


def test_what_was_not_sent_when_the_time_is_over_is_said_to_be_so(relay: Running, service: Service) -> None:
    calls = relay.session.calls
    with calls.renderings.turn("example", time.monotonic() + 30):
        response = relay.call(Idempotency_Key="one")
        assert (response.status_code, response.headers["X-Callsheet-Outcome"]) == (503, "busy")
        assert "nothing was sent" in response.text
    assert relay.call(Idempotency_Key="one").status_code == 200
    service.seen.clear()
    service.answers = [stall]
    with ThreadPoolExecutor(2) as pool, calls.renderings.turn("look", time.monotonic() + 30):
        sent = pool.submit(relay.call)
        waits = pool.submit(relay.call, name="look")
        wait_for(lambda: calls.busy == 2 and len(service.seen) == 1, "both are under way")
        relay.session.stop()
        answers = [one.result() for one in (sent, waits)]
    assert [one.status_code for one in answers] == [504, 504]
    assert ["not known" in one.text for one in answers] == [True, False]
    assert ["nothing was sent" in one.text for one in answers] == [False, True]
    shown = {one["action"]: one["attempts"] for one in relay.events("call")[-2:]}
    assert shown == {"example": 1, "look": 0}
    assert [one.method for one in service.seen] == ["POST"]


def test_a_second_signal_ends_it_at_once_and_says_what_was_unfinished(
    relay: Running, service: Service
) -> None:
    relay.session._stopping.grace = 30
    service.answers = [stall]
    with ThreadPoolExecutor(1) as pool:
        made = pool.submit(relay.call)
        wait_for(lambda: len(service.seen) == 1, "the call is made")
        begin = time.monotonic()
        for _ in range(2):
            relay.session.server.handle_exit(signal.SIGTERM, None)
        relay.thread.join(10)
        assert time.monotonic() - begin < 1.8
        assert made.result().status_code == 504
    assert [one["unfinished"] for one in relay.events("stopped")] == [1]


def test_numbers_that_json_does_not_keep_are_refused_by_name(relay: Running, service: Service) -> None:
    for written, what in (
        ("0.30000000000000004440", "`text` has more digits than a number of JSON keeps"),
        ("0.1234567890123456789", "`text` has more digits than a number of JSON keeps"),
        ("[1.00000000000000000001]", "`text` has more digits than a number of JSON keeps"),
    ):
        response = relay.send(f'{{"list": "news", "text": {written}}}'.encode())
        assert (response.status_code, response.json()["error"]["code"]) == (422, "CS926")
        assert what in response.json()["error"]["findings"][0]
    assert not service.seen


def test_null_is_the_same_as_left_out_under_one_key(relay: Running, service: Service) -> None:
    answers = [
        relay.call({**PARAMS, **more}, Idempotency_Key="one")
        for more in ({}, {"person": None}, {"count": None})
    ]
    assert [one.status_code for one in answers] == [200] * 3
    assert len(service.seen) == 1
    assert relay.call({**PARAMS, "person": "Ada"}, Idempotency_Key="one").status_code == 422


def test_another_path_and_two_lengths_are_refused_and_what_is_no_http_gets_json(
    relay: Running, service: Service
) -> None:
    for path in ("/actions%2fexample", "/actions%2Fexample"):
        assert relay.client.post(path, json=PARAMS).status_code == 404
    both = (
        b"POST /actions/example HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"X-Callsheet-Key: " + KEY.encode() + b"\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(json.dumps(PARAMS)), json.dumps(PARAMS).encode())
    )
    host, port = relay.session.socket.getsockname()
    for request, message in ((both, b"two lengths"), (b"nonsense\r\n\r\n", b"is not HTTP/1.1")):
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(request)
            answer = b"".join(iter(lambda: connection.recv(4_096), b""))
        assert answer.startswith(b"HTTP/1.1 400")
        assert b"application/json" in answer
        assert message in answer
    assert not service.seen
