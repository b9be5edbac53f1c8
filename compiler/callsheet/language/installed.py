"""What is installed on this machine: versions, and the entry points that packages add for callsheet.

`importlib.metadata` answers the same. To import it, to parse the metadata of six packages and to read the
entry points of all takes a tenth of the time of a command on a small workspace, at each start. Where a part
of the path is a file, as a zip, it is asked.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from msgspec import Struct

_METADATA = re.compile(r"(?P<name>[^-]+)(?:-(?P<version>[^-]+))?.*\.(?:dist|egg)-info")
_GROUP = "callsheet."


class Plugin(Struct, frozen=True):
    """What a package adds by an entry point of a group of callsheet's.

    Attributes:
        name: of the entry point, as `sqlite`.
        value: where it is, as `package.module:object`.

    """

    name: str
    value: str

    def load(self) -> Any:
        """Import it; raises ImportError and AttributeError where it is not there."""
        module, _, attributes = self.value.partition(":")
        found: Any = import_module(module.strip())
        for name in filter(None, attributes.strip().split(".")):
            found = getattr(found, name)
        return found


def version_of(name: str) -> str:
    """Return the version of an installed package; raises ImportError where it is not installed."""
    found = _packages(tuple(sys.path)).get(_normal(name), ("", ""))[0]
    if found:
        return found
    from importlib.metadata import version

    return version(name)


@cache
def entry_points(path: tuple[str, ...]) -> dict[str, dict[str, Plugin]]:
    """Return what packages on a path add, by group and name; the first package of a name counts."""
    if any(Path(one).is_file() for one in path):
        return _by_importlib()
    found: dict[str, dict[str, Plugin]] = {}
    for _, folder in _packages(path).values():
        for group, plugin in _written(os.path.join(folder, "entry_points.txt")):
            found.setdefault(group, {})[plugin.name] = plugin
    return found


@cache
def _packages(path: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """Return the version of each package on a path and the folder of its metadata, by its normal name."""
    found: dict[str, tuple[str, str]] = {}
    for one in path:
        try:
            with os.scandir(one or ".") as entries:
                names = sorted(entry.name for entry in entries)
        except OSError:
            continue
        for name in names:
            match = _METADATA.fullmatch(name)
            if match:
                folder = os.path.join(one, name)
                # A version is in the folder's name by the specification of installed packages.
                version = (match["version"] or "") if name.endswith(".dist-info") else ""
                found.setdefault(_normal(match["name"]), (version, folder))
    return found


def _normal(name: str) -> str:
    """Return what all spellings of a package's name have in common (packaging.python.org, names)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _written(file: str) -> Iterator[tuple[str, Plugin]]:
    """Yield the entry points of a file in callsheet's groups (packaging.python.org, entry points)."""
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError):
        return
    if f"[{_GROUP}" not in text:
        return
    group = ""
    for line in map(str.strip, text.split("\n")):
        if line.startswith("["):
            group = line.strip("[]")
        elif group.startswith(_GROUP) and "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            # Behind the object, the extras of the package that it needs.
            yield group, Plugin(name.strip(), value.partition("[")[0].strip())


def _by_importlib() -> dict[str, dict[str, Plugin]]:
    from importlib.metadata import entry_points as every

    found: dict[str, dict[str, Plugin]] = {}
    known = every()
    for group in filter(lambda one: one.startswith(_GROUP), known.groups):
        for one in known.select(group=group):
            found.setdefault(group, {})[one.name] = Plugin(one.name, one.value.partition("[")[0].strip())
    return found
