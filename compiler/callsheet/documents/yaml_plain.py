"""YAML that contains nothing out of the ordinary, read in one tight loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from callsheet.documents.parsed import MAX_DEPTH, MAX_NODES, ParsedDocument
from callsheet.documents.scalars import Trap, resolve
from callsheet.documents.yaml_events import PLAIN_STYLES, Events


def read_plain(parser: Callable[[str], Events], text: str) -> list[ParsedDocument] | None:
    """Read a text that contains nothing out of the ordinary; None for any other, whatever is in it.

    Nine files of ten have no anchor, tag, trap or fault. This loop is what a thousand files cost: it
    keeps everything in local names, and leaves all that needs words or care to `_Builder`.
    """
    documents: list[ParsedDocument] = []
    stack: list[tuple[Any, Any]] = []
    container: Any = None
    key: Any = None
    line = 1
    left = MAX_NODES
    try:
        next_event = parser(text)
        while True:
            event = next_event()
            kind = event.__class__
            if kind is ScalarEvent:
                if event.anchor or event.tag:
                    return None
                value = event.value
                if event.style in PLAIN_STYLES and event.implicit[0] and value[:1] in _MAY_RESOLVE:
                    value = resolve(value)
                    if value.__class__ is Trap:
                        return None
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                in_key_place = container.__class__ is dict and key is None
                if event.anchor or event.tag or in_key_place or len(stack) >= MAX_DEPTH:
                    return None
                stack.append((container, key))
                container, key = ({} if kind is MappingStartEvent else []), None
                left -= 1
                continue
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                value = container
                container, key = stack.pop()
            elif kind is DocumentStartEvent:
                line = event.start_mark.line + 1
                left = MAX_NODES
                continue
            elif kind is StreamEndEvent:
                return documents
            elif kind is AliasEvent:
                return None
            else:
                continue
            left -= 1
            if container.__class__ is list:
                container.append(value)
            elif container is None:
                if value is not None:
                    documents.append(ParsedDocument(value, None, line))
            elif key is not None:
                container[key] = value
                key = None
            elif value.__class__ is str and value not in container and value != "<<":
                key = value
            else:
                return None
            if left < 0:
                return None
    except (yaml.YAMLError, RecursionError):
        return None


_MAY_RESOLVE = frozenset("-+.0123456789~nNtTfFyYoO=<") | {""}
"""First characters of plain scalars that may be anything but the text that they are."""
