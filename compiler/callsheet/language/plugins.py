"""What other packages add by entry points: schemes of secrets, targets, reports."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


@cache
def _installed(path: tuple[str, ...]) -> Any:
    """Return the entry points of all packages on a path, for which each package's folder is read."""
    del path
    from importlib.metadata import entry_points

    return entry_points()


@cache
def plugins(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group, as `callsheet.targets`, by name; nothing is imported."""
    return {
        one.name: one
        for one in sorted(_installed(tuple(sys.path)).select(group=group), key=lambda one: one.name)
    }


@cache
def secret_schemes() -> tuple[str, ...]:
    """List the schemes that references to secrets may have, sorted."""
    return tuple(sorted(plugins("callsheet.secrets")))
