"""`callsheet emulate`, as a process of its own, and `send` through it: every sample, every failure."""

from __future__ import annotations

import base64
import codecs
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from callsheet import Workspace
from callsheet.emulator import FAULTS, Emulator, Faults
from callsheet.emulator.standins import standin
from support.forms import LONG
from support.workspaces import ENVIRONMENT, Callsheet, Folder, Outcome

SAMPLES = Path(__file__).parents[2] / "actions"
Start = Callable[..., "Running"]


def _examples() -> dict[str, dict[str, object]]:
    """Give every sample's parameters with their examples."""
    return {
        name: {key: one.example for key, one in action.parameters.items() if one.example is not None}
        for name, action in Workspace(SAMPLES).compile().actions.items()
    }


EXAMPLES = _examples()


class Running:
    """An emulator as a process, and what it printed."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "callsheet", "emulate", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first.startswith("http://localhost:"), first
        self.url = first.split()[0]
        self.lines = [first]
        self.reader = threading.Thread(target=self.lines.extend, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self.reader.join(5)
        return code

    @property
    def out(self) -> str:
        return "".join(self.lines)


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Running] = []

    def run(*arguments: str) -> Running:
        running.append(Running(*arguments))
        return running[-1]

    yield run
    for one in running:
        one.process.kill()
        one.process.wait()
        if one.process.stdout:
            one.reader.join(5)
            one.process.stdout.close()


def fourteen_encodings(secret: str) -> list[str]:
    """Give a secret in the ways in which it could slip out."""
    raw = secret.encode()
    return [
        secret,
        secret[::-1],
        secret.upper(),
        quote(secret, safe=""),
        quote_plus(f" {secret}")[1:],
        "".join(f"%{one:02x}" for one in raw),
        html.escape("".join(f"&#{one};" for one in raw)),
        json.dumps(secret)[1:-1],
        "".join(f"\\u{one:04x}" for one in raw),
        base64.b64encode(raw).decode().rstrip("="),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
        base64.b32encode(raw).decode().rstrip("="),
        raw.hex(),
        codecs.encode(secret, "rot13"),
    ]


def page_of(url: str) -> str:
    with urllib.request.urlopen(f"{url}/", timeout=10) as answer:
        return str(answer.read().decode())


def calls_of(url: str) -> list[dict[str, object]]:
    """Give what the page shows: the first event of its stream."""
    with urllib.request.urlopen(f"{url}/_callsheet/calls", timeout=10) as answer:
        line = answer.readline().decode()
    return list(json.loads(line.removeprefix("data: "))["calls"])


def tell(url: str, fault: str) -> int:
    request = urllib.request.Request(f"{url}/_callsheet/fail", fault.encode(), {"X-Callsheet": "fail"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


OUTCOMES = {
    "401": "http_401", "429": "http_429", "500": "http_500", "503": "http_503", "html": "ok",
    "redirect": "http_307", "stall": "timedout", "cut": "internalError", "garbled": "internalError",
}  # fmt: skip


def test_every_sample_with_every_failure_and_no_secret_in_any_output(
    start: Start, samples: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    assert set(OUTCOMES) == set(FAULTS)

    def wait_at_most(seconds: str) -> None:
        for file in samples.path.glob("*/*.yaml"):
            limits = f"limits: {{timeout: {seconds}}}"
            file.write_text(re.sub(r"limits: \{.*\}", limits, file.read_text("utf-8")), "utf-8")

    wait_at_most("5s")
    # What it plays stays as it is.
    emulator = start("-C", str(shutil.copytree(samples.path, tmp_path / "played")), "-e", "local")
    seen = ""

    def send(name: str, *more: str) -> Outcome:
        (tmp_path / "p.json").write_text(json.dumps(EXAMPLES[name], default=str))
        at = ("-C", samples.path, "-e", "local", "-p", tmp_path / "p.json", "--to", emulator.url)
        return callsheet("send", name, *at, *more)

    def send_with(fault: str, name: str) -> str:
        tell(emulator.url, f"{fault}:9")
        bad = send(name, "-o", "json")
        tell(emulator.url, "none")
        record = json.loads(bad.out)
        assert record["outcome"] == OUTCOMES[fault], (name, fault, record)
        assert bad.code == (1 if record["findings"] or record["outcome"] != "ok" else 0)
        return bad.out + bad.err

    pairs = [(name, fault) for name in EXAMPLES for fault in OUTCOMES]
    # Each sample fails in several ways, and each failure happens to several samples; with --long all to all.
    few = {one for number, one in enumerate(pairs) if LONG or (number + number // len(OUTCOMES)) % 3 == 0}
    assert {fault for _, fault in few} == set(OUTCOMES)
    for name in EXAMPLES:
        good = send(name)
        assert good.code == 0, good.out + good.err
        assert "\nok: 20" in good.out
        seen += good.out + good.err
        for fault in OUTCOMES:
            if fault != "stall" and (name, fault) in few:
                seen += send_with(fault, name)
    # Nobody answers these: the shorter the wait, the better.
    wait_at_most("500ms")
    for name in EXAMPLES:
        if (name, "stall") in few:
            seen += send_with("stall", name)
    calls = calls_of(emulator.url)
    assert len(calls) >= len(EXAMPLES) + len(few)
    seen += page_of(emulator.url) + json.dumps(calls)
    assert emulator.stop() == 0
    seen += emulator.out
    references = set(
        re.findall(
            r"(?:env|file):[^\"'}\s]+", "".join(f.read_text("utf-8") for f in samples.path.glob("*/*.yaml"))
        )
    )
    assert len(references) >= 7
    for reference in references:
        for hidden in fourteen_encodings(standin(reference)):
            assert hidden not in seen, reference
    for hidden in ("BEGIN PRIVATE", "assertion=ey", "client_secret="):
        assert hidden not in seen.replace("assertion=(secret)", "").replace("client_secret={", "")
    assert re.search(r"Bearer [0-9a-f]{48}", seen) is None


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: example}}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/{{{{ params.list }}}}
    query: {{tenant: shop}}
    headers: {{X-Team: crm, X-Key: {{secret: "env:KEY"}}}}
    payload: {{kind: text, text: "{{{{ params.text }}}}", list: [1, {{a: "{{{{ params.text }}}}"}}], key: {{secret: "env:KEY"}}}}
  authentication: {authentication}
  parameters:
    list: {{type: string, example: news}}
    text: {{type: string, optional: true, example: Hi}}
  responses:
    success: {{payload: {{id: a1, tags: [x]}}}}
    failure: {{payload: {{error: nothing there}}}}
  limits: {{timeout: 5s}}
"""
SCHEMES = {
    "none": "{type: none}",
    "basic": '{type: basic, username: ada, password: {secret: "env:PASSWORD"}}',
    "bearer": '{type: bearer, token: {secret: "env:TOKEN"}}',
    "header key": '{type: apiKey, name: X-Api-Key, in: header, value: {secret: "env:API"}}',
    "header key with a scheme": '{type: apiKey, name: Authorization, in: header, scheme: Key, value: {secret: "env:API"}}',
    "query key": '{type: apiKey, name: key, in: query, value: {secret: "env:API"}}',
    "client credentials": '{type: oauth2, grant: client_credentials, tokenUrl: "https://id.example.com/token",'
    ' clientId: me, clientSecret: {secret: "env:CLIENT"}}',
    "in the form": '{type: oauth2, grant: client_credentials, tokenUrl: "https://id.example.com/token",'
    ' clientId: me, clientSecret: {secret: "env:CLIENT"}, clientAuthentication: form}',
    "password": '{type: oauth2, grant: password, tokenUrl: "https://id.example.com/token", username: ada,'
    ' password: {secret: "env:PASSWORD"}}',
    "assertion": '{type: oauth2, grant: jwt_bearer, tokenUrl: "https://id.example.com/token", issuer: me,'
    ' scopes: [a], key: {secret: "env:PRIVATE"}}',
    "custom": '{type: custom, endpoint: "https://id.example.com/token", method: POST, body: {bodyType: json,'
    ' bodyParams: {key: {secret: "env:CLIENT"}}}, tokenInResponse: "json://data.token",'
    ' cacheDuration: {expiryInResponse: "json://data.life"}, authorizationType: header, tokenTarget: X-Token}',
    "custom text": '{type: custom, endpoint: "https://id.example.com/token", method: GET,'
    ' headers: {X-Id: {secret: "env:CLIENT"}}, tokenInResponse: response, authorizationType: queryParam,'
    " tokenTarget: t}",
    "hmac": '{type: hmac, key: {secret: "env:KEY"}, keyEncoding: hex, headers: {X-S: "t={timestamp};n={nonce};{signature}"},'
    ' content: "{method} {url} {timestamp} {nonce} {header:x-team} {bodySha256}"}',
    "certificate": '{type: none, clientCertificate: {certificate: {secret: "env:CERT"}, key: {secret: "env:CERT"}}}',
}


