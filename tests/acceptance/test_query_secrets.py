"""Two secrets in a query: where they are allowed, what leaves, where no one sees them, and how they are imported."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from callsheet.emulator import Emulator, Faults
from support.relay import relaying
from support.sent_requests import UNKNOWN, sent_by_action
from support.service import Service, cut, echo, reply
from support.workspaces import ENVIRONMENT, Callsheet, Folder

KEY, TOKEN = "k3y-canary-value", "t0k3n&canary=value"
IN_QUERY = '{type: apiKey, name: key, in: query, value: {secret: "env:BOARD_KEY"}}'
BEARER = '{type: bearer, token: {secret: "env:BOARD_KEY"}}'
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: example, title: {{en: Card}}}}
spec:
  request:
    method: POST
    url: {url}/1/cards
    query: {{idList: "5ab", token: {{secret: "{token}"}}}}
    payload: {{name: "{{{{ params.name }}}}"}}
  {authentication}
  parameters: {{name: {{type: string, example: Hi}}}}
  limits: {{timeout: 10s}}
"""


@pytest.fixture
def write(workspace: Folder, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the function that writes the action."""
    monkeypatch.setenv("BOARD_KEY", KEY)
    monkeypatch.setenv("BOARD_TOKEN", TOKEN)
    monkeypatch.setenv("RELAY_KEY", "relay-key-canary-0123456789")
    workspace.write("environments.yaml", ENVIRONMENT + "  allowSend: true\n")

    def run(
        authentication: str = f"authentication: {IN_QUERY}",
        url: str = "https://api.example.com",
        token: str = "env:BOARD_TOKEN",
    ) -> None:
        text = ACTION.format(url=url, authentication=authentication, token=token)
        workspace.write("example.yaml", text)

    return run


def codes(folder: Folder) -> list[str]:
    return [one.code for one in Workspace(folder.path).validate().errors]


# Where they are allowed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authentication", "expected"),
    [
        (IN_QUERY, []),
        (BEARER, ["CS605"]),
        ("{type: none}", ["CS605"]),
        ('{type: apiKey, name: X-Key, in: header, value: {secret: "env:BOARD_KEY"}}', ["CS605"]),
        ('{type: apiKey, name: token, in: query, value: {secret: "env:BOARD_KEY"}}', ["CS414"]),
    ],
)
def test_a_second_secret_is_allowed_beside_a_key_in_the_query(
    workspace: Folder, write: Callable[..., None], authentication: str, expected: list[str]
) -> None:
    write(f"authentication: {authentication}")
    assert codes(workspace) == expected


def test_the_authentication_may_be_that_of_a_connection(
    workspace: Folder, write: Callable[..., None]
) -> None:
    connection = (
        "apiVersion: callsheet/v1\nkind: Connection\nmetadata: {name: board}\nspec:\n"
        "  url: https://api.example.com\n  authentication: "
    )
    workspace.write("board.yaml", connection + IN_QUERY)
    write("connection: board")
    text = (workspace.path / "example.yaml").read_text()
    workspace.write("example.yaml", text.replace("url: https://api.example.com/1/cards", "path: /1/cards"))
    assert codes(workspace) == []
    workspace.write("board.yaml", connection + BEARER)
    assert codes(workspace) == ["CS605"]


def test_an_overlay_that_authenticates_otherwise_refuses_it(
    workspace: Folder, write: Callable[..., None], callsheet: Callsheet
) -> None:
    second = ENVIRONMENT.replace("name: local", "name: live").replace("local.db", "live.db")
    workspace.write("live.yaml", f"{second}  overlays: {{example: {{authentication: {BEARER}}}}}\n")
    write()
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert "example.yaml:8:" in outcome.out
    assert "error CS605" in outcome.out
    assert "live" in outcome.out
    assert callsheet("render", "example", "-e", "local", "-C", workspace.path).code == 0


# What leaves, and what is shown -------------------------------------------------------------------


def test_both_are_sent_and_neither_is_shown(
    workspace: Folder, write: Callable[..., None], service: Service, callsheet: Callsheet
) -> None:
    write(url=service.url)
    where = ("-C", workspace.path)
    printed = ""
    for answer, line in (
        (echo, "ok: 200"),
        (lambda handler, seen: reply(400, f"no: {seen.path}")(handler, seen), "http_400: 400"),
        (cut, "internalError"),
    ):
        service.seen.clear()
        service.answers = [answer]
        outcome = callsheet("send", "example", "-p", "name=Hi", "--yes", *where)
        assert line in outcome.out
        query = parse_qs(urlsplit(service.seen[0].path).query)
        assert query == {"idList": ["5ab"], "token": [TOKEN], "key": [KEY]}
        printed += outcome.out + outcome.err
    write(url="http://localhost:1")
    outcome = callsheet("send", "example", "-p", "name=Hi", "--yes", *where)
    assert "nothing answers at this address" in outcome.out
    printed += outcome.out + outcome.err
    assert "token={env:BOARD_TOKEN}" in printed
    assert_hidden(printed)


def assert_hidden(text: str) -> None:
    for secret in (KEY, TOKEN, "t0k3n", "canary"):
        assert secret not in text


def test_no_output_and_no_file_contains_either(
    workspace: Folder, write: Callable[..., None], callsheet: Callsheet, tmp_path: Path
) -> None:
    write()
    where = ("-C", workspace.path)
    params = tmp_path / "params.json"
    params.write_text('{"name": "Hi"}')
    printed = ""
    for command in (
        ("validate", *where), ("list", *where), ("show", "example", *where), ("render", *where),
        ("render", "example", "--params", params, *where), ("test", *where),
        ("explain", "CS605"), ("plan", *where), ("plan", "-o", "json", *where), ("plan", "-o", "markdown", *where),
        ("plan", "-o", "html", *where), ("apply", "--yes", *where), ("history", *where),
        ("show", "example", "--deployed", *where), ("diff", *where), ("drift", *where),
        ("send", "example", "-p", "name=Hi", "--dry-run", *where),
        ("send", "example", "-p", "name=Hi", "--curl", *where),
        ("send", "example", "-p", "name=Hi", "--httpie", *where),
        ("send", "example", "-p", "name=Hi", "--har", *where),
        ("catalog", "--out", workspace.path / "site", *where),
    ):  # fmt: skip
        outcome = callsheet(*command)
        assert outcome.code == 0, (command, outcome.out + outcome.err)
        printed += outcome.out + outcome.err
    assert "env:BOARD_TOKEN" in printed
    assert printed.count('&token=\'"${BOARD_TOKEN}"\'&key=\'"${BOARD_KEY}"') == 2
    assert (
        '"url": "https://api.example.com/1/cards?idList=5ab&token={env:BOARD_TOKEN}&key={env:BOARD_KEY}"'
        in printed
    )
    stored = b"".join(one.read_bytes() for one in workspace.path.rglob("*") if one.is_file())
    assert_hidden(printed + stored.decode("utf-8", "replace"))


def test_the_relay_sends_both_and_logs_neither(
    workspace: Folder, write: Callable[..., None], service: Service, callsheet: Callsheet
) -> None:
    write(url=service.url)
    assert callsheet("apply", "--yes", "-C", workspace.path).code == 0
    with relaying(workspace.path) as relay:
        answers = []
        for answer in (echo, reply(500), cut):
            service.answers = [answer]
            answers.append(relay.call({"name": "Hi"}).text)
        written = "\n".join([*relay.log, *answers, relay.client.get("/metrics").text])
    query = parse_qs(urlsplit(service.seen[0].path).query)
    assert query == {"idList": ["5ab"], "token": [TOKEN], "key": [KEY]}
    assert_hidden(written)


def test_the_emulator_asks_for_both(
    workspace: Folder, write: Callable[..., None], callsheet: Callsheet
) -> None:
    write()
    emulator = Emulator(Workspace(workspace.path).routes(), Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        outcome = callsheet("send", "example", "-p", "name=Hi", "--to", emulator.url, "-C", workspace.path)
        assert "ok: 200" in outcome.out, outcome.out + outcome.err
        assert_hidden(outcome.out + json.dumps([one.url for one in emulator.calls]))
        url = f"{emulator.url}/api.example.com/1/cards?idList=5ab"
        for query, status in (("&token=x", 401), ("", 401)):
            request = urllib.request.Request(
                url + query, b'{"name": "x"}', {"Content-Type": "application/json"}
            )
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=5)
            assert refused.value.code == status
            refused.value.close()
    finally:
        emulator.close()


def test_a_reference_ends_no_pair_of_the_query_that_is_shown(
    workspace: Folder, write: Callable[..., None]
) -> None:
    write(token="file:/run/a&b=c#d")
    compiled = Workspace(workspace.path).compile()
    content: Any = compiled.by_environment["local"]["Action/example"].content
    url = build_request(content, {"name": "Hi"}).url
    assert url == "https://api.example.com/1/cards?idList=5ab&token={file:/run/a%26b=c%23d}"
    assert parse_qs(urlsplit(url).query)["token"] == ["{file:/run/a&b=c#d}"]


# Journey Optimizer --------------------------------------------------------------------------------


def test_a_screen_holds_one_secret_and_the_relay_sends_the_second(
    workspace: Folder, write: Callable[..., None], callsheet: Callsheet
) -> None:
    write()
    sandbox = (
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: local}\nspec:\n"
        "  target: {type: journey-optimizer, sandbox: prod}\n  ledger: {type: sqlite, path: .callsheet/j.db}\n"
    )
    workspace.write("environments.yaml", sandbox)
    (finding,) = Workspace(workspace.path).validate().errors
    assert (finding.code, finding.message) == (
        "CS833",
        "a second secret in the query: the screen holds one, and shows query parameters to whoever opens it",
    )
    relay = 'relay: {url: "https://relay.example.com", key: {secret: "env:RELAY_KEY"}}'
    workspace.write("environments.yaml", sandbox.replace("sandbox: prod", f"sandbox: prod, {relay}"))
    assert codes(workspace) == []
    planned = " ".join(callsheet("plan", "-C", workspace.path).out.split())
    assert (
        "journeys call the relay at relay.example.com, which makes the call (`query.token`: a second secret in"
        " the query: the screen holds one, and shows query parameters to whoever opens it) (by-relay)"
    ) in planned


# Imports ------------------------------------------------------------------------------------------

AT = "https://api.example.com/1/cards"
HEX, LONG = "0471642aefef5fa1fa76530ce1ba4c85", "9eb76d9a9d02b8dd40c2f3e5df18556c8831"


def postman(auth: Any, url: str) -> dict[str, Any]:
    request = {"method": "GET", "url": url, **({"auth": auth} if auth else {})}
    return {"info": {"name": "Board"}, "item": [{"name": "Cards", "request": request}]}


def har(url: str) -> dict[str, Any]:
    request = {"method": "GET", "url": url, "headers": [], "queryString": []}
    return {"log": {"version": "1.2", "entries": [{"request": request, "response": {}}]}}


def description(old: bool) -> dict[str, Any]:
    schemes = {name: {"type": "apiKey", "in": "query", "name": name} for name in ("key", "token")}
    get = {"operationId": "cards", "security": [{"key": [], "token": []}], "responses": {}}
    paths = {"/1/cards": {"get": get}}
    if old:
        return {"swagger": "2.0", "host": "api.example.com", "schemes": ["https"], "securityDefinitions": schemes,
                "info": {"title": "B", "version": "1"}, "paths": paths}  # fmt: skip
    return {"openapi": "3.0.3", "servers": [{"url": "https://api.example.com"}], "info": {"title": "B", "version": "1"},
            "components": {"securitySchemes": schemes}, "paths": paths}  # fmt: skip


KEYS = [{"key": "key", "value": "key"}, {"key": "value", "value": HEX}, {"key": "in", "value": "query"}]
INSOMNIA = {
    "_type": "export", "__export_format": 4,
    "resources": [{"_id": "req_1", "_type": "request", "name": "Cards", "method": "GET", "url": AT, "parentId": "wrk_1",
                   "parameters": [{"name": "key", "value": HEX}, {"name": "token", "value": LONG}]},
                  {"_id": "wrk_1", "_type": "workspace", "name": "Board"}],
}  # fmt: skip
IMPORTS: dict[str, tuple[Any, str]] = {
    "curl": (f"curl '{AT}?key={HEX}&token={LONG}'", ""),
    "HTTPie": (f"https api.example.com/1/cards key=={HEX} token=={LONG}", ""),
    "HAR": (har(f"{AT}?key={HEX}&token={LONG}"), "1"),
    "Postman": (postman({"type": "apikey", "apikey": KEYS}, f"{AT}?token={LONG}"), "Cards"),
    "Postman's URL": (postman(None, f"{AT}?key={HEX}&token={LONG}"), "Cards"),
    "Insomnia": (INSOMNIA, "Cards"),
    "OpenAPI": (description(old=False), ""),
    "Swagger": (description(old=True), ""),
}


@pytest.mark.parametrize("kind", IMPORTS)
def test_an_import_writes_both_as_secrets(
    workspace: Folder, tmp_path: Path, callsheet: Callsheet, kind: str
) -> None:
    given, request = IMPORTS[kind]
    if isinstance(given, str):
        words = ["curl" if given.startswith("curl") else "httpie", given]
    else:
        file = workspace.path / "api.oas" if "paths" in given else tmp_path / "given.json"
        file.write_text(json.dumps(given))
        words = [str(file)]
    asked = ("--operation", "cards") if isinstance(given, dict) and "paths" in given else ()
    asked = ("--request", request) if request else asked
    outcome = callsheet("import", *words, *asked, "--name", "cards", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    compiled = Workspace(workspace.path).compile()
    assert [one.message for one in compiled.errors if one.severity == "error"] == []
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    assert content["authentication"] == {
        "type": "apiKey", "in": "query", "name": "key", "value": {"secret": "env:CARDS_KEY"},
    }  # fmt: skip
    assert content["request"]["query"] == {"token": {"secret": "env:CARDS_TOKEN"}}
    sent = sent_by_action(content, {}, lambda _: UNKNOWN)
    assert dict(sent.query) == {"key": UNKNOWN, "token": UNKNOWN}
    assert outcome.err == ""
    stored = b"".join(one.read_bytes() for one in workspace.path.rglob("*.yaml"))
    assert HEX.encode() not in stored + outcome.out.encode()
    assert LONG.encode() not in stored + outcome.out.encode()


@pytest.mark.parametrize(
    ("options", "real", "note"),
    [
        (["-H", "Authorization: Bearer abc123def"], ("authorization", "Bearer abc123def"),
         "CARDS_AUTHORIZATION is the whole header Authorization: `Bearer`, a space and the token"),
        (["-u", "ada:pw1"], ("authorization", "Basic YWRhOnB3MQ=="),
         "CARDS_AUTHORIZATION is the whole header Authorization: `Basic`, a space and `name:password` in base64"),
        (["-H", "X-Api-Key: abc123def"], ("x-api-key", "abc123def"), ""),
    ],
)  # fmt: skip
def test_beside_a_key_in_the_query_another_proof_is_a_header(
    workspace: Folder, callsheet: Callsheet, options: list[str], real: tuple[str, str], note: str
) -> None:
    line = " ".join(["curl", *(f"'{one}'" for one in options), f"'{AT}?a=1&a=2&key={HEX}&token={LONG}'"])
    outcome = callsheet("import", "curl", line, "--name", "cards", "-C", workspace.path)
    assert (outcome.code, outcome.err.strip()) == (0, note)
    compiled = Workspace(workspace.path).compile()
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    reveal = {
        "env:CARDS_KEY": HEX, "env:CARDS_TOKEN": LONG, "env:CARDS_AUTHORIZATION": real[1], "env:CARDS_X_API_KEY": real[1],
    }  # fmt: skip
    sent = sent_by_action(content, {}, reveal.__getitem__)
    assert sorted(sent.query) == [("a", "1"), ("a", "2"), ("key", HEX), ("token", LONG)]
    assert sent.headers == {real[0]: real[1]}


def test_a_credential_that_is_there_twice_is_sent_once_and_said(
    workspace: Folder, callsheet: Callsheet
) -> None:
    line = f"curl '{AT}?key={HEX}&token={LONG}&token=b{LONG}'"
    outcome = callsheet("import", "curl", line, "--name", "cards", "-C", workspace.path)
    assert outcome.err == "the query parameter token is there more than once: a credential is sent once\n"
    assert outcome.code == 0


def test_a_token_of_oauth_2_takes_the_place_of_one_in_the_query(
    workspace: Folder, tmp_path: Path, callsheet: Callsheet
) -> None:
    auth = {"type": "oauth2", "oauth2": [{"key": "accessToken", "value": LONG}]}
    file = tmp_path / "board.json"
    file.write_text(json.dumps(postman(auth, f"{AT}?access_token=a{LONG}&key={HEX}")))
    outcome = callsheet("import", file, "--request", "Cards", "--name", "cards", "-C", workspace.path)
    assert outcome.err.splitlines() == [
        "the query parameter access_token was left out: the authentication sets it",
        "CARDS_AUTHORIZATION is the whole header Authorization: `Bearer`, a space and the token",
    ]
    compiled = Workspace(workspace.path).compile()
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    sent = sent_by_action(content, {}, lambda _: UNKNOWN)
    assert (sent.query, set(sent.headers)) == ([("key", UNKNOWN)], {"authorization"})


def test_a_token_that_is_fetched_leaves_no_room_for_a_key_in_the_query(
    workspace: Folder, tmp_path: Path, callsheet: Callsheet
) -> None:
    fields = {"grant_type": "client_credentials", "accessTokenUrl": "https://api.example.com/token"}
    auth = {"type": "oauth2", "oauth2": [{"key": key, "value": one} for key, one in fields.items()]}
    file = tmp_path / "board.json"
    file.write_text(json.dumps(postman(auth, f"{AT}?api_key={HEX}")))
    outcome = callsheet("import", file, "--request", "Cards", "--name", "cards", "-C", workspace.path)
    assert outcome.err == "the query parameter api_key was left out: it looks like a second credential\n"


def test_a_key_in_a_header_stays_beside_a_token(
    workspace: Folder, tmp_path: Path, callsheet: Callsheet
) -> None:
    """The key was lost, and nothing was said."""
    given = postman(None, AT)
    keys = [
        {"key": "key", "value": "X-Key"},
        {"key": "value", "value": HEX},
        {"key": "in", "value": "header"},
    ]
    given["item"][0]["request"] |= {
        "auth": {"type": "apikey", "apikey": keys}, "header": [{"key": "Authorization", "value": "Bearer abc123def"}],
    }  # fmt: skip
    file = tmp_path / "board.json"
    file.write_text(json.dumps(given))
    outcome = callsheet("import", file, "--request", "Cards", "--name", "cards", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, "")
    compiled = Workspace(workspace.path).compile()
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    sent = sent_by_action(content, {}, lambda _: UNKNOWN)
    assert sent.headers == {"x-key": UNKNOWN, "authorization": f"Bearer {UNKNOWN}"}


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([{"cookie": []}, {"header": []}], "header"),
        ([{"header": [], "cookie": []}, {"key": [], "token": []}], "key"),
        ([{"basic": [], "bearer": []}, {"bearer": [], "header": []}], "bearer"),
        ([{"mutual": []}, {"bearer": [], "key": []}], "key"),
    ],
)
def test_the_first_alternative_that_an_action_can_hold_is_taken(
    workspace: Folder, callsheet: Callsheet, security: Any, expected: str
) -> None:
    given = description(old=False)
    given["components"]["securitySchemes"] |= {
        "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
        "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
        "mutual": {"type": "mutualTLS"},
    }
    given["paths"]["/1/cards"]["get"]["security"] = security
    file = workspace.write("api.oas", json.dumps(given))
    outcome = callsheet("import", file, "--operation", "cards", "--name", "cards", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    own = content["authentication"]
    assert {"header": ("apiKey", "X-Key"), "key": ("apiKey", "key"), "bearer": ("bearer", None)}[expected] == (
        own["type"], own.get("name"),
    )  # fmt: skip
    names = set(content["request"].get("headers", ()))
    assert names == {
        "header": set(), "bearer": {"X-Key"}, "key": {"Authorization"} if "mutual" in security[0] else set(),
    }[expected]  # fmt: skip


def test_what_the_authentication_sends_is_no_parameter_and_one_header_holds_one_login(
    workspace: Folder, callsheet: Callsheet
) -> None:
    given = description(old=False)
    given["components"]["securitySchemes"] |= {
        "own": {"type": "apiKey", "in": "query", "name": "appid"},
        "header": {"type": "apiKey", "in": "header", "name": "X-App"},
        "bearer": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic"},
    }
    get = given["paths"]["/1/cards"]["get"]
    get["security"] = [{"own": [], "header": []}]
    get["parameters"] = [
        {"name": "appid", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "x-app", "in": "header", "required": True, "schema": {"type": "string"}},
    ]
    file = workspace.write("api.oas", json.dumps(given))
    outcome = callsheet("import", file, "--operation", "cards", "--name", "cards", "-C", workspace.path)
    assert (outcome.code, outcome.err) == (0, "")
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/cards"].content
    assert content["request"].get("query", {}) == {}
    assert content["request"]["headers"] == {"X-App": {"secret": "env:CARDS_X_APP"}}
    assert content["authentication"]["name"] == "appid"
    get["security"] = [{"basic": [], "bearer": []}]
    get["parameters"] = []
    file = workspace.write("api.oas", json.dumps(given))
    outcome = callsheet("import", file, "--operation", "cards", "--name", "login", "-C", workspace.path)
    note = "the operation requires bearer too, which is the same header: it was left out\n"
    assert (outcome.code, outcome.err) == (0, note)
