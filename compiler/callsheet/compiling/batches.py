"""Batches of files → units in the order of the files, with few batches under way at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import TYPE_CHECKING, TypeVar

from callsheet.compiling.unit import Computed

if TYPE_CHECKING:
    from concurrent.futures import Future

Computing = Generator[list[Computed], None, None]
"""Units in the order of their files, some at a time."""

_Batch = TypeVar("_Batch")
_Result = TypeVar("_Result")


def in_order(
    batches: Iterable[_Batch], submit: Callable[[_Batch], Future[_Result]], ahead: int
) -> Generator[tuple[Future[_Result], _Batch], None, None]:
    """Submit batches, and yield the task of each in their order; so many are under way at a time."""
    under_way: deque[tuple[Future[_Result], _Batch]] = deque()
    try:
        for batch in batches:
            under_way.append((submit(batch), batch))
            if len(under_way) >= ahead:
                yield under_way.popleft()
        while under_way:
            yield under_way.popleft()
    finally:
        for future, _ in under_way:
            future.cancel()
