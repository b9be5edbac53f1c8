r"""Escaped surrogate pairs in YAML, as writers of JSON produce them, → the one character that each is.

JSON is YAML, and writes a character beyond U+FFFF as two escapes (RFC 8259 section 7), as `"\ud83d\ude00"`;
the parsers refuse the half of a character. Each pair is one escape of a private character for them, and
their events have the character and the places of the text as it is written.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import ScalarEvent

Events = Callable[[], Any]
LONE = "half of a surrogate pair"
"""The problem of a scalar that contains an escape of what is no character."""
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_PRIVATE = range(0x100000, 0x10FFFE)
_SHORTER = 2
"""By how many characters the escape of one character is shorter than that of a pair."""


def with_characters(parser: Callable[[str], Events], text: str) -> Events:
    """Parse a text by a parser that refuses escaped surrogates, or lets their halves pass."""
    if _ESCAPE.search(text) is None:
        return parser(text)
    return _Characters(parser, text).next_event


class _Characters:
    def __init__(self, parser: Callable[[str], Events], text: str) -> None:
        self.text = text
        self.starts: list[int] = []
        self.escapes: dict[str, str] = {}
        self.characters: dict[int, str] = {}
        self._free = iter(_PRIVATE)
        self._events = parser(_PAIR.sub(self._escaped, text))

    def next_event(self) -> Any:
        """Return the next event, as if the parser had read the text itself."""
        try:
            event = self._events()
        except yaml.MarkedYAMLError as error:
            error.problem_mark = self._moved(error.problem_mark)
            error.context_mark = self._moved(error.context_mark)
            raise
        if event.start_mark is not None:
            event.start_mark, event.end_mark = self._moved(event.start_mark), self._moved(event.end_mark)
        if event.__class__ is ScalarEvent:
            event.value = self._value(event)
        return event

    def _escaped(self, match: re.Match[str]) -> str:
        """Return the escape of a private character, which is nowhere in the text, for one pair."""
        pair = match[2]
        if pair not in self.escapes:
            code = next(one for one in self._free if not self._is_there(one))
            self.escapes[pair] = f"\\U{code:08x}"
            self.characters[code] = (
                pair.encode("ascii")
                .decode("unicode_escape")
                .encode("utf-16", "surrogatepass")
                .decode("utf-16")
            )
        self.starts.append(match.start(2) - _SHORTER * len(self.starts))
        return f"{match[1]}{self.escapes[pair]}"

    def _is_there(self, code: int) -> bool:
        return chr(code) in self.text or f"{code:08x}" in self.text.lower()

    def _value(self, event: Any) -> str:
        value: str = event.value
        if event.style != '"':
            # What is no escape there stays the text that it is.
            for pair, escape in self.escapes.items():
                value = value.replace(escape, pair)
            return value
        if _SURROGATE.search(value):
            raise yaml.MarkedYAMLError(None, None, LONE, event.start_mark)
        return value.translate(self.characters)

    def _moved(self, mark: Any) -> Any:
        """Return a place in what was parsed as the place in the text."""
        if mark is None:
            return None
        before = bisect_left(self.starts, mark.index)
        on_line = before - bisect_left(self.starts, mark.index - mark.column)
        index, column = mark.index + _SHORTER * before, mark.column + _SHORTER * on_line
        return yaml.Mark(mark.name, index, mark.line, column, None, 0)
