"""Dates and times of RFC 3339, and Unix seconds, without any locale or time zone of the machine."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2}))?\Z",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIRECTIVES = re.compile(r"%(.?)", re.DOTALL)


def moment(value: Any) -> datetime:
    """Read a date or time; raises `ValueError` for anything else."""
    if isinstance(value, str):
        match = _RFC3339.match(value)
        if match is None:
            raise ValueError("the string is not a date or time of RFC 3339, such as 2026-11-25T08:30:00Z")
        day, clock, fraction, offset = match.groups()
        offset = "+00:00" if offset in (None, "Z", "z") else offset
        return datetime.fromisoformat(f"{day}T{clock or '00:00:00'}{(fraction or '')[:7]}{offset}")
    if isinstance(value, bool) or abs(value) > 253_402_300_799:
        raise ValueError("the number is not a time in Unix seconds")
    return _EPOCH + timedelta(seconds=value)


def unix_seconds(value: Any) -> int:
    """Return the whole seconds since 1970-01-01T00:00:00Z."""
    return (moment(value) - _EPOCH) // timedelta(seconds=1)


def format_date(value: Any, form: str) -> str:
    """Write a moment by a form of the directives that are the same in every language."""
    when = moment(value)
    if not isinstance(form, str):
        raise TypeError("date takes its format as a string")
    offset = when.strftime("%z")
    known = {
        "Y": f"{when.year:04}",
        "m": f"{when.month:02}",
        "d": f"{when.day:02}",
        "H": f"{when.hour:02}",
        "M": f"{when.minute:02}",
        "S": f"{when.second:02}",
        "j": f"{when.timetuple().tm_yday:03}",
        "z": f"{offset[:3]}:{offset[3:5]}",
        "%": "%",
    }

    def write(match: re.Match[str]) -> str:
        if match[1] not in known:
            raise ValueError(f"the format has %{match[1]}; it takes %Y %m %d %H %M %S %j %z %%")
        return known[match[1]]

    return _DIRECTIVES.sub(write, form)
