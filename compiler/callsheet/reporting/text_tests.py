"""Test results → text: a row of dots for each action, each failure with its place and what differs."""

from __future__ import annotations

import json
from typing import Any

from callsheet.calling.cases import CaseResult, Mismatch
from callsheet.documents import pointer_of
from callsheet.language.difference import NOTHING
from callsheet.reporting.model import Style
from callsheet.reporting.terminal import counted, paint, safe, wrapped
from callsheet.results import TestResult


def tests_text(result: TestResult, style: Style) -> str:
    """Write what was run, what failed and why, and a line that sums it up."""
    lines: list[str] = []
    by_action: dict[str, list[CaseResult]] = {}
    for case in result.cases:
        by_action.setdefault(case.action, []).append(case)
    for name, cases in by_action.items():
        marks = "".join("." if one.outcome == "passed" else "F" for one in cases if one.index is not None)
        generated = [one for one in cases if one.index is None]
        failed = sum(one.outcome == "failed" for one in generated)
        more = f"{len(generated)} generated" if generated else ""
        row = f"{safe(name)} " + " and ".join(one for one in (marks, more) if one)
        bad = f", {failed} failed" if failed else ""
        lines.append(paint(row, "green" if "F" not in marks and not failed else "red", style) + bad)
    for case in result.cases:
        if case.outcome == "failed":
            lines += ["", *_failure(case, style)]
    failures = sum(one.outcome == "failed" for one in result.cases)
    passed = len(result.cases) - failures
    last = (
        f"{counted(failures, 'case')} failed, {passed} passed."
        if failures
        else f"{counted(passed, 'case')} passed."
    )
    if not result.cases:
        return paint("No test case.", "green", style)
    return "\n".join([*lines, "", paint(last, "red" if failures else "green", style)])


def _failure(case: CaseResult, style: Style) -> list[str]:
    kind = "" if case.index is not None else "generated: "
    place = f"{safe(case.place[0])}:{case.place[1]}: " if case.place else ""
    head = f"{place}{safe(case.action)} in {safe(case.environment)}, {kind}{safe(case.name)}"
    lines = [paint(head, "red", style)]
    if case.message:
        lines += wrapped(safe(case.message), style, indent=2)
    for one in case.shown_mismatches:
        lines += mismatch_lines(one)
    return lines


def mismatch_lines(one: Mismatch) -> list[str]:
    """Return a mismatch as lines: where, what is expected, what the request has."""
    return [
        f"  {safe(pointer_of(one.path))}",
        f"    - {_value(one.expected)}",
        f"    + {_value(one.actual)}",
    ]


def _value(value: Any) -> str:
    return "(nothing)" if value is NOTHING else safe(json.dumps(value, ensure_ascii=False, sort_keys=True))
