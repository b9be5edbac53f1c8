"""A REST collection on this machine: it keeps objects, adds fields of its own, and fails as it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN = "t0k3n-of-the-service"
PAGE = 2


@dataclass
class Collection:
    """What the service holds, how it pages, and what goes wrong next.

    `faults` are taken one for each write: `refuse`, `500`, `429`, `before` (cut, nothing done), `after` (done, and cut),
    `html`, `lie` (another object than was sent is kept).
    """

    port: int = 0
    paging: str = "none"
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    list_faults: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    number: int = 0
    knows_keys: bool = True

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/v1"

    def names(self) -> list[str]:
        return sorted(one["name"] for one in self.objects.values())


@contextmanager
def collecting() -> Iterator[Collection]:
    """Run a collection on a free port."""
    found = Collection()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, value: Any = None, **headers: str) -> None:
            content = (
                b""
                if value is None
                else (value if isinstance(value, bytes) else json.dumps(value).encode())
            )
            self.send_response(status)
            for name, text in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name.replace("_", "-"), text)
            self.end_headers()
            self.wfile.write(content)

        def cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            found.calls.append(f"{self.command} {urlsplit(self.path).path}")
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                self.answer(401, {"error": self.headers.get("Authorization")})
                return
            if self.command == "GET":
                self.listed()
                return
            fault = found.faults.pop(0) if found.faults else ""
            match fault:
                case "before":
                    self.cut()
                    return
                case "refuse":
                    self.answer(422, {"error": f"no {TOKEN}"})
                    return
                case "500" | "429":
                    self.answer(
                        int(fault), {"error": "later"}, **({"Retry_After": "0"} if fault == "429" else {})
                    )
                    return
                case "html":
                    self.answer(502, b"<html>bad gateway</html>")
                    return
                case "lie":
                    body = {**(body or {}), "kind": "lie"}
            identity = urlsplit(self.path).path.removeprefix("/v1/hooks").strip("/")
            status, value = self.done(identity, body)
            if fault == "after":
                self.cut()
                return
            self.answer(status, value)

        def done(self, identity: str, body: Any) -> tuple[int, Any]:
            key = self.headers.get("Idempotency-Key", "")
            if self.command == "POST":
                if key and found.knows_keys and key in found.keys:
                    return 200, found.objects[found.keys[key]]
                found.number += 1
                identity = f"h/{found.number}"
                found.keys[key] = identity
            elif identity.replace("%2F", "/") not in found.objects:
                return 404, {"error": "gone"}
            identity = identity.replace("%2F", "/")
            if self.command == "DELETE":
                del found.objects[identity]
                return 204, None
            created = found.objects.get(identity, {}).get("createdAt", "2026-11-25")
            found.objects[identity] = {
                **body,
                "id": identity,
                "createdAt": created,
                "version": found.number,
            }
            return 201 if self.command == "POST" else 200, found.objects[identity]

        def listed(self) -> None:
            fault = found.list_faults.pop(0) if found.list_faults else ""
            if fault == "html":
                self.answer(200, b"<html>sign in</html>")
                return
            if fault.isdigit():
                self.answer(int(fault), {"error": "x"})
                return
            if fault == "cut":
                self.cut()
                return
            everything = [found.objects[one] for one in sorted(found.objects)]
            query = parse_qs(urlsplit(self.path).query)
            start = (
                int(query.get("page", ["1"])[0]) - 1
                if found.paging != "cursor"
                else int(query.get("after", ["0"])[0])
            )
            if found.paging == "none":
                self.answer(200, {"data": everything})
                return
            begin = start * PAGE if found.paging != "cursor" else start
            items, more = everything[begin : begin + PAGE], begin + PAGE < len(everything)
            if fault == "change" and found.objects:
                first = sorted(found.objects)[0]
                items = [*items, {**found.objects[first], "version": 99}]
            headers = {}
            if found.paging == "link" and more:
                headers["Link"] = f'</v1/hooks?page={start + 2}>; rel="next", </v1/hooks>; rel="first"'
            if fault == "elsewhere":
                headers["Link"] = '<https://elsewhere.example.com/v1/hooks?page=2>; rel="next"'
            cursor = str(begin + PAGE) if found.paging == "cursor" and more else None
            self.answer(200, {"data": items, "meta": {"next": cursor}}, **headers)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *arguments: object) -> None:
            del arguments

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError, OSError):
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
