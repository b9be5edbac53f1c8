"""Words that each explanation needs: what happened to a value, where it is, and what it is made of."""

from __future__ import annotations

from typing import Any

from callsheet.documents import Path
from callsheet.language.difference import NOTHING, Impact
from callsheet.language.when_empty import WHEN_EMPTY
from callsheet.outbound.durations import Duration, Rate
from callsheet.templates.slots import parameters_read

Explanation = tuple[str, Impact, str]


def fields_of(value: Any) -> dict[str, Any]:
    """Return the fields of a mapping; of another value none."""
    return value if isinstance(value, dict) else {}


def verb(old: Any, new: Any) -> str:
    """Return what happened to a value: added, removed or changed."""
    if old is NOTHING:
        return "added"
    return "removed" if new is NOTHING else "changed"


def dotted(path: Path) -> str:
    """Return a path as people write it: `payload.items[0]`."""
    text = ""
    for part in path:
        if part not in ("$literal", WHEN_EMPTY):
            text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")


def is_reference(value: Any) -> bool:
    """Return whether a value is a reference to a secret."""
    return isinstance(value, dict) and len(value) == 1 and ("secret" in value or "$secret" in value)


def is_slot(value: Any) -> bool:
    """Return whether a parameter is part of a value."""
    return any(True for _ in parameters_read(value))


def amount(value: Any) -> float | None:
    """Return a limit as a number: retries, seconds, or calls per second; None for what is not a limit."""
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        if " per " not in value:
            return Duration.read(value).seconds
        rate = Rate.read(value)
    except ValueError:
        return None  # written by hand at the target
    return rate.per_second if rate.period.milliseconds else None
