"""Hostile callers of a relay: each is refused, sends nothing to the service, and leaves it able to answer the next."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from support.relay import ACTION, KEY, PARAMS, Running, relaying, wait_for
from support.service import Service, echo, serving
from support.workspaces import ENVIRONMENT, Folder

BODY = json.dumps(PARAMS).encode()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Service]]:
    """Run a relay of one action for all tests: what one of them does to it must not matter to the next."""
    from callsheet import Workspace
    from callsheet.relay import requests, server

    root = Folder(tmp_path_factory.mktemp("relay"))
    with pytest.MonkeyPatch.context() as patch, serving() as service:
        patch.setenv("CANARY", "s3cr3t-canary-value")
        patch.setenv("RELAY_KEY", KEY)
        patch.setattr(requests, "BODY_SECONDS", 0.4)
        patch.setattr(requests, "DRAIN_SECONDS", 0.2)
        patch.setattr(server, "HEAD_SECONDS", 0.6)
        url, limits = service.url, "{timeout: 5s}"
        authentication = "{type: none}"
        root.write("environments.yaml", ENVIRONMENT)
        root.write(
            "example.yaml",
            ACTION.format(
                name="example",
                url=url,
                authentication=authentication,
                method="POST",
                limits=limits,
                fixed=1,
            ),
        )
        workspace = Workspace(root.path)
        workspace.apply(workspace.plan())
        service.answers = [echo]
        with relaying(root.path, max_body=4_096) as found:
            yield found, service


@pytest.fixture
def service(running: tuple[Running, Service]) -> Service:
    """Give the service, which has seen nothing yet."""
    running[1].seen.clear()
    return running[1]


@pytest.fixture
def relay(running: tuple[Running, Service], service: Service) -> Iterator[Running]:
    """Give the relay; after the test it still answers, and has written nothing of a caller's."""
    found, _ = running
    found.log.clear()
    yield found
    assert found.call().status_code == 200
    assert not found.events("fault"), found.events("fault")
    assert "evil" not in "".join(found.log)


def raw(relay: Running, *pieces: bytes, pause: float = 0.0, seconds: float = 5.0) -> bytes:
    """Write bytes to a connection, with a pause between them; return everything until it is closed."""
    address = relay.session.socket.getsockname()
    with socket.create_connection(address, timeout=seconds) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)
        except OSError:
            pass  # it was closed meanwhile
        found = b""
        try:
            while piece := connection.recv(65_536):
                found += piece
        except OSError:
            pass
        return found


def head(
    line: str = "POST /actions/example HTTP/1.1", length: int | str | None = len(BODY), **headers: str
) -> bytes:
    """The head of a request with the right key; None leaves a header out."""
    chosen: dict[str, Any] = {
        "Host": "localhost", "X-Callsheet-Key": KEY, "Content-Type": "application/json", "Connection": "close",
        "Content-Length": length,
    } | {name.replace("_", "-"): value for name, value in headers.items()}  # fmt: skip
    lines = "".join(f"{name}: {value}\r\n" for name, value in chosen.items() if value is not None)
    return f"{line}\r\n{lines}\r\n".encode("latin-1")


def short(value: Any) -> str:
    """The name of a case in the tests' list."""
    return ascii(value)[:40]


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


# Who calls ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Callsheet_Key": None},
        {"X_Callsheet_Key": ""},
        {"X_Callsheet_Key": KEY[:-1]},
        {"X_Callsheet_Key": KEY + "x"},
        {"X_Callsheet_Key": KEY.upper()},
        {"X_Callsheet_Key": f"{KEY}, {KEY}"},
        {"X_Callsheet_Key": f"{KEY}\r\nX-Callsheet-Key: {KEY}"},
        {"X_Callsheet_Key": "\xe9" * 20},
        {"X_Callsheet_Key": None, "Authorization": f"Basic {KEY}"},
        {"X_Callsheet_Key": None, "Authorization": f"bearer {KEY[:-1]}"},
        {"Authorization": f"Bearer {KEY}"},
        {"X_Callsheet_Key": None, "Cookie": f"X-Callsheet-Key={KEY}"},
    ],
)
def test_a_wrong_key_is_answered_401_and_nothing_is_sent(
    relay: Running, service: Service, headers: dict[str, Any]
) -> None:
    before = relay.metric("requests_total")
    for line in ("POST /actions/example HTTP/1.1", f"POST /actions/none?X-Callsheet-Key={KEY} HTTP/1.1"):
        answer = raw(relay, head(line, **headers) + BODY)
        assert status(answer) == 401
        # Whether there is such an action is not said.
        assert b"CS883" in answer
        assert b"example" not in answer
    assert not service.seen
    assert relay.metric("requests_total") == before + 2


