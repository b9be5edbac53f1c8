"""How many calls are made at once, and in which order."""

from __future__ import annotations

import asyncio

import pytest

from callsheet.relay.gate import Gate, TooLateError, TooManyError


def test_so_many_go_at_once_and_the_rest_in_their_order() -> None:
    async def run() -> list[int]:
        gate = Gate(2, 10)
        most, order = 0, []

        async def one(number: int) -> None:
            nonlocal most
            await gate.enter(5)
            most = max(most, gate.running)
            order.append(number)
            await asyncio.sleep(0)
            gate.leave()

        await asyncio.gather(*(one(number) for number in range(12)))
        assert (most, gate.running, gate.waiting) == (2, 0, 0)
        return order

    assert asyncio.run(run()) == list(range(12))


def test_beyond_those_that_may_wait_a_call_is_refused_at_once() -> None:
    async def run() -> None:
        gate = Gate(1, 1)
        await gate.enter(5)
        waiting = asyncio.ensure_future(gate.enter(5))
        await asyncio.sleep(0)
        with pytest.raises(TooManyError):
            await gate.enter(5)
        gate.leave()
        await waiting
        assert (gate.running, gate.waiting) == (1, 0)

    asyncio.run(run())


def test_a_turn_that_comes_too_late_is_not_taken() -> None:
    async def run() -> None:
        gate = Gate(1, 5)
        await gate.enter(5)
        with pytest.raises(TooLateError):
            await gate.enter(0.01)
        assert (gate.running, gate.waiting) == (1, 0)
        gate.leave()
        await gate.enter(0)
        assert gate.running == 1

    asyncio.run(run())


def test_a_caller_that_is_cancelled_leaves_its_place() -> None:
    async def run() -> None:
        gate = Gate(1, 1)
        await gate.enter(5)
        waiting = asyncio.ensure_future(gate.enter(5))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert gate.waiting == 0
        gate.leave()
        await gate.enter(0.1)

    asyncio.run(run())
