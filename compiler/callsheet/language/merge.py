"""The one rule by which documents are merged over each other.

Mappings are merged key by key, at every depth. Everything else (a text, a number, a list, null)
replaces what was there. A key that only one side has is kept, in the order of the lower side first.
An authentication of another type replaces the whole of the one below: the fields of two types do not mix.
"""

from __future__ import annotations

from typing import Any

from callsheet.documents import Path


def merged(under: Any, over: Any) -> Any:
    """Return `over` merged over `under`; neither is changed."""
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    result = dict(under)
    for key, value in over.items():
        result[key] = merged(under[key], value) if key in under else value
    return result


def merged_authentication(under: Any, over: Any) -> Any:
    """Return an authentication merged over another one of its type; one of another type replaces it."""
    kind = over.get("type") if isinstance(over, dict) else None
    if kind is not None and isinstance(under, dict) and under.get("type") != kind:
        return over
    return merged(under, over)


def value_in(value: Any, path: Path) -> Any:
    """Return the value at a path that the document `holds`."""
    for part in path:
        value = value[part]
    return value


def holds(value: Any, path: Path) -> bool:
    """Return whether a document has a value at `path`."""
    for part in path:
        if (isinstance(value, dict) and part in value) or (
            isinstance(value, list) and isinstance(part, int) and part < len(value)
        ):
            value = value[part]  # type: ignore[index]
        else:
            return False
    return True
