"""What is installed is read as importlib.metadata reads it."""

from __future__ import annotations

import importlib.metadata
import sys
import zipfile
from pathlib import Path

import pytest

from callsheet.compiling.versions import DEPENDENCIES
from callsheet.language import installed
from callsheet.language.installed import Plugin, entry_points, version_of

GROUPS = ("callsheet.targets", "callsheet.ledgers", "callsheet.reports", "callsheet.secrets")


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    entry_points.cache_clear()
    installed._packages.cache_clear()


def package(folder: Path, name: str, text: str, version: str = "1.0") -> None:
    """Write the metadata of a package."""
    place = folder / f"{name}-{version}.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (place / "entry_points.txt").write_text(text)


@pytest.mark.parametrize("group", GROUPS)
def test_the_entry_points_of_a_group_are_those_that_importlib_finds(group: str) -> None:
    expected = {one.name: one.value for one in importlib.metadata.entry_points(group=group)}
    assert {one.name: one.value for one in entry_points(tuple(sys.path))[group].values()} == expected
    assert expected


@pytest.mark.parametrize("name", [*DEPENDENCIES, "msgspec", "PyYAML", "detect_secrets", "callsheet"])
def test_the_version_of_a_package_is_that_which_importlib_finds(name: str) -> None:
    assert version_of(name) == importlib.metadata.version(name)


def test_a_package_that_is_not_installed_has_no_version() -> None:
    with pytest.raises(ImportError):
        version_of("no-such-package")


def test_whatever_is_written_is_read_as_importlib_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = """\
# what this package adds
[console_scripts]
other = other.cli:main

[ callsheet.targets ]
spaced = other:spaced

[callsheet.targets]
one=other.targets:one
two = other.targets : Two.open [extra, more]
# three = other.targets:three
bare = other

[callsheet.secrets]
vault = other.vault:read
"""
    package(tmp_path / "a", "other", text)
    package(tmp_path / "b", "Other", "[callsheet.targets]\nlate = later:late\n", "2.0")
    package(tmp_path / "b", "no_points", "")
    (tmp_path / "b" / "no_points-1.0.dist-info" / "entry_points.txt").unlink()
    path = [str(tmp_path / "a"), str(tmp_path / "missing"), str(tmp_path / "b")]
    monkeypatch.setattr(sys, "path", path)
    found = entry_points(tuple(path))
    known = importlib.metadata.entry_points()
    assert {group: set(some) for group, some in found.items()} == {
        group: {one.name for one in known.select(group=group)} for group in ("callsheet.targets", "callsheet.secrets")
    }  # fmt: skip
    assert found["callsheet.targets"]["one"] == Plugin("one", "other.targets:one")
    assert version_of("OTHER") == "1.0"


def test_a_part_of_the_path_that_is_a_file_is_read_by_importlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = tmp_path / "packed.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(
            "packed-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: packed\nVersion: 1.0\n"
        )
        packed.writestr("packed-1.0.dist-info/entry_points.txt", "[callsheet.secrets]\nzip = packed:read\n")
    monkeypatch.setattr(sys, "path", [str(archive), *sys.path])
    assert entry_points(tuple(sys.path))["callsheet.secrets"]["zip"] == Plugin("zip", "packed:read")
    assert version_of("packed") == "1.0"


@pytest.mark.parametrize("value", ["json:dumps", "json.decoder : JSONDecoder.decode ", "json"])
def test_an_entry_point_is_loaded_as_importlib_loads_it(value: str) -> None:
    assert Plugin("one", value).load() is importlib.metadata.EntryPoint("one", value, "group").load()
