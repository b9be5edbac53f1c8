"""YAML text → values with their places, from the parser's events, in bounded time and memory.

No YAML loader is used: events are pulled one by one (libyaml where PyYAML has it, pure Python
elsewhere, with the same results), so that depth and size are refused before anything is built.
Values are built twice only where something is wrong or a place is asked for: the first pass keeps
no positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

import yaml
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

from callsheet.documents.places import Path, Places, Span
from callsheet.documents.problems import Problem, Related
from callsheet.documents.scalars import Trap, resolve
from callsheet.documents.yaml_events import (
    MAX_DEPTH,
    MAX_NODES,
    PLAIN_STYLES,
    Events,
    YamlDocument,
    events_of,
)
from callsheet.documents.yaml_plain import read_plain

_STANDARD_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:map": dict,
    "tag:yaml.org,2002:seq": list,
}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOUBTFUL = re.compile(r"[\[{,]\s*\?[^\s,\[\]{}]|&[\w-]+:")
_MERGE: Final = object()
MAX_PROBLEMS = 200
"""Whoever has more problems in one file will not read them all at once."""


class Refused(Exception):  # noqa: N818 - a verdict, not a failure
    """The text holds something that must not become a value."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


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


def read_yaml(
    text: str,
    file: str,
    *,
    with_places: bool = False,
    events: Callable[[str], Events] | None = None,
) -> tuple[list[YamlDocument], list[Problem]]:
    """Read every document of `text`.

    Returns the documents (empty ones left out) and the problems. The reader goes on behind a
    scalar that is a trap, so that one run reports them all, and stops at what it cannot pass:
    then the documents before it are returned.
    """
    control = _UNPRINTABLE.search(text)
    if control is not None:
        return [], [_unprintable(text, control, file)]
    parser = events or events_of
    # PyYAML's parsers misread a last line of spaces only without a line end (YAML 1.2.2 section 8.1).
    whole = text if text.endswith("\n") else text + "\n"
    if not with_places and _DOUBTFUL.search(text) is None:
        documents = read_plain(parser, whole)
        if documents is not None:
            return documents, []
    builder = _Builder(file, with_places=with_places, text=text)
    try:
        builder.build(parser(whole))
    except Refused as refused:
        builder.problems.append(refused.problem)
    except yaml.YAMLError as error:
        builder.problems.append(_syntax(error, text, file))
    except RecursionError:
        builder.problems.append(_too_deep(file, Span(1, 1, 1, 2)))
    if builder.problems and not with_places:
        # Something is wrong: the second pass knows where.
        return read_yaml(text, file, with_places=True, events=events)
    return builder.documents, builder.problems


class _Builder:
    """Builds values from events, iteratively: no depth of nesting reaches Python's stack."""

    def __init__(self, file: str, *, with_places: bool, text: str) -> None:
        self.file = file
        self.text = text
        self.doubtful = _DOUBTFUL.search(text) is not None
        self.with_places = with_places
        self.documents: list[YamlDocument] = []
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
                "CS116", event, "a mapping or list cannot be a key", "write the key as a string"
            )
        if len(frames) >= MAX_DEPTH:
            raise Refused(_too_deep(self.file, _span(event)))
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
                f"the alias `*{event.anchor}` stands before, or without, its anchor",
                f"define `&{event.anchor}` above it, in the same document: anchors reach no further",
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
            span = _span(event)
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
                self.documents.append(YamlDocument(value, places, self.line))
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
            self._duplicate(frame, key, event)
        frame.has_key = True
        frame.key = key
        if key == "<<" and event.__class__ is ScalarEvent and event.style in PLAIN_STYLES:
            frame.key = _MERGE
        if self.with_places:
            span = _span(event)
            frame.key_spans.setdefault(key, span)
            self.places.keys.setdefault((*self.path, key), span)

    def _duplicate(self, frame: _Frame, key: str, event: Any) -> None:
        first = frame.key_spans.get(key)
        related: tuple[Related, ...] = ()
        if first is not None:
            related = (Related(file=self.file, span=first, message="first written here"),)
        self.problems.append(
            Problem(
                code="CS113",
                file=self.file,
                span=_span(event),
                message=f"the key `{key}` is written twice in one mapping",
                help="keep one of the two",
                related=related,
            )
        )

    def _merge(self, frame: _Frame) -> None:
        """Fill in what `<<` names: a key of the mapping itself wins, then the first source."""
        for source in frame.merges or ():
            for mapping in source if isinstance(source, list) else [source]:
                if not isinstance(mapping, dict):
                    raise self._refuse(
                        "CS114",
                        frame.mark,
                        "`<<` merges mappings only",
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
                f"the document stands for more than {MAX_NODES:,} values, aliases and merges counted",
                "write less of it, or split the file",
            )

    def _problem(self, code: str, event: Any, message: str, help: str) -> None:
        self.problems.append(
            Problem(code=code, file=self.file, span=_span(event), message=message, help=help)
        )

    def _refuse(self, code: str, event: Any, message: str, help: str) -> Refused:
        return Refused(Problem(code=code, file=self.file, span=_span(event), message=message, help=help))

    def _refuse_tag(self, event: Any) -> Refused:
        return self._refuse(
            "CS115",
            event,
            f"the tag `{event.tag}` is not part of callsheet's YAML",
            "remove the tag, and write the value itself",
        )


def _span(event: Any) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def _unprintable(text: str, control: re.Match[str], file: str) -> Problem:
    line = text.count("\n", 0, control.start()) + 1
    column = control.start() - (text.rfind("\n", 0, control.start()) + 1) + 1
    return Problem(
        code="CS108",
        file=file,
        span=Span(line, column, line, column + 1),
        message=f"the character U+{ord(control[0]):04X} must not stand in YAML (YAML 1.2.2 section 5.1)",
        help='remove it, or write it in double quotes as an escape, such as "\\x07"',
    )


def _too_deep(file: str, span: Span) -> Problem:
    return Problem(
        code="CS112",
        file=file,
        span=span,
        message=f"the nesting is deeper than {MAX_DEPTH} levels",
        help="flatten the document",
    )


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Word a parser's error: its place, and its problem in the parser's own short phrase."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.split("\n")
    indentation = lines[line - 1][:column] if line <= len(lines) else ""
    if "\t" in indentation and not indentation.strip():
        return Problem(
            code="CS111",
            file=file,
            span=Span(line, indentation.index("\t") + 1, line, len(indentation) + 1),
            message="a tab indents this line; YAML is indented by spaces",
            help="replace the tab by spaces",
        )
    if "nesting depth" in str(getattr(error, "problem", "")):
        return _too_deep(file, Span(line, column, line, column + 1))
    phrase = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
    context = getattr(error, "context", None)
    message = f"not valid YAML: {phrase}" + (f" ({context})" if context else "")
    return Problem(
        code="CS110",
        file=file,
        span=Span(line, column, line, column + 1),
        message=message,
        help="check the indentation, the quotes and the colons of this line and of the one before",
    )
