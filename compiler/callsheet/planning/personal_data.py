"""Which parameters a compiled action sends, and which of them are personal data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def personal_data(action: dict[str, Any]) -> dict[str, str]:
    """Give the parameters that are personal data and that the request sends, with their kind."""
    sent = set(params_in(action.get("request", {})))
    return {
        name: fields["sensitivity"]
        for name, fields in action.get("parameters", {}).items()
        if fields.get("sensitivity") and name in sent
    }


def params_in(value: Any) -> Iterator[str]:
    """Give the name of every parameter that a compiled value reads."""
    if isinstance(value, dict):
        if isinstance(value.get("$param"), str):
            yield value["$param"]
        elif isinstance(value.get("$expr"), str):
            yield from value.get("params", ())
        elif isinstance(value.get("$template"), dict):
            yield from value["$template"].get("params", ())
        else:
            for one in value.values():
                yield from params_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from params_in(one)
