"""When a call is sent again, and how long callsheet waits before."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.outbound.retries import Attempt, RetryPolicy, looks, refused_for_now, retry_after

POLICY = RetryPolicy(retries=3, pause=0.2, longest=60.0, spread=lambda low, high: (low + high) / 2)


def attempt(**fields: Any) -> Attempt:
    standard = {"refused": False, "error": "", "unsure": False, "repeatable": False, "again_after": 0.0}
    return Attempt(**{**standard, **fields})


@pytest.mark.parametrize(
    ("fields", "again"),
    [
        ({}, False),
        ({"repeatable": True}, False),
        ({"refused": True}, True),
        ({"error": "ConnectError", "unsure": True}, True),
        ({"error": "ReadTimeout", "unsure": True}, False),
        ({"error": "ReadTimeout", "unsure": True, "repeatable": True}, True),
        ({"unsure": True, "repeatable": True}, True),
        ({"unsure": True}, False),
    ],
)
def test_a_write_that_may_have_arrived_is_not_sent_again(fields: dict[str, Any], again: bool) -> None:
    assert (POLICY.before_next(1, attempt(**fields)) is not None) is again


@pytest.mark.parametrize(
    ("status", "again_after", "refused"),
    [
        (429, None, True),
        (503, "1", True),
        (503, "0", True),
        (503, "Wed, 21 Oct 2015 07:28:00 GMT", True),
        (503, None, False),
        (503, " ", False),
        (502, "1", False),
        (504, "1", False),
        (500, "1", False),
        (408, "1", False),
        (425, None, False),
    ],
)
def test_only_429_and_a_503_that_says_when_report_that_nothing_was_done(
    status: int, again_after: str | None, refused: bool
) -> None:
    assert refused_for_now(status, again_after) is refused


def test_pauses_double_until_there_are_no_retries_left() -> None:
    assert [POLICY.before_next(number, attempt(refused=True)) for number in range(1, 5)] == [
        0.2,
        0.4,
        0.8,
        None,
    ]


def test_retry_after_is_kept_to_up_to_a_bound() -> None:
    assert POLICY.before_next(1, attempt(refused=True, again_after=7.0)) == 7.0
    assert POLICY.before_next(1, attempt(refused=True, again_after=7_200.0)) == 60.0
    assert POLICY.before_next(3, attempt(refused=True, again_after=0.1)) == 0.8


def test_pauses_are_spread_so_that_calls_that_failed_together_do_not_come_back_together() -> None:
    policy = RetryPolicy(retries=1, pause=1.0)
    found = {policy.before_next(1, attempt(refused=True)) for _ in range(50)}
    assert len(found) > 1
    assert all(one is not None and 0.75 <= one <= 1.25 for one in found)


def test_retry_after_is_a_number_or_a_date_and_nothing_else_counts() -> None:
    assert (retry_after("120"), retry_after(None), retry_after("soon")) == (120.0, 0.0, 0.0)
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert retry_after("Wed, 21 Oct 2099 07:28:00 GMT") > 1e9


def test_what_is_looked_at_again_is_waited_for_between_the_looks_only() -> None:
    waited: list[float] = []
    assert list(looks(4, waited.append)) == [0, 1, 2, 3]
    assert waited == [0.1, 0.2, 0.4]
