"""Who watches long work: called with what begins and of how many, then with how many are done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Watching = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Called with what begins, and of how many; yields what is called with how many are done."""


@contextmanager
def unwatched(what: str, total: int) -> Iterator[Callable[[int], None]]:  # noqa: ARG001
    """Show nothing."""
    yield lambda done: None  # noqa: ARG005
