"""How a service can fail: what the emulator does instead of an answer."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from callsheet.errors import UsageError

FAULTS = {
    "401": "refuse who calls",
    "429": "too many requests, with Retry-After: 1",
    "500": "an internal error",
    "503": "unavailable, with Retry-After: 1",
    "html": "200 with a page instead of JSON",
    "redirect": "a redirect to another host",
    "stall": "no answer",
    "cut": "an answer that ends before its length",
    "garbled": "an answer that is not HTTP",
}


class Faults:
    """The faults that are to come.

    Args:
        given: each `KIND`, for every call, or `KIND:N`, for the next N; in this order.

    Raises:
        UsageError: CS964 for a kind that does not exist.

    """

    def __init__(self, given: Sequence[str] = ()) -> None:
        self._lock = threading.Lock()
        self._queue: deque[tuple[str, int | None]] = deque()
        for one in given:
            self.add(one)

    def add(self, written: str) -> None:
        """Let calls fail: `KIND` all of them, `KIND:N` the next N, `none` no more."""
        kind, colon, number = written.partition(":")
        if kind == "none":
            with self._lock:
                self._queue.clear()
            return
        if kind not in FAULTS or (colon and not (number.isdigit() and 0 < int(number) <= 1_000_000)):
            raise UsageError(
                "CS968",
                f"there is no failure {written[:40]!r}",
                help=f"KIND or KIND:N; the kinds are: {', '.join(FAULTS)}",
            )
        with self._lock:
            self._queue.append((kind, int(number) if colon else None))

    def next(self) -> str | None:
        """Return how this call fails; None where it does not."""
        with self._lock:
            if not self._queue:
                return None
            kind, left = self._queue[0]
            if left is not None:
                if left == 1:
                    self._queue.popleft()
                else:
                    self._queue[0] = (kind, left - 1)
            return kind

    def told(self) -> str:
        """Return the faults that are to come, for people."""
        with self._lock:
            return ", ".join(kind if left is None else f"{kind}:{left}" for kind, left in self._queue)
