"""The form of a new action in French: the fields of its schema, and what the schema says of each."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files

from callsheet.reporting.catalog.wording import spaced


@cache
def in_french() -> dict[str, dict[str, str]]:
    """Return the names of the fields by their keys (`labels`), and the descriptions by the English ones."""
    text = (files("callsheet") / "reporting/catalog/new_french.json").read_text("utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return {name: {key: spaced(one) for key, one in texts.items()} for name, texts in found.items()}
