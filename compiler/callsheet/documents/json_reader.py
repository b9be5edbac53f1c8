"""JSON text → a value with its places (RFC 8259, and the exactness of RFC 7493)."""

from __future__ import annotations

import json
import json.decoder
import re
from typing import Any

from callsheet.documents.parsed import MAX_DEPTH, ParsedDocument
from callsheet.documents.places import Lines, Path, Places, Span
from callsheet.documents.problems import Problem, Related
from callsheet.documents.scalars import MAX_EXACT_INTEGER
from callsheet.documents.yaml_findings import Refused

_scan_string: Any = json.decoder.scanstring  # type: ignore[attr-defined]
"""The standard library's own: a text and an offset after the quote → the string and its end."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}


def read_json(text: str, file: str) -> tuple[list[ParsedDocument], list[Problem]]:
    """Read one JSON text; return its document, or none and the problem that refuses it."""
    reader = _Reader(text, file)
    try:
        value, end = reader.value(reader.skip(0), (), 0)
        end = reader.skip(end)
        if end != len(text):
            raise reader.refuse("CS126", end, "not valid JSON: text after the value", "remove it")
    except Refused as refused:
        return [], [*reader.problems, refused.problem]
    if reader.problems:
        return [], reader.problems
    return [ParsedDocument(value, reader.places)], []


class _Reader:
    """A recursive reader that notes where each value is; depth is bounded before Python's is."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.places = Places()
        self.problems: list[Problem] = []
        self._span = Lines(text).span

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def value(self, at: int, path: Path, depth: int) -> tuple[Any, int]:
        first = self.text[at : at + 1]
        value: Any
        if first in ("{", "["):
            if depth >= MAX_DEPTH:
                raise self.refuse(
                    "CS112",
                    at,
                    f"the nesting is deeper than {MAX_DEPTH} levels",
                    "flatten the document",
                )
            read = self._object if first == "{" else self._array
            value, end = read(at + 1, path, depth + 1)
        elif first == '"':
            value, end = self._string(at)
            if end - at == len(value) + 2:
                self.places.scalars[path] = self._span(at, end).column + 1
        else:
            value, end = self._scalar(at)
        self.places.values[path] = self._span(at, end)
        return value, end

    def _object(self, at: int, path: Path, depth: int) -> tuple[dict[str, Any], int]:
        found: dict[str, Any] = {}
        at = self.skip(at)
        while self.text[at : at + 1] != "}" or found:
            if self.text[at : at + 1] != '"':
                raise self._expected(at, "a key in double quotes")
            key, end = self._string(at)
            key_path = (*path, key)
            if key in found:
                self._duplicate(key, self._span(at, end), self.places.keys[key_path])
            self.places.keys[key_path] = self._span(at, end)
            at = self.skip(end)
            if self.text[at : at + 1] != ":":
                raise self._expected(at, "a colon")
            found[key], at = self.value(self.skip(at + 1), key_path, depth)
            at = self.skip(at)
            if self.text[at : at + 1] == "}":
                break
            if self.text[at : at + 1] != ",":
                raise self._expected(at, "a comma or the end of the object")
            at = self.skip(at + 1)
        return found, at + 1

    def _array(self, at: int, path: Path, depth: int) -> tuple[list[Any], int]:
        found: list[Any] = []
        at = self.skip(at)
        while self.text[at : at + 1] != "]" or found:
            item, at = self.value(at, (*path, len(found)), depth)
            found.append(item)
            at = self.skip(at)
            if self.text[at : at + 1] == "]":
                break
            if self.text[at : at + 1] != ",":
                raise self._expected(at, "a comma or the end of the list")
            at = self.skip(at + 1)
        return found, at + 1

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _scan_string(self.text, at + 1, True)  # noqa: FBT003 - it takes no names
        except json.JSONDecodeError as error:
            raise self.refuse(
                "CS126", error.pos, f"not valid JSON: {error.msg.lower()}", "correct the string"
            ) from None
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise self.refuse(
                "CS108",
                at,
                "an unpaired surrogate is not a character (RFC 7493 section 2.1)",
                "write the whole pair, or remove it",
            )
        return text, end

    def _scalar(self, at: int) -> tuple[Any, int]:
        for word, constant in _WORDS.items():
            if self.text.startswith(word, at):
                return constant, at + len(word)
        match = _NUMBER.match(self.text, at)
        if match is None:
            raise self._expected(at, "a value")
        return self._number(match), match.end()

    def _number(self, match: re.Match[str]) -> int | float:
        text = match[0]
        quoted = "write it in quotes, as a string"
        if match[1] is None and match[2] is None:
            if len(text) > 20 or abs(int(text)) > MAX_EXACT_INTEGER:
                raise self.refuse("CS124", match.start(), "the integer is beyond 2^53 - 1", quoted)
            return int(text)
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise self.refuse("CS123", match.start(), "the number is beyond a double", quoted)
        if repr(number) == text:
            return number
        from decimal import Decimal

        if len(text) > 400 or Decimal(repr(number)) != Decimal(text):
            raise self.refuse("CS125", match.start(), "the number has more digits than a double", quoted)
        return number

    def _duplicate(self, key: str, span: Span, first: Span) -> None:
        self.problems.append(
            Problem(
                code="CS113",
                file=self.file,
                span=span,
                message=f"the key `{key}` is written twice in one mapping",
                help="keep one of the two",
                related=(Related(file=self.file, span=first, message="first written here"),),
            )
        )

    def _expected(self, at: int, what: str) -> Refused:
        return self.refuse("CS126", at, f"not valid JSON: expected {what}", "correct the JSON")

    def refuse(self, code: str, at: int, message: str, help: str) -> Refused:
        span = self._span(at, min(at + 1, len(self.text)))
        return Refused(Problem(code=code, file=self.file, span=span, message=message, help=help))
