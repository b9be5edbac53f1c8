"""What the emulator shows of calls by people who have the real key: nothing of it, on the page and in the log."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from callsheet.emulator.playing import Call
from callsheet.emulator.standins import standin
from support.workspaces import ENVIRONMENT, Folder

REAL = "9f8e7d6c5b4a3f2e1d0c"
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  authentication: {type: apiKey, name: shop, in: query, value: {secret: "env:SHOP"}}
  request:
    method: POST
    url: https://api.example.com/v1/news
    headers: {X-Shop: {secret: "env:API"}}
    payload: {text: hello}
"""
Send = Callable[..., Call]


@pytest.fixture
def send(workspace: Folder) -> Iterator[Send]:
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.write("example.yaml", ACTION)
    told: list[Call] = []
    emulator = Emulator(Workspace(workspace.path).routes(), Faults(), told=told.append)
    threading.Thread(target=emulator.serve, daemon=True).start()

    def one(
        path: str = "/v1/news", body: str = "{}", host: str = "api.example.com", **headers: str
    ) -> Call:
        sent = {name.replace("_", "-"): held for name, held in headers.items()}
        request = urllib.request.Request(f"{emulator.url}/{host}{path}", body.encode(), sent, method="POST")
        with suppress(urllib.error.HTTPError):
            urllib.request.urlopen(request, timeout=5).close()
        assert emulator.calls[-1] == told[-1]
        return told[-1]

    yield one
    emulator.close()


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/v1/news?api_key={REAL}&page=1", "/v1/news?api_key=(secret)&page=1"),
        (f"/v1/news?shop={REAL}", "/v1/news?shop=(secret)"),
        (f"/v1/news?SHOP={REAL}", "/v1/news?SHOP=(secret)"),
        (f"/v1/news?page=2&access%5Ftoken={REAL}", "/v1/news?page=2&access%5Ftoken=(secret)"),
        (f"/other?shop={REAL}", "/other?shop=(secret)"),
        (f"/v1/news?pageToken={REAL}&q=a%20b", f"/v1/news?pageToken={REAL}&q=a%20b"),
        (f"/v1/news?shop={standin('env:SHOP')}", "/v1/news?shop={env:SHOP}"),
        (f"/v1/news?shop={standin('env:SHOP')}{REAL}", "/v1/news?shop=(secret)"),
        ("/v1/news?shop=", "/v1/news?shop="),
        ("/bot123456789:AAF9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c/send", "/(secret)/send"),
    ],
)  # fmt: skip
def test_a_credential_of_a_url_is_hidden(send: Send, path: str, shown: str) -> None:
    assert send(path).url == f"https://api.example.com{shown}"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", f"Bearer {REAL}", "Bearer (secret)"),
        ("Authorization", REAL, "(secret)"),
        ("Authorization", f"Bearer {standin('env:API')}", "Bearer {env:API}"),
        ("X-Shop", REAL, "(secret)"),
        ("X_Api_Key", REAL, "(secret)"),
        ("X-Shop", standin("env:API"), "{env:API}"),
        ("X-Page", REAL, REAL),
    ],
)
def test_a_credential_of_a_header_is_hidden(send: Send, name: str, value: str, shown: str) -> None:
    headers = send(**{name: value}).headers
    assert headers[name.lower().replace("_", "-")] == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"password" : "pw-9f8e7d6c",  "text": "a"}', '{"password": "(secret)", "text": "a"}'),
        ('{"p\\u0061ssword": "pw-9f8e7d6c"}', '{"password": "(secret)"}'),
        ('{"list": [{"clientSecret": "x"}], "n": 1.0}', '{"list": [{"clientSecret": "(secret)"}], "n": 1.0}'),
        ('{"shop": "9f8e7d6c"}', '{"shop": "(secret)"}'),
        ('{"text" : "as it came"}', '{"text" : "as it came"}'),
        ("client_secret=abc&grant_type=client_credentials", "client_secret=(secret)&grant_type=client_credentials"),
        ("[" * 5_000, "(secret)"),
        ("no JSON", "no JSON"),
    ],
)  # fmt: skip
def test_a_credential_of_a_body_is_hidden(send: Send, body: str, shown: str) -> None:
    assert send(body=body).body == shown


def test_no_call_is_lost_because_of_what_is_hidden(send: Send) -> None:
    deep = json.dumps({"a": None}).replace("null", "[" * 900 + "1" + "]" * 900)
    assert send(body=deep).status in (400, 401)
