"""Findings and grave changes → annotations of a GitHub workflow, at their lines.

GitHub shows ten annotations of each level for one step; more are counted in a last line. A text is
escaped as its runner reads commands, so that no text of a workspace can be one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from callsheet.planning.model import Plan
from callsheet.reporting.model import Report, Style
from callsheet.reporting.reviewed import Entry, grave_changes, reviewed
from callsheet.reporting.terminal import safe
from callsheet.results import DiffResult, DriftResult, ValidationResult
from callsheet.words import and_more

MOST = 10


def command(level: str, message: str, **properties: object) -> str:
    """Return one workflow command: `::level name=value,…::message`."""
    fields = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{level}{' ' + fields if fields else ''}::{_data(message)}"


def _data(value: str) -> str:
    return "%0A".join(safe(line).replace("%", "%25").replace("\r", "%0D") for line in value.split("\n"))


def _property(value: str) -> str:
    return _data(value.replace("\n", " ")).replace(":", "%3A").replace(",", "%2C")


def validation_github(result: ValidationResult, style: Style) -> str:
    """Write an annotation for each finding, errors first."""
    ordered = sorted(result.diagnostics, key=lambda one: (one.severity, one.sort_key))
    return _limited(
        (
            one.severity,
            command(
                one.severity,
                f"{one.message}\n{one.help}",
                file=style.prefix + one.file,
                line=one.span.line,
                endLine=max(one.span.end_line, one.span.line),
                col=one.span.column,
                title=one.code,
            ),
        )
        for one in ordered
    )


def diff_github(result: DiffResult, style: Style) -> str:
    """Write an annotation for each breaking or sensitive difference; what is protected comes first."""
    return _limited(_annotation(one, style) for one in reviewed(result))


def plan_github(plan: Plan, style: Style) -> str:
    """Write an error for each broken guard, and an annotation for each grave difference."""
    broken = (
        ("error", command("error", f"{one.message}: {', '.join(one.addresses[:10])}", title=one.guard))
        for one in plan.broken
    )
    return _limited([*broken, *(_annotation(one, style) for one in grave_changes(plan.changes))])


def drift_github(result: DriftResult, style: Style) -> str:
    """Write a warning for each object that drifted, and a notice for what is not known."""
    del style
    words = [f"{one.address} {one.kind} at the target" for one in result.drift]
    words += [f"{one.address} {one.words}" for one in result.screen]
    found = [("warning", command("warning", one, title="drift")) for one in words]
    return _limited([*found, *(("notice", command("notice", one, title="drift")) for one in result.notes)])


def _annotation(one: Entry, style: Style) -> tuple[str, str]:
    level = "warning" if one.grave else "notice"
    place: dict[str, object] = {}
    if one.difference.place is not None:
        place = {"file": style.prefix + one.file, "line": one.line, "col": one.column}
    title = f"{one.difference.impact}: {one.difference.reason}"
    return level, command(level, one.message, **place, title=title)


def _limited(commands: Iterable[tuple[str, str]]) -> str:
    """Keep ten of each level, and count the rest, which GitHub would drop without a word."""
    seen: Counter[str] = Counter()
    lines = []
    for level, line in commands:
        seen[level] += 1
        if seen[level] <= MOST:
            lines.append(line)
    for level, number in sorted(seen.items()):
        if number > MOST:
            lines.append(command("notice", f"{and_more(number, MOST)} of level {level}", title="callsheet"))
    return "\n".join(lines)


GITHUB = Report(
    "github",
    {
        ValidationResult: validation_github,
        DiffResult: diff_github,
        Plan: plan_github,
        DriftResult: drift_github,
    },
)
