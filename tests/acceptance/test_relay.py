"""`callsheet relay`: what is served, what leaves, what comes back, and what of it is written down."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from support.journeys import SEVEN, write
from support.judges import check_schema
from support.relay import ACTION, KEY, PARAMS, relaying, wait_for
from support.service import Service, cut, drip, echo, endless, reply, serving, stall, trickle
from support.workspaces import ENVIRONMENT, Callsheet, Folder

CANARY = "s3cr3t-canary-value"
Ready = Callable[..., None]


@pytest.fixture
def ready(
    workspace: Folder, service: Service, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> Ready:
    """Give the function that writes the action, and applies it."""
    monkeypatch.setenv("CANARY", CANARY)
    monkeypatch.setenv("RELAY_KEY", KEY)

    def write(
        authentication: str = "{type: none}",
        *,
        name: str = "example",
        method: str = "POST",
        url: str = service.url,
        limits: str = "{timeout: 5s}",
        fixed: int = 1,
        apply: bool = True,
    ) -> None:
        text = ACTION.format(
            name=name, url=url, authentication=authentication, method=method, limits=limits, fixed=fixed
        )
        workspace.write(f"{name}.yaml", text)
        if apply:
            outcome = callsheet("apply", "-C", workspace.path, "--yes", "--quiet")
            assert outcome.code == 0, outcome.err

    return write


def error(response: Any) -> dict[str, Any]:
    """The relay's own answer."""
    found: dict[str, Any] = response.json()["error"]
    return found


# What is served -----------------------------------------------------------------------------------


