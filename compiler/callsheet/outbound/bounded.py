"""The body of an answer, bounded in size and time: no service keeps callsheet reading."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

MEBIBYTE = 1_048_576


class EndlessAnswerError(Exception):
    """An answer is longer than its bound, or takes longer."""


class LongAnswerError(EndlessAnswerError):
    """An answer is longer than its bound: it will be the next time, too."""


def read_bounded(response: httpx.Response, most: int, until: float | None = None) -> bytes:
    """Return the body of an answer that is streamed.

    Args:
        response: open.
        most: the bytes that are read at most.
        until: the time of the monotonic clock at which reading ends; None for no such time.

    Raises:
        LongAnswerError: where there is more.
        EndlessAnswerError: where it takes longer.

    """
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        if len(body) > most:
            raise LongAnswerError
        if until is not None and time.monotonic() > until:
            raise EndlessAnswerError
    return bytes(body)
