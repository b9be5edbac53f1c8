"""`test --update`: what a case expects, corrected in the file's own text, so that every comment stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from callsheet.calling.cases import ABSENT, CaseResult, request_fields
from callsheet.workspace import Document, Path, Span


def updated(document: Document, results: Sequence[CaseResult]) -> str:
    """Give the text of a document's file with what its failed cases expect replaced by what was made.

    Args:
        document: of the action.
        results: failed cases of that action, each of another number, that made a request.

    """
    replacements: dict[Span, str] = {}
    for result in results:
        if result.index is None or result.request is None:
            continue
        root: Path = ("spec", "tests", result.index, "expect")
        actual = request_fields(result.request)
        for mismatch in result.mismatches:
            path = _written(document, root, mismatch.path, removed=mismatch.actual is ABSENT)
            value = _look(actual, path[len(root) :])
            replacements[document.places.value(path)] = json.dumps(value, ensure_ascii=False)
    return _replaced(document.text, replacements)


def _written(document: Document, root: Path, path: Path, *, removed: bool) -> Path:
    """Give the deepest part of a path that the file holds and that is to be written anew."""
    parts = path[:-1] if removed else path
    while parts and (*root, *parts) not in document.places.values:
        parts = parts[:-1]
    return (*root, *(parts or path[:1]))


def _look(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value


def _replaced(text: str, replacements: dict[Span, str]) -> str:
    """Replace spans, from the last to the first; of two that overlap, the wider one counts."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    spans = sorted(
        (
            (starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1, new)
            for span, new in replacements.items()
        ),
        key=lambda one: (one[0], -one[1]),
    )
    kept: list[tuple[int, int, str]] = []
    for one in spans:
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    for start, end, new in reversed(kept):
        old = text[start:end]
        # A block ends behind its last line: the line end stays.
        tail = old[len(old.rstrip()) :]
        text = text[:start] + new + tail + text[end:]
    return text
