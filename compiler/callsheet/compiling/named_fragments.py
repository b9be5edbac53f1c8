"""A template file → the fragments that it names, each at its place in the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import nodes

from callsheet.compiling.payload_files import span_at
from callsheet.documents import Document, Problem
from callsheet.documents.parsed import ParsedDocument
from callsheet.documents.places import Path, Places
from callsheet.language.fragment import ONE, Named, NamedInFile
from callsheet.templates.faults import TemplateFault
from callsheet.templates.fragment_calls import FragmentCall, calls_in, whole_parameter
from callsheet.templates.syntax import parse_file
from callsheet.templates.template_files import in_workspace

ReadText = Callable[[str], str | Problem]


class NamedFragments:
    """Reads which fragments template files name.

    Args:
        read: returns the text of a file, or the problem that keeps it from being read.

    """

    def __init__(self, read: ReadText) -> None:
        self.read = read

    def __call__(self, file: str) -> NamedInFile | None:
        """Return what a file names; None for nothing, and for what compiling it reports."""
        file = in_workspace(file)
        text = self.read(file)
        if isinstance(text, Problem) or "fragment" not in text:
            return None
        try:
            calls = list(calls_in(parse_file(text)))
        except TemplateFault:
            return None
        if not calls:
            return None
        places = Places({(): span_at(text, 0)})
        for index, one in enumerate(calls):
            _place(places, text, index, one)
        document = Document(file, 0, text, ParsedDocument(None, places, 1))
        return NamedInFile(document, tuple(Named(one.name, _given(one)) for one in calls))


def _given(call: FragmentCall) -> dict[str, Any]:
    return {name: _written(node) for name, node in call.arguments.items()}


def _written(node: nodes.Expr) -> Any:
    """Return an argument as `with` would say it; of an expression, only that it is one."""
    if isinstance(node, nodes.Const):
        return node.value
    whole = whole_parameter(node)
    return f"{{{{ params.{whole} }}}}" if whole is not None else "{{ none }}"


def _place(places: Places, text: str, index: int, call: FragmentCall) -> None:
    there: Path = (index,)
    for path, offset in (
        (there, call.offset),
        ((*there, ONE), call.offset),
        *(((*there, "with", name), node.lineno - 1) for name, node in call.arguments.items()),
    ):
        places.values[path] = span_at(text, offset)
