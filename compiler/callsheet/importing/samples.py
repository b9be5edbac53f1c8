"""A sample of the package → the files of a new action, with the parts that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from textwrap import dedent
from typing import Any

import yaml

from callsheet.errors import ArgumentError
from callsheet.words import nearest

_NAME_LINE = re.compile(r"(?m)^(  name: ).*$")
_VALUES = re.compile(r"values\.[A-Za-z0-9_.]+")
_KIND = re.compile(r"(?m)^kind: (\w+)$")
_NAMED = {
    "Connection": re.compile(r"(?m)^ *connection: (\w+)$"),
    "Fragment": re.compile(r"\$fragment: (\w+)"),
}
"""How a sample names documents beside it."""


def samples() -> dict[str, Any]:
    """Return the samples that hold an action or a set, by folder."""
    root = files("callsheet") / "samples"
    folders = sorted((one for one in root.iterdir() if one.is_dir()), key=lambda one: one.name)
    return {one.name: one for one in folders if _action_of(one) is not None}


def from_sample(sample: str, name: str, has: Callable[[str, str], bool]) -> dict[str, str]:
    """Return the texts of a new action's files, by path: the action under its name, its parts beside it.

    The first row of a set is the action. A connection or a fragment is left out where it is there already.

    Args:
        sample: its folder.
        name: of the new action.
        has: whether the workspace has a document of a kind and a name.

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
    action = _NAME_LINE.sub(rf"\g<1>{name}", _first_row(action), count=1)
    contents: dict[str, str] = {}
    for one in folder.iterdir():
        if one.name.endswith(".j2"):
            path = str(Path(sample) / f"{name}.json.j2")
            action = action.replace(f"{sample}/{one.name}", path)
            contents[path] = one.read_text("utf-8")
    named = dict(_named_by(action, has))
    return {str(Path(sample) / f"{name}.yaml"): action, **contents, **named}


def values_read(contents: dict[str, str]) -> list[str]:
    """Return the values of environments that texts read, as `values.firebase.project`, sorted."""
    return sorted(set(_VALUES.findall("".join(contents.values()))))


def _action_of(folder: Any) -> Any:
    """Return the file of a folder's first action, or of its first set; None without any."""
    kinds = {_kind_of(one): one for one in reversed(_documents_of(folder))}
    return kinds.get("Action") or kinds.get("ActionSet")


def _documents_of(folder: Any) -> list[Any]:
    found = (one for one in folder.iterdir() if one.name.endswith(".yaml"))
    return sorted(found, key=lambda one: str(one.name))


def _kind_of(file: Any) -> str:
    found = _KIND.search(file.read_text("utf-8"))
    return found[1] if found else ""


def _first_row(text: str) -> str:
    """Return the text of an action: of a set, the template as its first row fills it in."""
    if "kind: ActionSet\n" not in text:
        return text
    head, template = text.split("  template:\n")
    row = yaml.safe_load(text)["spec"]["items"][0]
    for field, value in row.items():
        template = template.replace(f"{{{{ item.{field} }}}}", json.dumps(value, ensure_ascii=False)[1:-1])
    comments = [
        one for one in head.splitlines(keepends=True) if one.startswith("# ") and "$schema" not in one
    ]
    return f"{''.join(comments)}apiVersion: callsheet/v1\nkind: Action\n{dedent(template)}"


def _named_by(action: str, has: Callable[[str, str], bool]) -> Iterator[tuple[str, str]]:
    """Yield the paths and the texts of the documents that an action names and that are not there yet."""
    root = files("callsheet") / "samples"
    for kind, pattern in _NAMED.items():
        wanted = {one for one in pattern.findall(action) if not has(kind, one)}
        for folder in (one for one in root.iterdir() if wanted and one.is_dir()):
            for file in _documents_of(folder):
                text = file.read_text("utf-8")
                if _kind_of(file) == kind and yaml.safe_load(text)["metadata"]["name"] in wanted:
                    yield f"{folder.name}/{file.name}", text
