"""`callsheet relay` as a process: how it starts, who it is for by TLS, how it ends, and what a kill leaves."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from callsheet import RelaySettings
from callsheet.errors import CallsheetError
from callsheet.relay.certificates import Certificate
from support.processes import Started
from support.relay import ACTION, KEY, PARAMS, relaying, wait_for
from support.service import Seen, Service, reply
from support.workspaces import Callsheet, Folder


@pytest.fixture
def ready(
    workspace: Folder, service: Service, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> Folder:
    """Give a workspace with one action, which is applied."""
    monkeypatch.setenv("CANARY", "s3cr3t-canary-value")
    monkeypatch.setenv("RELAY_KEY", KEY)
    text = ACTION.format(
        name="example",
        url=service.url,
        authentication="{type: none}",
        method="POST",
        limits="{timeout: 5s}",
        fixed=1,
    )
    workspace.write("example.yaml", text)
    assert callsheet("apply", "-C", workspace.path, "--yes", "--quiet").code == 0
    return workspace


# How it starts ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code", "exit_code"),
    [
        ((), "CS878", 2),
        (("--key", "env:RELAY_KEY") * 3, "CS879", 2),
        (("--key", "env:SHORT"), "CS879", 1),
        (("--key", "env:NOT_SET"), "CS606", 1),
        (("--key", "RELAY_KEY"), "CS602", 1),
        (("--key", "a-literal-canary"), "CS602", 1),
        (("--key", "canary:literal"), "CS602", 1),
        (("--key", "env:LINES"), "CS969", 1),
        (("--key", "env:RELAY_KEY", "--tls-cert", "relay.pem"), "CS880", 2),
        (("--client-ca", "ca.pem"), "CS880", 2),
        (("--key", "env:RELAY_KEY", "--client-name", "journey.example.com"), "CS880", 2),
        (("--key", "env:RELAY_KEY", "--tls-cert", "none.pem", "--tls-key", "none.key"), "CS880", 1),
        (("--key", "env:RELAY_KEY", "--host", "203.0.113.1"), "CS881", 1),
        (("--key", "env:RELAY_KEY", "--host", "no such host"), "CS881", 1),
        (("--key", "env:RELAY_KEY", "-e", "nowhere"), "CS921", 2),
    ],
)
def test_a_relay_that_cannot_start_says_why(
    ready: Folder,
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    code: str,
    exit_code: int,
) -> None:
    monkeypatch.setenv("SHORT", "sh0rt-canary")
    monkeypatch.setenv("LINES", "one-line-canary\nand another line")
    outcome = callsheet("relay", "-C", ready.path, "--port", "0", *options)
    assert (outcome.code, outcome.out) == (exit_code, ""), outcome.err
    assert f"error {code}: " in outcome.err
    assert "canary" not in outcome.err


def test_a_port_that_is_taken(ready: Folder, callsheet: Callsheet) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        outcome = callsheet("relay", "-C", ready.path, "--key", "env:RELAY_KEY", "--port", port)
    assert outcome.code == 1
    assert outcome.err == (
        f"error CS881: port {port} of '127.0.0.1' cannot be opened: address already in use\n"
        "help: choose another with --port, or --port 0 for any free port; --host 0.0.0.0 is every interface of this"
        " machine\n"
    )


def test_a_package_that_is_missing(
    ready: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    outcome = callsheet("relay", "-C", ready.path, "--key", "env:RELAY_KEY")
    assert outcome.code == 1
    assert outcome.err == (
        "error CS945: relay needs the package uvicorn, which is not installed\nhelp: pip install 'callsheet[relay]'\n"
    )


def test_help_loads_nothing_that_only_a_relay_needs() -> None:
    program = (
        "import sys; from callsheet.cli.main import run; run(['relay', '--help']); run(['--help'])\n"
        "print(sorted({'starlette', 'uvicorn', 'httpx', 'prometheus_client', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


# TLS ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an authority, and certificates of a relay, a journey and a stranger."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl(
        "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority", "-days", "2",
        "-addext", "keyUsage=critical,keyCertSign",
    )  # fmt: skip
    for name, host in (
        ("relay", "localhost"),
        ("journey", "journey.example.com"),
        ("stranger", "other.example.com"),
    ):
        (folder / f"{name}.ext").write_text(f"subjectAltName=DNS:{host}\n")
        openssl("req", *new, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={host}")
        openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-out", f"{name}.pem", "-days", "2", "-extfile", f"{name}.ext",
        )  # fmt: skip
    return folder


def _client(folder: Path, name: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if name is not None:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def _tls(folder: Path, **more: Any) -> dict[str, Any]:
    return {"tls_cert": str(folder / "relay.pem"), "tls_key": str(folder / "relay.key"), **more}


def test_over_tls_the_key_is_enough(ready: Folder, certificates: Path) -> None:
    with relaying(ready.path, verify=_client(certificates, None), **_tls(certificates)) as relay:
        assert relay.session.url.startswith("https://")
        assert relay.call().status_code == 200
        assert relay.call(X_Callsheet_Key="wrong" * 5).status_code == 401


@pytest.mark.parametrize(
    ("names", "client", "answered"),
    [
        ((), "journey", True),
        ((), "stranger", True),
        ((), None, False),
        (("journey.example.com",), "journey", True),
        (("JOURNEY.example.com", "x.example.com"), "journey", True),
        (("journey.example.com",), "stranger", False),
        (("journey.example.com",), None, False),
        (("example.com",), "journey", False),
    ],
)
def test_a_client_certificate_is_enough_where_its_name_is_wanted(
    ready: Folder,
    service: Service,
    certificates: Path,
    names: tuple[str, ...],
    client: str | None,
    answered: bool,
) -> None:
    tls = _tls(certificates, client_ca=str(certificates / "ca.pem"), client_names=names)
    with relaying(ready.path, verify=_client(certificates, client), keys=(), **tls) as relay:
        relay.client.headers.pop("X-Callsheet-Key")
        if answered:
            assert relay.call().status_code == 200
            assert relay.client.get("/openapi.json").json()["security"] == [{"certificate": []}]
            return
        for path in ("/healthz", "/readyz"):
            with pytest.raises(httpx.HTTPError):
                relay.client.get(path)
        for _ in range(5):  # the request may come with the end of the handshake, or after it
            with pytest.raises(httpx.HTTPError):
                relay.call()
        assert bool(relay.events("wrong-client")) == bool(names and client)
    assert not service.seen


def test_a_certificate_is_renewed_while_the_relay_runs(
    ready: Folder, certificates: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name in ("relay.pem", "relay.key"):
        shutil.copy(certificates / name, own / name)

    def shown(port: int) -> bytes:
        context = _client(certificates, None)
        context.check_hostname = False
        try:
            with (
                socket.create_connection(("localhost", port)) as plain,
                context.wrap_socket(plain) as secure,
            ):
                return secure.getpeercert(binary_form=True) or b""
        except ssl.SSLError:
            return first  # in the middle of being renewed

    first = b""
    with relaying(ready.path, verify=_client(certificates, None), **_tls(own)) as relay:
        port = relay.session.socket.getsockname()[1]
        first = shown(port)
        # Half of a pair is there only for a moment: the old one is shown meanwhile.
        shutil.copy(certificates / "stranger.pem", own / "relay.pem")
        wait_for(lambda: bool(relay.events("not-renewed")), "it is refused")
        assert relay.events("not-renewed")[0]["code"] == "CS880"
        assert shown(port) == first
        shutil.copy(certificates / "stranger.key", own / "relay.key")
        wait_for(lambda: shown(port) != first, "the new one is shown")


def test_with_a_key_and_client_certificates_both_are_wanted(ready: Folder, certificates: Path) -> None:
    tls = _tls(certificates, client_ca=str(certificates / "ca.pem"))
    with relaying(ready.path, verify=_client(certificates, "journey"), **tls) as relay:
        assert relay.call().status_code == 200
        assert relay.call(X_Callsheet_Key="wrong" * 5).status_code == 401


def test_plain_http_on_other_interfaces_is_warned_of(ready: Folder) -> None:
    with relaying(ready.path, host="0.0.0.0") as relay:
        wait_for(lambda: bool(relay.events("listening")), "it listens")
        assert len(relay.events("plain-http")) == 1
    with relaying(ready.path) as relay:
        wait_for(lambda: bool(relay.events("listening")), "it listens")
        assert not relay.events("plain-http")


# How it ends --------------------------------------------------------------------------------------

Start = Callable[..., Started]


@pytest.fixture
def start(ready: Folder, tmp_path: Path) -> Iterator[Start]:
    """Give the function that starts a relay as a process of its own, and waits until it answers."""
    begun: list[Started] = []

    def begin(port: int, *options: str) -> Started:
        process = Started(
            tmp_path / f"said-{len(begun)}", "relay", "-C", ready.path, "--key", "env:RELAY_KEY", "--port", str(port), *options
        )  # fmt: skip
        begun.append(process)

        def answers() -> bool:
            try:
                return (
                    httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False, verify=False).status_code
                    == 200
                )
            except httpx.HTTPError:
                assert process.running(), process.errors
                return False

        wait_for(answers, "it answers", 60)
        return process

    yield begin
    for one in begun:
        if one.running():
            one.kill()
        one.wait()


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _call(port: int, text: str, **headers: str) -> int:
    """Call the action; return the status, 0 for a closed connection."""
    try:
        return httpx.post(
            f"http://127.0.0.1:{port}/actions/example",
            json={**PARAMS, "text": text},
            headers={"X-Callsheet-Key": KEY, **headers},
            trust_env=False,
            verify=False,
            timeout=20,
        ).status_code
    except httpx.HTTPError:
        return 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_when_its_calls_are_finished(
    start: Start, port: int, service: Service, number: signal.Signals
) -> None:
    def slowly(handler: Any, seen: Any) -> None:
        time.sleep(0.7)
        reply(200)(handler, seen)

    service.answers = [slowly]
    process = start(port)
    with ThreadPoolExecutor(4) as pool:
        made = [pool.submit(_call, port, f"text {one}") for one in range(4)]
        wait_for(lambda: len(service.seen) == 4, "the calls are made")
        process.send(number)
        time.sleep(0.2)
        assert _call(port, "late") == 503
        assert [one.result() for one in made] == [200] * 4
    assert process.wait() == 0
    assert process.errors == ""
    assert len(service.seen) == 4


def _texts_of(seen: Iterable[Seen]) -> Iterator[str]:
    """Yield the text of each call that came whole: a kill may cut one off while it is sent."""
    for one in seen:
        with suppress(json.JSONDecodeError):
            yield json.loads(one.body)["text"]


def _kill_under_load(start: Start, port: int, service: Service, *, kills: int, callers: int) -> None:
    """Kill a relay again and again while it is called; no answer says more than the service has seen."""

    def unevenly(handler: Any, seen: Any) -> None:
        time.sleep(random.uniform(0.0, 0.05))
        reply(200)(handler, seen)

    service.answers = [unevenly]
    process = start(port)
    answers: dict[str, int] = {}
    over = False

    def caller(number: int) -> None:
        count = 0
        while not over:
            text = f"{number}-{count}"
            answers[text] = _call(port, text, **{"Idempotency-Key": text})
            count += 1
            if answers[text] == 0:
                time.sleep(0.05)

    with ThreadPoolExecutor(callers) as pool:
        running = [pool.submit(caller, number) for number in range(callers)]
        for _ in range(kills):
            time.sleep(0.4)
            process.kill()
            process.wait()
            process = start(port)
        time.sleep(0.4)
        over = True
        for one in running:
            one.result()
    sent = Counter(_texts_of(service.seen))
    statuses = Counter(answers.values())
    assert set(statuses) == {200, 0}, statuses
    assert statuses[0] >= kills  # the kills met calls
    assert all(sent[text] == 1 for text, status in answers.items() if status == 200)
    assert not [text for text, count in sent.items() if count > 1]
    assert set(sent) <= set(answers)


def test_a_kill_under_load_leaves_no_false_success(start: Start, port: int, service: Service) -> None:
    _kill_under_load(start, port, service, kills=2, callers=6)


@pytest.mark.long
def test_many_kills_under_load_leave_no_false_success(start: Start, port: int, service: Service) -> None:
    _kill_under_load(start, port, service, kills=25, callers=16)


def _hold(start: Start, port: int, service: Service, seconds: float, rate: float) -> None:
    """Call at a rate, each tenth twice with one key, a service that fails 5 %: each has an answer, sent once."""
    import asyncio

    from support.relay_load import at_a_rate

    def failing(handler: Any, seen: Any) -> None:
        reply(500 if random.random() < 0.05 else 200)(handler, seen)

    service.answers = [failing]
    process = start(port, "--window", "30")

    def resident() -> int:
        return int(Path(f"/proc/{process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(
            lambda: asyncio.run(
                at_a_rate(
                    port,
                    "/actions/example",
                    rate,
                    seconds,
                    repeat=0.1,
                    params={"list": "news"},
                    X_Callsheet_Key=KEY,
                )
            )
        )
        time.sleep(seconds / 2)
        before = resident()
        load = run.result()
        after = resident()
    sent = Counter(_texts_of(service.seen))
    assert load.statuses[0] == 0
    assert not load.wrong
    assert sum(load.statuses.values()) == int(rate * seconds)
    assert set(load.statuses) <= {200, 500, 429, 503}  # a slow machine may have too many at once
    assert load.statuses[200] > 0.5 * rate * seconds
    assert not [text for text, count in sent.items() if count > 1]
    assert all(sent[key] == 1 for key, status in load.answers.items() if status in (200, 500))
    assert after - before < 8 * 1_048_576


def test_under_load_each_call_has_an_answer_and_is_sent_once(
    start: Start, port: int, service: Service
) -> None:
    _hold(start, port, service, seconds=2, rate=60)


@pytest.mark.long
def test_under_load_for_long_memory_does_not_grow(start: Start, port: int, service: Service) -> None:
    _hold(start, port, service, seconds=120, rate=60)


def test_files_that_change_while_they_are_read_never_cost_the_good_certificate(
    certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("relay.pem", "relay.key"):
        shutil.copy(certificates / name, tmp_path / name)
    certificate = Certificate(RelaySettings(keys=("env:KEY",), **_tls(tmp_path)))
    shutil.copy(certificates / "stranger.pem", tmp_path / "relay.pem")
    shutil.copy(certificates / "stranger.key", tmp_path / "relay.key")
    tried = []
    load = ssl.SSLContext.load_cert_chain

    def loaded(context: ssl.SSLContext, *files: Any, **named: Any) -> None:
        load(context, *files, **named)
        tried.append(context)
        # Between the trial and the use, the next renewal begins, and is half done.
        shutil.copy(certificates / "journey.pem", tmp_path / "relay.pem")

    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", loaded)
    certificate.read_again()
    assert tried[1] is certificate.context
    with pytest.raises(CallsheetError, match="cannot be used"):
        certificate.read_again()  # the half of the next one: it is looked at again
    monkeypatch.undo()
    assert certificate.context is not None
    assert _shown_by(certificate.context) == ssl.PEM_cert_to_DER_cert(
        (certificates / "stranger.pem").read_text()
    )


def _shown_by(context: ssl.SSLContext) -> bytes:
    """Return the certificate that a server with a context shows, without a network."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ours.check_hostname, ours.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(to_server, to_client, server_side=True)
    client = ours.wrap_bio(to_client, to_server)
    for _ in range(4):
        for one in (client, server):
            with suppress(ssl.SSLWantReadError):
                one.do_handshake()
    return client.getpeercert(binary_form=True) or b""
