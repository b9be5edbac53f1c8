"""How many calls are made at once, and how many wait for their turn."""

from __future__ import annotations

import asyncio


class TooManyError(Exception):
    """As many calls wait as may wait."""


class TooLateError(Exception):
    """The turn did not come in time."""


class Gate:
    """Lets so many calls through at once, in the order in which they came; it belongs to one event loop."""

    def __init__(self, concurrency: int, waiting: int) -> None:
        self.concurrency = concurrency
        self.most_waiting = waiting
        self.running = 0
        self.waiting = 0
        self._turns = asyncio.Semaphore(concurrency)

    async def enter(self, seconds: float) -> None:
        """Wait for a turn; whoever gets one leaves again.

        Raises:
            TooManyError: where as many wait as may.
            TooLateError: where it does not come in so many seconds.

        """
        if self._turns.locked() and self.waiting >= self.most_waiting:
            raise TooManyError
        if not self._turns.locked():
            await self._turns.acquire()
            self.running += 1
            return
        self.waiting += 1
        try:
            await asyncio.wait_for(self._turns.acquire(), max(seconds, 0.0))
        except TimeoutError:
            raise TooLateError from None
        finally:
            self.waiting -= 1
        self.running += 1

    def leave(self) -> None:
        """End a turn."""
        self.running -= 1
        self._turns.release()
