"""CS313 to CS315, CS319: severities by the workspace's settings, and findings silenced with a reason.

In place: `# callsheet: ignore CS407 no TLS there until March`, after what it refers to or on a line of
its own above it. For a whole file: `spec.ignore` of callsheet.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from callsheet.documents import Problem, Span
from callsheet.documents.problems import ANY
from callsheet.language.catalog import RULES, Spots, declare, rule
from callsheet.language.diagnostics import Diagnostic, diagnose
from callsheet.language.settings import SETTINGS_FILES, Settings
from callsheet.language.subjects import Facts

declare(
    "CS313",
    "useless-ignore",
    """A comment that ignores a finding should match one.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407 it was http once
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
    severity="warning",
)
declare(
    "CS314",
    "ignore-without-reason",
    """A comment that ignores a finding must name a known code and a reason.

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS407
Good:
    apiVersion: callsheet/v1
    kind: Environment
    metadata: {name: local}
    spec:
      # callsheet: ignore CS309 these actions come in March
      select: {labels: {channel: fax}}
      target: {type: sqlite, path: .callsheet/local.db}
""",
)
declare(
    "CS315",
    "ignore-of-fixed",
    """Findings about safety cannot be ignored in place: files, schema, templates, secrets, policies.

A comment cannot accept a secret in plain text. Where the pattern is wrong, the workspace's own
settings accept the finding for a file, with a reason (`spec.ignore` in callsheet.yaml).

Bad:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}  # callsheet: ignore CS601 it is only the test key
Good:
    apiVersion: callsheet/v1
    kind: Policy
    metadata: {name: open}
    spec: {message: anything goes, schema: true}
""",
)

_OUTSIDE = ("called", "unjudged")
"""Subjects that `callsheet journeys check` looks at, and `validate` never sees."""
_COMMENT = re.compile(r"(?:^|\s)#\s*callsheet:\s*ignore\b[ \t]*(?P<code>CS[0-9]{3})?[ \t]*(?P<reason>.*)$")


@rule("CS319", "settings-elsewhere", on="workspace", adjustable=False)
def settings_elsewhere(facts: Facts, code: str) -> Iterator[Problem]:
    """Settings must be in one file: `callsheet.yaml` at the root of the workspace.

    Bad:
        apiVersion: callsheet/v1
        kind: Workspace
        metadata: {name: hidden}
        spec: {severity: {CS407: error}}
    Good:
        apiVersion: callsheet/v1
        kind: Policy
        metadata: {name: open}
        spec: {message: anything goes, schema: true}
    """
    for kind, _, document in facts.named:
        if kind == "Workspace" and document.file not in SETTINGS_FILES:
            yield Spots(code, document).value(
                ("kind",), "settings are written outside of callsheet.yaml", do="move them there"
            )


class _Ignore(Struct):
    """One comment: what it silences, on which line, and whether it did."""

    file: str
    span: Span
    code: str
    target_line: int
    used: bool = False


class Silencing(Struct, frozen=True, kw_only=True):
    """A comment that may silence a finding: of which code, and on which line.

    Attributes:
        line: the line of the comment.
        target_line: the line that it speaks of.

    """

    file: str
    line: int
    code: str
    target_line: int


def silencings(texts: Mapping[str, str]) -> list[Silencing]:
    """Return the comments of these files that may silence a finding; one that is wrong silences nothing."""
    return [
        Silencing(file=one.file, line=one.span.line, code=one.code, target_line=one.target_line)
        for one in _comments(texts)[0]
    ]


def adjust(
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    settings: Settings,
    defined: Mapping[str, Collection[str]],
) -> list[Diagnostic]:
    """Apply comments and settings to the findings; comments that are wrong become findings.

    Args:
        diagnostics: what was found.
        texts: of the files that hold comments for callsheet.
        settings: of the workspace.
        defined: by file, the names of the definitions that it contains.

    """
    ignores, problems = _comments(texts)
    kept = []
    for one in diagnostics:
        if _silenced(one, ignores) or _accepted(one, settings):
            continue
        kept.append(one)
    left = [adjusted for one in kept if (adjusted := _with_severity(one, settings)) is not None]
    problems += [
        _useless(ignore)
        for ignore in ignores
        if not ignore.used
        and RULES[ignore.code].subject not in _OUTSIDE
        and not _hides(left, ignore.file, defined.get(ignore.file, ()))
    ]
    more = diagnose(problems, texts)
    return left + [adjusted for one in more if (adjusted := _with_severity(one, settings)) is not None]


