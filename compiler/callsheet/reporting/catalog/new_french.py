"""The form of a new action in French: the fields of its schema, and what the schema says of each."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def in_french() -> dict[str, dict[str, str]]:
    """Return the names of the fields by their keys (`labels`), and the descriptions by the English ones."""
    text = (files("callsheet") / "reporting/catalog/new_french.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
