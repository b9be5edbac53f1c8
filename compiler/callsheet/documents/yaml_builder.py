"""The parser's events → values with their places, in bounded time and memory."""

from __future__ import annotations

import re
from typing import Any, Final

from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from callsheet.documents.parsed import MAX_DEPTH, MAX_NODES, ParsedDocument
from callsheet.documents.places import Path, Places, Span
from callsheet.documents.problems import Problem
from callsheet.documents.scalars import Trap, resolve
from callsheet.documents.yaml_events import PLAIN_STYLES, Events
from callsheet.documents.yaml_findings import Refused, duplicate_key, span_of, too_deep

_STANDARD_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:map": dict,
    "tag:yaml.org,2002:seq": list,
}
DOUBTFUL = re.compile(r"[\[{,]\s*\?[^\s,\[\]{}]|&[\w-]+:")
"""Texts that PyYAML's parsers may read otherwise than YAML 1.2 does."""

_MERGE: Final = object()
MAX_PROBLEMS = 200
"""Whoever has more problems in one file will not read them all at once."""


class _Frame:
    """A mapping or list under construction."""

    __slots__ = (
        "container",
        "has_key",
        "is_mapping",
        "key",
        "key_spans",
        "mark",
        "merges",
        "nodes",
    )

    def __init__(self, container: Any, mark: Any, nodes: int) -> None:
        self.container = container
        self.is_mapping = container.__class__ is dict
        self.mark = mark
        self.nodes = nodes
        self.key: Any = None
        self.has_key = False
        self.key_spans: dict[str, Span] = {}
        self.merges: list[Any] | None = None


