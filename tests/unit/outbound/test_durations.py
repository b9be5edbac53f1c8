"""Durations and rates, as definitions write them."""

from __future__ import annotations

import pytest

from callsheet.outbound.durations import Duration, Rate, seconds_of
from callsheet.outbound.slots import Slots


@pytest.mark.parametrize(
    ("written", "milliseconds", "shown"),
    [("500ms", 500, "500ms"), ("10s", 10_000, "10s"), ("120s", 120_000, "2m"), ("2h", 7_200_000, "2h")],
)
def test_a_duration_is_read_exactly_and_written_in_its_largest_unit(
    written: str, milliseconds: int, shown: str
) -> None:
    found = Duration.read(written)
    assert (found.milliseconds, str(found), found.seconds) == (milliseconds, shown, milliseconds / 1000)


@pytest.mark.parametrize("written", ["", "10", "s", "1.5s", "-1s", "10 s", "soon", "1d", "10s\n"])
def test_what_is_not_a_duration_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        Duration.read(written)
    with pytest.raises(ValueError, match="is not a"):
        Rate.read(f"5 per {written}")


def test_where_no_duration_is_written_the_standard_counts() -> None:
    assert (seconds_of(None, 30.0), seconds_of("250ms", 30.0)) == (30.0, 0.25)


def test_a_rate_is_compared_by_its_calls_in_a_second() -> None:
    assert Rate.read("600 per 1m").per_second == Rate.read("10 per 1s").per_second == 10
    assert Rate.read("5 per 0s").per_second == float("inf")
    assert str(Rate.read("5 per 1000ms")) == "5 per 1s"


def test_a_rate_lets_through_so_many_calls_in_a_sliding_time() -> None:
    now = [0.0]
    slots = Slots("2 per 1s", lambda: now[0])
    assert [slots.take() for _ in range(3)] == [True, True, False]
    now[0] = 0.999
    assert not slots.take()
    now[0] = 1.0
    assert [slots.take() for _ in range(3)] == [True, True, False]
    assert all(Slots(None).take() for _ in range(100))