@pytest.fixture
def emulated(workspace: Folder) -> Iterator[Callable[[str], Emulator]]:
    running: list[Emulator] = []

    def run(scheme: str) -> Emulator:
        workspace.write("environments.yaml", ENVIRONMENT)
        workspace.write("example.yaml", ACTION.format(authentication=SCHEMES[scheme]))
        running.append(Emulator(Workspace(workspace.path).routes(), Faults()))
        threading.Thread(target=running[-1].serve, daemon=True).start()
        return running[-1]

    yield run
    for one in running:
        one.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_scheme_is_proven_and_nothing_else_is_taken_for_it(
    workspace: Folder, callsheet: Callsheet, emulated: Callable[[str], Emulator], scheme: str
) -> None:
    emulator = emulated(scheme)
    send = (
        "send",
        "example",
        "-C",
        workspace.path,
        "-p",
        "list=a b",
        "-p",
        "text=Zoë",
        "--to",
        emulator.url,
    )
    outcome = callsheet(*send)
    assert outcome.code == 0, outcome.out + outcome.err
    assert "ok: 200" in outcome.out
    last = emulator.calls[-1]
    assert (last.action, last.url.partition("&")[0]) == (
        "example",
        "https://api.example.com/v1/a%20b?tenant=shop",
    )
    if scheme in ("none", "certificate"):
        return
    # The same request by somebody who has no secret.
    request = urllib.request.Request(
        f"{emulator.url}/api.example.com/v1/a%20b?tenant=shop", last.body.encode(),
        {"Content-Type": "application/json", "X-Team": "crm", "X-S": "t=1;n=2;3"}, method="POST",
    )  # fmt: skip
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=5)
    assert refused.value.code == 401
    refused.value.close()
    # Another secret than the action's own.
    name = {"bearer": "TOKEN", "password": "PASSWORD", "basic": "PASSWORD", "hmac": "KEY"}.get(scheme)
    name = name or ("API" if "key" in scheme else "CLIENT")
    if scheme != "assertion":
        text = (workspace.path / "example.yaml").read_text()
        workspace.write("example.yaml", text.replace(f'"env:{name}"', '"env:OTHER"'))
        bad = callsheet(*send)
        assert bad.code == 1
        assert "http_401: 401" in bad.out or "error CS963" in bad.err


