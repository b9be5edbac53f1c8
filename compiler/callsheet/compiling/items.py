"""The rows of a set: written in it, or in a CSV, YAML or JSON file of the workspace."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct, field

from callsheet.documents import Document, Problem, Span
from callsheet.documents.reading import parse
from callsheet.language.catalog import Spots
from callsheet.language.characters import name_of, unseen_in
from callsheet.templates.template_files import in_workspace
from callsheet.words import listed

MAX_ROWS = 10_000
"""The largest number of rows of one set: its actions are compiled together, as one file."""

_SUFFIXES = (".csv", ".tsv", ".yaml", ".yml", ".json")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_FORMULA = re.compile(r"=|@|[+-](?![\d.\s])")
"""How a spreadsheet's formula begins; a number may begin with a sign."""

ReadText = Callable[[str], str | Problem]
"""Returns the text of a file of the workspace, or the problem that keeps it from it."""


class Items(Struct):
    """The rows of a set.

    Attributes:
        file: where they are written.
        rows: the fields of each, by name, with its place.
        fields: every field of the rows, with the place where it is first written.
        problems: what is wrong with them; there are no rows where one is an error.

    """

    file: str
    rows: list[tuple[dict[str, Any], Span]] = field(default_factory=list)
    fields: dict[str, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_items(document: Document, read_text: ReadText) -> Items:
    """Read the rows of a document of kind ActionSet, valid by its schema."""
    spec = document.value["spec"]
    if "items" in spec:
        return _listed(Items(document.file), document, spec["items"], ("spec", "items"))
    file = in_workspace(spec["itemsFile"])
    text = read_text(file)
    if isinstance(text, Problem):
        return Items(file, problems=[_unreadable(document, text)])
    return (
        _from_csv(Items(file), text) if file.lower().endswith((".csv", ".tsv")) else _from_yaml(file, text)
    )


def _unreadable(document: Document, problem: Problem) -> Problem:
    return Spots("CS327", document).value(
        ("spec", "itemsFile"),
        f"the rows cannot be read: {problem.message.removeprefix('it cannot be read: ')}",
        do=problem.help,
    )


def _listed(items: Items, document: Document, values: list[Any], path: tuple[str | int, ...]) -> Items:
    if len(values) > MAX_ROWS:
        items.problems.append(_fault(items, document.place(path), *_too_many(len(values))))
        return items
    for index, value in enumerate(values):
        items.rows.append((value, document.place((*path, index))))
        for name in value:
            if name not in items.fields:
                items.fields[name] = document.places.key((*path, index, name))
    return items


def _from_yaml(file: str, text: str) -> Items:
    parsed, problems = parse(text, file, with_places=True)
    items = Items(file)
    if problems:
        items.problems = problems
        return items
    value = parsed[0].value if len(parsed) == 1 else None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        items.problems.append(
            _fault(items, Span(1, 1, 1, 1), "the file of rows is not a list of mappings", _HOW_YAML)
        )
        return items
    if not value:
        items.problems.append(_fault(items, _line(1), *_EMPTY))
    return _listed(items, Document(file, 0, text, parsed[0]), value, ())


_EMPTY = ("there are no rows, and so no actions of the set", "write a row, or remove the set")
_HOW_YAML = "write `- {field: value, …}` for each row, in one document"


def _too_many(number: int | None) -> tuple[str, str]:
    how_many = f"{number:,} rows, more" if number is not None else "more rows"
    return f"there are {how_many} than the {MAX_ROWS:,} that one set can have", "split it into several sets"


def _fault(items: Items, span: Span, message: str, do: str, code: str = "CS327") -> Problem:
    return Problem(code=code, file=items.file, span=span, message=message, help=do)


def _line(number: int, column: int = 1, end: int | None = None) -> Span:
    return Span(number, column, number, end if end is not None else column)


# -- CSV (RFC 4180) -------------------------------------------------------------------------


def _from_csv(items: Items, text: str) -> Items:
    rows = _records(text)
    try:
        head = next(rows, None)
        if head is None:
            items.problems.append(_fault(items, _line(1), "the file of rows is empty", _HOW_CSV))
            return items
        names, _ = head
        items.problems = list(_wrong_names(items, names))
        if not items.problems:
            items.fields = {name: _line(1) for name in names}
            _take(items, names, rows)
    except _NotCsv as error:
        line, why = error.args
        items.problems.append(_fault(items, _line(line), f"the file of rows is not CSV: {why}", _HOW_CSV))
    if not items.rows and not items.problems:
        items.problems.append(_fault(items, _line(1), *_EMPTY))
    if any(one.code not in _WARNINGS for one in items.problems):
        items.rows = []
    return items


_WARNINGS = ("CS328", "CS346")
_HOW_CSV = "write the fields' names in the first line, and a line for each row, separated by commas"


def _records(text: str) -> Iterator[tuple[list[str], int]]:
    """Yield the records of a CSV text, each with the line in which it begins.

    Empty lines are left out, and those of commas only, which spreadsheets write.

    Raises:
        _NotCsv: with the line, and what the reader says of it.

    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin = 1
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            unclosed = "end of data" in str(error)
            why = "a quote is not closed" if unclosed else str(error)
            raise _NotCsv(begin if unclosed else reader.line_num, why) from None
        if record is None:
            return
        if any(record):
            yield record, begin
        begin = reader.line_num + 1


class _NotCsv(Exception):  # noqa: N818 - it says where, and becomes a finding
    """A text that is not CSV."""


def _wrong_names(items: Items, names: list[str]) -> Iterator[Problem]:
    if len(names) == 1 and (found := next((one for one in ";\t|" if one in names[0]), None)):
        shown = "a tab" if found == "\t" else f"`{found}`"
        yield _fault(items, _line(1), f"the fields are separated by {shown}, not by commas", _HOW_CSV)
        return
    seen: set[str] = set()
    for name in names:
        if not _FIELD.match(name):
            message = f"`{name[:80]}` cannot be the name of a field" if name else "a field has no name"
            yield _fault(items, _line(1), message, "use letters, digits and _; the first is no digit")
        elif name in seen:
            yield _fault(items, _line(1), f"the field `{name}` is there twice", "rename one of the two")
        seen.add(name)


def _take(items: Items, names: list[str], rows: Iterator[tuple[list[str], int]]) -> None:
    for record, line in rows:
        if len(items.rows) == MAX_ROWS:
            items.problems.append(_fault(items, _line(line), *_too_many(None)))
            return
        if len(record) != len(names):
            message = f"the row has {_counted(len(record))}, and the first line names {len(names)}"
            items.problems.append(
                _fault(items, _line(line), message, "write every field, empty ones too, or quote commas")
            )
        for name, value in zip(names, record, strict=False):
            if _FORMULA.match(value):
                items.problems.append(_formula(items, line, name))
            if unseen := unseen_in(value):
                items.problems.append(_unseen(items, line, name, list(unseen)))
        items.rows.append((dict(zip(names, record, strict=False)), _line(line)))


def _counted(number: int) -> str:
    return "1 field" if number == 1 else f"{number} fields"


def _formula(items: Items, line: int, name: str) -> Problem:
    return _fault(
        items,
        _line(line),
        f"the field `{name}` begins as a formula does, and a spreadsheet that opens the file runs it",
        "write the value without it; callsheet itself takes it as it is written",
        "CS328",
    )


def _unseen(items: Items, line: int, name: str, characters: list[str]) -> Problem:
    return _fault(
        items,
        _line(line),
        f"the field `{name}` contains {listed([name_of(one) for one in characters], 3)}, which nobody sees",
        "remove it; a YAML file of rows can write it as an escape",
        "CS346",
    )
