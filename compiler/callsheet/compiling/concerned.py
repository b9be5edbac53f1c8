"""Findings in overlays that are for several definitions → the same, with those that they are found with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from callsheet.documents import Span
from callsheet.documents.problems import ANY
from callsheet.language.diagnostics import Diagnostic
from callsheet.language.environment import Environment

_IN = re.compile(r" \(in ([^()]*)\)\Z")
"""How a message ends that is found in some environments only."""


def naming_definitions(
    found: Sequence[Diagnostic], environments: Iterable[Environment], connections: Collection[str]
) -> list[Diagnostic]:
    """Return findings with the definitions in their messages, where the line does not name them.

    An overlay by pattern or selector, and one of a connection, lies over several: it may be wrong for one.
    """
    files = {one.file for one in found}
    spans: dict[str, list[Span]] = {}
    for environment in environments:
        for overlays in environment.overlays:
            document = overlays.document
            if document.file in files:
                some = overlays.for_several(connections)
                spans.setdefault(document.file, []).extend(document.place(one.path) for one in some)
    return [
        _named(one) if any(_is_in(one.span, it) for it in spans.get(one.file, ())) else one for one in found
    ]


def _is_in(inner: Span, outer: Span) -> bool:
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return start <= (inner.line, inner.column) <= end


def _named(one: Diagnostic) -> Diagnostic:
    names = sorted({name for name, _ in one.about} - {ANY})
    if not names or len(names) < len({name for name, _ in one.about}):
        return one
    words = f"for `{names[0]}`" + (f" and {len(names) - 1:,} more" if len(names) > 1 else "")
    where = _IN.search(one.message)
    if where is None:
        return replace(one, message=f"{one.message} ({words})")
    return replace(one, message=f"{one.message[: where.start()]} (in {where[1]}, {words})")
