"""How many calls a rate lets through."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from callsheet.outbound.durations import Rate


class Slots:
    """The calls that a rate, as `500 per 1s`, lets through in a sliding time; every retry takes one.

    Args:
        rate: None for one that lets everything through.
        clock: returns the time in seconds.

    Attributes:
        written: the rate, as it is written.

    """

    def __init__(self, rate: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.written = rate
        self.rate = Rate.read(rate) if rate else None
        self.taken: deque[float] = deque(maxlen=self.rate.calls if self.rate else 1)
        self.lock = threading.Lock()

    def take(self) -> bool:
        """Take a slot; False where none is left for now."""
        with self.lock:
            now = self.clock()
            full = self.rate is not None and len(self.taken) == self.rate.calls
            if self.rate is not None and full and now - self.taken[0] < self.rate.period.seconds:
                return False
            self.taken.append(now)
            return True
