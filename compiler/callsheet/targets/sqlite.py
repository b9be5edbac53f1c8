"""The embedded target: the registry in a SQLite file; the entry point of type `sqlite`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.databases.sqlite import open_component
from callsheet.documents.links import SQLITE_SIBLINGS, refuse_links
from callsheet.targets.registry import REGISTRY, RegistryTarget


def open_target(options: Mapping[str, Any], root: Path, *, writing: bool) -> RegistryTarget:
    """Open the registry that an environment names by `path`.

    Raises:
        CallsheetError: CS902 to CS909, by what is wrong with the file; CS985 for a link.

    """
    shown = options["path"]
    refuse_links(root, shown, SQLITE_SIBLINGS)
    # A file that contains only a ledger so far is a registry in which nothing is deployed.
    database = open_component(root / shown, shown, REGISTRY, writing=writing)
    return RegistryTarget(shown, lambda: {"type": "sqlite", "path": shown}, database)
