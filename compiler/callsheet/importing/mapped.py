"""Journey Optimizer's pasted payload → a payload with parameters: its leaves say what a journey maps."""

from __future__ import annotations

import re
from typing import Any

from callsheet.documents import equal
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
    """Return whether any leaf of a payload is to be mapped."""
    if isinstance(value, dict):
        return value.get("toBeMapped") is True or any(is_mapped(one) for one in value.values())
    return isinstance(value, list) and any(is_mapped(one) for one in value)


def mapped_differences(wanted: Any, found: Any, path: tuple[str, ...] = ()) -> list[str]:
    """Return where a payload on the screen is not the one that was asked for, in the screen's words."""
    name = f"`{'.'.join(path)}`" if path else "the payload"
    if _is_leaf(wanted) or _is_leaf(found):
        if not (_is_leaf(wanted) and _is_leaf(found)):
            what = ("a variable", "a constant") if _is_leaf(found) else ("a constant", "a variable")
            return [f"{name} is {what[0]}, and {what[1]} was expected"]
        return [
            f"the {member} of {name} is {found.get(member)!r}, and {wanted.get(member)!r} was expected"
            for member in ("dataType", "label")
            if not equal(found.get(member), wanted.get(member))
        ]
    if isinstance(wanted, dict) and isinstance(found, dict):
        told = [f"{name} lacks `{key}`" for key in wanted if key not in found]
        told += [f"{name} has `{key}`, which was not expected" for key in found if key not in wanted]
        for key in wanted:
            if key in found:
                told += mapped_differences(wanted[key], found[key], (*path, key))
        return told
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = enumerate(zip(wanted, found, strict=True))
        return [it for index, (a, b) in pairs for it in mapped_differences(a, b, (*path, str(index)))]
    return (
        []
        if equal(wanted, found)
        else [f"{name} is {str(found)[:60]!r}, and {str(wanted)[:60]!r} was expected"]
    )


def _is_leaf(value: Any) -> bool:
    return isinstance(value, dict) and value.get("toBeMapped") is True


def with_slots(value: Any, path: tuple[str, ...] = ()) -> Any:
    """Return a payload with a slot for each leaf that is to be mapped; everything else is as it is."""
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
