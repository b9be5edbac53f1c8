"""Filters of dates and times."""

from __future__ import annotations

from typing import Any

from callsheet.templates.dates import format_date, unix_seconds
from callsheet.templates.filters.table import TEXT, template_filter


@template_filter("date", frozenset({"string", "integer", "number"}), "string")
def _date(value: Any, form: str) -> str:
    """Return a date or time (RFC 3339, or Unix seconds) in another format, in its own offset.

    The form takes %Y %m %d %H %M %S %j %z %%: what is the same in every language.

    {{ "2026-11-25T08:30:00Z" | date("%d/%m/%Y %H:%M") }} → "25/11/2026 08:30"
    {{ 0 | date("%Y-%m-%d") }} → "1970-01-01"
    """
    return format_date(value, form)


@template_filter("timestamp", TEXT, "integer")
def _timestamp(value: str) -> int:
    """Return a date or time (RFC 3339) as Unix seconds.

    {{ "2026-11-25T08:30:00Z" | timestamp }} → 1795595400
    """
    return unix_seconds(value)