# Paths and methods --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/actions/../actions/example",
        "/actions/%2e%2e/example",
        "/actions/example/",
        "/actions/example%2f",
        "/actions//example",
        "//actions/example",
        "/actions/example%00",
        "/actions/Example",
        "/actions/example;evil",
        "/actions/example%0d%0aevil",
        "/actions/__proto__",
        "/actions/" + "a" * 5_000,
        "/actions/*",
        "/Actions/example",
        "/healthz/../actions/example",
        "/healthz/actions/example",
        "http://evil.example/actions/example",
        "*",
    ],
    ids=short,
)
def test_only_the_path_of_an_action_reaches_it(relay: Running, service: Service, path: str) -> None:
    assert status(raw(relay, head(f"POST {path} HTTP/1.1") + BODY)) in (400, 404)
    assert not service.seen


@pytest.mark.parametrize(
    "method", ["GET", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "post", "EVIL"]
)
def test_only_post_calls_an_action(relay: Running, service: Service, method: str) -> None:
    answer = raw(relay, head(f"{method} /actions/example HTTP/1.1") + BODY)
    assert status(answer) in (405, 400)
    assert not service.seen


def test_no_connection_becomes_a_web_socket(relay: Running, service: Service) -> None:
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade, close", "Sec_WebSocket_Version": "13"}
    answer = raw(relay, head("GET /actions/example HTTP/1.1", None, Sec_WebSocket_Key="eA==", **upgrade))
    assert status(answer) == 405


# Bodies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 400),
        (b"evil", 400),
        (b"[]", 400),
        (b'"evil"', 400),
        (b"null", 400),
        (BODY + BODY, 400),
        (b'{"list": "a", "text": "b", "text": "evil"}', 400),
        (b'{"list": "a", "text": "b", "person": {"x": 1, "x": 2}}', 400),
        (b'{"list": "a", "text": NaN}', 400),
        (b'{"list": "a", "text": "b", "count": Infinity}', 400),
        (b'{"list": "a", "text": "b", "count": 1e999}', 400),
        (b'{"list": "a", "text": "b", "count": ' + b"9" * 3_000 + b"}", 400),
        (b'{"list": "a", "text": "\xff"}', 400),
        (b"\xef\xbb\xbf" + BODY, 400),
        ('{"list": "a", "text": "evil"}'.encode("utf-16"), 400),
        (b'{"x":' * 40 + b"1" + b"}" * 40, 400),
        (b"[" * 2_000, 400),
        (b'{"list": "a", "text": "\\ud800"}', 422),
        (b'{"list": ["a"], "text": {"$secret": "env:CANARY"}}', 422),
        (b'{"list": "a", "text": "b", "count": 1.5}', 422),
        (b'{"list": "a", "text": "b", "count": true}', 422),
        (b'{"list": "a", "text": "b", "__class__": "evil"}', 422),
        (b"{" + b" " * 5_000 + b"}", 413),
    ],
    ids=short,
)
def test_a_body_that_is_not_the_parameters_is_refused(
    relay: Running, service: Service, body: bytes, code: int
) -> None:
    response = relay.send(body)
    assert response.status_code == code, response.text
    assert response.json()["error"]["code"] in ("CS885", "CS926")
    assert "evil" not in response.text
    assert not service.seen


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": "application/json; charset=utf-16"},
        {"Content_Type": "application/json, text/html"},
        {"Content_Type": "multipart/form-data; boundary=application/json"},
        {"Content_Encoding": "gzip"},
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(
    relay: Running, service: Service, headers: dict[str, str]
) -> None:
    assert relay.send(BODY, **headers).status_code == 415
    assert not service.seen


