"""When a call is sent again, and when what was written is looked at again: one policy for every call."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime

from msgspec import Struct

REPEATABLE = ("GET", "PUT", "DELETE")
"""Methods that do no harm when they are sent twice (RFC 9110 section 9.2.2)."""
NEVER_SENT = "ConnectError"
"""The name of httpx's error where nothing left for the service."""
UNSURE = (502, 503, 504)
"""Statuses that a gateway writes too, also after the service behind it got the call."""


class Attempt(Struct, frozen=True, kw_only=True):
    """What one attempt came to, as far as it decides about the next.

    Attributes:
        refused: was it refused before anything was done?
        error: the name of what went wrong, where no answer came.
        unsure: is it unknown what became of the call?
        repeatable: does it do no harm to send it twice?
        again_after: the seconds of the answer's `Retry-After`; 0 without.

    """

    refused: bool
    error: str
    unsure: bool
    repeatable: bool
    again_after: float


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """How often and when a call is sent again: with a pause that doubles, and is spread at random.

    A write that may have arrived is not sent again: only what was refused for now, or never left.

    Attributes:
        retries: how often at most.
        pause: the seconds before the second attempt, about; each later one waits twice as long.
        longest: the longest `Retry-After` that is kept to, in seconds.
        spread: returns a number between two, by which calls that failed together are spread.

    """

    retries: int
    pause: float
    longest: float = float("inf")
    spread: Callable[[float, float], float] = random.uniform

    def before_next(self, number: int, attempt: Attempt) -> float | None:
        """Return the seconds to wait after the attempt of this number, from 1; None for no other one."""
        never_done = attempt.refused or attempt.error == NEVER_SENT
        again = never_done or (attempt.unsure and attempt.repeatable)
        if number > self.retries or not again:
            return None
        asked = min(attempt.again_after, self.longest)
        return max(self.pause * 2.0 ** (number - 1) * self.spread(0.75, 1.25), asked)


def refused_for_now(status: int, written: str | None) -> bool:
    """Return whether an answer says that nothing was done: 429, or 503 with a `Retry-After`.

    A bare 503 says no more than 502 and 504 do: a gateway answers so after the service got the call, too.
    """
    return status == 429 or (status == 503 and bool(written and written.strip()))


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


def looks(most: int, wait: Callable[[float], None]) -> Iterator[int]:
    """Yield 0, 1, 2 …, with a pause between that doubles: some services show a write after a while."""
    for look in range(most):
        if look:
            wait(0.1 * 2.0 ** (look - 1))
        yield look
