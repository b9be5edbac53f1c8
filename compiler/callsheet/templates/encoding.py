"""A payload ⇄ its form in a compiled action, where `$param`, `$concat`, `$expr` and others are slots.

A mapping that has a key of its own beginning with `$` is written under `{"$literal": …}`, so that no
payload can be taken for a slot.
"""

from __future__ import annotations

from typing import Any


def literal_mapping(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a mapping of compiled fields as it is written in a compiled payload."""
    if any(key.startswith("$") for key in fields):
        return {"$literal": fields}
    return fields


def encode(value: Any) -> Any:
    """Return a known value as it is written in a compiled payload."""
    if isinstance(value, dict):
        return literal_mapping({key: encode(one) for key, one in value.items()})
    if isinstance(value, list):
        return [encode(one) for one in value]
    return value
