"""Changes of a workspace's files, as they happen: what `watch` and `catalog --serve` wait for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from callsheet.errors import CallsheetError

SUFFIXES = (".yaml", ".yml", ".json", ".j2", ".callsheetignore")


def changes_of(root: Path, verb: str) -> Iterator[None]:
    """Yield after each change of a file that counts, until Ctrl-C.

    Raises:
        CallsheetError: CS945 without the package that watches files.

    """
    try:
        from watchfiles import Change, watch
    except ImportError:
        raise CallsheetError(
            "CS945",
            f"{verb} needs the package watchfiles, which is not installed",
            help="pip install 'callsheet[watch]'",
        ) from None

    def wanted(change: Change, path: str) -> bool:
        del change
        inside = Path(path).relative_to(root.resolve()).parts
        return path.endswith(SUFFIXES) and not any(one.startswith(".") for one in inside[:-1])

    return (None for _ in watch(root.resolve(), watch_filter=wanted, raise_interrupt=False))