@pytest.mark.parametrize(
    "value", ["application/json", "application/json;charset=UTF-8", "application/problem+json"]
)
def test_json_is_json_however_it_is_declared(relay: Running, value: str) -> None:
    assert relay.send(BODY, Content_Type=value).status_code == 200


def test_a_huge_body_is_refused_before_it_is_read(relay: Running, service: Service) -> None:
    begin = time.monotonic()
    answer = raw(relay, head(length=10**15), b"x" * 100)
    assert status(answer) == 413
    chunk = b"400\r\n" + b"x" * 1_024 + b"\r\n"
    answer = raw(relay, head(length=None, Transfer_Encoding="chunked"), *[chunk] * 200)
    assert status(answer) in (413, 0)  # the rest of the body may meet a closed connection
    assert time.monotonic() - begin < 3
    assert not service.seen


@pytest.mark.parametrize(
    "pieces", [[b"{"], [BODY[:5], BODY[5:9], BODY[9:12], BODY[12:15], BODY[15:18], BODY[18:]]]
)
def test_a_slow_body_is_refused(relay: Running, service: Service, pieces: list[bytes]) -> None:
    answer = raw(relay, head(), *pieces, pause=0.15)
    assert status(answer) == 408
    assert b"connection: close" in answer.lower()
    assert not service.seen


def test_a_connection_without_a_request_is_closed(relay: Running) -> None:
    begin = time.monotonic()
    assert raw(relay) == b""
    assert raw(relay, b"POST /actions/example HTTP/1.1\r\nHost: ") == b""
    # A first request does not earn the second one more time.
    first = head(Connection="keep-alive") + BODY
    assert status(raw(relay, first, b"POST", b" ", pause=0.1)) == 200
    assert time.monotonic() - begin < 4


def test_idle_connections_keep_nobody_out_and_probes_not_even_when_there_are_too_many(
    relay: Running, service: Service
) -> None:
    address = relay.session.socket.getsockname()
    idle = [socket.create_connection(address) for _ in range(150)]
    try:
        assert relay.call().status_code == 200
        idle += [socket.create_connection(address) for _ in range(relay.session.settings.connections - 140)]
        answers: list[bytes] = []

        def is_refused() -> bool:
            # Idle ones are closed after a while: on a slow machine there may be too few for a moment.
            missing = relay.session.settings.connections + 20 - sum(map(_is_open, idle))
            idle.extend(socket.create_connection(address) for _ in range(missing))
            service.seen.clear()
            answers.append(raw(relay, head() + BODY))
            return status(answers[-1]) == 503

        wait_for(is_refused, "too many are open", 10)
        assert b"connection: close" in answers[-1].lower()
        assert relay.client.get("/healthz").status_code == relay.client.get("/readyz").status_code == 200
        assert not service.seen
        wait_for(lambda: relay.call().status_code == 200, "those without a request are closed", 15)
    finally:
        for one in idle:
            one.close()


def _is_open(one: socket.socket) -> bool:
    """Return whether the other side has not closed a connection."""
    try:
        return one.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


# Heads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_head",
    [
        head(Transfer_Encoding="chunked"),
        head(Transfer_Encoding="gzip, chunked", length=None),
        head(Content_length="5"),
        head(length=-1),
        head(length="5 5"),
        head(X_Evil="a\r\n b"),
        head(X_Evil="a\nb\r\n\n"),
        head(X_Evil="a\x00b"),
        head(X_Evil="x" * 70_000),
        head("POST /actions/example HTTP/9.9"),
        head("POST /actions/exa mple HTTP/1.1"),
        b"\x16\x03\x01\x02\x00" * 20,
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5_000 + b"\r\n",
    ],
    ids=short,
)
def test_a_head_that_two_readers_could_read_differently_is_refused(
    relay: Running, service: Service, request_head: bytes
) -> None:
    answer = raw(relay, request_head + b"0\r\n\r\n" + head() + BODY)
    assert status(answer) in (0, 400, 413)
    # What follows it on the same connection is not taken for a request.
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert not service.seen


