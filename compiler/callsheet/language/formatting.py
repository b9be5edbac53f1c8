"""The canonical form of a file: keys in the order of their schema, whole lines moved with their comments.

Lines are moved as they are, and no value is rewritten: comments, quotes, block texts and anchors stay as
their author wrote them. What comes out must read as the same documents, or the file is left alone.
"""

from __future__ import annotations

import pathlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from callsheet.documents import Document, Path, Problem, Span
from callsheet.documents.reading import decode, parse
from callsheet.errors import ArgumentError, CallsheetError
from callsheet.language.difference import value_at
from callsheet.language.kinds import KINDS
from callsheet.language.schema_check import schema
from callsheet.words import reason_of

_BLANK = re.compile(r"\s*\Z")
_SPACE_BEFORE = re.compile(r" *\Z")


class FormattedFile(Struct, frozen=True, kw_only=True):
    """A file, and its canonical form.

    Attributes:
        path: as it was given, or below the folder of the workspace.
        before: its text, decoded, with line feeds.
        after: the canonical form; the text as it is where there is a problem.
        problem: what keeps it from its canonical form.

    """

    path: pathlib.Path
    before: str
    after: str
    problem: Problem | None


def formatted_files(paths: Iterable[pathlib.Path]) -> Iterator[FormattedFile]:
    """Yield the YAML files among these with their canonical forms.

    Raises:
        ArgumentError: for a file that cannot be read.
        CallsheetError: for one that is not text.

    """
    for path in paths:
        if path.suffix in (".yaml", ".yml"):
            text = _read(path)
            after, problem = formatted(text, str(path))
            yield FormattedFile(path=path, before=text, after=after, problem=problem)


def _read(path: pathlib.Path) -> str:
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ArgumentError(f"{path} cannot be read: {reason_of(error)}") from None
    text, problem = decode(content, str(path))
    if problem is not None:
        raise CallsheetError(problem.code, f"{path}: {problem.message}", help=problem.help)
    return text


def formatted(text: str, file: str) -> tuple[str, Problem | None]:
    """Return the canonical form of a file's text; or the text as it is, and what keeps it from that.

    Args:
        text: the whole file, decoded, with line feeds.
        file: its name, for the problem.

    """
    parsed, problems = parse(text, file, with_places=True)
    if problems:
        return text, problems[0]
    documents = [Document(file, index, text, one) for index, one in enumerate(parsed)]
    lines = text.split("\n")
    for index in reversed(range(len(documents))):
        document = documents[index]
        last = documents[index + 1].line - 1 if index + 1 < len(documents) else len(lines)
        lines = _Formatter(document, lines, last).run()
    result = _tidy(lines, has_long_texts=_has_long_texts(documents))
    if not _same(documents, result, file, lines):
        return text, Problem(
            code="CS936",
            file=file,
            span=Span(1, 1, 1, 1),
            message="the keys cannot be put in order without changing what the file says",
            help="order them by hand, with each anchor (&name) before its aliases (*name)",
        )
    return result, None


def _same(documents: list[Document], result: str, file: str, lines: list[str]) -> bool:
    again, problems = parse(result, file)
    if problems or [one.value for one in again] != [one.value for one in documents]:
        return False
    return Counter(one.rstrip() for one in lines if one.strip()) == Counter(
        one.rstrip() for one in result.split("\n") if one.strip()
    )


def _has_long_texts(documents: list[Document]) -> bool:
    """Return whether any text goes over several lines: then a space at a line's end may belong to it."""
    return any(
        span.end_line > span.line
        for document in documents
        for path, span in document.places.values.items()
        if isinstance(value_at(document.value, path), str)
    )


def _tidy(lines: list[str], *, has_long_texts: bool) -> str:
    """Drop spaces at the ends of lines, and blank lines at the end of the file."""
    if not has_long_texts:
        lines = [line.rstrip() for line in lines]
    while lines and _BLANK.match(lines[-1]):
        lines = lines[:-1]
    return "\n".join(lines) + "\n" if lines else ""