def adjust_outside(
    diagnostics: Iterable[Diagnostic], texts: Mapping[str, str], settings: Settings
) -> list[Diagnostic]:
    """Apply comments and settings to findings about what is outside of the workspace.

    A comment that silences nothing is no finding: what is outside may be otherwise tomorrow.
    """
    ignores, _ = _comments(texts)
    kept = [one for one in diagnostics if not _silenced(one, ignores) and not _accepted(one, settings)]
    return [adjusted for one in kept if (adjusted := _with_severity(one, settings)) is not None]


def _hides(diagnostics: Iterable[Diagnostic], file: str, names: Collection[str]) -> bool:
    """Return whether an error may keep findings of a file from being found."""
    return any(
        one.severity == "error"
        and (one.file == file or not one.about or any(name in (*names, ANY) for name, _ in one.about))
        for one in diagnostics
    )


def _silenced(diagnostic: Diagnostic, ignores: list[_Ignore]) -> bool:
    silenced = False
    for ignore in ignores:
        if (ignore.file, ignore.code, ignore.target_line) == (
            diagnostic.file,
            diagnostic.code,
            diagnostic.span.line,
        ):
            ignore.used = silenced = True
    return silenced


def _accepted(diagnostic: Diagnostic, settings: Settings) -> bool:
    # A pattern of credentials can be wrong, and then there is no other way.
    if not RULES[diagnostic.code].adjustable and diagnostic.code != "CS601":
        return False
    return any(one.code == diagnostic.code and one.matches(diagnostic.file) for one in settings.accepted)


def adjusted_of(settings: Settings) -> dict[str, str]:
    """Return how the workspace takes the findings that it may take otherwise, by code."""
    return {
        code: one for code, one in settings.severity.items() if code in RULES and RULES[code].adjustable
    }


def _with_severity(diagnostic: Diagnostic, settings: Settings) -> Diagnostic | None:
    wanted = settings.severity.get(diagnostic.code)
    if wanted is None or not RULES[diagnostic.code].adjustable:
        return diagnostic
    return None if wanted == "off" else replace(diagnostic, severity=wanted)


def _comments(texts: Mapping[str, str]) -> tuple[list[_Ignore], list[Problem]]:
    ignores: list[_Ignore] = []
    problems: list[Problem] = []
    for file, text in texts.items():
        if "callsheet:" not in text:
            continue
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            match = _COMMENT.search(line) if "callsheet:" in line else None
            if match is None:
                continue
            span = Span(number, line.index("#", match.start()) + 1, number, len(line) + 1)
            problem = _wrong(file, span, match)
            if problem is not None:
                problems.append(problem)
            else:
                target = _target(lines, number)
                ignores.append(_Ignore(file, span, match["code"], target))
    return ignores, problems


def _target(lines: list[str], number: int) -> int:
    """Return the line that a comment refers to: its own, or the next that is not a comment."""
    if not lines[number - 1].lstrip().startswith("#"):
        return number
    for below, line in enumerate(lines[number:], number + 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return below
    return number


def _wrong(file: str, span: Span, match: re.Match[str]) -> Problem | None:
    code = match["code"]
    if code is None or code not in RULES or len(match["reason"].strip()) < 3:
        return Problem(
            code="CS314",
            file=file,
            span=span,
            message="the comment ignores a finding without naming a known code and a reason",
            help="write `# callsheet: ignore CS407 the reason`",
        )
    if not RULES[code].adjustable:
        return Problem(
            code="CS315",
            file=file,
            span=span,
            message=f"{code} cannot be ignored by a comment",
            help="correct what it finds, and remove the comment",
        )
    return None


def _useless(ignore: _Ignore) -> Problem:
    return Problem(
        code="CS313",
        file=ignore.file,
        span=ignore.span,
        message=f"the comment ignores a {ignore.code} that is not found here",
        help="remove the comment",
    )
