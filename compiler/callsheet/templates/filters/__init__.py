"""The filters of the template language: those that users of Jinja2 expect, each a pure function.

A filter's docstring is its documentation; its last lines are examples that a test runs.
"""

from __future__ import annotations

from callsheet.templates.filters import conversions, lists, numbers, texts, times  # noqa: F401 - fill the table
from callsheet.templates.filters.table import FILTERS, MAX_TEXT, Filter

__all__ = ["ALIASES", "DEFAULT_DOCUMENTATION", "FILTERS", "MAX_TEXT", "Filter", "filter_names"]

DEFAULT_DOCUMENTATION = """Return the value, or another where it is missing (with `true`, or empty).

{{ values.nothing | default("Hello") }} → "Hello"
{{ "" | default("Hello", true) }} → "Hello"
"""

ALIASES = {"d": "default", "count": "length"}
"""Short names that users of Jinja2 know."""


def filter_names() -> list[str]:
    """List every name that a template may use, sorted; `default` is built into the evaluator."""
    return sorted([*FILTERS, "default", *ALIASES])
