"""A file of an installed package: `package:NAME/PATH` → where it is; nothing of the package is run."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path as FilePath

from msgspec import Struct

SCHEME = "package:"


class Packaged(Struct, frozen=True):
    """What a reference to a file of a package leads to.

    Attributes:
        package: its name, as it is imported.
        path: of the file in it.
        installed: is the package there, and may the path be one of it?
        file: the file; None where the package has none of this path.

    """

    package: str
    path: str
    installed: bool
    file: FilePath | None = None


def packaged(reference: str) -> Packaged:
    """Return where a file of a package is, by its reference."""
    package, _, path = reference.removeprefix(SCHEME).partition("/")
    parts = path.split("/")
    try:
        spec = find_spec(package) if package.isidentifier() else None
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations or ".." in parts or not path:
        return Packaged(package, path, installed=False)
    files = (FilePath(folder, *parts) for folder in spec.submodule_search_locations)
    return Packaged(package, path, installed=True, file=next((one for one in files if one.is_file()), None))
