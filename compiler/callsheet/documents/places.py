"""Where a value is in its file: lines and columns from 1, ends exclusive."""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct, field

Path = tuple[str | int, ...]
"""The way from a document's root to a value: keys of mappings and indices of lists."""


def pointer_of(path: Path) -> str:
    """Return a path as a JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def parts_of(pointer: str) -> tuple[str, ...]:
    """Return the parts of a JSON Pointer, unescaped; an index is its digits."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])


class Span(Struct, frozen=True, order=True):
    """A stretch of text, from its first character to the one after its last."""

    line: int
    column: int
    end_line: int
    end_column: int


START = Span(1, 1, 1, 1)


class Lines:
    """The lines of a text, by which offsets become places."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def span(self, start: int, end: int) -> Span:
        """Return the place of a stretch of the text, by the offsets of its start and its end."""
        return Span(*self._position(start), *self._position(end))

    def _position(self, at: int) -> tuple[int, int]:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1


class Places(Struct):
    """The spans of every key and value of one document.

    `scalars` contains, for a value written on one line as itself (plain, or quoted without an
    escape), the column at which its text begins, so that a place inside the text can be named.
    """

    values: dict[Path, Span] = field(default_factory=dict)
    keys: dict[Path, Span] = field(default_factory=dict)
    scalars: dict[Path, int] = field(default_factory=dict)

    def value(self, path: Path) -> Span:
        """Return the span of the value at `path`, or of the nearest value around it."""
        while path not in self.values:
            if not path:
                return START
            path = path[:-1]
        return self.values[path]

    def key(self, path: Path) -> Span:
        """Return the span of the key at the end of `path`; of the value where there is no key."""
        return self.keys.get(path) or self.value(path)

    def inside(self, path: Path, offset: int) -> Span:
        """Return the span of the character `offset` of the text at `path`.

        The span of the whole value is given for offset 0, and where the text is folded, literal or
        escaped, so that its characters do not stand where they are counted.
        """
        span = self.value(path)
        start = self.scalars.get(path)
        if start is None or offset <= 0 or start + offset >= span.end_column:
            return span
        return Span(span.line, start + offset, span.line, start + offset + 1)
