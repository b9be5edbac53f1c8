"""Journey Optimizer's pasted payload → a payload with parameters: its leaves say what a journey maps."""

from __future__ import annotations

import re
from typing import Any

from callsheet.importing.model import Slot

_TYPES = {
    "string": ("string", "text"),
    "integer": ("integer", 1),
    "decimal": ("number", 1.5),
    "boolean": ("boolean", True),
    "dateTime": ("datetime", "2026-01-01T00:00:00Z"),
    "dateTimeOnly": ("string", "2026-01-01T00:00:00"),
    "dateOnly": ("date", "2026-01-01"),
    "listString": ("array", ["text"]),
    "listInteger": ("array", [1]),
    "listDecimal": ("array", [1.5]),
    "listBoolean": ("array", [True]),
    "listDateTime": ("array", ["2026-01-01T00:00:00Z"]),
    "listDateTimeOnly": ("array", ["2026-01-01T00:00:00"]),
    "listDateOnly": ("array", ["2026-01-01"]),
    "listObject": ("array", [{}]),
    "listAny": ("array", ["text"]),
}


def is_mapped(value: Any) -> bool:
    """Tell whether any leaf of a payload is to be mapped."""
    if isinstance(value, dict):
        return value.get("toBeMapped") is True or any(is_mapped(one) for one in value.values())
    return isinstance(value, list) and any(is_mapped(one) for one in value)


def with_slots(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Give a payload with a slot for each leaf that is to be mapped; everything else is as it is."""
    if isinstance(value, dict) and value.get("toBeMapped") is True:
        kind, example = _TYPES.get(str(value.get("dataType")), ("string", "text"))
        name = next((one for one in reversed(path) if one), "value")
        fields: dict[str, Any] = {"type": kind}
        label = value.get("label")
        if isinstance(label, str) and label and not re.search(r"[\x00-\x1f]", label):
            fields["label"] = {"en": label}
        return Slot(name, fields, example)
    if isinstance(value, dict):
        return {key: with_slots(one, (*path, key)) for key, one in value.items()}
    return [with_slots(one, path) for one in value] if isinstance(value, list) else value
