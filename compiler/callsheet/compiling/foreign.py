"""Files and documents in a workspace that are not its definitions, and are left alone.

A vendor's description, to which contracts refer, and what callsheet itself writes, may lie anywhere.
"""

from __future__ import annotations

import re
from typing import Any

from callsheet.documents import Source, Unreadable
from callsheet.language.own_output import MAX_BYTES, is_own_file, is_own_output

MAX_DESCRIPTION_BYTES = 16 * 1_048_576
"""A vendor's description may be larger than a file of actions."""

_DESCRIPTION = re.compile(
    rb"""^\{?\s*["']?(?:openapi|swagger)["']?\s*:|"kind"\s*:\s*"discovery#restDescription\"""", re.MULTILINE
)


def is_foreign(value: Any, *, is_json: bool) -> bool:
    """Return whether a document does not belong to the workspace."""
    return _is_description(value) or (is_json and is_own_output(value))


def is_large_and_foreign(source: Source, file: str) -> bool:
    """Return whether a file that is too large for a document is a description, or a report of ours."""
    try:
        content = source.read(file, limit=MAX_DESCRIPTION_BYTES)
    except Unreadable:
        return _is_large_output(source, file)
    head = content[:65_536]
    if b"callsheet/v1" not in head and _DESCRIPTION.search(head) is not None:
        return True
    return is_own_file(content)


def _is_large_output(source: Source, file: str) -> bool:
    try:
        return is_own_file(source.read(file, limit=MAX_BYTES))
    except Unreadable:
        return False


def _is_description(value: Any) -> bool:
    if not isinstance(value, dict) or "apiVersion" in value:
        return False
    return "openapi" in value or "swagger" in value or value.get("kind") == "discovery#restDescription"
