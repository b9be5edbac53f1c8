"""What is kept of idempotency keys, and for how long."""

from __future__ import annotations

import asyncio

import pytest

from callsheet.calling.attempts import Progress
from callsheet.relay.replies import Reply
from callsheet.relay.window import Window

SENT = Reply(status=200, body=b"x" * 100, outcome="vendor", sent=True)
NOT_SENT = Reply(status=429, body=b"{}", outcome="busy")
REFUSED = Reply(status=503, body=b"{}", outcome="vendor", sent=True, refused=True)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_an_answer_is_kept_from_the_answer_on_and_a_call_until_it_ends(clock: Clock) -> None:
    async def run() -> None:
        window = Window(10, clock=clock)
        window.begin(b"a", b"1", Progress())
        clock.now = 100  # the call takes longer than the window
        assert window.find(b"a") is not None
        window.settle(b"a", SENT)
        clock.now = 109
        found = window.find(b"a")
        assert found is not None
        assert (found.digest, found.answer.result()) == (b"1", SENT)
        clock.now = 110
        assert window.find(b"a") is None
        assert (len(window), window.bytes) == (0, 0)

    asyncio.run(run())


@pytest.mark.parametrize("reply", [NOT_SENT, REFUSED])
def test_where_nothing_was_done_the_key_is_free_again(clock: Clock, reply: Reply) -> None:
    async def run() -> None:
        window = Window(10, clock=clock)
        entry = window.begin(b"a", b"1", Progress())
        window.settle(b"a", reply)
        assert entry.answer.result() is reply  # whoever waited gets it
        assert window.find(b"a") is None

    asyncio.run(run())


def test_no_key_is_forgotten_to_make_room(clock: Clock) -> None:
    async def run() -> None:
        window = Window(10, entries=3, clock=clock)
        for key in (b"a", b"b"):
            window.begin(key, b"1", Progress())
            window.settle(key, SENT)
        assert not window.full
        window.begin(b"c", b"1", Progress())
        assert window.full
        assert all(window.find(key) for key in (b"a", b"b", b"c"))
        clock.now = 10
        assert not window.full
        assert len(window) == 1

    asyncio.run(run())


def test_bodies_are_dropped_oldest_first_and_keys_are_not(clock: Clock) -> None:
    async def run() -> None:
        window = Window(10, most_bytes=250, clock=clock)
        for key in (b"a", b"b", b"c"):
            window.begin(key, b"1", Progress())
            window.settle(key, SENT)
        assert window.bytes == 200
        kept = {key: window.find(key) for key in (b"a", b"b", b"c")}
        bodies = {key: one.answer.result().body for key, one in kept.items() if one is not None}
        assert bodies == {b"a": b"", b"b": SENT.body, b"c": SENT.body}
        assert kept[b"a"] is not None
        told = kept[b"a"].answer.result()
        assert (told.status, told.headers["X-Callsheet-Body"]) == (200, "not kept")
        clock.now = 10
        assert window.find(b"a") is None
        assert (len(window), window.bytes) == (0, 0)

    asyncio.run(run())


def test_an_answer_that_alone_is_too_large_is_kept_without_its_body(clock: Clock) -> None:
    async def run() -> None:
        window = Window(10, most_bytes=50, clock=clock)
        entry = window.begin(b"a", b"1", Progress())
        first = entry.answer
        window.settle(b"a", SENT)
        assert first.result() is SENT
        found = window.find(b"a")
        assert found is not None
        assert found.answer.result().body == b""
        assert window.bytes == 0

    asyncio.run(run())
