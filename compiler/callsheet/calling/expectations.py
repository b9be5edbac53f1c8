"""`test --update`: what a case expects, written or corrected in the file's text; every comment stays."""

from __future__ import annotations

from collections.abc import Sequence

from callsheet.calling.cases import ABSENT, CaseResult, request_fields
from callsheet.documents import Document, Path, Span
from callsheet.documents.rewriting import CannotRewriteError, Rewriting, json_text, replaced, rewritten
from callsheet.errors import CallsheetError
from callsheet.language.merge import value_in


def updated(document: Document, results: Sequence[CaseResult]) -> str:
    """Return the text of a document's file with what its failed cases expect replaced by what was made.

    A case without `expect` gets one that says the whole request.

    Args:
        document: of the action.
        results: failed cases of that action, each of another number; one without a request is left.

    Raises:
        CallsheetError: CS937 where an `expect` cannot be written into the file as it is.

    """
    replacements: dict[Span, str] = {}
    for result in results:
        if result.index is None or result.request is None:
            continue
        root: Path = ("spec", "tests", result.index, "expect")
        actual = request_fields(result.request)
        for mismatch in result.mismatches:
            path = _written(document, root, mismatch.path, removed=mismatch.actual is ABSENT)
            value = value_in(actual, path[len(root) :])
            replacements[document.places.value(path)] = json_text(value)
    text = replaced(document.text, replacements)
    missing = [one for one in results if one.without_expectation and one.request is not None]
    return _with_expectations(Document(document.file, document.index, text), missing) if missing else text


def _with_expectations(document: Document, results: Sequence[CaseResult]) -> str:
    """Return the text of a document's file in which cases that expect nothing expect what was made."""
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
                help="write the case out in full, not as an alias, and update again",
            ) from None
    return rewritten([rewriting])


def _written(document: Document, root: Path, path: Path, *, removed: bool) -> Path:
    """Return the deepest part of a path that the file holds and that is to be written anew."""
    parts = path[:-1] if removed else path
    while parts and (*root, *parts) not in document.places.values:
        parts = parts[:-1]
    return (*root, *(parts or path[:1]))
