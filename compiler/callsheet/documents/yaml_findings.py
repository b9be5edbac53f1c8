"""What is wrong with a text of YAML, in words, and where."""

from __future__ import annotations

import re
from typing import Any

import yaml

from callsheet.documents.parsed import MAX_DEPTH
from callsheet.documents.places import Span
from callsheet.documents.problems import Problem, Related
from callsheet.documents.yaml_surrogates import LONE

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class Refused(Exception):  # noqa: N818 - a verdict, not a failure
    """The text contains something that must not become a value."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def span_of(event: Any) -> Span:
    """Return where an event of the parser is in the text."""
    start, end = event.start_mark, event.end_mark
    return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def unprintable(text: str, control: re.Match[str], file: str) -> Problem:
    """Word that a character cannot be in YAML."""
    line = text.count("\n", 0, control.start()) + 1
    column = control.start() - (text.rfind("\n", 0, control.start()) + 1) + 1
    return Problem(
        code="CS108",
        file=file,
        span=Span(line, column, line, column + 1),
        message=f"the character U+{ord(control[0]):04X} is not allowed in YAML (YAML 1.2.2 section 5.1)",
        help='remove it, or write it in double quotes as an escape, such as "\\x07"',
    )


def duplicate_key(file: str, key: str, span: Span, first: Span | None) -> Problem:
    """Word that a key is written twice, the first time at `first`, where that is known."""
    there = () if first is None else (Related(file=file, span=first, message="first written here"),)
    return Problem(
        code="CS113",
        file=file,
        span=span,
        message=f"the key `{key}` is written twice in one mapping",
        help="keep one of the two",
        related=there,
    )


def too_deep(file: str, span: Span) -> Problem:
    """Word the refusal of a nesting over the limit."""
    return Problem(
        code="CS112",
        file=file,
        span=span,
        message=f"the nesting is deeper than {MAX_DEPTH} levels",
        help="flatten the document",
    )


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Word a parser's error: its place, and its problem in the parser's own short phrase."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    indentation = written[:column]
    if "\t" in indentation and not indentation.strip():
        return Problem(
            code="CS111",
            file=file,
            span=Span(line, indentation.index("\t") + 1, line, len(indentation) + 1),
            message="a tab indents this line; YAML is indented by spaces",
            help="replace the tab by spaces",
        )
    if getattr(error, "problem", "") == LONE or _ESCAPED_HALF.match(written, max(column - 3, 0)):
        return Problem(
            code="CS108",
            file=file,
            span=Span(line, column, line, column + 1),
            message="an unpaired surrogate is not a character (RFC 7493 section 2.1)",
            help="write the whole pair, or remove it",
        )
    if "nesting depth" in str(getattr(error, "problem", "")):
        return too_deep(file, Span(line, column, line, column + 1))
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
