"""What this process read, by its file or its content; what was used least lately is forgotten."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class Memo(Generic[Kept]):
    """Values by key, the latest used ones up to a limit.

    Args:
        limit: of their weights together, in characters of the text that each was read of or is written as.

    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._weight = 0
        self._kept: OrderedDict[str, tuple[Kept, int]] = OrderedDict()
        # The emulator reads a workspace again in a thread of its own.
        self._lock = threading.Lock()

    def get(self, key: str) -> Kept | None:
        """Return the value of a key, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: str, value: Kept, weight: int) -> None:
        """Keep a value; one that is heavier than the limit is not kept."""
        with self._lock:
            if weight > self.limit:
                return
            self._weight += weight - self._kept.pop(key, (value, 0))[1]
            self._kept[key] = (value, weight)
            while self._weight > self.limit:
                self._weight -= self._kept.popitem(last=False)[1][1]