class Builder:
    """Builds values from events, iteratively: no depth of nesting reaches Python's stack."""

    def __init__(self, file: str, *, with_places: bool, text: str) -> None:
        self.file = file
        self.text = text
        self.doubtful = DOUBTFUL.search(text) is not None
        self.with_places = with_places
        self.documents: list[ParsedDocument] = []
        self.problems: list[Problem] = []
        self.line = 1
        self._start_document()

    def _start_document(self) -> None:
        self.frames: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.nodes = 0
        self.path: list[str | int] = []
        self.places = Places()

    def build(self, next_event: Events) -> None:
        """Pull events until the stream ends; raises `Refused` and `yaml.YAMLError`."""
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                self._scalar(event)
            elif kind is MappingStartEvent:
                self._open(event, {})
            elif kind is SequenceStartEvent:
                self._open(event, [])
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                self._close(event)
            elif kind is AliasEvent:
                self._alias(event)
            elif kind is DocumentStartEvent:
                self._start_document()
                self.line = event.start_mark.line + 1
            elif kind is DocumentEndEvent:
                pass
            elif kind is StreamEndEvent or len(self.problems) > MAX_PROBLEMS:
                return

    # -- values ---------------------------------------------------------------------------

    def _scalar(self, event: Any) -> None:
        value: Any = event.value
        if self.doubtful:
            self._refuse_misread(event)
        if event.tag is not None:
            if event.tag != "!" and _STANDARD_TAGS.get(event.tag) is not str:
                raise self._refuse_tag(event)
        elif event.style in PLAIN_STYLES and event.implicit[0]:
            is_key = bool(self.frames) and self.frames[-1].is_mapping and not self.frames[-1].has_key
            # YAML 1.1 reads these as texts where they are keys; `<<` then merges in both.
            value = value if is_key and value in ("<<", "=") else resolve(value)
            if value.__class__ is Trap:
                self._problem(value.code, event, value.message, value.help)
                value = event.value
        self._count(1, event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1)
        self._put(value, event)

    def _refuse_misread(self, event: Any) -> None:
        """Refuse what PyYAML's parsers read otherwise than YAML 1.2 does: `{?a: b}` and `&a:b c`."""
        start = event.start_mark.index
        if (event.anchor and event.value.startswith(":")) or self.text[start - 1 : start] == "?":
            raise self._refuse(
                "CS110",
                event,
                "not valid YAML: parsers read this differently",
                "put a space after `?`, or quote the text; leave `:` out of the names of anchors",
            )

    def _open(self, event: Any, container: Any) -> None:
        if event.tag is not None and _STANDARD_TAGS.get(event.tag) is not type(container):
            raise self._refuse_tag(event)
        frames = self.frames
        if frames and frames[-1].is_mapping and not frames[-1].has_key:
            raise self._refuse(
                "CS116",
                event,
                "a mapping or list cannot be a key",
                "put a template in quotes, and write a key as a string",
            )
        if len(frames) >= MAX_DEPTH:
            raise Refused(too_deep(self.file, span_of(event)))
        self._count(1, event)
        if self.with_places and frames:
            self.path.append(self._step())
        frames.append(_Frame(container, event, self.nodes))

    def _close(self, event: Any) -> None:
        frame = self.frames.pop()
        if frame.merges is not None:
            self._merge(frame)
        if frame.mark.anchor:
            self.anchors[frame.mark.anchor] = (frame.container, self.nodes - frame.nodes + 1)
        if self.with_places:
            start, end = frame.mark.start_mark, event.end_mark
            self.places.values[tuple(self.path)] = Span(
                start.line + 1, start.column + 1, end.line + 1, end.column + 1
            )
            if self.frames:
                self.path.pop()
        self._attach(frame.container, plain=False)

    def _alias(self, event: Any) -> None:
        known = self.anchors.get(event.anchor)
        if known is None:
            raise self._refuse(
                "CS110",
                event,
                f"the alias `*{event.anchor}` has no anchor before it",
                f"define `&{event.anchor}` above it, in the same document",
            )
        value, size = known
        self._count(size, event)
        self._put(value, event)

    def _put(self, value: Any, event: Any) -> None:
        """Put a finished value, whose one event is at hand, where it belongs."""
        frames = self.frames
        if frames and frames[-1].is_mapping and not frames[-1].has_key:
            self._take_key(frames[-1], value, event)
            return
        if self.with_places:
            path = (*self.path, self._step()) if frames else ()
            span = span_of(event)
            self.places.values[path] = span
            if event.__class__ is ScalarEvent:
                self._keep_text_column(path, span, event)
        self._attach(value, plain=True)

    def _keep_text_column(self, path: Path, span: Span, event: Any) -> None:
        if span.line != span.end_line or event.style in ("|", ">"):
            return
        quotes = 0 if event.style in PLAIN_STYLES else 1
        if span.end_column - span.column == len(event.value) + 2 * quotes:
            self.places.scalars[path] = span.column + quotes

    def _attach(self, value: Any, *, plain: bool) -> None:
        if not self.frames:
            if value is not None or not plain:
                places = self.places if self.with_places else None
                self.documents.append(ParsedDocument(value, places, self.line))
            return
        frame = self.frames[-1]
        if not frame.is_mapping:
            frame.container.append(value)
            return
        if frame.key is _MERGE:
            frame.merges = [*(frame.merges or ()), value]
        else:
            frame.container[frame.key] = value
        frame.has_key = False

    # -- keys -----------------------------------------------------------------------------

    def _take_key(self, frame: _Frame, key: Any, event: Any) -> None:
        if key.__class__ is not str:
            shown = "null" if key is None else str(key).lower() if isinstance(key, bool) else str(key)
            if isinstance(key, dict | list):
                shown = "an alias of a mapping or list"
            self._problem(
                "CS116",
                event,
                f"the key `{shown}` is not a string",
                f'write `"{shown}":` for the text',
            )
            key = shown
        if key in frame.container or key in frame.key_spans:
            self.problems.append(duplicate_key(self.file, key, span_of(event), frame.key_spans.get(key)))
        frame.has_key = True
        frame.key = key
        if key == "<<" and event.__class__ is ScalarEvent and event.style in PLAIN_STYLES:
            frame.key = _MERGE
        if self.with_places:
            span = span_of(event)
            frame.key_spans.setdefault(key, span)
            self.places.keys.setdefault((*self.path, key), span)

    def _merge(self, frame: _Frame) -> None:
        """Fill in what `<<` names: a key of the mapping itself wins, then the first source."""
        for source in frame.merges or ():
            for mapping in source if isinstance(source, list) else [source]:
                if not isinstance(mapping, dict):
                    raise self._refuse(
                        "CS114",
                        frame.mark,
                        "`<<` can only merge mappings",
                        "name an anchor of a mapping",
                    )
                self._count(len(mapping), frame.mark)
                for key, value in mapping.items():
                    frame.container.setdefault(key, value)

    # -- places and problems --------------------------------------------------------------

    def _step(self) -> str | int:
        """Return the last part of the path of the value that comes next."""
        frame = self.frames[-1]
        if not frame.is_mapping:
            return len(frame.container)
        return "<<" if frame.key is _MERGE else str(frame.key)

    def _count(self, nodes: int, event: Any) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise self._refuse(
                "CS114",
                event,
                f"the document expands to more than {MAX_NODES:,} values, aliases and merges counted",
                "shorten the file, or split it",
            )

    def _problem(self, code: str, event: Any, message: str, help: str) -> None:
        self.problems.append(
            Problem(code=code, file=self.file, span=span_of(event), message=message, help=help)
        )

    def _refuse(self, code: str, event: Any, message: str, help: str) -> Refused:
        return Refused(Problem(code=code, file=self.file, span=span_of(event), message=message, help=help))

    def _refuse_tag(self, event: Any) -> Refused:
        return self._refuse(
            "CS115",
            event,
            f"the tag `{event.tag}` is not part of callsheet's YAML",
            "remove the tag, and write the value itself",
        )
