"""Adobe's Query Service on this machine: as much of PostgreSQL's protocol as one simple query needs.

It asks for the password, answers a query with rows, or refuses it; `Parse` messages, which prepared statements
send, end the connection.
"""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

TOKEN = "t0k3n-of-queries"
_TYPES = {str: 25, int: 20, float: 701}


@dataclass
class QueryService:
    """What it answers next, and the queries that came; `slow`: seconds before it answers."""

    port: int = 0
    columns: tuple[str, ...] = ()
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    refusal: str = ""
    slow: float = 0
    queries: list[str] = field(default_factory=list)

    def parameters(self, **changed: Any) -> dict[str, Any]:
        """What Adobe's API says of the connection."""
        return {
            "username": "0A7F@AdobeOrg", "dbName": "prod:all", "host": "localhost", "version": 1,
            "port": self.port, "token": TOKEN, **changed,
        }  # fmt: skip


def message(kind: bytes, content: bytes = b"") -> bytes:
    return kind + struct.pack("!I", len(content) + 4) + content


@contextmanager
def running() -> Iterator[QueryService]:
    """Run the service on a free port."""
    found = QueryService()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):  # a client that no longer waits
                if self.begins() and self.password():
                    self.wfile.write(message(b"R", struct.pack("!I", 0)) + message(b"Z", b"I"))
                    self.answers()

        def begins(self) -> bool:
            while True:
                (length, code) = struct.unpack("!II", self.rfile.read(8))
                rest = self.rfile.read(length - 8)
                if code == 196_608:  # the protocol 3.0
                    return b"prod:all" in rest
                self.wfile.write(b"N")  # neither TLS nor GSS here

        def password(self) -> bool:
            self.wfile.write(message(b"R", struct.pack("!I", 3)))
            kind, content = self.read()
            if kind == b"p" and content.rstrip(b"\0").decode() == TOKEN:
                return True
            self.error(f"password {content.decode()} is wrong")
            return False

        def read(self) -> tuple[bytes, bytes]:
            head = self.rfile.read(5)
            return (
                (head[:1], self.rfile.read(struct.unpack("!I", head[1:])[0] - 4)) if head else (b"X", b"")
            )

        def error(self, words: str) -> None:
            fields = b"".join(
                kind + text.encode() + b"\0"
                for kind, text in ((b"S", "ERROR"), (b"C", "58000"), (b"M", words))
            )
            self.wfile.write(message(b"E", fields + b"\0"))

        def answers(self) -> None:
            while True:
                kind, content = self.read()
                if kind != b"Q":
                    return
                found.queries.append(content.rstrip(b"\0").decode())
                time.sleep(found.slow)
                if found.refusal:
                    self.error(found.refusal)
                else:
                    self.result()
                self.wfile.write(message(b"Z", b"I"))

        def result(self) -> None:
            first = found.rows[0] if found.rows else ("",) * len(found.columns)
            described = b"".join(
                name.encode() + b"\0" + struct.pack("!IhIhih", 0, 0, _TYPES.get(type(one), 25), -1, -1, 0)
                for name, one in zip(found.columns, first, strict=True)
            )
            self.wfile.write(message(b"T", struct.pack("!h", len(found.columns)) + described))
            for row in found.rows:
                texts = [None if one is None else str(one).encode() for one in row]
                cells = b"".join(
                    struct.pack("!i", -1) if one is None else struct.pack("!i", len(one)) + one
                    for one in texts
                )
                self.wfile.write(message(b"D", struct.pack("!h", len(row)) + cells))
            self.wfile.write(message(b"C", f"SELECT {len(found.rows)}".encode() + b"\0"))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()
