"""The origin of a definition: the document that writes it, or a template and a row of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from msgspec import Struct

from callsheet.documents import Document, Path, Related, Span

WITH_ROW = "with this row"
"""What a finding says of the row that it was found with."""

TEMPLATE: Path = ("spec", "template")
"""Where a set writes what each of its rows becomes."""


class Row(Struct, frozen=True, kw_only=True):
    """A row of a set.

    Attributes:
        number: from 1.
        item: its fields, by name.
        file: where it is written; so `span`.

    """

    number: int
    item: dict[str, Any]
    file: str
    span: Span

    @classmethod
    def read(cls, record: dict[str, Any]) -> Row:
        """Read a record of a row."""
        return cls(**{**record, "span": Span(*record["span"])})

    def record(self) -> dict[str, Any]:
        """Return the row as JSON."""
        span = self.span
        place = [span.line, span.column, span.end_line, span.end_column]
        return {"number": self.number, "item": self.item, "file": self.file, "span": place}

    @property
    def related(self) -> Related:
        """The row, as a second place of a finding."""
        return Related(file=self.file, span=self.span, message=WITH_ROW)


Expand = Callable[[Any, dict[str, Any]], Any]
"""Returns a template's `metadata` and `spec` as a row fills them in."""


class Origin:
    """What writes a definition.

    Attributes:
        document: its document; of a row, the set's.
        root: the path in it to `metadata` and `spec`.
        row: the row that fills the template in; None for a definition with a document of its own.

    """

    def __init__(self, document: Document, row: Row | None = None, expand: Expand | None = None) -> None:
        self.document = document
        self.row = row
        self.root: Path = () if row is None else TEMPLATE
        self._expand = expand

    @cached_property
    def value(self) -> Any:
        """The definition as a mapping with `metadata` and `spec`."""
        value = self.document.value
        if self.row is None or self._expand is None:
            return value
        template = self._expand(value["spec"]["template"], self.row.item)
        return {"apiVersion": value["apiVersion"], "kind": "Action", **template}

    @property
    def place(self) -> tuple[str, int, int]:
        """The file, the line and the column at which it begins."""
        if self.row is not None:
            return self.row.file, self.row.span.line, self.row.span.column
        return self.document.file, self.document.line, 1
