"""What is no proper request is answered by the emulator, too: each with 400, and never with silence."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from support.workspaces import Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: One}}, owner: team-a}}
spec:
  request:
    method: POST
    url: https://{name}.example.com/v1/send
    headers: {{Content-Type: "application/json; charset=UTF-8"}}
    payload: {{a: 1}}
  authentication: {authentication}
"""
AUTHENTICATION = {
    "plain": "{type: none}",
    "client": (
        "{type: oauth2, grant: client_credentials, tokenUrl: 'https://client.example.com/token',"
        " clientId: x, clientSecret: {secret: 'env:SECRET'}}"
    ),
    "assertion": (
        "{type: oauth2, grant: jwt_bearer, tokenUrl: 'https://assertion.example.com/token', issuer: me,"
        " key: {secret: 'env:KEY'}, scopes: [a]}"
    ),
}
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec: {target: {type: sqlite, path: .callsheet/local.db}}
"""
Ask = Callable[..., tuple[int, str]]


@pytest.fixture
def ask(empty: Folder) -> Iterator[Ask]:
    """Run an emulator; the function sends bytes as they are, and returns status and body."""
    for name, authentication in AUTHENTICATION.items():
        empty.write(f"{name}.yaml", ACTION.format(name=name, authentication=authentication))
    empty.write("environments.yaml", ENVIRONMENT)
    emulator = Emulator(Workspace(empty.path).routes(), Faults(()), port=0, told=lambda call: None)
    thread = threading.Thread(target=emulator.serve, daemon=True)
    thread.start()
    port = int(emulator.url.rpartition(":")[2])

    def call(path: str, body: bytes = b"", **headers: str) -> tuple[int, str]:
        sent = {"Host": "localhost", "Content-Length": str(len(body)), "Connection": "close"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall("\r\n".join(lines).encode("utf-8") + body)
            answer = b""
            while piece := connection.recv(65_536):
                answer += piece
        head, _, content = answer.partition(b"\r\n\r\n")
        assert head, "no answer"
        return int(head.split(b" ", 2)[1]), content.decode()

    yield call
    emulator.close()
    thread.join()


def assertion(claims: object) -> bytes:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return urlencode({"grant_type": grant, "assertion": f"e30.{part}.x"}).encode()


@pytest.mark.parametrize("length", ["²", "-1", "1e3", "٣", "0x10", "9" * 40, ""])
def test_a_length_that_is_no_number(length: str, ask: Ask) -> None:
    status, body = ask("/plain.example.com/v1/send", Content_Length=length)
    assert (status, json.loads(body)) == (400, {"error": "Content-Length is not a number"})


@pytest.mark.parametrize(
    "header",
    ["Basic %%%", "Basic " + base64.b64encode(b"\xff\xfe:x").decode(), "Basic A", "Basic é"],
)
def test_basic_authentication_that_cannot_be_read(header: str, ask: Ask) -> None:
    body = b"grant_type=client_credentials"
    assert ask("/client.example.com/token", body, Authorization=header)[0] == 400


@pytest.mark.parametrize(
    "claims",
    [[], "x", 7, None, {"exp": "soon"}, {"exp": None}, {"exp": [1]}, {}, {"exp": {"a": 1}, "aud": "x"}],
)
def test_claims_of_another_shape(claims: object, ask: Ask) -> None:
    assert ask("/assertion.example.com/token", assertion(claims))[0] == 400


@pytest.mark.parametrize("body", [b"", b"[", b"\xff\xfe", b"[" * 100_000, b"\x00"])
def test_bodies_that_are_no_json(body: bytes, ask: Ask) -> None:
    status, answer = ask("/plain.example.com/v1/send", body, Content_Type="application/json; charset=utf-8")
    assert (status, json.loads(answer)) == (400, {"error": "the body is not JSON"})


def test_a_host_that_only_looks_local_is_nobody(ask: Ask) -> None:
    for host in ("localhost.", "localhost.example.com", "127.0.0.1.example.com", "LOCALHOST.", "[::1].x"):
        status, body = ask("/", Host=host)
        assert (status, json.loads(body)) == (404, {"error": "no action of the workspace calls this"})


def test_a_refusal_has_a_body(ask: Ask) -> None:
    for path, status in (("/nowhere.example.com/x", 404), ("/client.example.com/v1/send", 401)):
        found, body = ask(path, b'{"a": 1}', Content_Type="application/json; charset=UTF-8")
        assert found == status
        assert json.loads(body)["error"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("application/json; charset=UTF-8", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
        ("application/json", 400),
        ("application/json; charset=latin-1", 400),
        ("application/json; charset=UTF-8; profile=x", 400),
    ],
)
def test_media_types_are_compared_as_media_types(sent: str, status: int, ask: Ask) -> None:
    assert ask("/plain.example.com/v1/send", b'{"a": 1}', Content_Type=sent)[0] == status
