"""A document's file → the same text with some of its values rewritten: every comment stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from callsheet.documents.places import Path, Span
from callsheet.documents.reading import Document
from callsheet.documents.yaml_text import entry_text, flow_text, json_text

REMOVED: Any = object()
"""What stands for a value that is to be taken away."""
_COMMENT = re.compile(r"(?m)(?:^|\s)#")
_Edit = tuple[int, int, str]


class CannotRewriteError(ValueError):
    """A value cannot be written into a file without losing something of it; says why."""


def replaced(text: str, replacements: Mapping[Span, str]) -> str:
    """Replace spans of a text; of two that overlap, the wider one counts."""
    starts = _line_starts(text)
    return _spliced(text, [(*_offsets(starts, span), new) for span, new in replacements.items()])


class Rewriting:
    """Values of one document that are rewritten, added, or removed.

    Args:
        document: one of the file.

    """

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.places = document.places
        self.json = document.file.endswith(".json")
        self.starts = _line_starts(self.text)
        self.edits: list[_Edit] = []

    def write(self, path: Path, value: Any) -> None:
        """Write a value; REMOVED takes a key away.

        Raises:
            CannotRewriteError: where a comment would be lost, or the file is not written so that it could
                be.

        """
        self.edits.append(self._edit(path, value))

    def rename(self, path: Path, key: str, value: Any) -> None:
        """Write another key with its value in the place of one that is there.

        Raises:
            CannotRewriteError: where a comment would be lost.

        """
        start = _offsets(self.starts, self.places.keys[path])[0]
        end = self._end(path)
        self._keep_comments(self.text[start:end])
        in_flow = self.text[_offsets(self.starts, self.places.values[path[:-1]])[0]] == "{"
        quoted = self.text[_offsets(self.starts, self.places.values[path])[0]] == '"'
        if in_flow or quoted:
            entry = f"{self._flow(key)}: {self._flow(value, quoted=quoted)}"
        else:
            entry = entry_text(key, value)
        self.edits.append((start, end, entry))

    def write_first(self, mapping: Path, key: str, value: Any) -> None:
        """Write a key before the others of a mapping that has one at least.

        Raises:
            CannotRewriteError: where the file is not written so that it could be.

        """
        entry = f"{self._flow(key)}: {self._flow(value)}"
        start = _offsets(self.starts, self.places.values[mapping])[0]
        keys = self._keys(mapping)
        if not keys or mapping not in self.places.keys:
            raise CannotRewriteError("the file has no mapping to add it to")
        first = min(_offsets(self.starts, self.places.keys[one])[0] for one in keys)
        if self.text[start] == "{":
            between = self.text[start + 1 : first]
            self._keep_comments(between)
            self.edits.append((start, start + 1, f"{{{between}{entry},{'' if between else ' '}"))
            return
        # At the end of the line above: what takes the first key away does not reach it.
        at = self.text.find("\n", _offsets(self.starts, self.places.keys[mapping])[1])
        if not 0 <= at < first:
            raise CannotRewriteError("it begins on a line with another value")
        indent = self.places.keys[keys[0]].column - 1
        self.edits.append((at, at, f"\n{' ' * indent}{entry}"))

    def remove(self, mapping: Path, keys: Collection[str]) -> None:
        """Take keys of a mapping away; another one of it stays.

        Raises:
            CannotRewriteError: where a comment within them, or on the line above, would be lost.

        """
        start = _offsets(self.starts, self.places.values[mapping])[0]
        in_flow = self.text[start] == "{"
        lines = [] if in_flow else [self._line_removal((*mapping, key)) for key in keys]
        self.edits += self._removal_in_flow(mapping, keys) if in_flow else lines

    def _removal_in_flow(self, mapping: Path, keys: Collection[str]) -> list[_Edit]:
        """Return the edits for each run of keys: up to the next key that stays, or from the last before."""
        edits: list[_Edit] = []
        kept_end = run = None
        for path in self._keys(mapping):
            start = _offsets(self.starts, self.places.keys[path])[0]
            if path[-1] in keys:
                run = start if run is None else run
                last = self._end(path)
                continue
            if run is not None:
                edits.append((run, start, ""))
            kept_end, run = self._end(path), None
        if run is not None and kept_end is not None:
            edits.append((kept_end, last, ""))
        for start, end, _ in edits:
            self._keep_comments(self.text[start:end])
        return edits

    def _line_removal(self, path: Path) -> _Edit:
        """Return the edit that takes a key of a block away, with its lines."""
        start = _offsets(self.starts, self.places.keys[path])[0]
        line = self.text.rfind("\n", 0, start) + 1
        if self.text[line:start].strip():
            raise CannotRewriteError("it begins on a line with another value")
        line_end = self.text.find("\n", self._end(path))
        end = line_end + 1 if line_end >= 0 else len(self.text)
        self._keep_comments(self.text[line:end])
        if self.text[self.text.rfind("\n", 0, max(line - 1, 0)) + 1 : line].lstrip().startswith("#"):
            raise CannotRewriteError("a comment above it is about it")
        return line, end, ""

    def _end(self, path: Path) -> int:
        """Return where the value at a path ends: of a block, with the last value that it contains."""
        start, end = _offsets(self.starts, self.places.values[path])
        if self.text[start : start + 1] in ("{", "["):
            return end
        inner = [one for one in self.places.values if len(one) == len(path) + 1 and one[:-1] == path]
        return max(map(self._end, inner), default=start + len(self.text[start:end].rstrip()))

    def _edit(self, path: Path, value: Any) -> _Edit:
        if path in self.places.values:
            return self._removal(path) if value is REMOVED else self._replacement(path, value)
        if value is REMOVED or not path:
            raise CannotRewriteError("the file does not contain it")
        while path[:-1] not in self.places.values:
            path, value = path[:-1], {path[-1]: value}
        return self._addition(path, value)

    def _replacement(self, path: Path, value: Any) -> _Edit:
        start, end = _offsets(self.starts, self.places.values[path])
        old = self.text[start:end]
        self._keep_comments(old)
        key = self.places.keys.get(path)
        # Nothing follows `key:`, or a list below it is as far to the left as it is.
        below = key is not None and self.places.values[path].column <= key.column
        return start, end, " " * (start == end or below) + self._flow(value, quoted=old.startswith('"'))

    def _addition(self, path: Path, value: Any) -> _Edit:
        start, end = _offsets(self.starts, self.places.values[path[:-1]])
        entry = f"{self._flow(path[-1])}: {self._flow(value)}"
        if self.text[start:end].startswith("{"):
            inner = self.text[start + 1 : end].rstrip().removesuffix("}").rstrip()
            at = start + 1 + len(inner)
            return at, at, (", " if inner.strip() and not inner.endswith(",") else "") + entry
        keys = self._keys(path[:-1])
        if not keys:
            raise CannotRewriteError("the file has no mapping to add it to")
        behind = max(_offsets(self.starts, self.places.values[one])[1] for one in keys)
        line_end = self.text.find("\n", len(self.text[:behind].rstrip()))
        at = line_end if line_end >= 0 else len(self.text)
        indent = min(self.places.keys[one].column for one in keys) - 1
        return at, at, f"\n{' ' * indent}{entry}"

    def _removal(self, path: Path) -> _Edit:
        if path not in self.places.keys:
            raise CannotRewriteError("it is an item of a list")
        if len(self._keys(path[:-1])) == 1:
            return self._replacement(path[:-1], {})
        start = _offsets(self.starts, self.places.keys[path])[0]
        end = _offsets(self.starts, self.places.values[path])[1]
        if self.text[_offsets(self.starts, self.places.values[path[:-1]])[0]] == "{":
            if behind := re.compile(r"\s*,[ \t]*").match(self.text, end):
                return start, behind.end(), ""
            before = re.search(r",\s*\Z", self.text[:start])
            return before.start() if before else start, end, ""
        line = self.text.rfind("\n", 0, start) + 1
        if self.text[line:start].strip():
            raise CannotRewriteError("it begins on a line with another value")
        line_end = self.text.find("\n", len(self.text[:end].rstrip()))
        end = line_end + 1 if line_end >= 0 else len(self.text)
        self._keep_comments(self.text[line:end])
        return line, end, ""

    def _keys(self, mapping: Path) -> list[Path]:
        return [one for one in self.places.keys if one[:-1] == mapping and len(one) == len(mapping) + 1]

    def _keep_comments(self, old: str) -> None:
        if _COMMENT.search(old):
            raise CannotRewriteError("it contains a comment")

    def _flow(self, value: Any, *, quoted: bool = False) -> str:
        """Write a value on one line, so that it may stand in a flow as well as in a block."""
        if self.json or (quoted and isinstance(value, str)):
            return json_text(value)
        return flow_text(value)


def rewritten(rewritings: Sequence[Rewriting]) -> str:
    """Return the text of a file with what was written in its documents, of which there is one at least."""
    return _spliced(rewritings[0].text, [one for it in rewritings for one in it.edits])


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _offsets(starts: list[int], span: Span) -> tuple[int, int]:
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _spliced(text: str, edits: list[_Edit]) -> str:
    """Make edits, from the last to the first; of two that overlap, the wider one counts."""
    kept: list[_Edit] = []
    for one in sorted(edits, key=lambda it: (it[0], -it[1])):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    for start, end, new in reversed(kept):
        old = text[start:end]
        # A block ends after its last line: the line end stays.
        tail = old[len(old.rstrip()) :] if new else ""
        text = text[:start] + new + tail + text[end:]
    return text
