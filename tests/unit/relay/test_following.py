"""What is served while what is applied cannot be read, is gone, or goes backwards."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet.calling.attempts import Way
from callsheet.errors import CallsheetError
from callsheet.relay.following import Follower
from callsheet.relay.metrics import Metrics
from callsheet.relay.model import Reading, Written
from callsheet.relay.records import Records
from callsheet.relay.serving import Serving


def reading(serial: int, *names: str) -> Reading:
    applied = {}
    for name in names:
        request = {"method": "POST", "url": "https://api.example.com/v1"}
        text = json.dumps({"name": name, "authentication": {"type": "none"}, "request": request})
        applied[f"Action/{name}"] = Written(canonical=text, digest=name)
    return Reading(serial=serial, applied=applied, differing=())


class World:
    """A follower by hand, of what a test says is applied."""

    def __init__(self, now: Any) -> None:
        self.now = now
        self.log: list[dict[str, Any]] = []
        records = Records(lambda line: self.log.append(json.loads(line)), Metrics())
        way = Way(resolve=lambda reference: "x" * 20)
        serving = Serving(way=lambda content: way, trusts=lambda origin: False, connections=1)
        self.follower = Follower(self.read, serving, lambda: None, records, every=3_600)

    def read(self) -> Reading:
        if isinstance(self.now, Reading):
            return self.now
        raise self.now

    def look(self, now: Any) -> None:
        self.now = now
        self.follower.look()

    def events(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.log if one["event"] == event]


@pytest.mark.parametrize("later", [reading(0), reading(2, "b"), reading(0, "a")])
def test_a_ledger_that_goes_backwards_is_stale_and_the_last_state_is_served(later: Reading) -> None:
    world = World(reading(3, "a"))
    world.follower.start()
    try:
        assert world.follower.status == "ok"
        for _ in range(2):
            world.look(later)
            assert (world.follower.status, world.follower.failure) == ("stale", "CS905")
            assert list(world.follower.table.served) == ["a"]
        (told,) = world.events("not-read")
        assert "apply 3 was read before" in told["why"]
        assert told["then"] == "what was read last is served"
        world.look(reading(3, "a"))
        assert world.follower.status == "ok"
        world.look(reading(4, "b"))
        assert list(world.follower.table.served) == ["b"]
    finally:
        world.follower.close()


def test_the_log_says_why_and_what_then() -> None:
    world = World(reading(1, "a"))
    world.follower.start()
    try:
        world.look(CallsheetError("CS940", "the server does not answer", help=""))
        world.look(RuntimeError("s3cr3t"))
        shown = [(one["code"], one["why"]) for one in world.events("not-read")]
        assert shown == [
            ("CS940", "the server does not answer"),
            ("RuntimeError", "the driver of the database failed"),
        ]
    finally:
        world.follower.close()


@pytest.mark.parametrize(
    "empty", [reading(0), reading(1)], ids=["never", "an apply has begun, or deleted all"]
)
def test_where_nothing_is_applied_it_is_not_ready_and_warns(empty: Reading) -> None:
    world = World(empty)
    world.follower.start()
    try:
        assert world.follower.status == "nothing-applied"
        assert [one["level"] for one in world.events("nothing-applied")] == ["warning"]
        world.look(reading(1, "a"))
        assert world.follower.status == "ok"
        assert len(world.events("nothing-applied")) == 1
    finally:
        world.follower.close()


def test_secrets_that_are_not_there_are_named_once_for_each_state_of_an_action() -> None:
    def resolve(reference: str) -> str:
        if reference != "env:THERE":
            raise CallsheetError("CS606", f"{reference} is not set", help="")
        return "x" * 20

    def applied(serial: int, **headers: str) -> Reading:
        content = {
            "name": "a",
            "authentication": {"type": "bearer", "token": {"secret": "env:TOKEN"}},
            "request": {
                "method": "POST",
                "url": "https://api.example.com/v1",
                "headers": {name: {"secret": reference} for name, reference in headers.items()},
                "payload": {"key": {"$secret": "file:/run/key"}, "secret": "env:NONE"},
            },
        }
        text = json.dumps(content)
        return Reading(
            serial=serial, applied={"Action/a": Written(canonical=text, digest=text)}, differing=()
        )

    world = World(applied(1, a="env:THERE"))
    world.follower.serving = Serving(
        way=lambda content: Way(resolve=resolve), trusts=lambda origin: False, connections=1
    )
    world.follower.look()
    for _ in range(2):
        world.follower.check_secrets()
    shown = [(one["action"], one["secret"], one["code"]) for one in world.events("secret-missing")]
    assert shown == [("a", "file:/run/key", "CS606"), ("a", "env:TOKEN", "CS606")]
    world.look(applied(2, a="env:GONE"))
    world.follower.check_secrets()
    assert [one["secret"] for one in world.events("secret-missing")][2:] == [
        "env:GONE",
        "file:/run/key",
        "env:TOKEN",
    ]
