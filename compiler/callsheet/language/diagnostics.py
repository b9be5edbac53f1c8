"""A finding, complete: code, severity, place, the line itself, what is wrong, what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from callsheet.language.catalog import RULES
from callsheet.workspace import Problem, Related, Span

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding as people and programs get it.

    Attributes:
        code: of the catalog.
        severity: after the workspace's own settings.
        file: relative to the workspace.
        span: lines and columns from 1.
        source: the first line of the span, as the file holds it, secrets masked.

    """

    code: str
    severity: Severity
    file: str
    span: Span
    message: str
    help: str
    source: str = ""
    related: tuple[Related, ...] = ()

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Order by place, then code, then words."""
        return (self.file, self.span, self.code, self.message)


def diagnose(problems: Iterable[Problem], texts: Mapping[str, str]) -> list[Diagnostic]:
    """Complete problems with their severity by the catalog and with the line they stand in.

    `texts` maps a file to its text; a file that is not there (it could not be read) has no line.
    """
    return [
        Diagnostic(
            code=problem.code,
            severity=RULES[problem.code].severity,
            file=problem.file,
            span=problem.span,
            message=problem.message,
            help=problem.help,
            source=quoted_line(problem, texts.get(problem.file, "")),
            related=problem.related,
        )
        for problem in problems
    ]


def quoted_line(problem: Problem, text: str) -> str:
    """Give the line of a problem; where the finding is a literal secret, what it spans is masked."""
    lines = text.split("\n", problem.span.line)
    if problem.span.line > len(lines):
        return ""
    line = lines[problem.span.line - 1].rstrip("\r")
    if not problem.code.startswith("CS6"):
        return mask_secrets(line)
    start = problem.span.column - 1
    end = problem.span.end_column - 1 if problem.span.end_line == problem.span.line else len(line)
    return mask_secrets(line[:start] + "*" * max(end - start, 0) + line[end:])


_SECRET_FIELD = re.compile(
    r"""(?ix) (["']?[\w-]*(?:password|passwd|secret|token|api[-_]?key|authorization|credential)[\w-]*["']?
        \s*:\s*) (?![{&*\[|>]|["']?\{\{|["']?(?:env|file|vault):) ([^\s,{}\[\]#][^,}\]]*)"""
)


def mask_secrets(line: str) -> str:
    """Hide what is written, on a quoted line, as the value of a field that is named like a secret."""
    return _SECRET_FIELD.sub(lambda match: match[1] + "*" * len(match[2].rstrip()), line)


def merge_repeated(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort, and drop what says the same of the same place twice."""
    unique = {
        (one.code, one.file, one.span, one.message): one
        for one in sorted(diagnostics, key=lambda one: one.sort_key)
    }
    return list(unique.values())
