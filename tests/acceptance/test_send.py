"""`callsheet send` against a real server on this machine: what leaves, what comes back, and what goes wrong."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest

from support.service import Service, cut, drip, echo, endless, reply, stall, trickle
from support.workspaces import ENVIRONMENT, Callsheet, Folder

CANARY = "s3cr3t-canary-value"


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: example}}
spec:
  request:
    method: {method}
    url: {url}/v1/{{{{ params.list }}}}
    headers: {{X-Team: crm, X-Key: {{secret: "env:CANARY"}}}}
    payload: {{text: "{{{{ params.text }}}}", key: {{secret: "env:CANARY"}}, n: 1}}
  authentication: {authentication}
  parameters:
    list: {{type: string, example: news}}
    text: {{type: string, example: Hi}}
  limits: {{timeout: {timeout}, retries: {retries}}}
"""


@pytest.fixture
def ready(workspace: Folder, service: Service, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give the function that writes the action."""
    monkeypatch.setenv("CANARY", CANARY)
    workspace.write("environments.yaml", ENVIRONMENT + "  allowSend: true\n")

    def write(
        authentication: str = "{type: none}", *, method: str = "POST", retries: int = 0, timeout: str = "1s"
    ) -> None:
        text = ACTION.format(
            url=service.url, authentication=authentication, method=method, retries=retries, timeout=timeout
        )
        workspace.write("example.yaml", text)

    write()
    return write


SEND = ("send", "example", "-p", "list=a b/c", "-p", 'text=Zoë "x"')


def test_what_is_shown_is_what_leaves_and_no_secret_is_printed(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    del ready
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert outcome.code == 0, outcome.err
    (seen,) = service.seen
    assert (seen.method, seen.path) == ("POST", "/v1/a%20b%2Fc")
    assert json.loads(seen.body) == {"text": 'Zoë "x"', "key": CANARY, "n": 1}
    assert (seen.headers["X-Key"], seen.headers["Content-Type"]) == (CANARY, "application/json")
    assert "\nok: 200 after " in outcome.out
    assert "X-Key: {env:CANARY}" in outcome.out
    # The server echoed all of it; the secret is not shown again.
    assert CANARY not in outcome.out + outcome.err
    assert "(secret)" in outcome.out


def test_a_dry_run_sends_nothing(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    del ready
    outcome = callsheet(*SEND, "-C", workspace.path, "--dry-run")
    assert outcome.code == 0
    assert outcome.out.startswith(f"POST {service.url}/v1/a%20b%2Fc\n")
    assert service.seen == []


def test_the_result_for_programs(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    import jsonschema

    from callsheet.language.schema_check import schema

    del ready, service
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes", "-o", "json")
    record = json.loads(outcome.out)
    jsonschema.Draft202012Validator(schema("send")).validate(record)
    assert (record["outcome"], record["status"], record["attempts"]) == ("ok", 200, 1)
    assert CANARY not in outcome.out
    dry = json.loads(callsheet(*SEND, "-C", workspace.path, "--dry-run", "-o", "json").out)
    assert dry["requests"][0]["method"] == "POST"


def test_nothing_is_sent_unasked_or_where_it_is_not_allowed(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    del ready
    assert callsheet(*SEND, "-C", workspace.path).err.startswith("error CS920: not sent\n")
    workspace.write("environments.yaml", ENVIRONMENT)
    assert callsheet(*SEND, "-C", workspace.path, "--yes").err == (
        "error CS960: the environment local does not allow sending\n"
        "help: write `allowSend: true` into its spec if a manual call does no harm,"
        " or send to `callsheet emulate` with --to\n"
    )
    assert callsheet("send", "example", "-C", workspace.path, "--yes").err.startswith("error CS926")
    assert service.seen == []


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (reply(404, '{"error": "no"}'), "http_404: 404"),
        (reply(500, "<html>oops</html>"), "http_500: 500"),
        (reply(204, ""), "ok: 204"),
        (stall, "timedout after"),
        (trickle, "timedout: 200 after"),
        (drip, "timedout after 1."),
        (cut, "internalError: 200 (the connection was closed before the answer was whole) after"),
        (endless, "internalError: 200 (the answer is longer than 1 MiB) after"),
    ],
)
def test_what_comes_back_is_told_as_a_journey_would(
    workspace: Folder,
    service: Service,
    ready: Callable[..., None],
    callsheet: Callsheet,
    answer: Any,
    line: str,
) -> None:
    del ready
    service.answers = [answer]
    begin = time.monotonic()
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert f"\n{line}" in outcome.out.replace("(RemoteProtocolError) ", ""), outcome.out
    assert outcome.code == (0 if line.startswith("ok") else 1)
    assert time.monotonic() - begin < 5


def test_a_redirect_is_never_followed(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    del ready
    service.answers = [reply(307, "", Location=f"http://127.0.0.1:{service.port}/elsewhere")]
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert "http_307: 307" in outcome.out
    assert len(service.seen) == 1


def test_a_server_that_is_down(workspace: Folder, ready: Callable[..., None], callsheet: Callsheet) -> None:
    ready()
    text = (workspace.path / "example.yaml").read_text()
    workspace.write(
        "example.yaml", text.replace(text.split("url: ")[1].split("/v1")[0], "http://localhost:1")
    )
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert (
        "internalError (nothing answers at this address; is the service, or the emulator, running?) after"
        in outcome.out
    )
    assert CANARY not in outcome.out + outcome.err


def test_only_what_may_be_sent_again_is(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    ready(retries=2, timeout="10s")
    service.answers = [reply(429, Retry_After="1"), reply(503, Retry_After="0"), echo]
    begin = time.monotonic()
    assert ", 3 attempts" in callsheet(*SEND, "-C", workspace.path, "--yes").out
    assert time.monotonic() - begin > 1
    # Who asks for more patience than the action has is not called again.
    service.seen.clear()
    service.answers = [reply(429, Retry_After="60")]
    assert "http_429: 429" in callsheet(*SEND, "-C", workspace.path, "--yes").out
    assert len(service.seen) == 1
    # A write that may have arrived is not sent twice: gateways answer so after the service got it, too.
    ready(retries=2)
    for answer, told in ((stall, "timedout"), *((reply(one), f"http_{one}") for one in (502, 503, 504))):
        service.seen.clear()
        service.answers = [answer]
        assert told in callsheet(*SEND, "-C", workspace.path, "--yes").out
        assert len(service.seen) == 1
    # One that may be repeated is; but all of it stays within the timeout.
    ready(retries=1, method="PUT", timeout="5s")
    service.seen.clear()
    for answer in (cut, reply(504)):
        service.seen.clear()
        service.answers = [answer, echo]
        assert "ok: 200" in callsheet(*SEND, "-C", workspace.path, "--yes").out
        assert len(service.seen) == 2


def test_what_an_endpoint_does_not_let_through_is_capped(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    ready(retries=2, timeout="10s")
    workspace.write(
        "endpoint.yaml",
        "apiVersion: callsheet/v1\nkind: EndpointConfig\nmetadata: {name: shop_api}\nspec:\n"
        f"  url: {service.url}/v1/*\n  methods: [POST]\n"
        "  capping: {action: {maxConnections: 5, rate: 2 per 1m}}\n",
    )
    service.answers = [reply(503, Retry_After="0"), reply(503, Retry_After="0"), echo]
    told = callsheet(*SEND, "-C", workspace.path, "--yes").out
    assert "capped: 503 (a retry would be more than `shop_api` lets through (2 per 1m))" in told
    assert len(service.seen) == 2
    # It caps what it covers, and nothing else.
    file = workspace.path / "endpoint.yaml"
    file.write_text(file.read_text().replace("[POST]", "[GET]"))
    service.answers = [reply(503, Retry_After="0"), reply(503, Retry_After="0"), echo]
    assert ", 3 attempts" in callsheet(*SEND, "-C", workspace.path, "--yes").out


# -- authentication ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("authentication", "expected"),
    [
        ('{type: bearer, token: {secret: "env:CANARY"}}', ("Authorization", f"Bearer {CANARY}")),
        ('{type: basic, username: ada, password: {secret: "env:CANARY"}}',
         ("Authorization", "Basic " + base64.b64encode(f"ada:{CANARY}".encode()).decode())),
        ('{type: apiKey, name: X-Api-Key, in: header, value: {secret: "env:CANARY"}}', ("X-Api-Key", CANARY)),
        ('{type: apiKey, name: Authorization, in: header, scheme: Klaviyo-API-Key, value: {secret: "env:CANARY"}}',
         ("Authorization", f"Klaviyo-API-Key {CANARY}")),
    ],
)  # fmt: skip
def test_schemes_that_need_no_call(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet,
    authentication: str, expected: tuple[str, str],
) -> None:  # fmt: skip
    ready(authentication)
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert outcome.code == 0, outcome.err
    assert service.seen[0].headers[expected[0]] == expected[1]
    for hidden in (CANARY, expected[1].split()[-1]):
        assert hidden not in outcome.out + outcome.err


def test_a_key_in_the_query(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    ready('{type: apiKey, name: key, in: query, value: {secret: "env:CANARY"}}')
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert parse_qs(urlsplit(service.seen[0].path).query) == {"key": [CANARY]}
    assert CANARY not in outcome.out + outcome.err


OAUTH = (
    '{{type: oauth2, grant: client_credentials, tokenUrl: "{url}/token", clientId: me, '
    'clientSecret: {{secret: "env:CANARY"}}, scopes: [a, b], clientAuthentication: {how}}}'
)


@pytest.mark.parametrize("how", ["basic", "form"])
def test_a_token_is_fetched_and_used(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet, how: str
) -> None:
    ready(OAUTH.format(url=service.url, how=how))
    service.answers = [reply(200, '{"access_token": "t0k3n-value", "expires_in": 3600}'), echo]
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert outcome.code == 0, outcome.err
    asked, called = service.seen
    form = parse_qs(asked.body)
    assert (form["grant_type"], form["scope"]) == (["client_credentials"], ["a b"])
    basic = "Basic " + base64.b64encode(f"me:{CANARY}".encode()).decode()
    assert (asked.headers.get("Authorization") == basic) == (how == "basic")
    assert form.get("client_secret") == ([CANARY] if how == "form" else None)
    assert called.headers["Authorization"] == "Bearer t0k3n-value"
    for hidden in (CANARY, "t0k3n-value"):
        assert hidden not in outcome.out + outcome.err


def test_a_token_that_is_refused_is_asked_for_anew_once(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    ready(OAUTH.format(url=service.url, how="form"))
    service.answers = [
        reply(200, '{"access_token": "one-token", "expires_in": 3600}'), reply(401),
        reply(200, '{"access_token": "two-token", "expires_in": 3600}'), echo,
    ]  # fmt: skip
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert "ok: 200" in outcome.out
    assert [one.headers.get("Authorization") for one in service.calls()] == [
        "Bearer one-token",
        "Bearer two-token",
    ]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(401, '{"error": "invalid_client"}'), "it answered 401, invalid_client and no token"),
        (reply(200, '{"error": "invalid_scope"}'), "it answered 200, invalid_scope and no token"),
        (reply(200, "<html>"), "it answered 200 and no token"),
        (reply(302, "", Location="http://elsewhere.example/"), "it answered 302 and no token"),
        (stall, "it does not answer (ReadTimeout)"),
    ],
)
def test_a_token_endpoint_that_gives_none(
    workspace: Folder,
    service: Service,
    ready: Callable[..., None],
    callsheet: Callsheet,
    answer: Any,
    words: str,
) -> None:
    ready(OAUTH.format(url=service.url, how="form"))
    service.answers = [answer]
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS963: no token from {service.url}/token: {words}\n")
    assert CANARY not in outcome.out + outcome.err
    assert service.calls() == []


def told_back(handler: Any, seen: Any) -> None:
    """Refuse a token, and say what came: the form, the login, and what it says when it is read."""
    login = seen.headers.get("Authorization", "").removeprefix("Basic ")
    words = f"{seen.body} {login} {base64.b64decode(login).decode()}"
    reply(400, json.dumps({"error": words}))(handler, seen)


@pytest.mark.parametrize("how", ["basic", "form"])
@pytest.mark.parametrize("secret", [CANARY, f"{'long-' * 11}{CANARY}", "p+&=%41 \\u0041"])
def test_a_token_endpoint_that_tells_the_secret_back_shows_it_to_nobody(
    workspace: Folder,
    service: Service,
    ready: Callable[..., None],
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
    secret: str,
) -> None:
    monkeypatch.setenv("CANARY", secret)
    ready(OAUTH.format(url=service.url, how=how))
    service.answers = [told_back]
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert "it answered 400, " in outcome.err
    login = base64.b64encode(f"me:{secret}".encode()).decode()
    for hidden in (secret[:8], quote_plus(secret)[:12], login[8:20]):
        assert hidden not in outcome.out + outcome.err


def certificate_credential(url: str) -> str:
    return (
        f'{{type: custom, subType: certificateCredential, endpoint: "{url}/token", method: GET,'
        " tokenInResponse: response, authorizationType: bearer}"
    )


def test_what_only_the_journey_tool_can_sign_says_so(
    workspace: Folder, service: Service, ready: Callable[..., None], callsheet: Callsheet
) -> None:
    ready(certificate_credential(service.url))
    outcome = callsheet(*SEND, "-C", workspace.path, "--yes")
    assert outcome.err.startswith(
        "error CS962: only Adobe can sign the assertion of this authentication: it cannot be sent from here\n"
    )
    assert service.seen == []


def test_a_secret_that_is_missing_and_a_package_that_is_missing(
    workspace: Folder,
    service: Service,
    ready: Callable[..., None],
    callsheet: Callsheet,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    ready()
    monkeypatch.delenv("CANARY")
    assert callsheet(*SEND, "-C", workspace.path, "--yes").err.startswith(
        "error CS606: the environment variable CANARY"
    )
    monkeypatch.setitem(sys.modules, "httpx", None)
    assert callsheet(*SEND, "-C", workspace.path, "--yes").err == (
        "error CS945: send needs the package httpx, which is not installed\nhelp: pip install 'callsheet[send]'\n"
    )
    assert service.seen == []
