"""`test --update`: what a case expects, corrected in the file's own text, so that every comment stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from callsheet.calling.cases import ABSENT, CaseResult, request_fields
from callsheet.workspace import Document, Path, Span
from callsheet.workspace.rewriting import replaced


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
    return replaced(document.text, replacements)


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
