"""Whose requests are put together now: a few at once, so that nothing else has to wait for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from callsheet.relay.gate import TooLateError

AT_ONCE = 2
"""Only one thread of Python computes at a time: with more at once, each is as slow as all together."""


class Renderings:
    """Lets a few requests at once be put together, one of an action: large ones delay their own action."""

    def __init__(self) -> None:
        self._turns = threading.Semaphore(AT_ONCE)
        self._own: dict[str, threading.Lock] = {}

    @contextmanager
    def turn(self, action: str, until: float) -> Iterator[None]:
        """Have a turn of an action; raises TooLateError where it does not come before `until`."""
        own = self._own.setdefault(action, threading.Lock())
        if not own.acquire(timeout=_left(until)):
            raise TooLateError
        try:
            if not self._turns.acquire(timeout=_left(until)):
                raise TooLateError
            try:
                yield
            finally:
                self._turns.release()
        finally:
            own.release()


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.0)
