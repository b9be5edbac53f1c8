"""What other packages add by entry points: schemes of secrets, targets, reports."""

from __future__ import annotations

import sys
from functools import cache

from callsheet.language.installed import Plugin, entry_points

GROUPS = ("callsheet.ledgers", "callsheet.reports", "callsheet.secrets", "callsheet.targets")


@cache
def plugins(group: str) -> dict[str, Plugin]:
    """Return the entry points of a group, as `callsheet.targets`, by name; nothing is imported."""
    return dict(sorted(entry_points(tuple(sys.path)).get(group, {}).items()))


@cache
def secret_schemes() -> tuple[str, ...]:
    """List the schemes that references to secrets may have, sorted."""
    return tuple(sorted(plugins("callsheet.secrets")))
