"""How many calls are made at once, and how many wait for their turn."""

from __future__ import annotations

import asyncio

from msgspec import Struct


class TooManyError(Exception):
    """As many calls wait as may wait."""


class TooLateError(Exception):
    """The turn did not come in time."""


class _Own(Struct):
    """The turns that one action may have."""

    turns: asyncio.Semaphore
    waiting: int = 0


class Gate:
    """Lets so many calls through at once, in the order in which they came; it belongs to one event loop.

    One action has three quarters of the turns and of the places to wait at most: a service that has become
    slow leaves room for the others.
    """

    def __init__(self, concurrency: int, waiting: int) -> None:
        self.concurrency = concurrency
        self.most_waiting = waiting
        self.running = 0
        self.waiting = 0
        self._turns = asyncio.Semaphore(concurrency)
        self._own: dict[str, _Own] = {}

    async def enter(self, action: str, seconds: float) -> None:
        """Wait for a turn; whoever gets one leaves again.

        Raises:
            TooManyError: where as many wait as may.
            TooLateError: where it does not come in so many seconds.

        """
        own = self._own.setdefault(action, _Own(asyncio.Semaphore(_share(self.concurrency))))
        if own.turns.locked() or self._turns.locked():
            await self._wait(own, seconds)
        else:
            await own.turns.acquire()
            await self._turns.acquire()
        self.running += 1

    def leave(self, action: str) -> None:
        """End a turn."""
        self.running -= 1
        self._turns.release()
        self._own[action].turns.release()

    async def _wait(self, own: _Own, seconds: float) -> None:
        if self.waiting >= self.most_waiting or own.waiting >= _share(self.most_waiting):
            raise TooManyError
        self.waiting += 1
        own.waiting += 1
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                await own.turns.acquire()
                try:
                    await self._turns.acquire()
                except BaseException:
                    own.turns.release()
                    raise
        except TimeoutError:
            raise TooLateError from None
        finally:
            self.waiting -= 1
            own.waiting -= 1


def _share(number: int) -> int:
    return number - number // 4
