"""The cache contains no credential that callsheet finds, wherever it is written or comes from."""

from __future__ import annotations

import sqlite3
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.compiling import pool, runs
from support.credential_places import CONNECTED, CONTRACTS, KEY, PLACED, PLACES, SECRET, connection
from support.workspaces import Folder

pytestmark = pytest.mark.cached

TICK = 0.03


@pytest.fixture(autouse=True)
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "UNTRUSTED_NANOSECONDS", int(TICK / 2 * 1e9))


def texts_in(folder: Path) -> str:
    """Return everything that lies in a cache, unpacked."""
    found: list[str] = []
    for file in sorted((folder / ".callsheet" / "cache").iterdir()):
        assert file.stat().st_mode & 0o077 == 0, file.name
        with sqlite3.connect(file) as connection:
            for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'"):
                rows = connection.execute(f"SELECT * FROM {table}")
                found += [_text(one) for row in rows for one in row]
    return "\n".join(found)


def _text(one: Any) -> str:
    return zlib.decompress(one).decode() if isinstance(one, bytes) else str(one)


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("place", PLACES)
def test_no_credential_is_in_the_cache(
    workspace: Folder, monkeypatch: pytest.MonkeyPatch, place: str, jobs: int
) -> None:
    monkeypatch.setattr(pool, "PARALLEL_FROM", 2)
    for name, text in PLACES[place].items():
        workspace.write(name, text.replace("PLACED", PLACED))
    time.sleep(TICK)
    for cache in (True, True, False):
        opened = Workspace(workspace.path, cache=cache, jobs=jobs)
        found = opened.validate().diagnostics
        assert "CS601" in {one.code for one in found}, [one.message for one in found]
        for one in found:
            said = [one.source, one.message, one.help, *(it.message for it in one.related)]
            assert not [text for text in said for it in (SECRET, KEY) if it in text]
    kept = texts_in(workspace.path)
    assert "heads" in kept  # of other files
    assert not [one for one in (SECRET, PLACED, KEY) if one in kept]


@pytest.mark.parametrize("place", CONTRACTS)
def test_no_credential_of_a_contract_is_in_the_cache(workspace: Folder, place: str) -> None:
    for name, text in CONTRACTS[place].items():
        workspace.write(name, text)
    time.sleep(TICK)
    for cache in (True, True, False):
        found = Workspace(workspace.path, cache=cache).validate().diagnostics
        assert "CS4" in {one.code[:3] for one in found}, [(one.code, one.message) for one in found]
        assert not [
            text
            for one in found
            for text in (one.source, one.message, one.help)
            if SECRET in text or KEY in text
        ]
    kept = texts_in(workspace.path)
    assert "heads" in kept
    assert SECRET not in kept
    assert KEY not in kept


def test_what_is_no_credential_is_in_the_cache(workspace: Folder) -> None:
    workspace.write("shop.yaml", connection("headers: {X-It: plain}")["shop.yaml"])
    workspace.write("other.yaml", CONNECTED)
    time.sleep(TICK)
    assert not Workspace(workspace.path, cache=True).validate().errors
    assert "plain" in texts_in(workspace.path)
