"""The files of which a description consists: those that its `$ref` name, and theirs."""

from __future__ import annotations

import re
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from callsheet.documents.findings import Unreadable
from callsheet.documents.reading import decode
from callsheet.documents.sources import Source, read_named

MOST_FILES = 2_000
_REFERENCE = re.compile(r"""\$ref["']?\s*:\s*["']?([^#"'\s,{}]+\.(?:json|ya?ml))""")


def files_referred_to(file: str, text: str) -> list[str]:
    """Return the files of the workspace to which `$ref` of a file lead, as paths from its root, sorted."""
    if "$ref" not in text:
        return []
    found = {file_of(file, one) for one in _REFERENCE.findall(text)}
    return sorted(one for one in found if one and one != file)


def file_of(file: str, reference: str) -> str:
    """Return the file that a reference of another one names; empty for one outside of the workspace."""
    if "://" in reference:
        return ""
    path = normpath(join(dirname(file), unquote(reference)))
    return "" if path.startswith(("../", "/")) else path


def parts_of_description(source: Source, file: str, text: str, *, limit: int) -> dict[str, bytes]:
    """Return the files of which a description consists, beside its own, as far as they can be read.

    Args:
        source: the files of the workspace.
        file: of the description.
        text: of it.
        limit: how many bytes each may have.

    """
    found: dict[str, bytes] = {}
    left: set[str] = {file}
    waiting = files_referred_to(file, text)
    while waiting and len(found) < MOST_FILES:
        one = waiting.pop()
        if one in left:
            continue
        left.add(one)
        try:
            found[one] = read_named(source, one, limit=limit)
        except Unreadable:
            continue
        waiting += files_referred_to(one, decode(found[one], one)[0])
    return dict(sorted(found.items()))
