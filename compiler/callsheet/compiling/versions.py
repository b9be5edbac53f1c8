"""What the units of a workspace depend on beside its files: the versions of what computes them."""

from __future__ import annotations

import sys
from functools import cache

from callsheet._version import __version__
from callsheet.language.installed import version_of
from callsheet.language.plugins import secret_schemes

DEPENDENCIES = ("jinja2", "jsonschema", "jsonschema-rs", "pyyaml", "rfc8785", "detect-secrets")


@cache
def versions_of_dependencies() -> list[str]:
    """Return the versions of what units depend on; a process that is running keeps what it imported."""
    return [version_of(name) for name in DEPENDENCIES]


def versions_here() -> dict[str, str]:
    """Return what must be the same in each process that computes units of a workspace, by name."""
    return {
        "callsheet": __version__,
        "Python": ".".join(map(str, sys.version_info[:2])),
        **dict(zip(DEPENDENCIES, versions_of_dependencies(), strict=True)),
        "schemes of secrets": ", ".join(secret_schemes()),
    }