@pytest.mark.parametrize("value", ["", "a" * 256, "a b", "a\tb", "é", "a\r\nIdempotency-Key: b"])
def test_an_idempotency_key_is_one_visible_value(relay: Running, service: Service, value: str) -> None:
    assert status(raw(relay, head(Idempotency_Key=value) + BODY)) == 400
    assert not service.seen


def test_headers_of_a_proxy_change_nothing(relay: Running, service: Service) -> None:
    forged = {
        "Host": "evil.example",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_For": "evil",
        "Forwarded": "host=evil",
    }
    answer = raw(relay, head(**forged) + BODY)
    assert status(answer) == 200
    (seen,) = service.seen
    assert "evil" not in json.dumps(seen.headers) + seen.path


# Parameters that try to reach elsewhere -----------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["..", ".", "../../admin", "a/../../evil", "%2e%2e", "//evil.example/", "@evil.example", "\\evil.example", "?evil=1",
     "#evil", "a\r\nHost: evil.example", "\u2024\u2024", "http://evil.example/", ":80@evil.example", "{{ 7*7 }}", "", "\x00"],
)  # fmt: skip
def test_a_parameter_of_the_path_stays_in_its_segment(relay: Running, service: Service, value: str) -> None:
    from urllib.parse import quote

    response = relay.call({**PARAMS, "list": value})
    if response.status_code == 422:
        assert not service.seen
        return
    assert response.status_code == 200
    (seen,) = service.seen
    assert seen.path == "/v1/" + quote(value, safe="")
    assert seen.headers["Host"] == f"localhost:{service.port}"


@pytest.mark.parametrize(
    "value", ["a\r\nX-Evil: 1", "a\nb", "a\rb", "a\x00b", "é", "a\x7fb", "\u2028", "a\tb"]
)
def test_a_parameter_of_a_header_stays_in_its_line(relay: Running, service: Service, value: str) -> None:
    response = relay.call({**PARAMS, "person": value})
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "CS926"
    assert not service.seen


@pytest.mark.parametrize(
    "value",
    ["{{ params.person }}", '", "key": "evil', "${env:CANARY}", "env:CANARY", {"secret": "env:CANARY"}],
)
def test_a_parameter_of_the_body_stays_a_value(relay: Running, service: Service, value: Any) -> None:
    response = relay.call({**PARAMS, "text": value})
    if isinstance(value, dict):
        assert response.status_code == 422
        return
    assert response.status_code == 200
    assert json.loads(service.seen[-1].body) == {"text": value, "key": "s3cr3t-canary-value", "fixed": 1}


# Again and again ----------------------------------------------------------------------------------


def test_a_replayed_call_is_sent_once(relay: Running, service: Service) -> None:
    request = head(Idempotency_Key="one") + BODY
    answers = [raw(relay, request) for _ in range(5)]
    assert [status(one) for one in answers] == [200] * 5
    assert sum(b"idempotency-replayed: true" in one for one in answers) == 4
    assert len(service.seen) == 1


def test_a_caller_that_goes_away_changes_nothing_for_the_next(relay: Running, service: Service) -> None:
    address = relay.session.socket.getsockname()
    for _ in range(20):
        with socket.create_connection(address) as connection:
            connection.sendall(head(Idempotency_Key="gone") + BODY)
    wait_for(lambda: relay.metric("in_flight") == 0 and len(service.seen) >= 1, "the calls have ended")
    assert relay.call(Idempotency_Key="gone").headers["Idempotency-Replayed"] == "true"
    assert len(service.seen) == 1


def test_pipelined_calls_are_answered_in_order(relay: Running, service: Service) -> None:
    texts = [f"number {number}" for number in range(5)]
    bodies = [json.dumps({**PARAMS, "text": text}).encode() for text in texts]
    ends = ["keep-alive"] * 4 + ["close"]
    calls = [head(length=len(one), Connection=end) + one for one, end in zip(bodies, ends, strict=True)]
    answer = raw(relay, b"".join(calls))
    assert answer.count(b"HTTP/1.1 200") == 5
    assert [answer.find(text.encode()) for text in texts] == sorted(
        answer.find(text.encode()) for text in texts
    )
    assert len(service.seen) == 5
