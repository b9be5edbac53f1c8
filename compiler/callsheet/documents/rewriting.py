"""A document's file → the same text with some of its values rewritten: every comment stays."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from callsheet.documents.places import Path, Span
from callsheet.documents.reading import Document
from callsheet.documents.scalars import number_for_both, resolve

REMOVED: Any = object()
"""What stands for a value that is to be taken away."""
_COMMENT = re.compile(r"(?m)(?:^|\s)#")
_Edit = tuple[int, int, str]


class CannotRewriteError(ValueError):
    """A value cannot be written into a file without losing something of it; says why."""


class Dumper(yaml.SafeDumper):
    """Writes YAML in which a text is a text by YAML 1.1 and 1.2: `08` is a number by one of them."""


def _write_text(dumper: Dumper, value: str) -> yaml.ScalarNode:
    # PyYAML writes U+0085 as the line break that it also is.
    plain = resolve(value) == value and value.isprintable()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')


Dumper.add_representer(str, _write_text)


def json_text(value: Any) -> str:
    """Return a value as JSON that YAML 1.1 reads alike: `1e+22` is a text there, `1.0e+22` is not."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json_text(key)}: {json_text(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(json_text, value)) + "]"
    written = json.dumps(value, ensure_ascii=False)
    return number_for_both(written) if isinstance(value, float) else written


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
        text: str = yaml.dump(
            [value],
            Dumper=Dumper,
            default_flow_style=True,
            allow_unicode=True,
            sort_keys=False,
            width=10**9,
        )
        return text.strip()[1:-1]


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