def test_a_call_is_checked_as_the_service_would(emulated: Callable[[str], Emulator]) -> None:
    emulator = emulated("none")
    key = standin("env:KEY")
    headers = {"Content-Type": "application/json", "X-Team": "crm", "X-Key": key}
    body = {"kind": "text", "text": "a", "list": [1, {"a": "b"}], "key": key}
    path = "/v1/news?tenant=shop"

    def call(
        path: str = path, body: object = body, method: str = "POST", **changed: str
    ) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {
            name: value
            for name, value in {**headers, **{k.replace("_", "-"): v for k, v in changed.items()}}.items()
            if value
        }
        host = f"{emulator.url}/api.example.com" if "Host" not in changed else emulator.url
        request = urllib.request.Request(f"{host}{path}", data, sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["X-Callsheet-Reason"]

    assert call() == (200, '{"id": "a1", "tags": ["x"]}')
    # A client that was given another address for the same host.
    assert call(Host="api.example.com")[0] == 200
    assert call(body={**body, "text": 7})[0] == 200
    assert call(body={key: value for key, value in body.items() if key != "text"})[0] == 200
    assert [call(**one) for one in (  # type: ignore[arg-type]
        {"path": "/v2/news?tenant=shop"}, {"path": "/v1/news"}, {"path": "/v1/a/b?tenant=shop"}, {"method": "PUT"},
        {"X_Team": "sales"}, {"X_Team": ""}, {"X_Key": "0" * 64}, {"Content_Type": "text/plain"}, {"body": b"{"},
        {"body": []}, {"body": {**body, "more": 1}}, {"body": {**body, "kind": "html"}}, {"body": {**body, "key": "no"}},
        {"body": {**body, "list": [2, {"a": "b"}]}}, {"body": {**body, "list": {}}}, {"body": b" " * 1_100_000},
        {"body": {key: value for key, value in body.items() if key != "kind"}},
    )] == [
        (404, "no action of the workspace calls this"),
        (400, "the query parameter tenant is missing"),
        (404, "no action of the workspace calls this"),
        (405, "the action calls with POST"),
        (400, "the header X-Team differs"),
        (400, "the header X-Team is missing"),
        (400, "the header X-Key does not contain its secret"),
        (415, "Content-Type is not JSON"),
        (400, "the body is not JSON"),
        (400, "the payload is not an object"),
        (400, "the payload has `more`, which the action does not send"),
        (400, "`kind` differs from what the action sends"),
        (400, "`key` does not contain its secret"),
        (400, "`list` differs from what the action sends"),
        (400, "`list` is not a list"),
        (413, "the body is larger than 1 MiB"),
        (400, "the payload lacks `kind`"),
    ]  # fmt: skip


def test_failures_are_counted_and_retried_after_the_wait_that_is_asked_for(
    workspace: Folder, callsheet: Callsheet, emulated: Callable[[str], Emulator]
) -> None:
    emulator = emulated("none")
    text = (workspace.path / "example.yaml").read_text()
    workspace.write("example.yaml", text.replace("timeout: 5s", "timeout: 9s, retries: 2"))
    send = ("send", "example", "-C", workspace.path, "-p", "list=a", "--to", emulator.url)
    emulator.faults.add("429:1")
    begin = time.monotonic()
    assert "ok: 200 after 1." in callsheet(*send).out
    assert time.monotonic() - begin >= 1
    emulator.faults.add("503:9")
    assert ", 3 attempts" in callsheet(*send).out
    # More often than the action's own rate nobody calls: that is told as the journey tool tells it.
    workspace.write(
        "example.yaml", text.replace("timeout: 5s", 'timeout: 9s, retries: 2, rate: "1 per 1m"')
    )
    outcome = callsheet(*send)
    assert "capped: 503 (a retry would be more than the action's rate)" in outcome.out
    assert outcome.code == 1


def test_only_this_machine_is_a_stand_in(
    workspace: Folder, callsheet: Callsheet, emulated: Callable[[str], Emulator]
) -> None:
    emulated("none")
    for url in ("https://localhost:1", "http://example.com", "http://localhost.example.com", "http://a@localhost:1",
                "http://localhost:1/x", "http://localhost:no", "ftp://localhost", ""):  # fmt: skip
        outcome = callsheet("send", "example", "-C", workspace.path, "-p", "list=a", "--to", url)
        assert outcome.err.startswith(f"error CS964: {url!r} is not a stand-in on this machine\n"), url


def test_a_port_in_use_and_a_failure_that_there_is_not(
    workspace: Folder, callsheet: Callsheet, emulated: Callable[[str], Emulator]
) -> None:
    port = emulated("none").url.rpartition(":")[2]
    assert callsheet("emulate", "-C", workspace.path, "--port", port).err == (
        f"error CS968: port {port} of this machine cannot be opened: address already in use\n"
        "help: choose another with --port, or --port 0 for any free port\n"
    )
    for wrong in ("402", "429:0", "429:x", "stall:"):
        outcome = callsheet("emulate", "-C", workspace.path, "--port", "0", "--fail", wrong)
        assert outcome.code == 2
        assert outcome.err.startswith(f"error CS968: there is no failure '{wrong}'\nhelp: KIND or KIND:N; ")
    workspace.write("example.yaml", "a: [")
    assert callsheet("emulate", "-C", workspace.path).code == 1


def test_another_site_can_neither_read_nor_set_anything(emulated: Callable[[str], Emulator]) -> None:
    emulator = emulated("none")

    def status(path: str, data: bytes | None = None, **headers: str) -> int:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(emulator.url + path, data, sent)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    assert status("/") == 200
    # A name of theirs that leads to this machine is not this machine.
    assert status("/", Host="evil.example.com") == 404
    assert status("/_callsheet/calls", Host="evil.example.com") == 404
    assert status("/_callsheet/fail", b"500") == 403
    assert status("/_callsheet/fail", b"500", X_Callsheet="fail", Host="evil.example.com") == 403
    assert status("/_callsheet/fail", b"teapot", X_Callsheet="fail") == 400
    assert emulator.faults.told() == ""
    assert status("/_callsheet/fail", b"500:2", X_Callsheet="fail") == 200
    assert emulator.faults.told() == "500:2"
