"""The embedded ledger: in a SQLite file; the entry point of type `sqlite`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callsheet.databases.model import InDatabase
from callsheet.databases.sqlite import open_component
from callsheet.documents.links import SQLITE_SIBLINGS, refuse_links
from callsheet.ledger.schema import LEDGER
from callsheet.ledger.tables import RelationalLedger


def open_ledger(
    options: Mapping[str, Any], root: Path, *, writing: bool, beside: object
) -> RelationalLedger:
    """Open the ledger that an environment names by `path`.

    Where the target, given as `beside`, is in the same file, its connection is shared: then a step and
    its record are one transaction.

    Raises:
        CallsheetError: CS902 to CS909, by what is wrong with the file; CS985 for a link.

    """
    shown = options["path"]
    refuse_links(root, shown, SQLITE_SIBLINGS)
    if isinstance(beside, InDatabase) and beside.shown == shown and beside.database is not None:
        there = beside.database.prepare(LEDGER, writing=writing)
        return RelationalLedger(shown, beside.database if there else None)
    return RelationalLedger(shown, open_component(root / shown, shown, LEDGER, writing=writing))
