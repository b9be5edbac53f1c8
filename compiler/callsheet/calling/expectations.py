"""`test --update`: what a case expects, written or corrected in the file's text; every comment stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.calling.cases import CaseResult, request_fields
from callsheet.documents import Document, Path, Span, equal
from callsheet.documents.rewriting import CannotRewriteError, Rewriting, replaced, rewritten
from callsheet.documents.yaml_text import json_text
from callsheet.errors import CallsheetError
from callsheet.language import Action
from callsheet.language.difference import NOTHING
from callsheet.language.merge import value_in


def updated_files(actions: Mapping[str, Action], cases: Sequence[CaseResult]) -> dict[str, str]:
    """Return the texts of the files in which failed cases expect what was made, by path.

    A case without `expect` gets one that says the whole request.

    Raises:
        CallsheetError: CS937 for a case that differs by environment, or whose `expect` cannot be written
            into the file as it is.

    """
    parts: dict[str, list[tuple[Document, list[CaseResult]]]] = {}
    for name in sorted({one.action for one in cases if one.outcome == "failed" and one.index is not None}):
        if actions[name].origin.row is not None:
            raise CallsheetError(
                "CS937",
                f"the cases of `{name}` are those of a set, and each of its rows expects something else",
                help="write what is expected with `item.…`, by hand",
            )
        _refuse_moved(actions[name], [one for one in cases if one.action == name])
        document = actions[name].document
        parts.setdefault(document.file, []).append(
            (document, _once([one for one in cases if one.action == name]))
        )
    return {file: _updated(some) for file, some in parts.items()}


def _refuse_moved(action: Action, cases: Sequence[CaseResult]) -> None:
    """Refuse cases that are no longer where they were when they ran; raises CS937."""
    names = [one.get("name") for one in action.spec.get("tests") or ()]
    for one in cases:
        if one.index is not None and (one.index >= len(names) or names[one.index] != one.name):
            raise CallsheetError(
                "CS937",
                f"the cases of `{action.name}` were changed after they ran",
                help="run them again",
            )


def _once(cases: Sequence[CaseResult]) -> list[CaseResult]:
    """Return the failed cases of an action, each once; raises CS937 where environments disagree."""
    first: dict[int, CaseResult] = {}
    for one in cases:
        if one.index is None or one.outcome == "passed":
            continue
        known = first.setdefault(one.index, one)
        if not equal(_made(known), _made(one)):
            raise CallsheetError(
                "CS937",
                f"the case {one.name!r} of `{one.action}` differs between {known.environment}"
                f" and {one.environment}",
                help="set the `environment` of the case, or update with -e",
            )
    return list(first.values())


def _made(case: CaseResult) -> Any:
    """Return what would be written for a case: its whole request, or what differs from its `expect`."""
    if case.without_expectation:
        return None if case.request is None else request_fields(case.request)
    return [(one.path, one.expected, one.actual) for one in case.mismatches]


def _updated(parts: Sequence[tuple[Document, Sequence[CaseResult]]]) -> str:
    """Return the text of a file in which failed cases of its documents expect what was made."""
    replacements: dict[Span, str] = {}
    for document, results in parts:
        for result in results:
            if result.index is None or result.request is None:
                continue
            root: Path = ("spec", "tests", result.index, "expect")
            actual = request_fields(result.request)
            for mismatch in result.mismatches:
                path = _written(document, root, mismatch.path, removed=mismatch.actual is NOTHING)
                value = value_in(actual, path[len(root) :])
                replacements[document.places.value(path)] = json_text(value)
    text = replaced(parts[0][0].text, replacements)
    rewritings = []
    for document, results in parts:
        missing = [one for one in results if one.without_expectation and one.request is not None]
        if missing:
            rewritings.append(_with_expectations(Document(document.file, document.index, text), missing))
    return rewritten(rewritings) if rewritings else text


def _with_expectations(document: Document, results: Sequence[CaseResult]) -> Rewriting:
    """Write what was made into cases of a document that expect nothing yet."""
    rewriting = Rewriting(document)
    for one in results:
        if one.index is None or one.request is None:
            continue
        made = request_fields(one.request)
        # The query is in the URL, and a payload counts also where it is null.
        whole = {name: value for name, value in made.items() if name != "query" and value != {}}
        whole |= {"payload": made["payload"]} if "payload" in made else {}
        try:
            rewriting.write(("spec", "tests", one.index, "expect"), whole)
        except CannotRewriteError as error:
            raise CallsheetError(
                "CS937",
                f"no `expect` can be written for the case {one.name!r} of `{one.action}`: {error}",
                help="write the case in full, without an alias, and update again",
            ) from None
    return rewriting


def _written(document: Document, root: Path, path: Path, *, removed: bool) -> Path:
    """Return the deepest part of a path that the file contains and that is to be rewritten."""
    parts = path[:-1] if removed else path
    while parts and (*root, *parts) not in document.places.values:
        parts = parts[:-1]
    return (*root, *(parts or path[:1]))
