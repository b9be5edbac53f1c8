"""One connection to the emulator: what came over it, and what is answered, or done instead."""

from __future__ import annotations

import json
import re
import secrets
import socket
from collections.abc import Mapping
from contextlib import suppress
from email.message import Message
from http.server import BaseHTTPRequestHandler

from msgspec.structs import asdict

from callsheet.emulator.checks import Came
from callsheet.emulator.page import page_of
from callsheet.emulator.playing import Play
from callsheet.emulator.routes import Route
from callsheet.errors import CallsheetError

MAX_BODY = 1_048_576
MAX_DRAINED = 16 * MAX_BODY
STALL_SECONDS = 120.0
_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\Z")


def handler_of(play: Play) -> type[BaseHTTPRequestHandler]:
    """Return the handler of the connections to what is played."""

    class Handler(_Handler):
        pass

    Handler.play = play
    return Handler


class _Handler(BaseHTTPRequestHandler):
    play: Play
    protocol_version = "HTTP/1.1"
    server_version = "callsheet-emulator"
    sys_version = ""
    timeout = 30
    # Headers and body go out in two pieces: the second must not wait for the first one's receipt.
    disable_nagle_algorithm = True

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
        fault = self.play.faults.next()
        body, refusal, route = self.play.answer(came)
        if fault is not None and route is not None and not route.is_token:
            self.play.remember(came, int(fault) if fault.isdigit() else 0, f"as requested: {fault}", route)
            self._fail(fault)
            return
        status = refusal.status if refusal else _status(route)
        self.play.remember(came, status, refusal.reason if refusal else "", route)
        headers = {"X-Callsheet-Reason": _in_one_line(refusal.reason)} if refusal else {}
        self._send(status, body, headers)

    do_PUT = do_DELETE = do_PATCH = do_HEAD = _call  # noqa: N815 - the names of http.server

    def _came(self) -> Came | None:
        length = _length_of(self.headers)
        if length is None:
            self.close_connection = True
            self._send(400, '{"error": "Content-Length is not a number"}')
            return None
        if length > MAX_BODY:
            self.close_connection = True
            # A client that is still sending would not read the answer.
            left = min(length, MAX_DRAINED)
            while left > 0 and (part := self.rfile.read(min(left, 65_536))):
                left -= len(part)
            reason = "the body is larger than 1 MiB"
            self._send(413, json.dumps({"error": reason}), {"X-Callsheet-Reason": reason})
            return None
        body = self.rfile.read(length)
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
        """Whether the emulator itself was asked, and not a page's own name for this machine."""
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
        why = {"X-Callsheet-Reason": f"as requested: {fault}"}
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
        with self.play.changed:
            played, revision, old = self.play.routes, self.play.revision, self.play.old
        content = page_of(played, nonce, revision, old).encode()
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
        last, shown = 0, -1
        with suppress(OSError):
            while True:
                with self.play.changed:
                    self.play.changed.wait_for(
                        lambda: (self.play.number, self.play.revision) != (last, shown),  # noqa: B023
                        timeout=10,
                    )
                    calls = [one for one in self.play.calls if one.number > last]
                    last, shown, old = self.play.number, self.play.revision, self.play.old
                state = {
                    "fail": self.play.faults.told(),
                    "calls": [asdict(one) for one in calls],
                    "revision": shown,
                    "old": old,
                }
                self.wfile.write(f"data: {json.dumps(state)}\n\n".encode())
                self.wfile.flush()

    def _set_faults(self) -> None:
        told = self.rfile.read(min(_length_of(self.headers) or 0, 200)).decode("utf-8", "replace")
        # A page of another site cannot set this header without being asked first, and is answered nothing.
        if not self._is_local or self.headers.get("X-Callsheet") != "fail":
            self._send(403, '{"error": "only the page of the emulator itself sets how to fail"}')
            return
        try:
            self.play.faults.add(told)
        except CallsheetError as error:
            self._send(400, json.dumps({"error": error.message}))
            return
        with self.play.changed:
            self.play.changed.notify_all()
        self._send(200, json.dumps({"fail": self.play.faults.told()}))

    def log_message(self, *arguments: object) -> None:
        """Write nothing: `Play.told` reports what came."""


def _length_of(headers: Message) -> int | None:
    """Return the length of a body by its header (RFC 9110 section 8.6); None where it is not a number."""
    length = headers.get("Content-Length", "0")
    return int(length) if re.fullmatch(r"[0-9]{1,18}", length) else None


def _status(route: Route | None) -> int:
    """Return the status of a success: the contract's first one, else 200."""
    return 200 if route is None or route.operation is None else route.operation.status


def _in_one_line(text: str) -> str:
    return text.encode("ascii", "replace").decode().replace("\r", " ").replace("\n", " ")[:300]
