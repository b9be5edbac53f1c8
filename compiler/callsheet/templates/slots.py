"""What a compiled value is made of: the parameters that it reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def parameters_read(value: Any) -> Iterator[str]:
    """Yield the name of every parameter that a compiled value reads."""
    if isinstance(value, dict):
        if isinstance(value.get("$param"), str):
            yield value["$param"]
        elif isinstance(value.get("$expr"), str):
            yield from _names(value.get("params"))
        elif isinstance(value.get("$template"), dict):
            yield from _names(value["$template"].get("params"))
        else:
            for one in value.values():
                yield from parameters_read(one)
    elif isinstance(value, list):
        for one in value:
            yield from parameters_read(one)


def _names(listed: Any) -> Iterator[str]:
    # What is deployed may have been broken by hand.
    return (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, str))
