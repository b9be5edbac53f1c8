"""What was applied → what is served."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.calling.attempts import Way
from callsheet.errors import CallsheetError
from callsheet.relay.hosts import host_of
from callsheet.relay.model import Reading, Written
from callsheet.relay.serving import Serving, Table


def content(name: str = "a", url: Any = "https://api.example.com/v1", **more: Any) -> dict[str, Any]:
    request = {"method": "POST", "url": url, "payload": {}}
    return {"name": name, "parameters": {}, "authentication": {"type": "none"}, "request": request, **more}


def reading(*contents: dict[str, Any], serial: int = 1, differing: tuple[str, ...] = ()) -> Reading:
    applied = {}
    for one in contents:
        text = json.dumps(one, sort_keys=True)
        applied[f"{one.get('kind', 'Action')}/{one['name']}"] = Written(
            canonical=text, digest=str(hash(text))
        )
    return Reading(serial=serial, applied=applied, differing=differing)


SERVING = Serving(
    way=lambda content: Way(resolve=lambda reference: "x" * 20), trusts=lambda origin: False, connections=4
)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.example.com/v1", "api.example.com"),
        ("http://localhost:8080/v1", "localhost:8080"),
        ("https://api.example.com/é/a b", "api.example.com"),
        ("https://api.example.com", "api.example.com"),
        ("https://api.example.com\\@evil.example/v1", None),
        ("https://evil@api.example.com/v1", "api.example.com"),
        ({"$concat": ["https://api.example.com/v1/", {"$param": "x"}]}, "api.example.com"),
        ({"$concat": ["https://api.example.com/v1?x=", {"$param": "x"}]}, "api.example.com"),
        ({"$concat": ["https://api.example.com", {"$param": "x"}]}, None),
        ({"$concat": ["https://", {"$param": "x"}, "/v1"]}, None),
        ({"$concat": ["https://a.", {"$param": "x"}, ".example.com/v1"]}, None),
        ({"$concat": [{"$param": "x"}, "/v1"]}, None),
        ({"$concat": ["https://evil@api.example.com", {"$param": "x"}, "/"]}, None),
        ({"$concat": ["https://api.example.com:", {"$param": "x"}, "/"]}, None),
        ({"$concat": ["https://api.example.com\\@evil/", {"$param": "x"}]}, None),
    ],
)
def test_whom_an_action_calls_is_fixed_or_it_is_not_served(url: Any, shown: str | None) -> None:
    origin = host_of(content(url=url))
    assert (None if origin is None else origin.shown) == shown
    table = SERVING.table(reading(content(url=url)), Table())
    assert (set(table.served), set(table.not_served)) == (({"a"}, set()) if shown else (set(), {"a"}))


def test_a_line_leads_to_the_hosts_of_its_action_and_to_no_other() -> None:
    token = {"type": "oauth2", "tokenUrl": "https://login.example.com/token"}
    serving = Serving(way=SERVING.way, trusts=lambda origin: True, connections=4)
    route = serving.table(reading(content(authentication=token)), Table()).served["a"].line.way.route
    for url in ("https://api.example.com/v1/x?y=z", "https://login.example.com/token"):
        assert route(url) == url
    for url in (
        "https://evil.example/v1", "http://api.example.com/v1", "https://api.example.com:8443/v1",
        "https://api.example.com@evil.example/v1", "https://api.example.com\\@evil.example/", "https://api.example.com.evil.example/",
    ):  # fmt: skip
        with pytest.raises(CallsheetError, match="another host"):
            route(url)


def test_what_has_not_changed_keeps_its_line() -> None:
    first = SERVING.table(reading(content("a"), content("b")), Table())
    second = SERVING.table(reading(content("a"), content("b", labels={"x": "y"}), serial=2), first)
    assert second.served["a"] is first.served["a"]
    assert second.served["b"] is not first.served["b"]
    assert second.served["b"].line.slots == first.served["b"].line.slots


def test_a_rate_that_changes_gets_new_slots() -> None:
    first = SERVING.table(reading(content(limits={"rate": "1 per 1m"})), Table())
    second = SERVING.table(reading(content(limits={"rate": "2 per 1m"})), first)
    (before,), (after,) = first.served["a"].line.slots.values(), second.served["a"].line.slots.values()
    assert (before.written, after.written, before is after) == ("1 per 1m", "2 per 1m", False)


def test_a_cap_is_shared_and_survives_an_apply() -> None:
    cap = {
        "kind": "EndpointConfig", "name": "cap", "url": "https://api.example.com/*", "methods": ["POST"],
        "capping": {"action": {"rate": "2 per 1m"}},
    }  # fmt: skip
    first = SERVING.table(reading(cap, content("a"), content("b")), Table())
    second = SERVING.table(reading(cap, content("a", owner="x"), content("b")), first)
    lines = [table.served[name].line for table in (first, second) for name in ("a", "b")]
    words = "`cap` lets through (2 per 1m)"
    assert len({id(one.slots[words]) for one in lines}) == 1
    third = SERVING.table(reading(content("a"), content("b")), second)
    assert words not in third.served["a"].line.slots


def test_messages_and_configurations_are_no_actions() -> None:
    found = SERVING.table(reading({"kind": "Message", "name": "m"}, content("a")), Table())
    assert set(found.served) == {"a"}
    assert not found.not_served


@pytest.mark.parametrize(
    "strange", [{"request": None}, {"request": {"url": {}}}, {"limits": {"rate": "often"}}, {"limits": 7}]
)
def test_what_another_version_applied_otherwise_keeps_nobody_else_out(strange: dict[str, Any]) -> None:
    found = SERVING.table(reading(content("a", **strange), content("b")), Table())
    assert (set(found.served), found.not_served["a"].code) == ({"b"}, "CS889")
    assert "apply it again" in found.not_served["a"].why


def test_the_call_of_a_relay_is_not_served_by_one() -> None:
    key = {"secret": "env:RELAY_KEY"}
    by_header = content("a")
    by_header["request"]["headers"] = {"X-Callsheet-Key": key}
    by_key = content(
        "b", authentication={"type": "apiKey", "in": "header", "name": "x-callsheet-key", "value": key}
    )
    other = content(
        "c", authentication={"type": "apiKey", "in": "query", "name": "x-callsheet-key", "value": key}
    )
    found = SERVING.table(reading(by_header, by_key, other), Table())
    assert (set(found.served), set(found.not_served)) == ({"c"}, {"a", "b"})


def test_what_differs_from_what_was_applied_is_not_served() -> None:
    found = SERVING.table(reading(content("a"), content("b"), differing=("Action/a",)), Table())
    assert (set(found.served), found.not_served["a"].code) == ({"b"}, "CS889")
