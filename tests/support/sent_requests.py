"""Requests as they leave: recorded on this machine, or made by an action, and in what two of them differ."""

from __future__ import annotations

import base64
import json
import re
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import printable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from callsheet import Workspace
from callsheet.calling.model import NO_PAYLOAD
from callsheet.calling.request import build_request
from callsheet.outbound.authentication import Signed, prove
from callsheet.outbound.tokens import Tokens
from callsheet.outbound.urls import with_query

UNKNOWN = "unknown-secret-7f3a"
"""A secret that was in the line, and of which the action has the name only."""

_OF_EVERY_CLIENT = {
    "host",
    "user-agent",
    "content-length",
    "connection",
    "expect",
    "accept-encoding",
}

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec: {target: {type: sqlite, path: .callsheet/local.db}}
"""


@dataclass
class Sent:
    """A request as it left.

    Attributes:
        headers: in lower case, without those of every client.
        body: as it was sent; empty without one.

    """

    method: str
    host: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def json(self) -> Any:
        """The body as JSON; an empty tuple where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return ()


def without_usual(headers: dict[str, str]) -> dict[str, str]:
    """Return the headers without those of every client."""
    own = {key: value for key, value in headers.items() if key not in _OF_EVERY_CLIENT}
    return {key: value for key, value in own.items() if (key, value) != ("accept", "*/*")}


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query; what is between two `&`, or after the last one, is an empty one."""
    empty = [("", "")] * (query.split("&").count("") if query else 0)
    return [*parse_qsl(query, keep_blank_values=True), *empty]


def sent_by_action(content: Any, params: dict[str, Any], reveal: Callable[[str], str]) -> Sent:
    """Return what a compiled action sends with parameters, with its credentials."""
    request = build_request(content, params, reveal)
    url = urlsplit(request.url)
    whole = request.url
    body = "" if request.payload is NO_PAYLOAD else request.body
    headers = {key.lower(): str(value) for key, value in request.headers.items()}
    if content["authentication"]["type"] == "oauth2":
        headers["authorization"] = f"Bearer {UNKNOWN}"
    else:
        signed = Signed(request.method, request.url, headers, b"")
        proof = prove(content["authentication"], signed, Tokens(None, reveal))  # type: ignore[arg-type]
        headers |= {key.lower(): value for key, value in proof.headers.items()}
        whole = with_query(whole, urlencode(proof.query))
    if body:
        headers.setdefault("content-type", "application/json")
    query = pairs_of(urlsplit(whole).query)
    return Sent(request.method, url.netloc, url.path, query, without_usual(headers), body)


class Recorder:
    """Answers whatever comes, over TLS and in clear, with the same JSON, and keeps it."""

    def __init__(self, folder: Path, answer: bytes = b"{}") -> None:
        self.seen: list[Sent] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                with suppress(OSError, ValueError):
                    super().handle_one_request()

            def any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                raw = self.requestline.split(" ")[1]
                # Not every client encodes what is not ASCII, or as UTF-8.
                with suppress(UnicodeDecodeError):
                    raw = raw.encode("latin-1").decode("utf-8")
                path, _, asked = raw.partition("?")
                headers: dict[str, str] = {}
                for key, value in ((key, held.strip()) for key, held in self.headers.items()):
                    before = headers.get(key.lower())
                    headers[key.lower()] = value if before is None else f"{before}, {value}"
                host = headers.get("host", "")
                kept = without_usual(headers)
                query = pairs_of(asked)
                text = body.decode("utf-8", "replace")
                recorder.seen.append(Sent(self.command, host, path, query, kept, text))
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.any
                raise AttributeError(name)

            def log_message(self, *told: Any) -> None:
                del told

        key, certificate = folder / "key.pem", folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.servers = []
        for secure in (False, True):
            server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            if secure:
                server.socket = context.wrap_socket(server.socket, server_side=True)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.servers.append(server)

    def close(self) -> None:
        """Listen no more."""
        for one in self.servers:
            one.shutdown()
            one.server_close()

    @property
    def ports(self) -> tuple[int, int]:
        """The ports, in clear and over TLS."""
        plain, secure = (one.server_address[1] for one in self.servers)
        return plain, secure


@contextmanager
def workspace_in(folder: Path) -> Iterator[Workspace]:
    """Make a workspace with one environment, and remove it."""
    with tempfile.TemporaryDirectory(dir=folder) as path:
        (Path(path) / "callsheet.yaml").write_text(
            "apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {name: w}\nspec: {}\n"
        )
        (Path(path) / "environment.yaml").write_text(ENVIRONMENT)
        yield Workspace(Path(path), cache=None)


def differences(real: Sent, ours: Sent) -> list[str]:
    """Return in what the two requests differ."""
    found = []
    if real.method != ours.method:
        found.append(f"method {real.method} / {ours.method}")
    if _plain_host(real.host) != _plain_host(ours.host):
        found.append(f"host {real.host} / {ours.host}")
    if not _same_text(*(_plain_path(one.path) for one in (real, ours))):
        found.append(f"path {real.path} / {ours.path}")
    if not _same_pairs(real.query, ours.query):
        found.append(f"query {real.query} / {ours.query}")
    if real.body.strip() and real.json == ():
        found.append("a body that is not JSON")
    elif not _same_json(real.json, ours.json):
        found.append(f"body {real.body} / {ours.body}")
    for name in sorted({*real.headers, *ours.headers}):
        if name == "content-type" and real.headers.get(name) == "application/x-www-form-urlencoded":
            continue  # what curl says where nothing else is said
        one, other = real.headers.get(name), ours.headers.get(name)
        if one is None or other is None or not _same_text(_plain(one), _plain(other)):
            found.append(f"header {name}: {one} / {other}")
    return found


def _plain_host(host: str) -> str:
    return re.sub(":(443|80)?$", "", host.lower())


def _plain_path(path: str) -> str:
    """Return a path with its escapes in capitals, and what is not ASCII encoded."""
    return re.sub("%..", lambda it: it[0].upper(), quote(path or "/", safe=printable))


def _plain(value: str) -> str:
    """Return a header with a login as it is written, so that an unknown part of it can be compared."""
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic":
        with suppress(ValueError):
            return f"basic {base64.b64decode(rest).decode()}"
    return f"{scheme.lower()} {rest}" if rest and scheme.lower() == "bearer" else value


def _same_json(real: Any, ours: Any) -> bool:
    if isinstance(real, bool) or isinstance(ours, bool) or real is None:
        return real is ours
    if isinstance(real, int | float):
        return isinstance(ours, int | float) and real == ours
    if isinstance(real, dict) and isinstance(ours, dict):
        return real.keys() == ours.keys() and all(_same_json(one, ours[key]) for key, one in real.items())
    if isinstance(real, list) and isinstance(ours, list):
        return len(real) == len(ours) and all(map(_same_json, real, ours))
    return (
        isinstance(real, str) and isinstance(ours, str) and _same_text(real, ours)
        if real != ()
        else ours == ()
    )


def _same_text(real: str, ours: str) -> bool:
    pattern = ".+".join(map(re.escape, re.split(f"{UNKNOWN}", ours)))
    return re.fullmatch(pattern, real, re.DOTALL) is not None


def _same_pairs(real: list[tuple[str, str]], ours: list[tuple[str, str]]) -> bool:
    """Return whether two queries say the same; the order counts only among pairs of one key."""
    by_key: list[dict[str, list[str]]] = [{}, {}]
    for found, pairs in zip(by_key, (real, ours), strict=True):
        for key, value in pairs:
            found.setdefault(key, []).append(value)
    one, other = by_key
    return one.keys() == other.keys() and all(
        len(values) == len(other[key]) and all(map(_same_text, values, other[key]))
        for key, values in one.items()
    )
