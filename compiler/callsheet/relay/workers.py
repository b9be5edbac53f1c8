"""Threads that make calls; a call that does not end keeps no process from ending."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

Result = TypeVar("Result")


class Workers:
    """So many threads; as each call has its turn before it is given to them, none of them waits."""

    def __init__(self, threads: int) -> None:
        self._todo: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"relay-{number}", daemon=True)
            for number in range(threads)
        ]
        for one in self._threads:
            one.start()

    def do(self, task: Callable[[], Result]) -> Future[Result]:
        """Let a thread do a task."""
        done: Future[Result] = Future()
        self._todo.put((task, done))
        return done

    def close(self) -> None:
        """Let each thread end when it has nothing to do."""
        for _ in self._threads:
            self._todo.put(None)

    def _work(self) -> None:
        while (one := self._todo.get()) is not None:
            task, done = one
            # From here on nobody takes the task back.
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(task())
            except BaseException as error:
                done.set_exception(error)
            del task, done, one