class _Formatter:
    """Orders the keys of one document, from the inside out."""

    def __init__(self, document: Document, lines: list[str], last: int) -> None:
        self.document = document
        self.lines = lines
        self.last = last

    def run(self) -> list[str]:
        """Return the lines of the whole file with this document's keys in order."""
        value = self.document.value
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in KINDS:
            return self.lines
        root = schema(KINDS[kind].schema)
        ordered = self._ordered((), value, root, root, self.last)
        return self.lines if ordered is None else ordered

    def _ordered(
        self, path: Path, value: dict[str, Any], node: dict[str, Any], root: dict[str, Any], end: int
    ) -> list[str] | None:
        """Order one mapping that ends before the line `end` (from 0); None where nothing is to be moved."""
        node = _resolved(node, root)
        starts = self._starts(path, value)
        if starts is None:
            return None
        keys = sorted(starts, key=lambda key: starts[key])
        column = self.document.places.keys[(*path, keys[0])].column - 1
        bounds = self._bounds([starts[key] for key in keys], column, end, top=not path)
        for index in reversed(range(len(keys))):
            inner, below = value[keys[index]], _below(node, keys[index])
            if isinstance(inner, dict) and inner and below is not None:
                done = self._ordered((*path, keys[index]), inner, below, root, bounds[index + 1])
                if done is not None:
                    self.lines = done
        order = list(node.get("properties", {}))
        if not order:
            return self.lines
        ranked = sorted(keys, key=lambda key: order.index(key) if key in order else len(order))
        chunks = {key: self.lines[bounds[at] : bounds[at + 1]] for at, key in enumerate(keys)}
        moved = [line for key in ranked for line in chunks[key]]
        return [*self.lines[: bounds[0]], *moved, *self.lines[bounds[-1] :]]

    def _starts(self, path: Path, value: dict[str, Any]) -> dict[str, int] | None:
        """Return the line (from 0) of each key; None for a mapping in braces, or one that shares lines."""
        starts: dict[str, int] = {}
        for key in value:
            span = self.document.places.keys.get((*path, key))
            if span is None or not _SPACE_BEFORE.match(self.lines[span.line - 1][: span.column - 1]):
                return None
            starts[key] = span.line - 1
        return starts if len(set(starts.values())) == len(starts) and starts else None

    def _bounds(self, starts: list[int], column: int, end: int, *, top: bool) -> list[int]:
        """Return where each entry begins, with the comments above it, and where the last one ends."""
        bounds = []
        for index, start in enumerate(starts):
            floor = starts[index - 1] + 1 if index else (start if top else self._floor(start, column))
            at = start
            while at > floor and self._leads(self.lines[at - 1], column):
                at -= 1
            while at < start and not self.lines[at].strip():
                at += 1
            bounds.append(at)
        return [*bounds, self._end(starts[-1], column, end)]

    def _floor(self, start: int, column: int) -> int:
        at = start
        while at > 0 and self._leads(self.lines[at - 1], column):
            at -= 1
        return at

    def _leads(self, line: str, column: int) -> bool:
        """Return whether a line above a key is a comment of that key, or a blank one."""
        bare = line.lstrip(" ")
        return not bare or (bare.startswith("#") and len(line) - len(bare) <= column)

    def _end(self, start: int, column: int, end: int) -> int:
        """Leave out of the last entry what follows it: blank lines, marks, and comments further out."""
        while end > start + 1 and self._follows(self.lines[end - 1], column):
            end -= 1
        return end

    def _follows(self, line: str, column: int) -> bool:
        bare = line.lstrip(" ")
        outside = len(line) - len(bare) < column or column == 0
        return not bare or line.startswith(("---", "...")) or (bare.startswith("#") and outside)


def _resolved(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        node = {**root["$defs"][name], **{key: one for key, one in node.items() if key != "$ref"}}
    return node


def _below(node: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Return the schema of a key's value, where it has one."""
    found = node.get("properties", {}).get(key, node.get("additionalProperties"))
    return found if isinstance(found, dict) else None
