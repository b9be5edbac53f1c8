"""Findings and steps → JUnit's XML, as the test tabs of CI systems read it (Jenkins' xUnit schema)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from callsheet.deploying.executor import ApplyResult
from callsheet.language import Diagnostic
from callsheet.planning.model import Plan
from callsheet.reporting.model import Report, Style
from callsheet.reporting.reviewed import reviewed
from callsheet.reporting.terminal import safe
from callsheet.reporting.text_tests import mismatch_lines
from callsheet.results import DiffResult, TestResult, ValidationResult
from callsheet.words import counted

Case = tuple[str, str, str | None, str]
"""Class, name, kind of the failure (None where there is none), and its words."""


def validation_junit(result: ValidationResult, style: Style) -> str:
    """Write one case for each error; one that passes for the whole where there is none.

    A check of journeys names its warnings too, as cases that pass: each is of one journey.
    """
    in_journeys = result.checked == "action"
    cases: list[Case] = [
        (
            style.prefix + one.file,
            f"{one.code} line {one.span.line}: {one.message}",
            one.code if one.severity == "error" else None,
            _words(one, style),
        )
        for one in result.diagnostics
        if in_journeys or one.severity == "error"
    ]
    if in_journeys:
        checked = counted(result.documents, "action")
        return _suite("callsheet journeys check", cases or [("workspace", checked, None, "")])
    return _suite("callsheet validate", cases or [("workspace", f"{result.documents} documents", None, "")])


def _words(one: Diagnostic, style: Style) -> str:
    place = f"{style.prefix}{one.file}:{one.span.line}:{one.span.column}"
    return f"{place}: {one.message}\n{one.source}\nhelp: {one.help}"


def diff_junit(result: DiffResult, style: Style) -> str:
    """Write one case for each difference that asks for attention; what is protected comes first."""
    cases: list[Case] = [
        (
            one.subject,
            f"{one.difference.reason}: {one.difference.words}",
            one.difference.reason if one.grave else None,
            f"{style.prefix}{one.file}:{one.line}: {one.difference.impact}: {one.message}",
        )
        for one in reviewed(result)
    ]
    passed = f"{counted(len(result.grouped()), 'change')} {result.compared_with}"
    return _suite("callsheet diff", cases or [("workspace", passed, None, "")])


def plan_junit(plan: Plan, style: Style) -> str:
    """Write one case for each guard."""
    del style
    cases: list[Case] = [
        (
            plan.environment,
            f"guard {one.guard}",
            one.guard if one.verdict == "broken" else None,
            f"{one.message}\n{', '.join(one.addresses)}",
        )
        for one in plan.guards
    ]
    return _suite("callsheet plan", cases)


def apply_junit(result: ApplyResult, style: Style) -> str:
    """Write one case for each step."""
    del style
    cases: list[Case] = [
        (
            result.plan.environment,
            f"{one.action} {one.address}",
            None if one.outcome == "done" else one.outcome,
            one.error or one.outcome,
        )
        for one in result.steps
    ]
    return _suite("callsheet apply", cases)


def tests_junit(result: TestResult, style: Style) -> str:
    """Write one case for each test case in each environment."""
    del style
    cases: list[Case] = []
    for one in result.cases:
        words = "\n".join(
            [one.message, *(line for it in one.shown_mismatches for line in mismatch_lines(it))]
        )
        failure = "failed" if one.outcome == "failed" else None
        kind = "generated: " if one.index is None else ""
        cases.append((f"{one.environment}.{one.action}", f"{kind}{one.name}", failure, words))
    return _suite("callsheet test", cases)


def _suite(name: str, cases: Iterable[Case]) -> str:
    listed = list(cases)
    failures = sum(kind is not None for _, _, kind, _ in listed)
    root = Element("testsuites")
    counts = {"name": name, "tests": str(len(listed)), "failures": str(failures), "errors": "0"}
    suite = SubElement(root, "testsuite", counts)
    for where, title, kind, words in listed:
        case = SubElement(suite, "testcase", classname=_text(where), name=_text(title))
        if kind is not None:
            failure = SubElement(case, "failure", type=_text(kind), message=_text(title))
            failure.text = "\n".join(_text(line) for line in words.split("\n"))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _text(value: str) -> str:
    """Show what XML 1.0 cannot contain, and what commands a terminal, as escapes."""
    return "".join(one if ord(one) not in (0xFFFE, 0xFFFF) else f"\\u{ord(one):04x}" for one in safe(value))


_WRITERS: dict[type, Any] = {
    ValidationResult: validation_junit,
    DiffResult: diff_junit,
    Plan: plan_junit,
    ApplyResult: apply_junit,
    TestResult: tests_junit,
}
JUNIT = Report("junit", _WRITERS)
