"""A server on this machine that answers as a test tells it, and remembers what came."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Service:
    """A server that answers as it is told, and remembers what came."""

    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    answers: list[Callable[[Any, Seen], None]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def calls(self) -> list[Seen]:
        return [one for one in self.seen if one.path != "/token"]


def reply(status: int, body: str = "{}", **headers: str) -> Callable[[Any, Seen], None]:
    def answer(handler: Any, seen: Seen) -> None:
        del seen
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body.encode())), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body.encode())

    return answer


def echo(handler: Any, seen: Seen) -> None:
    reply(200, json.dumps({"path": seen.path, "headers": seen.headers, "body": seen.body}))(handler, seen)


def stall(handler: Any, seen: Seen) -> None:
    del handler, seen
    time.sleep(3)


def trickle(handler: Any, seen: Seen) -> None:
    del seen
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def drip(handler: Any, seen: Seen) -> None:
    """Send a head that does not come to its end, a byte at a time."""
    del seen
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(60):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def endless(handler: Any, seen: Seen) -> None:
    del seen
    handler.send_response(200)
    handler.end_headers()
    for _ in range(4_000):
        handler.wfile.write(b"x" * 1_000)


def cut(handler: Any, seen: Seen) -> None:
    del seen
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"{")


class _Server(ThreadingHTTPServer):
    request_queue_size = 256  # with the usual 5, a busy machine resets connections before they are accepted


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Service]:
    """Run a service on a free port of this machine; with a context, over TLS."""
    found = Service()

    class Handler(BaseHTTPRequestHandler):
        # Headers and body go out in two pieces: the second must not wait for the first one's receipt.
        disable_nagle_algorithm = True

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            seen = Seen(self.command, self.path, dict(self.headers), self.rfile.read(length).decode())
            found.seen.append(seen)
            choose = found.answers.pop(0) if len(found.answers) > 1 else found.answers[0]
            try:
                choose(self, seen)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        def log_message(self, *arguments: object) -> None:
            del arguments

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
