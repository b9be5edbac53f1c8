"""Findings → SARIF 2.1.0 (OASIS standard, 27 March 2020), as code scanning reads it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from callsheet._version import __version__
from callsheet.documents import Span
from callsheet.language import Diagnostic
from callsheet.language.catalog import RULES, Rule
from callsheet.reporting.fingerprints import fingerprints
from callsheet.reporting.model import Report, Style
from callsheet.reporting.reviewed import Entry, marks, reviewed
from callsheet.reporting.terminal import safe
from callsheet.results import DiffResult, ValidationResult

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def validation_sarif(result: ValidationResult, style: Style) -> str:
    """Write one run, with a rule for each code that is found."""
    import callsheet.rules  # noqa: F401 - fills the catalog: what the cache found needs no rule

    codes = sorted({one.code for one in result.diagnostics})
    prints = fingerprints(result.diagnostics)
    results = [
        _result(one, mark, codes.index(one.code), style)
        for one, mark in zip(result.diagnostics, prints, strict=True)
    ]
    return _log([_rule(RULES[code]) for code in codes], results)


def diff_sarif(result: DiffResult, style: Style) -> str:
    """Write one run, with a rule for each reason code; what is protected comes first."""
    entries = reviewed(result)
    reasons = sorted({one.difference.reason for one in entries})
    results = [
        _reviewed(one, mark, reasons.index(one.difference.reason), style)
        for one, mark in zip(entries, marks(entries), strict=True)
    ]
    rules = [{"id": one, "shortDescription": {"text": one.replace("-", " ")}} for one in reasons]
    return _log(rules, results)


def _log(rules: list[dict[str, Any]], results: list[dict[str, Any]]) -> str:
    run = {
        "tool": {"driver": {"name": "callsheet", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _reviewed(one: Entry, mark: str, index: int, style: Style) -> dict[str, Any]:
    span = Span(one.line, one.column, one.line, one.column)
    return {
        "ruleId": one.difference.reason,
        "ruleIndex": index,
        "level": "warning" if one.grave else "note",
        "message": {"text": _text(f"{one.difference.impact}: {one.message}")},
        "locations": [{"physicalLocation": _place(one.file, span, style)}],
        "partialFingerprints": {"callsheet/v1": mark},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    examples = "".join(
        f"\n\n{title}:\n\n{example}"
        for title, example in (("Bad", rule.bad), ("Good", rule.good))
        if example
    )
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.documentation},
        "help": {"text": f"{rule.documentation}{examples}"},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(one: Diagnostic, mark: str, index: int, style: Style) -> dict[str, Any]:
    record: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": index,
        "level": one.severity,
        "message": {"text": _text(f"{one.message}; {one.help}")},
        "locations": [{"physicalLocation": _place(one.file, one.span, style)}],
        "partialFingerprints": {"callsheet/v1": mark},
    }
    if one.related:
        record["relatedLocations"] = [
            {
                "physicalLocation": _place(it.file, it.span, style),
                "message": {"text": _text(it.message)},
            }
            for it in one.related
        ]
    return record


def _text(value: str) -> str:
    """Return a text for a message, in which SARIF reads `[words](target)` as a link (section 3.11.6)."""
    return safe(value).replace("](", "] (")


def _place(file: str, span: Span, style: Style) -> dict[str, Any]:
    uri = quote((style.prefix + file).encode("utf-8", "surrogatepass"), safe="/")
    return {
        "artifactLocation": {"uri": uri},
        "region": {
            "startLine": span.line,
            "startColumn": span.column,
            "endLine": max(span.end_line, span.line),
            "endColumn": span.end_column
            if span.end_line > span.line
            else max(span.end_column, span.column),
        },
    }


SARIF = Report("sarif", {ValidationResult: validation_sarif, DiffResult: diff_sarif})
