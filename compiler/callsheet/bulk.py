"""Work that makes many objects which live on: the collector of cycles would look at them often."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 200_000
_TIMES = (_MANY, 20, 100)


def collect_seldom() -> None:
    """Let the collector of cycles run after many new objects; for a process of our own."""
    gc.set_threshold(*_TIMES)


@contextmanager
def without_collection() -> Iterator[None]:
    """Run without the collector of cycles, where it is on: for work that leaves few cycles or none."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if gc.get_threshold() == _TIMES:
            gc.freeze()  # a process of our own needs what was made until it ends
        gc.enable()
