"""Threads that make calls."""

from __future__ import annotations

import threading

import pytest

from callsheet.relay.workers import Workers


def test_a_task_is_done_once_and_its_error_is_the_caller_s() -> None:
    workers = Workers(2)
    assert workers.do(lambda: 7).result(5) == 7
    with pytest.raises(ZeroDivisionError):
        workers.do(lambda: 1 / 0).result(5)
    assert workers.do(lambda: 8).result(5) == 8
    workers.close()


def test_a_task_that_nobody_waits_for_any_more_is_not_begun_and_harms_no_thread() -> None:
    workers = Workers(1)
    begun, go, done = threading.Event(), threading.Event(), []
    first = workers.do(lambda: begun.set() or go.wait(5))
    assert begun.wait(5)
    second = workers.do(lambda: done.append("second"))
    assert second.cancel()
    assert not first.cancel()
    go.set()
    assert first.result(5)
    assert workers.do(lambda: 9).result(5) == 9
    assert not done
    workers.close()
