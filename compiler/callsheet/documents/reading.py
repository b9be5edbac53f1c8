"""A source's files → documents that know where each of their values is."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any

from callsheet.documents.findings import Unreadable
from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.places import Path, Places, Span
from callsheet.documents.problems import Problem
from callsheet.documents.sources import Source

_BYTE_ORDER_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class Document:
    """One YAML or JSON document; its text, value and places are found when they are first asked for.

    Attributes:
        file: path relative to the workspace, with `/`.
        index: its number within the file, from 0.
        line: the line in which it begins.

    """

    def __init__(
        self,
        file: str,
        index: int,
        text: str | Callable[[], str],
        parsed: ParsedDocument | None = None,
        line: int = 1,
    ) -> None:
        self.file = file
        self.index = index
        self._text = text
        self._parsed = parsed
        self.line = parsed.line if parsed is not None else line

    @cached_property
    def text(self) -> str:
        """The whole file's text, which diagnostics quote."""
        return self._text if isinstance(self._text, str) else self._text()

    @cached_property
    def value(self) -> Any:
        """The document: mappings, lists, strings, numbers, booleans and None."""
        return self._parsed.value if self._parsed is not None else self._again(with_places=False).value

    @cached_property
    def places(self) -> Places:
        """Where each value is written."""
        if self._parsed is not None and self._parsed.places is not None:
            return self._parsed.places
        return self._again(with_places=True).places or Places()

    def forget(self) -> None:
        """Let go of the text and of what was parsed; they are read again where they are asked for."""
        for name in ("text", "value", "places"):
            self.__dict__.pop(name, None)

    def place(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of the nearest one around it."""
        return self.places.value(path)

    def location(self, path: Path) -> tuple[str, int, int]:
        """Return file, line and column of the key at the end of `path`, or of the nearest value."""
        span = self.places.key(path)
        return self.file, span.line, span.column

    def _again(self, *, with_places: bool) -> ParsedDocument:
        documents = _parsed_again(self.text, self.file, with_places)
        # A file that was changed meanwhile may have fewer documents than it had.
        return documents[self.index] if self.index < len(documents) else ParsedDocument(None, None)


@lru_cache(maxsize=1)
def _parsed_again(text: str, file: str, with_places: bool) -> list[ParsedDocument]:  # noqa: FBT001
    """Parse a file again: its documents ask one after the other, and each would read all of them."""
    return parse(text, file, with_places=with_places)[0]


def parse(text: str, file: str, *, with_places: bool = False) -> tuple[list[ParsedDocument], list[Problem]]:
    """Parse a file's text by the reader that its name asks for."""
    # Only here: where nothing changed, nothing is read.
    if not file.endswith(".json"):
        from callsheet.documents.yaml_reader import read_yaml

        return read_yaml(text, file, with_places=with_places)
    if not with_places:
        return _read_json_value(text, file)
    from callsheet.documents.json_reader import read_json

    return read_json(text, file)


def _read_json_value(text: str, file: str) -> tuple[list[ParsedDocument], list[Problem]]:
    from callsheet.documents.json_plain import NotPlain, value_of
    from callsheet.documents.json_reader import read_json

    try:
        return [ParsedDocument(value_of(text), None)], []
    except NotPlain:
        return read_json(text, file)


def read_text(source: Source, file: str) -> tuple[str, Problem | None]:
    """Return a file's text, or empty text and the problem that keeps it from being read."""
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
    documents = [Document(file, index, text, one) for index, one in enumerate(parsed)]
    return documents, problems, text


def _not_utf8(file: str, message: str, span: Span) -> Problem:
    return Problem(code="CS102", file=file, span=span, message=message, help="save the file as UTF-8")
