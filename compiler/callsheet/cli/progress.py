"""Progress of long work on a terminal: one line on stderr, rewritten, and gone when the work ends."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from callsheet.watching import unwatched

SHOWN_AFTER = 1.0
"""Seconds: work that is done before is not shown."""

_REWRITTEN_AFTER = 0.1
_ESTIMATED_AFTER = 2.0
_CLEAR = "\r\x1b[K"


@contextmanager
def shown(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show how far the work is, where stderr is a terminal and the work takes over a second.

    Args:
        what: is done, as `Compiling`.
        total: of how many.

    """
    stream = sys.stderr
    if not stream.isatty():
        with unwatched(what, total) as nothing:
            yield nothing
        return
    line = _Line(stream, what, total)
    try:
        yield line.show
    finally:
        line.clear()


class _Line:
    def __init__(self, stream: IO[str], what: str, total: int) -> None:
        self.stream = stream
        self.what = what
        self.total = total
        self.begin = time.monotonic()
        self.written: float | None = None

    def show(self, done: int) -> None:
        """Rewrite the line, at most ten times in a second."""
        now = time.monotonic()
        due = self.begin + SHOWN_AFTER if self.written is None else self.written + _REWRITTEN_AFTER
        if now < due:
            return
        self.written = now
        text = progress_line(self.what, done, self.total, now - self.begin)
        # A line that wraps could not be cleared.
        self.stream.write(_CLEAR + text[: shutil.get_terminal_size((80, 24)).columns - 1])
        self.stream.flush()

    def clear(self) -> None:
        """Leave nothing of the line."""
        if self.written is not None:
            self.stream.write(_CLEAR)
            self.stream.flush()


def progress_line(what: str, done: int, total: int, seconds: float) -> str:
    """Return the line: what is done, how many of how many, and about how long it still takes.

    >>> progress_line("Compiling", 2500, 10000, 3.0)
    'Compiling: 2,500 of 10,000, 25 %, about 9 s left'
    >>> progress_line("Applying", 3, 400, 1.5)
    'Applying: 3 of 400, 0 %'
    >>> progress_line("Compiling", 1, 1000000, 7.2)
    'Compiling: 1 of 1,000,000, 0 %, more than a day left'
    """
    line = f"{what}: {done:,} of {total:,}, {100 * done // max(total, 1)} %"
    if not 0 < done < total or seconds < _ESTIMATED_AFTER:
        return line
    return f"{line}, {_duration(seconds * (total - done) / done)} left"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} min"
    return f"about {round(seconds / 3600)} h" if seconds < 86_400 else "more than a day"
