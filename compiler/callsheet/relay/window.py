"""Idempotency keys: whoever repeats one within the window gets the first answer, and nothing is sent."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from callsheet.calling.attempts import Progress
from callsheet.relay.replies import Reply

MOST_ENTRIES = 100_000
MOST_BYTES = 64 * 1_048_576


class Entry(Struct, eq=False):
    """A key that was used: what for, and the answer, or that it is still to come.

    Attributes:
        digest: of what the key was used for.
        until: the time at which it is forgotten; endless while the call is made.
        progress: of the call.
        answer: set when the call is settled.

    """

    digest: bytes
    until: float
    progress: Progress
    answer: asyncio.Future[Reply]


class Window:
    """The keys of the last while; it belongs to one event loop.

    An answer whose body no longer fits is kept without it. While there are as many keys as there may be, a
    new one is refused: to forget an older one would let it be sent twice.

    Args:
        seconds: how long a key is kept, from the answer on.
        entries: how many are kept at most.
        most_bytes: how much of answers is kept at most.
        clock: returns the time in seconds.

    """

    def __init__(
        self,
        seconds: float,
        *,
        entries: int = MOST_ENTRIES,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self.entries = entries
        self.most_bytes = most_bytes
        self.clock = clock
        self.bytes = 0
        self._open: dict[bytes, Entry] = {}
        self._settled: OrderedDict[bytes, Entry] = OrderedDict()

    def __len__(self) -> int:
        """How many keys are kept."""
        return len(self._open) + len(self._settled)

    @property
    def full(self) -> bool:
        """Whether no new key can be kept."""
        self._forget()
        return len(self) >= self.entries

    def find(self, key: bytes) -> Entry | None:
        """Return what a key was used for; None for a new one."""
        self._forget()
        return self._open.get(key) or self._settled.get(key)

    def begin(self, key: bytes, digest: bytes, progress: Progress) -> Entry:
        """Keep a new key, whose call is about to be made."""
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        entry = self._open[key] = Entry(digest, float("inf"), progress, answer)
        return entry

    def settle(self, key: bytes, reply: Reply) -> None:
        """Keep the answer; where nothing was done, the key is free again."""
        entry = self._open.pop(key)
        entry.answer.set_result(reply)
        if not reply.settles:
            return
        entry.until = self.clock() + self.seconds
        self._settled[key] = entry
        self.bytes += len(reply.body)
        self._shorten()

    def _forget(self) -> None:
        now = self.clock()
        while self._settled:
            key, entry = next(iter(self._settled.items()))
            if entry.until > now:
                return
            del self._settled[key]
            self.bytes -= len(entry.answer.result().body)

    def _shorten(self) -> None:
        """Drop the bodies of the oldest answers until the rest fits."""
        if self.bytes <= self.most_bytes:
            return
        for entry in self._settled.values():
            reply = entry.answer.result()
            if reply.body:
                self.bytes -= len(reply.body)
                entry.answer = asyncio.get_running_loop().create_future()
                entry.answer.set_result(reply.without_body())
                if self.bytes <= self.most_bytes:
                    return
