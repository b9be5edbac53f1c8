"""Documents of other people's making, JSON or YAML → their values; nothing of them is reported.

A vendor's description is not ours to correct: large numbers, dates, `no`, keys that are numbers, repeated
keys are read as the YAML 1.2 core schema and JSON read them. What two versions of YAML read differently
stays the text that it is.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from callsheet.documents.parsed import MAX_DEPTH
from callsheet.documents.scalars import Trap, resolve
from callsheet.documents.yaml_events import PLAIN_STYLES, events_of
from callsheet.documents.yaml_plain import read_plain

MOST_NODES = 5_000_000
"""Values of a description, each use of an alias counted as the whole of what it stands for."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?\Z")
_LONGEST_NUMBER = 40
_MOST_DIGITS = 400
_MERGE = "<<"


class ForeignFault(Exception):  # noqa: N818 - a verdict about one document
    """A document that cannot be read.

    Attributes:
        line: where, from 1; 0 where that is not known.

    """

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


def read_foreign(text: str, *, is_json: bool) -> Any:
    """Return the value of a text with one document.

    Raises:
        ForeignFault: where it is neither JSON nor YAML, has several documents, or nests too deeply.

    """
    try:
        if is_json:
            return _from_json(text)
        if text.lstrip()[:1] == "{":
            # JSON whatever its name is: not all of it is YAML, as the halves of an escaped character.
            with suppress(ForeignFault):
                return _from_json(text)
        plain = read_plain(events_of, text if text.endswith("\n") else text + "\n")
        return plain[0].value if plain is not None and len(plain) == 1 else _YamlReader().read(text)
    except RecursionError:
        raise ForeignFault("it nests too deeply") from None


def _from_json(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse, parse_int=_integer)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ForeignFault("half of a surrogate pair is no character") from None
    except json.JSONDecodeError as error:
        raise ForeignFault(f"not valid JSON: {error.msg}", error.lineno) from None
    _refuse_depth(value)
    return value


def _integer(text: str) -> float:
    """Return a whole number; one beyond every double is as `1e999` is: Python reads no such digits."""
    return int(text) if len(text) <= _MOST_DIGITS else float(text)


def _refuse(text: str) -> Any:
    raise ForeignFault(f"{text} is not JSON")


def _refuse_depth(value: Any) -> None:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for one in level for inner in _inner(one)]
        if not level:
            return
    raise ForeignFault("it nests too deeply")


def _inner(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [one for one in inner if isinstance(one, dict | list)]


class _YamlReader:
    """Builds one document from the parser's events, iteratively."""

    def __init__(self) -> None:
        self.stack: list[tuple[Any, Any, list[Any], str | None, int]] = []
        self.container: Any = None
        self.key: Any = None
        self.merged: list[Any] = []
        self.anchor: str | None = None
        self.begin = 0
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.found: list[Any] = []

    def read(self, text: str) -> Any:
        line = 0
        try:
            next_event = events_of(text if text.endswith("\n") else text + "\n")
            while (event := next_event()) is not None:
                line = event.start_mark.line + 1 if event.start_mark else line
                if isinstance(event, StreamEndEvent):
                    break
                self._take(event)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            words = getattr(error, "problem", None) or "not valid YAML"
            raise ForeignFault(f"not valid YAML: {words}", mark.line + 1 if mark else 0) from None
        except ForeignFault as fault:
            raise ForeignFault(fault.message, fault.line or line) from None
        if len(self.found) != 1:
            raise ForeignFault("there is not one document in it" if self.found else "it is empty")
        return self.found[0]

    def _take(self, event: Any) -> None:
        if isinstance(event, DocumentStartEvent):
            self.anchors = {}
        elif isinstance(event, CollectionStartEvent):
            if self.container.__class__ is dict and self.key is None:
                raise ForeignFault("a key is a mapping or a list")
            if len(self.stack) >= MAX_DEPTH:
                raise ForeignFault("it nests too deeply")
            self.stack.append((self.container, self.key, self.merged, self.anchor, self.begin))
            self.container = {} if isinstance(event, MappingStartEvent) else []
            self.key, self.merged, self.anchor, self.begin = None, [], event.anchor, self.nodes
            self._count(1)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            for one in self.merged:
                for key, value in one.items():
                    self.container.setdefault(key, value)
            value, anchor, begin = self.container, self.anchor, self.begin
            self.container, self.key, self.merged, self.anchor, self.begin = self.stack.pop()
            self._put(value, anchor, self.nodes - begin)
        elif isinstance(event, AliasEvent):
            name = str(event.anchor)
            if name not in self.anchors:
                raise ForeignFault(f"there is no anchor `{name[:40]}` above")
            value, size = self.anchors[name]
            self._count(size)
            self._put(value, None, size)
        elif isinstance(event, ScalarEvent):
            self._count(1)
            self._scalar(event)

    def _scalar(self, event: Any) -> None:
        if self.container.__class__ is dict and self.key is None:
            is_merge = event.value == _MERGE and event.style in PLAIN_STYLES
            self.key = (_MERGE,) if is_merge else event.value
            return
        plain = event.style in PLAIN_STYLES and event.implicit[0]
        self._put(_resolved(event.value) if plain else event.value, event.anchor, 1)

    def _put(self, value: Any, anchor: str | None, size: int) -> None:
        if anchor:
            self.anchors[anchor] = (value, size)
        if self.container is None:
            self.found.append(value)
        elif self.container.__class__ is list:
            self.container.append(value)
        elif self.key == (_MERGE,):
            listed = value if isinstance(value, list) else [value]
            self.merged += [one for one in listed if isinstance(one, dict)]
            self.key = None
        elif self.key is None:
            raise ForeignFault("a key is a mapping or a list")
        else:
            self.container[self.key] = value
            self.key = None

    def _count(self, number: int) -> None:
        self.nodes += number
        if self.nodes > MOST_NODES:
            raise ForeignFault(f"it has more than {MOST_NODES:,} values")


def _resolved(text: str) -> Any:
    """Return the value of a plain scalar; what versions of YAML read differently is its text."""
    found = resolve(text)
    if not isinstance(found, Trap):
        return found
    if _WHOLE.match(text) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    return float(text) if _FLOAT.match(text) and len(text) <= _LONGEST_NUMBER else text
