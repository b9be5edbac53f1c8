"""The places of a few values in a large JSON text: found on the way to each, not noted for all."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any, NamedTuple

from callsheet.documents.places import Lines, Span

_SPACE = re.compile(r"[ \t\n\r]*")
_scan_string: Any = json.decoder.scanstring  # type: ignore[attr-defined]


class _Member(NamedTuple):
    """What an object or a list contains: where its value is written, and its key, if it has one."""

    key: int
    key_end: int
    value: int
    value_end: int


class JsonPlaces:
    """Where the values of a JSON text are that was read without a fault.

    An object is gone through once, when a value inside it is asked for; what it contains is skipped by the
    standard library's parser.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        decoder: Any = json.JSONDecoder()
        self._skip = decoder.scan_once
        self._members: dict[int, dict[str, _Member]] = {}

    def place(self, parts: tuple[str, ...]) -> Span:
        """Return the span of the key of a value, of the value where it is an item, or of what is around it.

        Args:
            parts: the way to it: keys, and indices as digits.

        """
        at = self._space(0)
        found: _Member | None = None
        for part in parts:
            inner = self._inside(at).get(part)
            if inner is None:
                break
            found, at = inner, inner.value
        if found is None:
            return self._span(at, self._skip(self._text, at)[1])
        if found.key_end:
            return self._span(found.key, found.key_end)
        return self._span(found.value, found.value_end)

    def _inside(self, at: int) -> dict[str, _Member]:
        """Return what the object or the list at an offset contains, by key or index."""
        if at not in self._members:
            first = self._text[at : at + 1]
            self._members[at] = dict(self._listed(at, first == "{")) if first in ("{", "[") else {}
        return self._members[at]

    def _listed(self, at: int, keyed: bool) -> list[tuple[str, _Member]]:  # noqa: FBT001
        found: list[tuple[str, _Member]] = []
        at = self._space(at + 1)
        while self._text[at] not in "}]":
            name, key, key_end = str(len(found)), 0, 0
            if keyed:
                key = at
                name, key_end = _scan_string(self._text, at + 1, True)  # noqa: FBT003 - it takes no names
                at = self._space(self._space(key_end) + 1)
            end = self._skip(self._text, at)[1]
            found.append((name, _Member(key, key_end, at, end)))
            at = self._space(end)
            if self._text[at] == ",":
                at = self._space(at + 1)
        return found

    def _space(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _span(self, start: int, end: int) -> Span:
        return self._lines.span(start, end)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text)
