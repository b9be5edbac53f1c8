"""How many calls are made at once, and in which order."""

from __future__ import annotations

import asyncio

import pytest

from callsheet.relay.gate import Gate, TooLateError, TooManyError


def test_so_many_go_at_once_and_the_rest_in_their_order() -> None:
    async def run() -> list[int]:
        gate = Gate(2, 14)
        most, order = 0, []

        async def one(number: int) -> None:
            nonlocal most
            await gate.enter("a", 5)
            most = max(most, gate.running)
            order.append(number)
            await asyncio.sleep(0)
            gate.leave("a")

        await asyncio.gather(*(one(number) for number in range(12)))
        assert (most, gate.running, gate.waiting) == (2, 0, 0)
        return order

    assert asyncio.run(run()) == list(range(12))


def test_beyond_those_that_may_wait_a_call_is_refused_at_once() -> None:
    async def run() -> None:
        gate = Gate(1, 1)
        await gate.enter("a", 5)
        waiting = asyncio.ensure_future(gate.enter("a", 5))
        await asyncio.sleep(0)
        with pytest.raises(TooManyError):
            await gate.enter("a", 5)
        gate.leave("a")
        await waiting
        assert (gate.running, gate.waiting) == (1, 0)

    asyncio.run(run())


def test_a_turn_that_comes_too_late_is_not_taken() -> None:
    async def run() -> None:
        gate = Gate(1, 5)
        await gate.enter("a", 5)
        with pytest.raises(TooLateError):
            await gate.enter("a", 0.01)
        assert (gate.running, gate.waiting) == (1, 0)
        gate.leave("a")
        await gate.enter("a", 0)
        assert gate.running == 1

    asyncio.run(run())


def test_a_caller_that_is_cancelled_leaves_its_place() -> None:
    async def run() -> None:
        gate = Gate(1, 1)
        await gate.enter("a", 5)
        waiting = asyncio.ensure_future(gate.enter("a", 5))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert gate.waiting == 0
        gate.leave("a")
        await gate.enter("a", 0.1)

    asyncio.run(run())


def test_one_action_leaves_a_quarter_of_the_turns_and_of_the_places_to_the_others() -> None:
    async def run() -> None:
        gate = Gate(4, 4)
        for _ in range(3):
            await gate.enter("slow", 5)
        waiting = [asyncio.ensure_future(gate.enter("slow", 5)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyError):
            await gate.enter("slow", 5)
        # The fourth turn is for another, and goes past those who wait.
        await gate.enter("quick", 0)
        gate.leave("quick")
        await gate.enter("other", 0)
        assert (gate.running, gate.waiting) == (4, 3)
        last = asyncio.ensure_future(gate.enter("quick", 5))
        await asyncio.sleep(0)
        gate.leave("other")
        await last
        gate.leave("quick")
        for _ in range(3):
            gate.leave("slow")
        await asyncio.gather(*waiting)
        assert (gate.running, gate.waiting) == (3, 0)

    asyncio.run(run())


def test_a_turn_that_came_for_the_action_and_not_for_all_is_given_back() -> None:
    async def run() -> None:
        gate = Gate(4, 4)
        for name in ("b", "b", "c", "c"):
            await gate.enter(name, 5)
        with pytest.raises(TooLateError):
            await gate.enter("a", 0.01)
        for name in ("b", "b", "c", "c"):
            gate.leave(name)
        for _ in range(3):
            await gate.enter("a", 0)
        assert gate.running == 3

    asyncio.run(run())
