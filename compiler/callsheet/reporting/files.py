"""The files that `adopt --all` and `extract` write → text and JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from callsheet.importing import Adoption, Extraction
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import safe
from callsheet.words import counted


def adoption_text(found: Adoption, style: Style) -> str:
    """Write the files as a tree, folder by folder, and what to do next."""
    del style
    if not found.files:
        return f"Nothing to adopt in {safe(found.environment)}."
    lines = tree_lines(found.texts, {*found.files.values()}, found.connections)
    wrote = "wrote" if found.written else "would write"
    objects = counted(len(found.files), "deployed object")
    lines.append(f"{wrote} {counted(len(found.texts), 'file')} for {objects}")
    if found.secrets:
        lines.append(f"They refer to {', '.join(map(safe, found.secrets))}.")
    if found.written:
        lines += _next_lines(safe(found.environment), [*map(safe, found.elsewhere)])
    return "\n".join(lines)


def tree_lines(files: Collection[str], last: Collection[str], shared: Mapping[str, int]) -> list[str]:
    """Return files as a tree, folder by folder.

    Args:
        files: by path.
        last: those that come after the others of their folder.
        shared: by the path of a connection's file, how many actions share it.

    """
    lines: list[str] = []
    folder = ""
    for file in sorted(files, key=lambda it: (it.rpartition("/")[0], it in last, it)):
        within, _, own = file.rpartition("/")
        if within != folder:
            folder = within
            lines.append(f"{safe(folder)}/")
        number = shared.get(file)
        whose = f" (for {counted(number, 'action')})" if number else ""
        lines.append(f"{'  ' if within else ''}{safe(own)}{whose}")
    return lines


def _next_lines(here: str, others: Sequence[str]) -> list[str]:
    """Return what to do after several objects were adopted in an environment."""
    lines = [f"Next: callsheet plan{f' -e {here}' if others else ''}, which adopts them without a change"]
    if others:
        lines.append(
            f"They have the values of {here}, and also apply to {', '.join(others)}:"
            " exclude them there with `select`, or move what differs into `values`"
        )
    return lines


def extraction_text(found: Extraction, style: Style) -> str:
    """Write how many lines each file has, and what stays as it is."""
    del style
    wrote, changed = ("wrote", "changed") if found.written else ("would write", "would change")
    lines = [] if found.texts else ["There is nothing to extract."]
    if found.file is not None:
        lines.append(f"{wrote} {safe(found.file)} ({counted(found.lines, 'line')})")
    for one in found.shortened:
        lines.append(f"{changed} {safe(one.file)}: {one.before} -> {counted(one.after, 'line')}")
        lines += [f"  {safe(path)} stays: {safe(why)}" for path, why in one.kept]
    lines += [f"left {safe(name)} as it is: {safe(why)}" for name, why in found.left]
    if found.texts:
        word = "fewer" if found.fewer >= 0 else "more"
        less = counted(abs(found.fewer), f"{word} line")
        files = counted(len(found.texts), "file")
        lines.append(f"{less} in {files}; every action compiles to the same bytes.")
    return "\n".join(lines)


def adoption_record(found: Adoption) -> dict[str, Any]:
    """Return the files of deployed objects, and why others have none."""
    return {
        "environment": found.environment,
        "written": found.written,
        "objects": [{"address": address, "file": file} for address, file in found.files.items()],
        "connections": [{"file": file, "actions": one} for file, one in found.connections.items()],
        "left": [{"address": address, "reason": why} for address, why in found.left.items()],
        "secrets": [*found.secrets],
        "elsewhere": [*found.elsewhere],
        "files": [*found.texts],
    }


def extraction_record(found: Extraction) -> dict[str, Any]:
    """Return a connection, and the files that it shortens."""
    return {
        "name": found.name,
        "written": found.written,
        "connection": None if found.file is None else {"file": found.file, "lines": found.lines},
        "shortened": [
            {
                "file": one.file,
                "before": one.before,
                "after": one.after,
                "kept": [{"path": path, "reason": why} for path, why in one.kept],
            }
            for one in found.shortened
        ],
        "left": [{"name": name, "reason": why} for name, why in found.left],
        "fewer": found.fewer,
        "files": [*found.texts],
    }
