"""The versions of tables: a component that is new has none, and one whose version is gone is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.databases.sqlite import open_for_writing
from callsheet.errors import CallsheetError
from callsheet.ledger.schema import LEDGER
from callsheet.targets.registry import REGISTRY


def test_each_component_has_a_version_of_its_own(tmp_path: Path) -> None:
    database = open_for_writing(tmp_path / "one.db", "one.db")
    assert (database.version_of(LEDGER), database.version_of(REGISTRY)) == (0, 0)
    database.ensure(LEDGER)
    assert (database.version_of(LEDGER), database.version_of(REGISTRY)) == (LEDGER.version, 0)
    database.ensure(REGISTRY)
    assert database.version_of(REGISTRY) == REGISTRY.version
    database.run("DELETE FROM callsheet_component WHERE name = 'registry'")
    assert database.version_of(LEDGER) == LEDGER.version
    with pytest.raises(CallsheetError, match="it has tables of the registry, and no version of them"):
        database.version_of(REGISTRY)
    database.close()
