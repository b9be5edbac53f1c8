"""What a compiled value is made of: the parameters that it reads."""

from __future__ import annotations

from typing import Any


def parameters_read(value: Any) -> list[str]:
    """Return the name of every parameter that a compiled value reads, in order, as often as it does."""
    found: list[str] = []
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            if isinstance(one.get("$param"), str):
                found.append(one["$param"])
            elif isinstance(one.get("$expr"), str):
                found += _names(one.get("params"))
            elif isinstance(one.get("$template"), dict):
                found += _names(one["$template"].get("params"))
            else:
                left += reversed(one.values())
        elif isinstance(one, list):
            left += reversed(one)
    return found


def _names(listed: Any) -> list[str]:
    # What is deployed may have been broken by hand.
    return [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
