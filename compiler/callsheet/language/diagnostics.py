"""A finding, complete: code, severity, place, the line itself, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Problem, Related, Span
from callsheet.documents.problems import ANY, Concern
from callsheet.language.catalog import RULES
from callsheet.language.origin import WITH_ROW
from callsheet.language.secret_patterns import without_credentials
from callsheet.patterns import late
from callsheet.words import and_more

Severity = Literal["error", "warning"]
MAX_QUOTED = 2_000


class Diagnostic(Struct, frozen=True, kw_only=True):
    """One finding as people and programs get it.

    Attributes:
        code: of the catalog.
        severity: after the workspace's own settings.
        file: relative to the workspace.
        span: lines and columns from 1.
        source: the first line of the span, as the file contains it, secrets masked; empty without
            one, or where it is longer than any screen shows.
        about: which definitions it concerns, in which environments; empty where it may concern any.

    """

    code: str
    severity: Severity
    file: str
    span: Span
    message: str
    help: str
    source: str = ""
    related: tuple[Related, ...] = ()
    about: tuple[Concern, ...] = ()

    def concerns(self, names: Collection[str], environment: str) -> bool:
        """Return whether the finding is about one of these definitions in an environment."""
        return not self.about or any(
            (name == ANY or name in names) and where in (ANY, environment) for name, where in self.about
        )

    def reaches(self, environment: str) -> bool:
        """Return whether the finding may be about anything in an environment."""
        return not self.about or any(where in (ANY, environment) for _, where in self.about)

    @property
    def sort_key(self) -> tuple[object, ...]:
        """Order by place, then code, then words."""
        return (self.file, self.span, self.code, self.message)


def diagnose(problems: Iterable[Problem], texts: Mapping[str, str]) -> list[Diagnostic]:
    """Complete problems with their severity by the catalog and with the line they are in.

    `texts` maps a file to its text; a file that is not there (it could not be read) has no line.
    """
    return [
        Diagnostic(
            code=problem.code,
            severity=RULES[problem.code].severity,
            file=problem.file,
            span=problem.span,
            message=without_credentials(problem.message),
            help=without_credentials(problem.help),
            source=quoted_line(problem, _text_of(problem.file, texts)),
            related=tuple(
                replace(one, message=without_credentials(one.message)) for one in problem.related
            ),
            about=problem.about,
        )
        for problem in problems
    ]


def _text_of(file: str, texts: Mapping[str, str]) -> str:
    try:
        # Not `get`: a mapping may read a file when it is asked for.
        return texts[file]
    except KeyError:
        return ""


def quoted_line(problem: Problem, text: str) -> str:
    """Return the line of a problem, without what looks like a secret."""
    lines = _lines(text)
    if problem.span.line > len(lines):
        return ""
    line = lines[problem.span.line - 1]
    return mask_secrets(line) if len(line) <= MAX_QUOTED else ""


@lru_cache(maxsize=8)
def _lines(text: str) -> list[str]:
    return text.split("\n")


def conceal(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Mask, in every quoted line, what any finding of the family of secrets points at."""
    found = list(diagnostics)
    secret: dict[tuple[str, int], list[Span]] = {}
    for one in found:
        if one.code in ("CS601", "CS607"):
            for line in range(one.span.line, one.span.end_line + 1):
                secret.setdefault((one.file, line), []).append(one.span)
    return [
        replace(one, source=without_spans(one.source, spans, one.span.line)) if spans else one
        for one in found
        for spans in [secret.get((one.file, one.span.line), [])]
    ]


def without_spans(source: str, spans: Iterable[Span], line: int) -> str:
    """Return a line, of a number from 1, with what some spans cover of it replaced by asterisks."""
    for span in spans:
        start = span.column - 1 if span.line == line else 0
        end = span.end_column - 1 if span.end_line == line else len(source)
        source = source[:start] + "*" * max(min(end, len(source)) - start, 0) + source[end:]
    return source


_SECRET_FIELD = late(
    r"""(?ix)
        (["']?[\w-]{0,40}(?:password|passwd|secret|token|api[-_]?key|authorization|credential)[\w-]{0,40}["']?
        \s*[:=]\s*) (?![{&*\[|>]|["']?\{\{|["']?(?:env|file|vault):) ([^\s,{}\[\]#][^,}\]]*)"""
)


def mask_secrets(line: str) -> str:
    """Hide, on a quoted line, what looks like a credential, and the value of a field named like one."""
    line = _SECRET_FIELD.sub(lambda match: match[1] + "*" * len(match[2].rstrip()), line)
    return without_credentials(line)


def merge_repeated(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Sort, and drop what says the same of the same place twice; what is left concerns what both did."""
    same: dict[tuple[object, ...], list[Diagnostic]] = {}
    for one in sorted(diagnostics, key=lambda one: one.sort_key):
        same.setdefault((one.code, one.file, one.span, one.message), []).append(one)
    return [some[0] if len(some) == 1 else _merged(some) for some in same.values()]


MOST_ROWS = 3
"""A finding names so many of the rows that it was found with."""


def _merged(some: Sequence[Diagnostic]) -> Diagnostic:
    """Return one finding for several that say the same: with what it is about, and the rows of all."""
    last = some[-1]
    related = dict.fromkeys(it for one in some for it in one.related)
    rows = [one for one in related if one.message == WITH_ROW]
    if len(rows) > 1:
        shown = rows[:MOST_ROWS]
        more = and_more(len(rows), MOST_ROWS, "row")
        if more:
            shown[-1] = replace(shown[-1], message=f"{WITH_ROW}, {more}")
        others = [one for one in last.related if one.message != WITH_ROW]
        last = replace(last, related=(*others, *shown))
    if all(one.about == last.about for one in some):
        return last
    known = all(one.about for one in some)
    return replace(last, about=tuple(sorted({it for one in some for it in one.about})) if known else ())
