"""Calls that end in time: also where a name is looked up without end, or a host has several addresses."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from callsheet.outbound.deadlines import PunctualTransport, until

Answers = Callable[..., Any]


@pytest.fixture
def port() -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    transport = PunctualTransport(ssl.create_default_context(), httpx.Limits())
    with httpx.Client(transport=transport, timeout=20, trust_env=False) as found:
        yield found


def found_at(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let every name have these addresses."""
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 0)) for one in addresses]
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        return answers if str(host).endswith(".test") else real(host, port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def within(client: httpx.Client, url: str, seconds: float) -> int:
    with until(time.monotonic() + seconds):
        return client.get(url).status_code


def test_a_look_up_without_end_ends_with_the_call_and_is_made_once(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = [], threading.Event()

    def hangs(host: Any, *_: Any, **__: Any) -> Any:
        asked.append(host)
        go_on.wait(20)
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    begin = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(within, client, "http://slow.test:1/", 0.3) for _ in range(8)]
        for one in calls:
            with pytest.raises(httpx.ConnectTimeout):
                one.result()
    assert time.monotonic() - begin < 5
    assert asked == ["slow.test"]
    go_on.set()


def test_a_name_without_an_address_is_no_connection(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_at(monkeypatch)
    with pytest.raises(httpx.ConnectError):
        within(client, "http://none.test/", 5)


def test_the_next_address_is_tried_and_each_gets_its_part(
    client: httpx.Client, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_at(monkeypatch, "127.0.0.2", "127.0.0.3", "127.0.0.1")
    assert within(client, f"http://three.test:{port}/", 5) == 204
    # A backlog that is full lets nobody in, and says nothing.
    with socket.socket() as full:
        full.bind(("127.0.0.4", port))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.4", port))
        found_at(monkeypatch, "127.0.0.4", "127.0.0.1")
        begin = time.monotonic()
        assert within(client, f"http://two.test:{port}/", 2) == 204
        assert time.monotonic() - begin < 1.9
        for one in waiting:
            one.close()


def test_an_address_is_looked_up_by_nobody(
    client: httpx.Client, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callsheet.outbound.addresses._look_up", lambda *_: pytest.fail("it was looked up"))
    assert within(client, f"http://127.0.0.1:{port}/", 5) == 204
