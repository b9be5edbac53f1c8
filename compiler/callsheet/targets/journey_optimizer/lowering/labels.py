"""Labels for computed variables: as short as they can be without being the label of another variable."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from callsheet.documents import Path

PATH_LABEL = "Path"


def labels_for(paths: Iterable[Path], taken: Collection[str]) -> dict[Path, str]:
    """Return a label for each path: its last name, with as many before it as make it different."""
    found: dict[Path, str] = {}
    used = {*taken}
    for path in paths:
        names = [str(one) for one in path[2:]] or [PATH_LABEL]
        label = next((one for one in _suffixes(names) if one not in used), None)
        number = 2
        while label is None or label in used:
            label, number = f"{'.'.join(names)} {number}", number + 1
        used.add(label)
        found[path] = label
    return found


def _suffixes(names: list[str]) -> Iterable[str]:
    for length in range(1, len(names) + 1):
        kept = names[-length:]
        if not kept[0].isdigit():
            yield ".".join(kept)
