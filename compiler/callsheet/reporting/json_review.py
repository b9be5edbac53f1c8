"""What a reviewer reads → JSON: findings, the changes of a diff, drift, and the catalog of codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from callsheet.documents import pointer_of
from callsheet.language import Diagnostic
from callsheet.language.difference import NOTHING
from callsheet.language.masking import masked
from callsheet.planning.model import ACTIONS, ScreenChange, change_record, difference_record, drift_record
from callsheet.planning.protections import Protection
from callsheet.planning.shared import SharedChange
from callsheet.reporting.terminal import shown
from callsheet.results import (
    DiffResult,
    DriftResult,
    ExplainResult,
    ValidationResult,
)

if TYPE_CHECKING:
    from callsheet.planning.writing_back import FieldWritten


def validation_record(result: ValidationResult) -> dict[str, Any]:
    """Return the findings, and how many there are."""
    errors = sum(one.severity == "error" for one in result.diagnostics)
    return {
        "diagnostics": [_diagnostic(one) for one in result.diagnostics],
        "summary": {
            "documents": result.documents,
            "errors": errors,
            "warnings": len(result.diagnostics) - errors,
        },
        **({"notes": list(result.notes)} if result.notes else {}),
    }


def _diagnostic(one: Diagnostic) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "file": one.file,
        "line": one.span.line,
        "column": one.span.column,
        "endLine": one.span.end_line,
        "endColumn": one.span.end_column,
        "message": one.message,
        "help": one.help,
        "source": one.source,
        "related": [
            {
                "file": related.file,
                "line": related.span.line,
                "column": related.span.column,
                "message": related.message,
            }
            for related in one.related
        ],
    }


def diff_record(result: DiffResult) -> dict[str, Any]:
    """Return the changes of a diff: by environment, and those of several environments once."""
    summary: dict[str, int] = dict.fromkeys(ACTIONS, 0)
    changes = []
    for change, environments in result.grouped():
        summary[change.action] += 1
        changes.append({**change_record(change), "environments": environments})
    return {
        "base": result.base,
        **({"against": result.against} if result.against is not None else {}),
        **({"protections": [_protection(one) for one in result.protections]} if result.protections else {}),
        "environments": [
            {"environment": environment, "changes": [change_record(one) for one in found]}
            for environment, found in result.environments.items()
        ],
        "changes": changes,
        "dataFlows": [
            {
                "host": one.host,
                "sensitivity": one.kind,
                "parameter": one.parameter,
                "address": one.address,
                "environments": list(one.environments),
            }
            for one in result.flows
        ],
        "values": [_shared(one) for one in result.shared if not one.document],
        "shared": [{"document": one.document, **_shared(one)} for one in result.shared if one.document],
        "policies": [
            {"name": one.name, "change": one.words, "addresses": list(one.addresses)}
            for one in result.policies
        ],
        "summary": {**summary, "unchanged": 0},
        **({} if result.selection is None else {"selection": result.selection.record()}),
    }


def _protection(one: Protection) -> dict[str, Any]:
    # A base may hold what is an error today: no credential of it is shown.
    it = one.difference
    record = difference_record(
        replace(it, before=shown(it.before, it.path), after=shown(it.after, it.path))
    )
    return {"subject": one.subject, "environments": list(one.environments), **record}


def _shared(one: SharedChange) -> dict[str, Any]:
    record: dict[str, Any] = {"name": one.name}
    if one.before is not NOTHING:
        record["before"] = masked(one.before)
    if one.after is not NOTHING:
        record["after"] = masked(one.after)
    if one.place is not None:
        record |= zip(("file", "line", "column"), one.place, strict=True)
    return {**record, "environments": list(one.environments), "addresses": list(one.addresses)}


def drifted_record(result: DriftResult) -> dict[str, Any]:
    """Return what was changed at the target, and what was written back."""
    return {
        "environment": result.environment,
        "drift": [drift_record(one) for one in result.drift],
        "unmanaged": list(result.unmanaged),
        **({"screen": [_screen_change(one) for one in result.screen]} if result.screen else {}),
        **({"notes": list(result.notes)} if result.notes else {}),
        **({"fields": [_field_written(one) for one in result.fields]} if result.fields else {}),
        **({} if result.selection is None else {"selection": result.selection.record()}),
    }


def _screen_change(one: ScreenChange) -> dict[str, Any]:
    return {
        "address": one.address,
        "verb": one.verb,
        "who": one.who or None,
        "at": one.at,
        "serial": one.serial,
    }


def _field_written(one: FieldWritten) -> dict[str, Any]:
    return {
        "address": one.address,
        "path": pointer_of(one.path),
        "written": not one.why,
        **({"why": one.why} if one.why else {}),
        **(dict(zip(("file", "line", "column"), one.place, strict=True)) if one.place else {}),
        **({"also": list(one.also)} if one.also else {}),
    }


def explain_record(result: ExplainResult) -> dict[str, Any]:
    """Return the rules of the catalog."""
    return {
        "rules": [
            {
                "code": one.code,
                "name": one.name,
                "severity": one.severity,
                "summary": one.summary,
                "documentation": one.documentation,
                "bad": one.bad,
                "good": one.good,
            }
            for one in result.rules
        ]
    }
