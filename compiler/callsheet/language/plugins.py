"""What other packages add by entry points: schemes of secrets, targets, reports."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points


@cache
def plugins(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group, as `callsheet.targets`, by name; nothing is imported."""
    return {entry.name: entry for entry in sorted(entry_points(group=group), key=lambda one: one.name)}


@cache
def secret_schemes() -> tuple[str, ...]:
    """List the schemes that references to secrets may have, sorted."""
    return tuple(sorted(plugins("callsheet.secrets")))
