"""A REST collection on this machine: it keeps objects, adds fields of its own, and fails as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "t0k3n-of-the-service"
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Collection:
    """What the service holds, how it pages, and what goes wrong next.

    `faults` are taken one for each write: `refuse`, `500`, `429`, `before` (cut, nothing done), `after` (done, and cut),
    `html`, `lie` (another object than was sent is kept), `edited` (somebody changes it just before).
    `faults_of` are taken first, for the writes of what has a name.
    `on_change` is asked `before` and `after` each write, whether to cut it.
    `unique` gives what no two objects may share. `etags`: If-Match must hold the version of what is written over. `latency`: of each call, in seconds; `arrivals`: when each came, `most_at_once`: how many waited together.
    """

    base = "/v1/hooks"
    port: int = 0
    paging: str = "none"
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    faults_of: dict[str, list[str]] = field(default_factory=dict)
    list_faults: list[str] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    number: int = 0
    page_size: int = 2
    knows_keys: bool = True
    etags: bool = False
    unique: Callable[[Any], Any] | None = None
    latency: float = 0.0
    arrivals: list[float] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    on_change: Callable[[str], bool] = lambda when: False
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/v1"

    def names(self) -> list[str]:
        return sorted(self.name(one) for one in self.objects.values())

    def name(self, one: dict[str, Any]) -> str:
        return str(one["name"])

    def writes(self) -> list[str]:
        return [one for one in self.calls if not one.startswith("GET")]

    # -- what another service does otherwise ------------------------------------

    def refused(self, headers: dict[str, str], query: dict[str, list[str]]) -> Answer | None:
        del query
        if headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"error": headers.get("authorization")}, {}
        return None

    def do(self, method: str, identity: str, body: Any, headers: dict[str, str]) -> Answer:
        """Change something, as the service does."""
        key = headers.get("idempotency-key", "")
        if method == "POST":
            if key and self.knows_keys and key in self.keys:
                return 200, self.objects[self.keys[key]], {}
            if self.unique is not None and self.unique(body) in map(self.unique, self.objects.values()):
                return 409, {"error": "there is one already"}, {}
            self.number += 1
            identity = f"h/{self.number}"
            self.keys[key] = identity
        elif identity not in self.objects:
            return 404, {"error": "gone"}, {}
        elif self.etags:
            wanted = headers.get("if-match")
            if wanted != self.etag(identity):
                return (428 if wanted is None else 412), {"error": "another version"}, {}
        if method == "DELETE":
            self.drop(identity)
            return 204, None, {}
        before = self.objects.get(identity, {})
        if method == "PATCH":
            merging = headers["content-type"] == "application/merge-patch+json"
            body = merged(before, body) if merging else {**before, **body}
        created = before.get("createdAt", "2026-11-25")
        self.keep(identity, {**body, "id": identity, "createdAt": created})
        return (201 if method == "POST" else 200), self.shown(identity), {}

    def shown(self, identity: str) -> dict[str, Any]:
        return self.objects[identity]

    def page(self, query: dict[str, list[str]], fault: str) -> Answer:
        everything = [self.objects[one] for one in sorted(self.objects)]
        start = int(query.get("page", ["1"])[0]) - 1
        if self.paging == "cursor":
            start = int(query.get("after", ["0"])[0])
        if self.paging == "none":
            return 200, {"data": everything}, {}
        begin = start * self.page_size if self.paging != "cursor" else start
        items, more = everything[begin : begin + self.page_size], begin + self.page_size < len(everything)
        if fault == "change" and self.objects:
            first = sorted(self.objects)[0]
            items = [*items, {**self.objects[first], "version": 99}]
        headers = {}
        if self.paging == "link" and more:
            headers["Link"] = f'</v1/hooks?page={start + 2}>; rel="next", </v1/hooks>; rel="first"'
        if fault == "elsewhere":
            headers["Link"] = '<https://elsewhere.example.com/v1/hooks?page=2>; rel="next"'
        following = str(begin + self.page_size) if self.paging == "cursor" and more else None
        if self.paging == "next" and more:
            following = f"{self.url}/hooks?page={start + 2}"
        return 200, {"data": items, "meta": {"next": following}}, headers

    # -- what all do ------------------------------------------------------------

    def keep(self, identity: str, one: dict[str, Any]) -> None:
        self.versions[identity] = self.versions.get(identity, 0) + 1
        self.objects[identity] = {**one, "version": self.versions[identity]}

    def drop(self, identity: str) -> None:
        del self.objects[identity]

    def etag(self, identity: str) -> str:
        return f'"v{self.versions[identity]}"'

    def somebody_edits(self, identity: str) -> None:
        if identity in self.objects:
            self.keep(identity, {**self.objects[identity], "kind": "edited"})


def merged(value: Any, patch: Any) -> Any:
    """RFC 7396, as its section 2 has it."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for key, one in patch.items():
        if one is None:
            found.pop(key, None)
        else:
            found[key] = merged(found.get(key), one)
    return found


