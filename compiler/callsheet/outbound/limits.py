"""What bounds a call: durations, how many calls a time lets through, and which hosts are this machine."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of this machine: what stands in for a service is there."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds_of(written: Any, standard: float = 0.0) -> float:
    """Return a duration, as `500ms` or `10s`, in seconds; `standard` where none is written."""
    if not isinstance(written, str):
        return standard
    digits = written.rstrip("mhs")
    return float(digits) * _UNITS[written[len(digits) :]]


class Slots:
    """The calls that a rate, as `500 per 1s`, lets through in a sliding time; every retry takes one."""

    def __init__(self, rate: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.most, self.window = 0, 0.0
        if rate:
            number, _, period = rate.partition(" per ")
            self.most, self.window = int(number), seconds_of(period)
        self.taken: deque[float] = deque(maxlen=self.most or 1)
        self.lock = threading.Lock()

    def take(self) -> bool:
        """Take a slot; False where none is left for now."""
        with self.lock:
            now = self.clock()
            if self.most and len(self.taken) == self.most and now - self.taken[0] < self.window:
                return False
            self.taken.append(now)
            return True


def retry_after(written: str | None) -> float:
    """Return the seconds of a `Retry-After` (RFC 9110 section 10.2.3): a number, or a date; 0 for none."""
    if not written:
        return 0.0
    if written.strip().isdigit():
        return float(written.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
