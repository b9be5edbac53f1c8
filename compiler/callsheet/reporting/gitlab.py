"""Findings → GitLab's code quality report: a JSON list, in the shape that GitLab publishes."""

from __future__ import annotations

import json

from callsheet.reporting.fingerprints import fingerprints
from callsheet.reporting.model import Report, Style
from callsheet.reporting.reviewed import marks, reviewed
from callsheet.reporting.terminal import safe
from callsheet.results import DiffResult, ValidationResult

_SEVERITIES = {"error": "major", "warning": "minor"}


def validation_gitlab(result: ValidationResult, style: Style) -> str:
    """Write each finding with its fingerprint, path and first line."""
    marks = fingerprints(result.diagnostics)
    records = [
        {
            "description": f"{one.code}: {safe(one.message)}; {safe(one.help)}",
            "check_name": one.code,
            "fingerprint": mark,
            "severity": _SEVERITIES[one.severity],
            "location": {"path": style.prefix + one.file, "lines": {"begin": one.span.line}},
        }
        for one, mark in zip(result.diagnostics, marks, strict=True)
    ]
    return json.dumps(records, indent=2) + "\n"


def diff_gitlab(result: DiffResult, style: Style) -> str:
    """Write each difference that asks for attention; what is protected comes first."""
    entries = reviewed(result)
    records = [
        {
            "description": f"{one.difference.impact}: {safe(one.message)}",
            "check_name": one.difference.reason,
            "fingerprint": mark,
            "severity": "major" if one.grave else "info",
            "location": {"path": style.prefix + safe(one.file), "lines": {"begin": one.line}},
        }
        for one, mark in zip(entries, marks(entries), strict=True)
    ]
    return json.dumps(records, indent=2) + "\n"


GITLAB = Report("gitlab", {ValidationResult: validation_gitlab, DiffResult: diff_gitlab})