Kind = TypeVar("Kind", bound=Collection)


@contextmanager
def collecting(found: Kind | None = None, port: int = 0) -> Iterator[Kind]:
    """Run a collection on a free port."""
    found = found if found is not None else Collection()  # type: ignore[assignment]
    assert found is not None
    service = found

    class Handler(BaseHTTPRequestHandler):
        # Headers and body go out in two pieces: the second must not wait for the first one's receipt.
        disable_nagle_algorithm = True
        protocol_version = "HTTP/1.1"

        def answer(self, status: int, value: Any = None, headers: dict[str, str] | None = None) -> None:
            content = json.dumps(value).encode() if not isinstance(value, bytes) else value
            if value is None:
                content = b""
            self.send_response(status)
            for name, text in {"Content-Length": str(len(content)), **(headers or {})}.items():
                self.send_header(name, text)
            self.end_headers()
            self.wfile.write(content)

        def cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def do(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            headers = {name.lower(): one for name, one in self.headers.items()}
            with service.lock:
                service.arrivals.append(time.monotonic())
                service.at_once += 1
                service.most_at_once = max(service.most_at_once, service.at_once)
            time.sleep(service.latency)
            with service.lock:
                service.at_once -= 1
                service.calls.append(f"{self.command} {parts.path}")
                service.bodies.append(body)
                refused = service.refused(headers, query)
                identity = unquote(parts.path.removeprefix(service.base).strip("/"))
                fault = ""
                if refused is None and self.command != "GET":
                    mine = service.faults_of.get(str((body or {}).get("name"))) or service.faults
                    fault = mine.pop(0) if mine else ""
                elif refused is None and not identity:
                    fault = service.list_faults.pop(0) if service.list_faults else ""
                if refused is not None:
                    self.answer(*refused)
                elif self.command == "GET":
                    self.shown(identity, query, fault)
                else:
                    self.changed(identity, body, headers, fault)

        def changed(self, identity: str, body: Any, headers: dict[str, str], fault: str) -> None:
            if service.on_change("before"):
                fault = "before"
            match fault:
                case "before":
                    self.cut()
                    return
                case "refuse":
                    self.answer(422, {"error": f"no {TOKEN}"})
                    return
                case "500" | "429":
                    self.answer(
                        int(fault), {"error": "later"}, {"Retry-After": "0"} if fault == "429" else {}
                    )
                    return
                case "html":
                    self.answer(502, b"<html>bad gateway</html>")
                    return
                case "lie":
                    body = {**(body or {}), "kind": "lie"}
                case "edited":
                    service.somebody_edits(identity)
                case "gone":
                    service.objects.pop(identity, None)
            answer = service.do(self.command, identity, body, headers)
            if fault == "after" or service.on_change("after"):
                self.cut()
                return
            self.answer(*answer)

        def shown(self, identity: str, query: dict[str, list[str]], fault: str) -> None:
            if identity:
                if identity in service.objects:
                    self.answer(200, service.shown(identity), {"ETag": service.etag(identity)})
                else:
                    self.answer(404, {"error": "gone"})
            elif fault == "html":
                self.answer(200, b"<html>sign in</html>")
            elif fault.isdigit():
                self.answer(int(fault), {"error": "x"})
            elif fault == "cut":
                self.cut()
            else:
                self.answer(*service.page(query, fault))

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

        def log_message(self, *arguments: object) -> None:
            del arguments

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError, OSError):
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        request_queue_size = 64
        daemon_threads = True

    server = Server(("127.0.0.1", port), Handler)
    service.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
