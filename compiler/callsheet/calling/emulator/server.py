"""The emulator's HTTP server: which call came, what is answered, what is remembered of it for the page."""

from __future__ import annotations

import json
import re
import secrets
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from callsheet.calling.emulator.checks import Came, Refusal, refuse_call, refuse_token_call
from callsheet.calling.emulator.faults import Faults
from callsheet.calling.emulator.page import page_of
from callsheet.calling.emulator.routes import Route, find_routes
from callsheet.calling.emulator.standins import standin
from callsheet.errors import CallsheetError

MAX_BODY = 1_048_576
KEPT_CALLS = 200
TOKEN_SECONDS = 3_600
STALL_SECONDS = 120.0
_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\Z")
_REFERENCE = re.compile(r'"(?:\$)?secret": ?"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call as the page shows it: no stand-in and no token is in it.

    Attributes:
        action: whose call it is; empty where nobody's.
        status: what was answered; 0 where nothing was.
        reason: why, where it was not a success.

    """

    number: int
    at: str
    action: str
    method: str
    url: str
    headers: dict[str, str]
    body: str
    status: int
    reason: str


class Emulator:
    """Plays the services of routes on 127.0.0.1.

    Args:
        routes: what it answers to.
        faults: how it fails, and how often.
        port: where it listens; 0 for any that is free.
        told: called with each call, when it was answered.

    Raises:
        CallsheetError: CS968 where it cannot listen there.

    """

    def __init__(
        self,
        routes: Sequence[Route],
        faults: Faults,
        *,
        port: int = 0,
        told: Callable[[Call], None] = lambda call: None,  # noqa: ARG005
    ) -> None:
        self.routes = list(routes)
        self.faults = faults
        self.told = told
        self.tokens: dict[str, float] = {}
        self.calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self.changed = threading.Condition()
        self.number = 0
        self.hidden = {standin(one): one for one in _references(self.routes)}
        try:
            self.server = _Server(("127.0.0.1", port), _handler_of(self))
        except OSError as error:
            raise CallsheetError(
                "CS968",
                f"port {port} of this machine cannot be listened on: {(error.strerror or '').lower()}",
                help="choose another with --port, or --port 0 for any that is free",
            ) from None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://localhost:{self.server.server_port}"

    def serve(self) -> None:
        """Answer until `close` is called from another thread."""
        self.server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
        with self.changed:
            self.changed.notify_all()

    def answer(self, came: Came) -> tuple[str, Refusal | None, Route | None]:
        """Give the body that answers a call, why it is refused, and whose it is."""
        parts = urlsplit(came.url)
        found = find_routes(self.routes, parts.netloc, parts.path)
        if not found:
            return "", Refusal(404, "no action of the workspace calls this"), None
        tokens = [one for one in found if one.is_token]
        if tokens:
            return self._answer_token(tokens, came)
        refused: list[tuple[Refusal, Route]] = []
        for route in found:
            refusal = refuse_call(route, came, self.tokens)
            if refusal is None:
                return _sample(route, "success"), None, route
            refused.append((refusal, route))
        # Of several actions at one URL, the one that comes nearest is meant: that it was refused for last.
        refusal, route = min(refused, key=lambda one: (one[0].status == 405, one[0].status == 401))
        return _sample(route, "failure"), refusal, route

    def _answer_token(self, routes: list[Route], came: Came) -> tuple[str, Refusal | None, Route]:
        refusal: Refusal | None = None
        for route in routes:
            refusal = refuse_token_call(route, came)
            if refusal is None:
                token = secrets.token_hex(24)
                self.tokens[token] = time.monotonic() + TOKEN_SECONDS
                self.hidden[token] = "a token of the emulator"
                return _token_answer(route.authentication, token), None, route
        reason = refusal.reason if refusal else ""
        return json.dumps({"error": reason}), refusal, routes[-1]

    def remember(self, came: Came, status: int, reason: str, route: Route | None) -> None:
        """Keep a call for the page, and tell of it."""
        name = "" if route is None else f"{route.name} (token)" if route.is_token else route.name
        with self.changed:
            self.number += 1
            call = Call(
                number=self.number,
                at=time.strftime("%H:%M:%S"),
                action=name,
                method=came.method,
                url=self._masked(came.url),
                headers={key: self._masked(value) for key, value in came.headers.items()},
                body=self._masked(came.body.decode("utf-8", "replace"))[:20_000],
                status=status,
                reason=reason,
            )
            self.calls.append(call)
            self.changed.notify_all()
        self.told(call)

    def _masked(self, text: str) -> str:
        from callsheet.calling.sending import without_secrets

        for hidden, reference in list(self.hidden.items()):
            text = text.replace(hidden, f"{{{reference}}}")
        shown = without_secrets(text, self.hidden)
        # A pair of basic authentication, an assertion: nothing of them is shown.
        return re.sub(r"(?i)\b(Basic |assertion=)[A-Za-z0-9+/=_.-]+", r"\1(secret)", shown)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = False


def _references(routes: Sequence[Route]) -> set[str]:
    """Give every reference to a secret that a route's action holds."""
    found: set[str] = set()
    for route in routes:
        found.update(_REFERENCE.findall(json.dumps(route.compiled)))
    return found


def _sample(route: Route, kind: str) -> str:
    sample = (route.compiled.get("responses") or {}).get(kind)
    payload = sample.get("payload") if isinstance(sample, dict) else None
    return "" if payload is None else json.dumps(payload, ensure_ascii=False)


def _token_answer(authentication: Mapping[str, Any], token: str) -> str:
    """Give a token as the action reads it: by RFC 6749 section 5.1, or where `tokenInResponse` says."""
    if authentication["type"] != "custom":
        return json.dumps({"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS})
    place = authentication["tokenInResponse"]
    if place == "response":
        return token
    answer: dict[str, Any] = {}
    expiry = (authentication.get("cacheDuration") or {}).get("expiryInResponse")
    for where, value in ((place, token), (expiry, TOKEN_SECONDS)):
        parts = (where or "").removeprefix("json://").replace("/", ".").split(".")
        node = answer
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        if where:
            node[parts[-1]] = value
    return json.dumps(answer)


def _handler_of(emulator: Emulator) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        pass

    Handler.emulator = emulator
    return Handler


class _Handler(BaseHTTPRequestHandler):
    emulator: Emulator
    protocol_version = "HTTP/1.1"
    server_version = "callsheet-emulator"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        """Show the page, or answer a call."""
        if self.path == "/" and self._is_local:
            self._page()
        elif self.path == "/_callsheet/calls" and self._is_local:
            self._events()
        else:
            self._call()

    def do_POST(self) -> None:
        """Answer a call, or set how to fail."""
        if self.path == "/_callsheet/fail":
            self._set_faults()
        else:
            self._call()

    def _call(self) -> None:
        came = self._came()
        if came is None:
            return
        fault = self.emulator.faults.next()
        body, refusal, route = self.emulator.answer(came)
        if fault is not None and route is not None and not route.is_token:
            self.emulator.remember(
                came, int(fault) if fault.isdigit() else 0, f"as it was told: {fault}", route
            )
            self._fail(fault)
            return
        status = refusal.status if refusal else _status(route)
        self.emulator.remember(came, status, refusal.reason if refusal else "", route)
        headers = {"X-Callsheet-Reason": _in_one_line(refusal.reason)} if refusal else {}
        self._send(status, body, headers)

    do_PUT = do_DELETE = do_PATCH = do_HEAD = _call  # noqa: N815 - the names of http.server

    def _came(self) -> Came | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MAX_BODY:
            self._send(413, "", {"X-Callsheet-Reason": "the body is larger than 1 MiB"})
            return None
        body = self.rfile.read(int(length))
        host = self.headers.get("Host", "")
        if _LOCAL.match(host):
            # `/host/path`: the service is the first part of the path.
            host, slash, path = self.path.removeprefix("/").partition("/")
            url = f"https://{host}{slash or '/'}{path}"
        else:
            url = f"https://{host}{self.path}"
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Came(self.command, url, headers, body)

    @property
    def _is_local(self) -> bool:
        """Was the emulator itself asked, and not a page's own name for this machine?"""
        return _LOCAL.match(self.headers.get("Host", "")) is not None

    def _send(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        content = body.encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD" and status != 204:
            self.wfile.write(content)

    def _fail(self, fault: str) -> None:
        why = {"X-Callsheet-Reason": f"as it was told: {fault}"}
        if fault in ("429", "503"):
            self._send(int(fault), '{"error": "try again later"}', {**why, "Retry-After": "1"})
        elif fault in ("401", "500"):
            self._send(int(fault), '{"error": "told to fail"}', why)
        elif fault == "html":
            self._send(200, "<!doctype html><title>Sign in</title>", why)
        elif fault == "redirect":
            self._send(307, "", {**why, "Location": "http://elsewhere.invalid/"})
        elif fault == "stall":
            self._stall()
        else:
            told = (
                b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{" if fault == "cut" else b"\x00\xff\x00"
            )
            self.wfile.write(told)
            self.close_connection = True

    def _stall(self) -> None:
        """Answer nothing until the other side gives up."""
        self.connection.settimeout(STALL_SECONDS)
        with suppress(OSError):
            self.connection.recv(1, socket.MSG_PEEK)
        self.close_connection = True

    # -- the page -------------------------------------------------------------------------

    def _page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        content = page_of(self.emulator.routes, nonce).encode()
        policy = (
            f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Security-Policy", f"{policy}; frame-ancestors 'none'; base-uri 'none'")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        """Send the calls as they come (server-sent events, WHATWG HTML section 9.2)."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        last = 0
        with suppress(OSError):
            while True:
                with self.emulator.changed:
                    self.emulator.changed.wait_for(lambda: self.emulator.number > last, timeout=10)  # noqa: B023
                    calls = [one for one in self.emulator.calls if one.number > last]
                    last = self.emulator.number
                state = {"fail": self.emulator.faults.told(), "calls": [asdict(one) for one in calls]}
                self.wfile.write(f"data: {json.dumps(state)}\n\n".encode())
                self.wfile.flush()

    def _set_faults(self) -> None:
        length = self.headers.get("Content-Length", "0")
        told = self.rfile.read(min(int(length), 200) if length.isdigit() else 0).decode("utf-8", "replace")
        # A page of another site cannot set this header without being asked first, and is answered nothing.
        if not self._is_local or self.headers.get("X-Callsheet") != "fail":
            self._send(403, "")
            return
        try:
            self.emulator.faults.add(told)
        except CallsheetError as error:
            self._send(400, json.dumps({"error": error.message}))
            return
        with self.emulator.changed:
            self.emulator.changed.notify_all()
        self._send(200, json.dumps({"fail": self.emulator.faults.told()}))

    def log_message(self, *arguments: object) -> None:
        """Write nothing: what came is told by `Emulator.told`."""


def _status(route: Route | None) -> int:
    """Give the status of a success: the contract's first one, else 200."""
    return 200 if route is None or route.operation is None else route.operation.status


def _in_one_line(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")[:300]
