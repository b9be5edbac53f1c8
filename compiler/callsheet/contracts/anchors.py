"""A description → its schemas that have a name of their own, which references may use (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from callsheet.documents import pointer_of
from callsheet.documents.walking import keys_in


def anchors_in(description: dict[str, Any]) -> dict[str, str]:
    """Return the pointer of each `$anchor` by its name (JSON Schema 2020-12, section 8.2.2)."""
    found: dict[str, str] = {}
    for path in keys_in(description):
        if path[-1] == "$anchor":
            name: Any = description
            for step in path:
                name = name[step]
            if isinstance(name, str):
                found.setdefault(name, pointer_of(path[:-1]))
    return found
