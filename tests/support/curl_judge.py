"""Curl lines, run by curl itself, and imported: is what the action sends what curl sends?

A line is run by bash and the curl that is installed, with every host led to a recorder on this machine.
"""

from __future__ import annotations

import base64
import json
import os
import re
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from callsheet import CallsheetError, Workspace
from callsheet.calling import NO_PAYLOAD, build_request
from callsheet.importing.curl import read_curl
from callsheet.outbound.authentication import Signed, prove
from callsheet.outbound.tokens import Tokens

UNKNOWN = "unknown-secret-7f3a"
"""A secret that was in the line, and of which the action has the name only."""
_VARIABLE = re.compile(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)")
_OF_EVERY_CLIENT = {
    "host",
    "user-agent",
    "content-length",
    "accept",
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


class Recorder:
    """Answers whatever comes, over TLS and in clear, with an empty object, and keeps it."""

    def __init__(self, folder: Path) -> None:
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
                path, _, asked = (
                    self.requestline.split(" ")[1]
                    .encode("latin-1")
                    .decode("utf-8", "replace")
                    .partition("?")
                )
                headers = {key.lower(): value for key, value in self.headers.items()}
                host = headers.get("host", "")
                kept = {key: value for key, value in headers.items() if key not in _OF_EVERY_CLIENT}
                query = parse_qsl(asked, keep_blank_values=True)
                text = body.decode("utf-8", "replace")
                recorder.seen.append(Sent(self.command, host, path, query, kept, text))
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(b"{}")

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


def by_curl(line: str, recorder: Recorder, folder: Path, variables: dict[str, str]) -> Sent | None:
    """Return what curl sends for a line, which bash reads; None where it sends nothing."""
    plain, secure = recorder.ports
    other = secure if "https://" in line else plain
    # curl reads its options from here before those of the line.
    (folder / ".curlrc").write_text(
        f'insecure\nhttp1.1\nmax-time = 5\nconnect-to = ":80:127.0.0.1:{plain}"\nconnect-to = ":443:127.0.0.1:{secure}"\nconnect-to = "::127.0.0.1:{other}"\n'
    )
    inside = folder / "run"
    inside.mkdir(exist_ok=True)
    (inside / "body.json").write_text('{"from": "a file"}')
    recorder.seen.clear()
    environment = {
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "HOME": str(folder),
        "CURL_HOME": str(folder),
        **variables,
    }
    # A line may be longer than a command may be.
    with suppress(subprocess.TimeoutExpired, OSError):
        subprocess.run(
            ["bash", "-c", re.sub(r"^[$%] ", "", line.replace("\r\n", "\n"))], cwd=inside, env=environment, timeout=10, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    return recorder.seen[0] if recorder.seen else None


@dataclass
class Outcome:
    """What became of an imported line.

    Attributes:
        sent: the request of the action; None where there is none.
        why: why it is refused, or what the next `validate` says.
        notes: what was left out, as the file says.
        params: of the test case.
        variables: what the shell would have to fill in for the same request.

    """

    sent: Sent | None = None
    why: str = ""
    notes: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def by_callsheet(line: str, folder: Path) -> Outcome:
    """Return what the action sends that a line was imported as."""
    with workspace_in(folder) as workspace:
        try:
            found = workspace.import_("curl", line, name="example")
        except CallsheetError as error:
            return Outcome(why=f"refused: {error.message}")
        except Exception as error:
            return Outcome(why=f"fault: {error!r}")
        compiled = Workspace(workspace.root).compile()
        if compiled.errors:
            return Outcome(why=f"invalid: {compiled.errors[0].code} {compiled.errors[0].message}")
        content: Any = compiled.by_environment["local"]["Action/example"].content
        tests = compiled.actions["example"].spec.get("tests") or [{"params": {}}]
        params = tests[0]["params"]
        known = set(_VARIABLE.findall(line))

        def reveal(reference: str) -> str:
            name = reference.partition(":")[2]
            if name.endswith("_URL") and name not in known:
                return next(iter(re.findall(r"https?://[^\s'\"]+", line)), UNKNOWN)
            return f"v-{name}" if name in known else UNKNOWN

        request = build_request(content, params, reveal)
        url = urlsplit(request.url)
        query = parse_qsl(url.query, keep_blank_values=True)
        body = "" if request.payload is NO_PAYLOAD else request.body
        headers = {key.lower(): str(value) for key, value in request.headers.items()}
        proof = prove(
            content["authentication"],
            Signed(request.method, request.url, headers, b""),
            Tokens(None, reveal),
        )  # type: ignore[arg-type]
        headers |= {key.lower(): value for key, value in proof.headers.items()}
        query += proof.query.items()
        if body:
            headers.setdefault("content-type", "application/json")
        kept = {key: value for key, value in headers.items() if key not in _OF_EVERY_CLIENT}
        sent = Sent(request.method, url.netloc, url.path, query, kept, body)
        return Outcome(
            sent,
            notes="; ".join(found.notes),
            params=params,
            variables={
                name: str(params[one]) for name, one in read_curl(line).variables.items() if one in params
            },
        )


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
    if real.host.removesuffix(":443") != ours.host.removesuffix(":443"):
        found.append(f"host {real.host} / {ours.host}")
    if not _same_text(*(re.sub("%..", lambda it: it[0].upper(), one.path or "/") for one in (real, ours))):
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
    return len(real) == len(ours) and all(
        any(key == other and _same_text(value, held) for other, held in ours) for key, value in real
    )


def judge(line: str, recorder: Recorder, folder: Path) -> tuple[str, str]:
    """Return the class of a line, and why."""
    ours = by_callsheet(line, folder)
    names = set(_VARIABLE.findall(line))
    variables = {name: ours.variables.get(name, f"v-{name}") for name in names}
    real = by_curl(line, recorder, folder, variables)
    if real is None:
        return ("nothing sent, refused" if ours.sent is None else "nothing sent, imported"), ours.why
    is_json = not real.body.strip() or real.json != ()
    if ours.sent is None:
        kind = ours.why.partition(":")[0]
        return f"{kind}{'' if is_json else ', not JSON'}", ours.why
    found = differences(real, ours.sent)
    if not found:
        return "equal", ""
    return ("differs, with a note" if ours.notes else "differs silently"), "; ".join(found) + (
        f" [{ours.notes}]" if ours.notes else ""
    )
