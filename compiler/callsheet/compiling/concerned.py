"""Findings in what several definitions share → the same, with those that they are found with."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from msgspec.structs import replace

from callsheet.compiling.model import Compiled
from callsheet.documents import Span
from callsheet.documents.problems import ANY
from callsheet.language.diagnostics import Diagnostic

_IN = re.compile(r" \(in ([^()]*)\)\Z")
"""How a message ends that is found in some environments only."""


def naming_definitions(found: Sequence[Diagnostic], compiled: Compiled) -> list[Diagnostic]:
    """Return findings with the definitions in their messages, where the line does not name them.

    An overlay by pattern or selector, and one of a connection, lies over several: it may be wrong for one.
    A line of a connection may be wrong for some of its actions.
    """
    if not found:
        return []
    files = {one.file for one in found}
    overlaid = _overlaid(files, compiled)
    users = _users(files, compiled)
    return [
        _named(one)
        if any(_is_in(one.span, it) for it in overlaid.get(one.file, ()))
        or any(_is_in(one.span, it) and _names(one) < some for it, some in users.get(one.file, ()))
        else one
        for one in found
    ]


def _overlaid(files: Collection[str], compiled: Compiled) -> dict[str, list[Span]]:
    """Return where the overlays are written that are for several, by file."""
    spans: dict[str, list[Span]] = {}
    for environment in compiled.environments.values():
        for overlays in environment.overlays:
            document = overlays.document
            if document.file in files:
                some = overlays.for_several(compiled.connections)
                spans.setdefault(document.file, []).extend(document.place(one.path) for one in some)
    return spans


def _users(files: Collection[str], compiled: Compiled) -> dict[str, list[tuple[Span, set[str]]]]:
    """Return where connections are written, by file, each with the names of its actions."""
    found: dict[str, list[tuple[Span, set[str]]]] = {}
    for name, one in compiled.connections.items():
        if one.document.file in files:
            users = {it.name for it in compiled.definitions.values() if it.names_connection == name}
            found.setdefault(one.document.file, []).append((one.document.place(()), users))
    return found


def _names(one: Diagnostic) -> set[str]:
    return {name for name, _ in one.about}


def _is_in(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) <= end


def _named(one: Diagnostic) -> Diagnostic:
    names = sorted(_names(one))
    if not names or ANY in names:
        return one
    words = f"for `{names[0]}`" + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")
    where = _IN.search(one.message)
    if where is None:
        return replace(one, message=f"{one.message} ({words})")
    return replace(one, message=f"{one.message[: where.start()]} (in {where[1]}, {words})")
