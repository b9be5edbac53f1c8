"""Durations and rates as definitions write them: `500ms`, `10s`, `500 per 1s`."""

from __future__ import annotations

import re

from msgspec import Struct

_MILLISECONDS = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_DURATION = re.compile(r"([0-9]+)(ms|s|m|h)")
_RATE = re.compile(r"([0-9]+) per (.*)", re.DOTALL)


class Duration(Struct, frozen=True, order=True):
    """A length of time, in whole milliseconds."""

    milliseconds: int

    @classmethod
    def read(cls, written: str) -> Duration:
        """Read `500ms`, `10s`, `5m` or `1h`; raises ValueError for anything else."""
        found = _DURATION.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is not a duration")
        return cls(int(found[1]) * _MILLISECONDS[found[2]])

    @property
    def seconds(self) -> float:
        """The same in seconds."""
        return self.milliseconds / 1_000

    def __str__(self) -> str:
        """Write it in the largest unit that divides it."""
        unit = next(one for one, length in _MILLISECONDS.items() if self.milliseconds % length == 0)
        return f"{self.milliseconds // _MILLISECONDS[unit]}{unit}"


class Rate(Struct, frozen=True):
    """A number of calls in a length of time."""

    calls: int
    period: Duration

    @classmethod
    def read(cls, written: str) -> Rate:
        """Read `500 per 1s`; raises ValueError for anything else."""
        found = _RATE.fullmatch(written)
        if found is None:
            raise ValueError(f"{written!r} is not a rate")
        return cls(int(found[1]), Duration.read(found[2]))

    @property
    def per_second(self) -> float:
        """The calls in a second; infinite for a period of nothing."""
        return self.calls * 1_000 / self.period.milliseconds if self.period.milliseconds else float("inf")

    def __str__(self) -> str:
        """Write it as it is read."""
        return f"{self.calls} per {self.period}"


def seconds_of(written: str | None, standard: float) -> float:
    """Return a duration in seconds; `standard` where none is written."""
    return standard if written is None else Duration.read(written).seconds
