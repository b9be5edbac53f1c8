"""What the units of a workspace, and a whole run, depend on beside its files: versions, and the day."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from callsheet._version import __version__
from callsheet.language.installed import version_of
from callsheet.language.plugins import GROUPS, plugins, secret_schemes

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


def identity_of_run(record_format: int, today: date, variant: str) -> str:
    """Return a digest of what a run depends on beside files: the day, versions, what is installed."""
    parts = [
        record_format,
        __version__,
        sys.version,
        versions_of_dependencies(),
        [[group, *((one.name, one.value) for one in plugins(group).values())] for group in GROUPS],
        _own_files(),
        _whose(),
        today.isoformat(),
        variant,
    ]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _whose() -> list[int]:
    """Return who runs this, with all groups: what one may read, another may not."""
    if not hasattr(os, "geteuid"):
        return []
    return [os.geteuid(), os.getegid(), *sorted(os.getgroups())]


@cache
def _own_files() -> list[tuple[str, int, int]]:
    """Return callsheet's own files, as they are: those of a working copy change without its version."""
    return sorted(_below(os.fspath(Path(__file__).parents[1])))


def own_digest() -> str:
    """Return a digest of what callsheet's own files contain, wherever and whenever they were installed."""
    if not _known:
        _known.append(_read_own_digest())
    return _known[0]


def know_own_digest(digest: str) -> None:
    """Take the digest that an earlier run noted, which had these very files by its identity."""
    _known[:] = [digest]


_known: list[str] = []
"""The digest of what callsheet's own files contain, once it is known: to read them takes a while."""


def _read_own_digest() -> str:
    root = os.fspath(Path(__file__).parents[1])
    found = hashlib.sha256()
    for path, _, _ in _own_files():
        found.update(f"{os.path.relpath(path, root)}\0".encode())
        with suppress(OSError), open(path, "rb") as stream:
            found.update(hashlib.sha256(stream.read()).digest())
    return found.hexdigest()


def _below(folder: str) -> Iterator[tuple[str, int, int]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".py", ".json")):
                    found = entry.stat()
                    yield entry.path, found.st_size, found.st_mtime_ns
                elif "." not in entry.name and entry.name != "__pycache__" and entry.is_dir():
                    yield from _below(entry.path)
    except OSError:
        return
