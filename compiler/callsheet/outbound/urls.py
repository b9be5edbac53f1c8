"""What is added to a URL."""

from __future__ import annotations


def with_query(url: str, query: str) -> str:
    """Return a URL with more query parameters, `a=1&b=2`, which are encoded already."""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url
