"""A source's files → documents that know where each of their values stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from callsheet.workspace.json_reader import read_json
from callsheet.workspace.places import Path, Places, Span
from callsheet.workspace.problems import Problem
from callsheet.workspace.sources import Source, Unreadable
from callsheet.workspace.yaml_reader import YamlDocument, read_yaml

_BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


@dataclass
class Document:
    """One YAML or JSON document.

    Attributes:
        file: path relative to the workspace, with `/`.
        index: its number within the file, from 0.
        text: the whole file's text, which diagnostics quote.
        value: mappings, lists, texts, numbers, booleans and None.

    """

    file: str
    index: int
    text: str = field(repr=False)
    value: Any
    known_places: Places | None = field(default=None, repr=False)

    @cached_property
    def places(self) -> Places:
        """Where each value stands; found again from the text when it is first asked for."""
        if self.known_places is not None:
            return self.known_places
        documents, _ = parse(self.text, self.file, with_places=True)
        return documents[self.index].places or Places()

    def line(self, number: int) -> str:
        """Give one line of the file, without its end; empty beyond the last."""
        lines = self.text.split("\n", number)
        return lines[number - 1].rstrip("\r") if 0 < number <= len(lines) else ""

    def place(self, path: Path) -> Span:
        """Give the span of the value at `path`, or of the nearest one around it."""
        return self.places.value(path)


def parse(text: str, file: str, *, with_places: bool = False) -> tuple[list[YamlDocument], list[Problem]]:
    """Parse a file's text by the reader that its name asks for."""
    if file.endswith(".json"):
        return read_json(text, file)
    return read_yaml(text, file, with_places=with_places)


def read_text(source: Source, file: str) -> tuple[str, Problem | None]:
    """Give a file's text, or empty text and the problem that keeps it from being read."""
    try:
        content = source.read(file)
    except Unreadable as unreadable:
        return "", unreadable.problem
    return decode(content, file)


def decode(content: bytes, file: str) -> tuple[str, Problem | None]:
    """Decode UTF-8, with or without its byte order mark; line ends become line feeds."""
    for mark, encoding in _BYTE_ORDER_MARKS.items():
        if content.startswith(mark):
            return "", _not_utf8(file, f"the file is {encoding}, not UTF-8", Span(1, 1, 1, 1))
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        column = len(content[start : error.start].decode("utf-8", "replace")) + 1
        message = f"the byte 0x{content[error.start]:02x} is not UTF-8"
        return "", _not_utf8(file, message, Span(line, column, line, column + 1))
    return text.removeprefix("\ufeff").replace("\r\n", "\n"), None


def read_documents(source: Source, file: str) -> tuple[list[Document], list[Problem], str]:
    """Read one file: its documents, its problems, and its text."""
    text, problem = read_text(source, file)
    if problem is not None:
        return [], [problem], ""
    parsed, problems = parse(text, file)
    documents = [Document(file, index, text, one.value, one.places) for index, one in enumerate(parsed)]
    return documents, problems, text


def _not_utf8(file: str, message: str, span: Span) -> Problem:
    return Problem(code="CS102", file=file, span=span, message=message, help="save the file as UTF-8")