def test_the_request_is_that_of_the_applied_action_and_the_answer_is_passed_on(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    service.answers = [
        reply(201, '{"id": 7}', Content_Type="application/json; charset=utf-8", X_Vendor="1")
    ]
    with relaying(workspace.path) as relay:
        response = relay.call({"list": "a b/c", "text": 'Zoë "x"', "person": "Ada", "count": None})
    (seen,) = service.seen
    assert (seen.method, seen.path, seen.headers["X-Person"]) == ("POST", "/v1/a%20b%2Fc", "Ada")
    assert json.loads(seen.body) == {"text": 'Zoë "x"', "key": CANARY, "fixed": 1}
    assert (response.status_code, response.json()) == (201, {"id": 7})
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["X-Callsheet-Outcome"] == "vendor"
    assert "X-Vendor" not in response.headers


def test_a_new_apply_is_served_without_a_restart_and_files_are_not(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(fixed=1)

    def sent() -> int:
        assert relay.call().status_code == 200
        return int(json.loads(service.seen[-1].body)["fixed"])

    with relaying(workspace.path) as relay:
        assert sent() == 1
        ready(fixed=2, apply=False)
        time.sleep(0.3)
        assert sent() == 1
        ready(fixed=3)
        wait_for(lambda: sent() == 3, "the new apply is served")
        ready(name="another")
        wait_for(lambda: relay.call(name="another").status_code == 200, "the new action is served")
        (workspace.path / "example.yaml").write_text("not: valid: yaml")
        assert sent() == 3
    assert [one["serial"] for one in relay.events("serves")] == [1, 2, 3]


def test_while_the_target_cannot_be_read_what_was_read_last_is_served_and_said(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    database = workspace.path / ".callsheet" / "local.db"
    content = database.read_bytes()
    with relaying(workspace.path) as relay:
        (broken := database.with_suffix(".new")).write_bytes(b"not a database" * 1_000)
        broken.replace(database)
        wait_for(lambda: relay.metric("stale") == 1, "the relay is stale")
        assert relay.call().status_code == 200
        told = relay.client.get("/readyz")
        assert told.status_code == 200
        assert (told.json()["status"], told.json()["actions"]) == ("stale", 1)
        assert told.json()["code"].startswith("CS9")
        assert relay.metric("reading_failures_total") >= 1
        database.write_bytes(content)
        wait_for(lambda: relay.metric("stale") == 0, "the relay is fresh again")
        assert relay.client.get("/readyz").json()["status"] == "ok"
    assert [one["code"] for one in relay.events("not-read")] == [told.json()["code"]]
    assert len(relay.events("reads-again")) == 1


def test_a_database_or_a_folder_that_is_gone_is_not_taken_for_an_empty_one(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    def gone(what: Path) -> None:
        what.rename(what.with_name("elsewhere"))
        wait_for(lambda: relay.client.get("/readyz").json()["status"] == "stale", f"{what.name} is missed")
        assert relay.call().status_code == 200
        what.with_name("elsewhere").rename(what)
        wait_for(lambda: relay.client.get("/readyz").json()["status"] == "ok", f"{what.name} is back")

    state = workspace.path / ".callsheet"
    with relaying(workspace.path) as relay:
        told = relay.client.get("/readyz")
        assert (told.status_code, told.json()["status"]) == (503, "nothing-applied")
        assert relay.events("nothing-applied")
        ready()
        wait_for(lambda: relay.client.get("/readyz").status_code == 200, "it is applied")
        gone(state / "local.db")
    workspace.write(
        "environments.yaml", ENVIRONMENT.replace("type: sqlite, path: .callsheet/local.db", _FOLDER)
    )
    ready()
    with relaying(workspace.path) as relay:
        gone(workspace.path / "deployed")
        gone(state / "ledger.db")
    registry = _FOLDER.replace("directory, path: deployed", "sqlite, path: .callsheet/registry.db")
    workspace.write(
        "environments.yaml",
        ENVIRONMENT.replace(
            "type: sqlite, path: .callsheet/local.db", registry.replace("ledger.db", "own.db")
        ),
    )
    ready()
    with relaying(workspace.path) as relay:
        gone(state / "registry.db")


def test_a_folder_is_served_too(workspace: Folder, service: Service, ready: Ready) -> None:
    workspace.write(
        "environments.yaml", ENVIRONMENT.replace("type: sqlite, path: .callsheet/local.db", _FOLDER)
    )
    ready()
    with relaying(workspace.path) as relay:
        assert relay.call().status_code == 200
        ready(fixed=2)
        wait_for(lambda: relay.call().json()["body"].count('"fixed":2') == 1, "the new apply is served")


_FOLDER = "type: directory, path: deployed}\n  ledger: {type: sqlite, path: .callsheet/ledger.db"


def test_a_registry_in_postgresql_is_served_too(
    shared_workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    with relaying(shared_workspace.path) as relay:
        assert relay.call().status_code == 200
        ready(fixed=2)
        wait_for(lambda: relay.call().json()["body"].count('"fixed":2') == 1, "the new apply is served")


def test_what_was_changed_at_the_target_is_not_served(
    workspace: Folder, service: Service, ready: Ready, callsheet: Callsheet
) -> None:
    workspace.write(
        "environments.yaml", ENVIRONMENT.replace("type: sqlite, path: .callsheet/local.db", _FOLDER)
    )
    ready()
    ready(name="another")
    file = workspace.path / "deployed" / "Action" / "example.json"
    own = file.read_text()
    with relaying(workspace.path) as relay:
        file.write_text(own.replace(service.url, "http://127.0.0.1:9"))
        wait_for(lambda: relay.metric("actions_not_served") == 1, "the changed action is not served")
        response = relay.call()
        assert (response.status_code, error(response)["code"]) == (503, "CS889")
        assert relay.call(name="another").status_code == 200
        file.unlink()
        wait_for(lambda: relay.call().status_code == 503, "a deleted action is not served")
        file.write_text(own)
        wait_for(lambda: relay.call().status_code == 200, "it is as it was applied")
    (event,) = relay.events("not-served")
    assert event["action"] == "example"
    assert "callsheet drift" in event["why"]


def test_an_action_that_nobody_applied_is_not_served(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    workspace.write(
        "environments.yaml", ENVIRONMENT.replace("type: sqlite, path: .callsheet/local.db", _FOLDER)
    )
    ready()
    file = workspace.path / "deployed" / "Action" / "example.json"
    file.with_name("foreign.json").write_text(file.read_text().replace('"example"', '"foreign"'))
    with relaying(workspace.path) as relay:
        assert relay.call(name="foreign").status_code == 404
    assert not service.seen


def test_what_was_confirmed_in_journey_optimizer_is_served_and_nothing_before(
    empty: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RELAY_KEY", KEY)
    write(empty, **SEVEN)
    pack = tmp_path / "pack"
    assert callsheet("apply", "-C", empty.path, "--yes", "-q", "--pack", pack).code == 0
    playing = Workspace(empty.path).emulate()
    try:
        with relaying(empty.path, to=playing.url) as relay:
            assert relay.call({}, name="push").status_code == 404
            assert callsheet("confirm", pack, "push", "-C", empty.path).code == 0
            params = dict.fromkeys(("tenant", "device", "title", "body"), "x")
            wait_for(lambda: relay.call(params, name="push").status_code == 200, "it is served")
            assert relay.call({}, name="sms").status_code == 404
    finally:
        playing.close()


@pytest.mark.parametrize("to", ["https://localhost:8025", "http://evil.example", "localhost"])
def test_only_a_stand_in_on_this_machine_is_called_in_place_of_the_services(
    workspace: Folder, ready: Ready, callsheet: Callsheet, to: str
) -> None:
    ready()
    outcome = callsheet("relay", "-C", workspace.path, "--key", "env:RELAY_KEY", "--port", "0", "--to", to)
    assert outcome.code == 1
    assert "error CS964: " in outcome.err


# What comes back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 204, 400, 401, 404, 409, 418, 422, 429, 500, 503])
def test_a_status_of_the_service_is_passed_on(
    workspace: Folder, service: Service, ready: Ready, status: int
) -> None:
    ready()
    service.answers = [reply(status, "" if status == 204 else '{"a": 1}', Retry_After="7")]
    with relaying(workspace.path) as relay:
        response = relay.call()
    assert (response.status_code, response.headers["X-Callsheet-Outcome"]) == (status, "vendor")
    assert response.headers["Retry-After"] == "7"
    assert response.text == ("" if status == 204 else '{"a": 1}')


@pytest.mark.parametrize(
    ("answer", "status", "outcome"),
    [
        (reply(302, "{}", Location="http://127.0.0.1:9/"), 502, "redirected"),
        (cut, 502, "broken"),
        (stall, 504, "timedout"),
        (trickle, 504, "timedout"),
        (drip, 504, "timedout"),
        (endless, 502, "broken"),
    ],
)
def test_where_the_service_gives_no_answer_the_status_says_how(
    workspace: Folder, service: Service, ready: Ready, answer: Any, status: int, outcome: str
) -> None:
    ready(limits="{timeout: 1s}")
    service.answers = [answer]
    with relaying(workspace.path) as relay:
        response = relay.call()
        # The call itself has ended too, and keeps nobody's turn.
        wait_for(lambda: relay.metric("in_flight") == 0, "the call has ended", 1)
    assert (response.status_code, error(response)["outcome"]) == (status, outcome)
    assert error(response)["code"] == "CS888"
    assert len(service.seen) == 1


def test_a_service_that_is_not_there(workspace: Folder, ready: Ready) -> None:
    ready(url="http://127.0.0.1:9")
    with relaying(workspace.path) as relay:
        response = relay.call()
        # Nothing left, so that the same key may try again.
        again = [relay.call(Idempotency_Key="one") for _ in range(2)]
    assert (response.status_code, error(response)["outcome"]) == (502, "unreachable")
    assert "nothing was sent" in error(response)["message"]
    assert all("Idempotency-Replayed" not in one.headers for one in again)


def test_retries_are_those_of_the_action(workspace: Folder, service: Service, ready: Ready) -> None:
    ready(limits="{timeout: 5s, retries: 2}")
    service.answers = [reply(503, Retry_After="0"), reply(429), reply(200)]
    with relaying(workspace.path) as relay:
        assert relay.call().status_code == 200
        assert relay.metric("retries_total") == 2
        assert relay.events("call")[0]["attempts"] == len(service.seen) == 3
        # Gateways answer so after the service got the call, too: it is not made twice, nor with a new key.
        for status in (502, 503, 504):
            service.seen.clear()
            service.answers = [reply(status), reply(200)]
            key = f"key-{status}"
            assert [relay.call(Idempotency_Key=key).status_code for _ in range(2)] == [status, status]
            assert len(service.seen) == 1
        # Where the service says that it did nothing, the key is free again.
        service.answers = [reply(429, Retry_After="9"), reply(200)]
        assert [relay.call(Idempotency_Key="free").status_code for _ in range(2)] == [429, 200]


def test_the_answer_comes_before_the_deadline_whatever_the_action_allows(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(limits="{timeout: 30s, retries: 3}")
    service.answers = [stall]
    with relaying(workspace.path, deadline=1.0) as relay:
        begin = time.monotonic()
        response = relay.call()
        assert time.monotonic() - begin < 1.5
        assert (response.status_code, error(response)["outcome"]) == (504, "timedout")


def test_parameters_that_do_not_fit_are_refused_without_their_values(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    wrong = {
        "list": "x" * 101,
        "person": "Ada\r\nX-Evil: 1",
        "count": 77,
        "kind": "Ada Lovelace",
        "Ada@example.com": 1,
    }
    with relaying(workspace.path) as relay:
        response = relay.call(wrong)
    assert response.status_code == 422
    assert error(response)["code"] == "CS926"
    assert sorted(error(response)["findings"]) == [
        "`count` is more than 9",
        '`kind` is not one of ["one", "two"]',
        "`list` is longer than 100 characters",
        "`text` is required and has no value",
        "a parameter is not declared",
    ]
    assert not service.seen
    assert "Ada" not in "".join(relay.log)


# Keys of a call ----------------------------------------------------------------------------------


def test_a_repeated_key_gets_the_first_answer_and_nothing_is_sent(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    service.answers = [reply(500, '{"first": true}'), reply(200, '{"first": false}')]
    with relaying(workspace.path) as relay:
        first = relay.call(Idempotency_Key="one")
        # The layout of the body and the order of its names do not count.
        again = relay.send(b'{ "text":"Hi",\n "list" : "\\u006eews" }', Idempotency_Key="one")
        other = relay.call(Idempotency_Key="two")
        assert relay.metric("replays_total") == 1
        assert relay.metric("idempotency_keys") == 2
    assert (first.status_code, first.json()) == (500, {"first": True})
    assert (again.status_code, again.json()) == (500, {"first": True})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code == 200
    assert len(service.seen) == 2


def test_a_key_that_is_repeated_while_the_call_is_made_waits_for_the_same_answer(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()

    def slowly(handler: Any, seen: Any) -> None:
        time.sleep(0.5)
        reply(200, '{"slow": true}')(handler, seen)

    service.answers = [slowly]
    with relaying(workspace.path) as relay, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: relay.call(Idempotency_Key="one"), range(8)))
    assert {(one.status_code, one.text) for one in answers} == {(200, '{"slow": true}')}
    assert sum(one.headers.get("Idempotency-Replayed") == "true" for one in answers) == 7
    assert len(service.seen) == 1


def test_a_key_for_other_parameters_is_refused_and_each_action_has_its_own(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(apply=False)
    ready(name="another")
    with relaying(workspace.path) as relay:
        assert relay.call(Idempotency_Key="one").status_code == 200
        response = relay.call({**PARAMS, "text": "Ho"}, Idempotency_Key="one")
        assert (response.status_code, error(response)["code"]) == (422, "CS886")
        assert relay.call(name="another", Idempotency_Key="one").status_code == 200
    assert len(service.seen) == 2


def test_a_refused_call_uses_up_no_key(workspace: Folder, service: Service, ready: Ready) -> None:
    ready()
    with relaying(workspace.path) as relay:
        assert relay.call({"list": "news"}, Idempotency_Key="one").status_code == 422
        assert relay.call(Idempotency_Key="one").status_code == 200


def test_a_call_that_was_refused_and_gets_no_other_token_is_not_sent_again(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(_OAUTH.format(url=service.url))
    tokens = iter([reply(200, '{"access_token": "t0ken-canary", "expires_in": 3600}'), reply(403)])

    def answer(handler: Any, seen: Any) -> None:
        (next(tokens) if seen.path == "/token" else reply(401))(handler, seen)

    service.answers = [answer]
    with relaying(workspace.path) as relay:
        answers = [relay.call(Idempotency_Key="one") for _ in range(2)]
    assert [(one.status_code, error(one)["code"]) for one in answers] == [(502, "CS963")] * 2
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert len(service.calls()) == 1


def test_a_key_is_forgotten_after_the_window(workspace: Folder, service: Service, ready: Ready) -> None:
    ready()
    with relaying(workspace.path, window=0.3) as relay:
        for _ in range(2):
            assert relay.call(Idempotency_Key="one").status_code == 200
        time.sleep(0.4)
        assert relay.call(Idempotency_Key="one").status_code == 200
        assert relay.metric("idempotency_keys") == 1
    assert len(service.seen) == 2


# Authentication of the service, rates -------------------------------------------------------------

_OAUTH = (
    "{{type: oauth2, grant: client_credentials, tokenUrl: '{url}/token', clientId: us,"
    " clientSecret: {{secret: 'env:CANARY'}}}}"
)


def _token(handler: Any, seen: Any) -> None:
    if seen.path == "/token":
        reply(200, '{"access_token": "t0ken-canary", "expires_in": 3600}')(handler, seen)
    else:
        echo(handler, seen)


def test_a_token_is_asked_for_once_and_calls_share_connections(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(_OAUTH.format(url=service.url))
    service.answers = [_token]
    with relaying(workspace.path) as relay, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: relay.call(), range(24)))
    assert {one.status_code for one in answers} == {200}
    assert sum(one.path == "/token" for one in service.seen) == 1
    assert {one.headers["Authorization"] for one in service.calls()} == {"Bearer t0ken-canary"}
    # The service echoed the token, and the secret.
    assert all("t0ken-canary" not in one.text and CANARY not in one.text for one in answers)


def test_a_token_endpoint_at_another_host_is_to_be_allowed(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    with serving() as tokens:
        tokens.answers = [_token]
        ready(_OAUTH.format(url=tokens.url))
        with relaying(workspace.path) as relay:
            response = relay.call()
            assert (response.status_code, error(response)["code"]) == (503, "CS889")
            assert "CS961" in error(response)["message"]
        assert relay.events("not-served")[0]["why"].endswith(f"--allow-host localhost:{tokens.port}")
        assert (tokens.seen, service.seen) == ([], [])
        with relaying(workspace.path, allow_hosts=(f"localhost:{tokens.port}",)) as relay:
            assert relay.call().status_code == 200


def test_a_token_that_is_refused_and_a_secret_that_is_missing(
    workspace: Folder, service: Service, ready: Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(_OAUTH.format(url=service.url))
    service.answers = [reply(403, '{"error": "Ada"}')]
    with relaying(workspace.path) as relay:
        response = relay.call()
        assert (response.status_code, error(response)["code"]) == (502, "CS963")
        assert "Ada" not in response.text
        monkeypatch.delenv("CANARY")
        response = relay.call()
        assert (response.status_code, error(response)["code"]) == (500, "CS606")


def test_the_rate_of_an_action_counts_over_all_its_calls(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(limits="{timeout: 5s, rate: 3 per 1m}")
    with relaying(workspace.path) as relay:
        answers = [relay.call() for _ in range(4)]
        # Another apply does not give it new slots.
        ready(limits="{timeout: 5s, rate: 3 per 1m}", fixed=2)
        wait_for(lambda: len(relay.events("serves")) == 2, "the new apply is served")
        answers.append(relay.call())
    assert [one.status_code for one in answers] == [200, 200, 200, 429, 429]
    assert error(answers[-1])["outcome"] == "capped"
    assert answers[-1].headers["Retry-After"] == "1"


def test_an_endpoint_configuration_caps_all_actions_that_it_covers(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    workspace.write(
        "cap.yaml",
        f"""\
apiVersion: callsheet/v1
kind: EndpointConfig
metadata: {{name: cap}}
spec:
  url: {service.url}/v1/*
  methods: [POST]
  capping: {{action: {{rate: 2 per 1m}}}}
""",
    )
    ready(apply=False)
    ready(name="another")
    with relaying(workspace.path) as relay:
        answers = [relay.call(), relay.call(name="another"), relay.call()]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "`cap` lets through" in error(answers[-1])["message"]


# Too much, and the end ----------------------------------------------------------------------------


def _slow(seconds: float) -> Any:
    def answer(handler: Any, seen: Any) -> None:
        time.sleep(seconds)
        reply(200)(handler, seen)

    return answer


def test_more_calls_than_may_wait_are_refused_at_once(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    service.answers = [_slow(0.6)]
    with relaying(workspace.path, concurrency=2, waiting=2) as relay, ThreadPoolExecutor(12) as pool:
        begin = time.monotonic()
        answers = list(pool.map(lambda _: (relay.call(), time.monotonic() - begin), range(12)))
    taken = [one for one, _ in answers if one.status_code == 200]
    refused = [(one, when) for one, when in answers if one.status_code == 429]
    assert (len(taken), len(refused)) == (4, 8)
    assert all(when < 0.6 and one.headers["Retry-After"] == "1" for one, when in refused)
    assert {error(one)["code"] for one, _ in refused} == {"CS887"}
    assert len(service.seen) == 4


def test_a_call_whose_turn_does_not_come_is_not_sent(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    service.answers = [_slow(2.0), reply(200)]
    with (
        relaying(workspace.path, concurrency=1, waiting=9, deadline=1.0) as relay,
        ThreadPoolExecutor(3) as pool,
    ):
        answers = sorted(one.status_code for one in pool.map(lambda _: relay.call(), range(3)))
    assert answers == [503, 503, 504]
    assert len(service.seen) == 1


def test_a_stop_finishes_what_it_makes_and_refuses_the_rest(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    service.answers = [_slow(0.8)]
    with relaying(workspace.path) as relay, ThreadPoolExecutor(4) as pool:
        made = [pool.submit(relay.call) for _ in range(3)]
        wait_for(lambda: len(service.seen) == 3, "the calls are made")
        relay.session.stop()
        response = relay.call()
        assert (response.status_code, error(response)["outcome"]) == (503, "stopping")
        assert relay.client.get("/readyz").status_code == 503
        assert relay.client.get("/healthz").status_code == 200
        assert [one.result().status_code for one in made] == [200, 200, 200]
        relay.thread.join(3)
        assert not relay.thread.is_alive()
    assert len(service.seen) == 3
    assert relay.events("stopped") == [{**relay.events("stopped")[0], "unfinished": 0}]


def test_a_call_whose_body_comes_after_the_stop_is_not_made(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    body = json.dumps(PARAMS).encode()
    head = (
        f"POST /actions/example HTTP/1.1\r\nHost: x\r\nX-Callsheet-Key: {KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    service.answers = [_slow(0.8)]
    with relaying(workspace.path) as relay, ThreadPoolExecutor(1) as pool:
        made = pool.submit(relay.call)
        with socket.create_connection(relay.session.socket.getsockname(), timeout=5) as late:
            late.sendall(head.encode() + body[:5])
            wait_for(lambda: len(service.seen) == 1, "a call is made")
            relay.session.stop()
            late.sendall(body[5:])
            assert late.recv(12) == b"HTTP/1.1 503"
        assert made.result().status_code == 200
    assert len(service.seen) == 1


def test_a_stop_waits_no_longer_than_its_grace(workspace: Folder, service: Service, ready: Ready) -> None:
    ready()
    service.answers = [stall]
    with relaying(workspace.path, grace=0.3) as relay, ThreadPoolExecutor(1) as pool:
        made = pool.submit(lambda: relay.call().status_code)
        wait_for(lambda: len(service.seen) == 1, "the call is made")
        begin = time.monotonic()
        relay.session.stop()
        relay.thread.join(10)
        assert time.monotonic() - begin < 2.5
        # Whoever waits is told so; the answer is no success.
        assert made.result() == 504
    assert relay.events("stopped")[0]["unfinished"] == 1


# What is written down -----------------------------------------------------------------------------


def test_no_personal_value_and_no_secret_is_in_logs_and_metrics(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready(_OAUTH.format(url=service.url), limits="{timeout: 1s}")
    personal = {"list": "zora-list", "text": "Dear Zora", "person": "Lovelace"}
    with relaying(workspace.path) as relay:
        for answer in (_token, reply(500, '{"echo": "Dear Zora"}'), cut, stall):
            service.answers = [answer]
            relay.call(personal, Idempotency_Key="zora@example.com")
            relay.call(personal, Authorization="Bearer zora@example.com")
            relay.call({**personal, "Lovelace": "Lovelace"})
            relay.call(personal, name="Lovelace")
        relay.client.get("/Lovelace?q=Lovelace")
        relay.client.get("/actions/example", headers={"X-Callsheet-Key": "Lovelace-Lovelace"})
        written = (
            "\n".join(relay.log) + relay.client.get("/metrics").text + relay.client.get("/readyz").text
        )
    for one in ("Lovelace", "Zora", "zora", CANARY, KEY, "t0ken", service.url):
        assert one not in written, one
    assert {one["action"] for one in relay.events("call")} == {"example", None}
    assert all(set(one) == _FIELDS for one in relay.events("call"))


_FIELDS = {
    "time", "level", "event", "action", "status", "outcome", "code", "attempts", "seconds", "request", "replayed", "keyed",
}  # fmt: skip


def test_a_call_is_answered_also_where_nobody_reads_the_log(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()

    def gone(line: str) -> None:
        raise BrokenPipeError(line)

    with relaying(workspace.path) as relay:
        relay.session.records.write = gone
        assert relay.call().status_code == 200


def test_it_describes_what_it_serves_by_openapi(workspace: Folder, service: Service, ready: Ready) -> None:
    import jsonschema

    ready(apply=False)
    ready(name="another")
    with relaying(workspace.path) as relay:
        described = relay.client.get("/openapi.json").json()
        ready(name="third")
        wait_for(
            lambda: "/actions/third" in relay.client.get("/openapi.json").json()["paths"], "it is described"
        )
    check_schema(
        described,
        "https://raw.githubusercontent.com/OAI/OpenAPI-Specification/main/schemas/v3.1/schema.json",
    )
    for one in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(described)):
        found: Any = described
        for step in one.split("/"):
            found = found[step]
    names = [one["operationId"] for path in described["paths"].values() for one in path.values()]
    assert len(set(names)) == len(names)
    assert {one for one in described["paths"] if one.startswith("/actions/")} == {
        "/actions/another",
        "/actions/example",
    }
    operation = described["paths"]["/actions/example"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    check = jsonschema.Draft202012Validator(schema).is_valid
    assert check({**PARAMS, "count": None, "kind": "one"})
    assert not any(
        check(one)
        for one in ({"list": "a"}, {**PARAMS, "count": 10}, {**PARAMS, "x": 1}, {**PARAMS, "kind": "x"})
    )


def test_what_is_open_to_all_says_nothing_of_what_is_served(
    workspace: Folder, service: Service, ready: Ready
) -> None:
    ready()
    with relaying(workspace.path) as relay:
        relay.client.headers.pop("X-Callsheet-Key")
        assert relay.client.get("/healthz").json() == {"status": "ok"}
        assert set(relay.client.get("/readyz").json()) == {
            "status",
            "serial",
            "actions",
            "notServed",
            "readSecondsAgo",
        }
        for path in ("/metrics", "/openapi.json", "/actions/example", "/", "/docs", "/actions"):
            assert relay.client.get(path).status_code == 401
        assert relay.call().status_code == 401
        assert relay.client.get("/metrics", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    assert not service.seen


# Who may call -------------------------------------------------------------------------------------


def test_a_second_key_is_accepted_while_the_first_is_replaced(
    workspace: Folder, service: Service, ready: Ready, tmp_path: Path
) -> None:
    ready()
    file = tmp_path / "key"
    file.write_text("the-second-key-of-all\n")
    with relaying(workspace.path, keys=("env:RELAY_KEY", f"file:{file}")) as relay:
        statuses = [
            relay.call(X_Callsheet_Key=one).status_code for one in (KEY, "the-second-key-of-all", "x" * 20)
        ]
        assert statuses == [200, 200, 401]
        file.write_text("the-third-key-of-them")
        wait_for(
            lambda: relay.call(X_Callsheet_Key="the-third-key-of-them").status_code == 200,
            "it is read again",
        )
        assert relay.call(X_Callsheet_Key="the-second-key-of-all").status_code == 401
        file.write_text("short")
        wait_for(lambda: bool(relay.events("key-not-read")), "it is refused")
        assert relay.metric("keys_unreadable") == 1
        assert relay.call(X_Callsheet_Key="the-third-key-of-them").status_code == 200


def test_threads_are_few_and_end(workspace: Folder, service: Service, ready: Ready) -> None:
    def threads() -> int:
        return sum(one.name.startswith("relay-") for one in threading.enumerate())

    ready()
    wait_for(lambda: threads() == 0, "those of the tests before have ended", 30)
    with relaying(workspace.path, concurrency=4) as relay:
        for _ in range(3):
            relay.call()
        assert threads() == 5
    wait_for(lambda: threads() == 0, "they end", 30)
