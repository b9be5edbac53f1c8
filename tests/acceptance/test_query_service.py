"""Figures straight from Adobe's Query Service: its rows come over the protocol of PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callsheet.errors import CallsheetError
from callsheet.outbound.hosts import AllowedHosts
from callsheet.targets.journey_optimizer.metrics import figures_of, query_text, read_rows
from callsheet.targets.journey_optimizer.query_service import query_rows
from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT, Do
from support.journeys import SEVEN, write
from support.postgres import Server
from support.query_service import TOKEN, QueryService, running
from support.workspaces import Callsheet, Folder

pytest.importorskip("psycopg")
COLUMNS = ("action", "endpoint", "calls", "ok", "timeouts", "capped", "p95_ms", "rps_when_busy", "peak_rps")
ROWS: list[tuple[Any, ...]] = [
    ("push", "https://push.example.com/v1/send", 1000, 940, 20, 10, 900.5, 12.5, 140),
    ("", None, 5, 0, 0, 0, None, None, None),
]


@pytest.fixture
def service(adobe: Adobe) -> Iterator[QueryService]:
    with running() as found:
        found.columns, found.rows = COLUMNS, list(ROWS)
        adobe.connection = found.parameters()
        yield found


@pytest.fixture
def do(callsheet: Callsheet, empty: Folder, adobe: Adobe) -> Do:
    write(empty, **SEVEN)
    empty.write("environments.yaml", ENVIRONMENT)
    return Do(callsheet, empty)


def test_the_rows_of_query_service_are_the_figures(do: Do, service: QueryService, tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    outcome = do("metrics", "--hours", "48", "--save", str(kept), "--fail-on", "error_rate > 5%")
    assert outcome.code == 1, outcome.err
    assert "push       1,000    6.00 %    2.00 %  1.00 %    -  900 ms" in outcome.out
    assert "interval '48' hour" in service.queries[0]
    assert service.queries == [do("metrics", "--hours", "48", "--sql").out]
    again = do("metrics", "--from", str(kept))
    assert again.out.splitlines()[:3] == outcome.out.splitlines()[:3]
    assert json.loads(kept.read_text())["rows"][0]["peak_rps"] == 140
    assert "calls until now: 1,000 calls" in do("plan", "--metrics", str(kept)).out


def test_the_query_counts_what_it_says(server: Server, database: str) -> None:
    """The query runs on PostgreSQL, where a field of an event is a column: its dialect is near, and not the same."""
    server.execute(
        'CREATE TABLE journey_step_events (timestamp timestamptz, "inTest" boolean, "inDryRun" boolean,'
        " actionType text, actionName text, actionOriginEndpoint text, actionExecutionError text,"
        " actionExecutionErrorCode text, actionExecutionOriginTime int, actionWaitTime int,"
        " actionExecutionOriginStartTime timestamptz)".replace('"', ""),
        database,
    )
    moment = "date_trunc('second', now() - interval '1 minute')"
    rows = [
        (f"{moment}", "'push'", "'https://a/1'", "NULL", "NULL", 100, 5, f"{moment}"),
        (f"{moment}", "'push'", "'https://a/1'", "'http'", "'503'", 300, 0, f"{moment} + interval '0.9 second'"),
        (f"{moment}", "'push'", "'https://a/2'", "'timedout'", "NULL", 900, 0, f"{moment} + interval '0.5 second'"),
        (f"{moment}", "'push'", "'https://a/1'", "'capping'", "NULL", "NULL", "NULL", "NULL"),
        (f"{moment}", "'sms'", "'https://b/1'", "'http'", "'404'", 50, 0, f"{moment} + interval '3 second'"),
        ("now() - interval '9 day'", "'push'", "'https://a/1'", "NULL", "NULL", 1, 0, f"{moment}"),
    ]  # fmt: skip
    for at, name, endpoint, error, code, ms, wait, begin in rows:
        server.execute(
            f"INSERT INTO journey_step_events VALUES ({at}, NULL, false, 'customHttpAction', {name}, {endpoint},"
            f" {error}, {code}, {ms}, {wait}, {begin})",
            database,
        )
    server.execute(
        f"INSERT INTO journey_step_events SELECT {moment}, true, false, 'customHttpAction', 'push'",
        database,
    )
    server.execute(
        f"INSERT INTO journey_step_events SELECT {moment}, false, false, 'wait', 'push'", database
    )
    text = query_text(24).replace("_experience.journeyOrchestration.stepEvents.", "")
    found = read_rows(json.dumps([dict(one) for one in asked(server, database, text)], default=float))
    push, sms = figures_of(found, {})
    assert push.counts == {"calls": 4, "ok": 1, "e4xx": 0, "e5xx": 1, "timeouts": 1, "capped": 1}
    assert (push.times["p95_ms"], push.times["max_queue_ms"], push.peak) == (900, 5, 3)
    assert (sms.counts["e4xx"], sms.per_second, sms.peak) == (1, 1, 1)


def asked(server: Server, database: str, text: str) -> list[dict[str, Any]]:
    import psycopg
    from psycopg.rows import dict_row

    with psycopg.connect(server.url(database), row_factory=dict_row) as connection:
        return connection.execute(text).fetchall()


def test_what_query_service_refuses_is_said_without_its_token(do: Do, service: QueryService) -> None:
    service.refusal = f"[42P01] no dataset journey_step_events for {TOKEN}\nmore"
    outcome = do("metrics")
    assert outcome.err.startswith(
        "error CS896: Query Service returned no result: [42P01] no dataset journey_step"
    )
    assert TOKEN not in outcome.err + outcome.out
    service.refusal, service.columns, service.rows = "", ("action",), [("push",)]
    assert "row 1 has no number `calls`" in do("metrics").err


def test_a_wrong_token_and_a_closed_port_are_said(do: Do, adobe: Adobe, service: QueryService) -> None:
    adobe.connection = service.parameters(token="an0ther-t0ken")
    outcome = do("metrics")
    assert outcome.err.startswith("error CS896: ")
    assert "an0ther-t0ken" not in outcome.err
    adobe.connection = service.parameters(port=1)
    assert do("metrics").err.startswith("error CS896: Query Service returned no result: connection")
    assert service.queries == []


@pytest.mark.parametrize("host", ["evil.example.com", "adobe.io.example.com", "127.0.0.2", "xadobe.io"])
def test_the_token_goes_to_no_host_but_adobes(
    do: Do, adobe: Adobe, service: QueryService, host: str
) -> None:
    adobe.connection = service.parameters(host=host)
    outcome = do("metrics")
    assert outcome.err.startswith(
        f"error CS896: Query Service is at '{host}', which is not a host of Adobe's"
    )
    assert service.queries == []


def test_an_allowed_host_is_asked_with_its_certificate_verified(
    do: Do, adobe: Adobe, service: QueryService
) -> None:
    adobe.connection = service.parameters(host="127.0.0.2")
    err = do("metrics", "--allow-host", "127.0.0.2").err
    assert err.startswith("error CS896: Query Service returned no result: connection")
    assert service.queries == []


@pytest.mark.parametrize(
    ("changed", "code"), [({"port": "80"}, "CS873"), ({"token": ""}, "CS873"), (None, "CS872")]
)
def test_an_answer_without_a_connection_is_said(
    do: Do, adobe: Adobe, service: QueryService, changed: Any, code: str
) -> None:
    adobe.connection = {} if changed is None else service.parameters(**changed)
    assert do("metrics").err.startswith(f"error {code}: ")


def test_a_query_ends_in_time(service: QueryService) -> None:
    service.slow = 5

    class Client:
        origin = None

        def shown(self, text: str) -> str:
            return text

    class Account:
        client = Client()

        def call(self, method: str, path: str) -> Any:
            return type("Answer", (), {"status": 200, "value": service.parameters(host="127.0.0.1")})()

    allowed = AllowedHosts(frozenset({("127.0.0.1", None)}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("callsheet.targets.journey_optimizer.query_service.LOOPBACK", ("127.0.0.1",))
        Client.origin = type("Origin", (), {"host": "127.0.0.1"})()
        with pytest.raises(CallsheetError, match="returned no result"):
            query_rows(Account(), "SELECT 1", allowed, seconds=0.3)  # type: ignore[arg-type]


def test_without_an_account_nothing_is_asked(callsheet: Callsheet, empty: Folder) -> None:
    write(empty, **SEVEN)
    outcome = callsheet("metrics", "-C", empty.path)
    assert outcome.code == 2
    assert "--from" in outcome.err
