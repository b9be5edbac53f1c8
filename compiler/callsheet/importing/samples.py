"""A sample of the package → the files of a new action."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path
from typing import Any

from callsheet.errors import ArgumentError
from callsheet.words import nearest

_NAME_LINE = re.compile(r"(?m)^(  name: ).*$")
_VALUES = re.compile(r"values\.[A-Za-z0-9_.]+")


def samples() -> dict[str, Any]:
    """Return the samples that hold an action, by folder."""
    root = files("callsheet") / "samples"
    folders = sorted((one for one in root.iterdir() if one.is_dir()), key=lambda one: one.name)
    return {one.name: one for one in folders if _action_of(one) is not None}


def from_sample(sample: str, name: str) -> dict[str, str]:
    """Return the texts of a new action's files, by path: the action under its name, its template beside it.

    Raises:
        ArgumentError: where there is no such sample.

    """
    known = samples()
    if sample not in known:
        raise ArgumentError(
            f"there is no sample {sample!r}{nearest(sample, known)}; there are: {', '.join(known)}"
        )
    folder = known[sample]
    action = _action_of(folder).read_text("utf-8")
    action = _NAME_LINE.sub(rf"\g<1>{name}", action, count=1)
    contents: dict[str, str] = {}
    for one in folder.iterdir():
        if one.name.endswith(".j2"):
            path = str(Path(sample) / f"{name}.json.j2")
            action = action.replace(f"{sample}/{one.name}", path)
            contents[path] = one.read_text("utf-8")
    return {str(Path(sample) / f"{name}.yaml"): action, **contents}


def values_read(contents: dict[str, str]) -> list[str]:
    """Return the values of environments that texts read, as `values.firebase.project`, sorted."""
    return sorted(set(_VALUES.findall("".join(contents.values()))))


def _action_of(folder: Any) -> Any:
    for one in sorted(folder.iterdir(), key=lambda it: str(it.name)):
        if one.name.endswith(".yaml") and "kind: Action" in one.read_text("utf-8"):
            return one
    return None
