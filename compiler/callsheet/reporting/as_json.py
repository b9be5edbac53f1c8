"""Results → one JSON document each, by the schemas of `schemas/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from callsheet.calling import NO_PAYLOAD, Request
from callsheet.calling.cases import CaseResult
from callsheet.deploying import ApplyResult, StepResult
from callsheet.documents import pointer_of
from callsheet.language import Diagnostic, in_language
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord
from callsheet.planning import NOTHING, Plan, plan_record
from callsheet.planning.model import ACTIONS, change_record, difference_record, drift_record
from callsheet.planning.protections import Protection
from callsheet.planning.review import SharedChange
from callsheet.reporting.model import Report, Style
from callsheet.reporting.terminal import shown
from callsheet.reporting.text_lists import category_of
from callsheet.results import (
    DiffResult,
    DriftResult,
    ExplainResult,
    HistoryResult,
    ListResult,
    PreviewResult,
    PromoteResult,
    RenderResult,
    SendResult,
    ShowResult,
    TestResult,
    UsageResult,
    ValidationResult,
    WorkspaceResult,
)

if TYPE_CHECKING:
    from callsheet.planning.writing_back import FieldWritten


def _validation(result: ValidationResult) -> dict[str, Any]:
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


def _diff(result: DiffResult) -> dict[str, Any]:
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
        "values": [_shared(one) for one in result.shared],
        "policies": [
            {"name": one.name, "change": one.words, "addresses": list(one.addresses)}
            for one in result.policies
        ],
        "summary": {**summary, "unchanged": 0},
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
    return {**record, "environments": list(one.environments), "addresses": list(one.addresses)}


def _drift(result: DriftResult) -> dict[str, Any]:
    return {
        "environment": result.environment,
        "drift": [drift_record(one) for one in result.drift],
        "unmanaged": list(result.unmanaged),
        **({"notes": list(result.notes)} if result.notes else {}),
        **({"fields": [_field_written(one) for one in result.fields]} if result.fields else {}),
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


def _apply(result: ApplyResult) -> dict[str, Any]:
    return {
        "environment": result.plan.environment,
        "serial": result.serial,
        "planDigest": result.plan.digest,
        "outcome": result.outcome,
        "steps": [_step(one) for one in result.steps],
        "summary": {one: result.count(one) for one in ("done", "failed", "skipped", "unknown")},
    }


def _step(one: StepResult) -> dict[str, Any]:
    return {
        "address": one.address,
        "action": one.action,
        "outcome": one.outcome,
        "error": one.error,
    }


def _history(result: HistoryResult) -> dict[str, Any]:
    return {
        "environment": result.environment,
        "lineage": result.lineage,
        "applies": [_record(one) for one in result.applies],
        **({} if result.objects is None else {"objects": dict(result.objects)}),
    }


def _record(one: ApplyRecord) -> dict[str, Any]:
    return {
        "serial": one.serial,
        "planDigest": one.plan_digest,
        "commit": one.commit,
        "dirty": one.dirty,
        "author": one.author,
        "startedAt": one.started_at,
        "finishedAt": one.finished_at,
        "outcome": one.outcome,
        "accepted": list(one.accepted),
        "why": one.provenance.reason,
        "approvers": list(one.provenance.approvers),
        "approvedPlanDigest": one.provenance.plan,
        "runUrl": one.provenance.run_url,
        "steps": [
            {
                "address": step.address,
                "action": step.action,
                "outcome": step.outcome,
                "error": step.error,
            }
            for step in one.steps
        ],
    }


def _list(result: ListResult) -> dict[str, Any]:
    actions = []
    for one in sorted(result.actions, key=lambda action: action.name):
        place = one.document.place(("metadata", "name"))
        actions.append(
            {
                "kind": one.kind,
                "name": one.name,
                "title": in_language(one.metadata.get("title"), result.language),
                "description": in_language(one.metadata.get("description"), result.language),
                "category": category_of(one),
                "channel": one.labels.get("channel"),
                "owner": one.owner,
                "labels": masked(one.labels),
                "environments": list(result.environments.get(one.name, ())),
                "parameters": list(one.parameters),
                "file": one.document.file,
                "line": place.line,
            }
        )
    return {"actions": actions}


def _show(result: ShowResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "environments": {
            name: {
                "digest": shown.digest,
                "revision": shown.revision,
                "appliedBy": shown.applied_by,
                "appliedAt": shown.applied_at,
                "action": shown.action,
            }
            for name, shown in result.environments.items()
        },
    }


def _render(result: RenderResult) -> dict[str, Any]:
    record: dict[str, Any] = {"environment": result.environment}
    if result.requests:
        record["requests"] = [_request(name, request) for name, request in result.requests]
    else:
        record |= _by_kind(result.actions)
    return record


def _by_kind(compiled: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """List compiled objects by their kind; an action does not say its own."""
    return {
        kind.plural: [one for one in compiled if one.get("kind", "Action") == kind.name]
        for kind in deployed_kinds().values()
    }


def _workspace(result: WorkspaceResult) -> dict[str, Any]:
    return {
        "environments": [
            {"environment": name, **_by_kind(actions)} for name, actions in result.environments.items()
        ]
    }


def _send(result: SendResult) -> dict[str, Any]:
    answer = result.answer
    return {
        "environment": result.environment,
        "request": _request(result.name, result.request),
        "outcome": answer.outcome,
        "status": answer.status,
        "reason": answer.reason,
        "seconds": round(answer.seconds, 3),
        "attempts": answer.attempts,
        "findings": list(result.findings),
        "body": answer.text,
    }


def _promote(result: PromoteResult) -> dict[str, Any]:
    return {
        "from": result.before,
        "to": result.after,
        "promotions": [
            {
                "address": one.address,
                "verdict": one.verdict,
                "typeIn": [{"field": field, "value": value} for field, value in one.type_in],
                "differences": list(one.differences),
            }
            for one in result.promotions
        ],
    }


def _usage(result: UsageResult) -> dict[str, Any]:
    return {
        "environment": result.environment,
        "takenAt": result.usage.taken_at or None,
        "actions": [
            {
                "address": address,
                "journeys": [
                    {
                        "name": one.journey,
                        "status": one.status,
                        "live": one.live,
                        "node": one.node,
                        "sure": one.sure,
                        "why": one.why,
                        "mappings": [dict(it) for it in one.mappings],
                    }
                    for one in uses
                ],
            }
            for address, uses in result.usage.uses.items()
        ],
    }


def _preview(result: PreviewResult) -> dict[str, Any]:
    return {
        "environment": result.environment,
        "name": result.name,
        "title": result.title,
        "channel": result.channel,
        "receiver": result.receiver,
        "languages": [
            {
                "language": one.language,
                "head": one.head,
                "fields": one.fields,
                "hints": list(result.hints.get(one.language, ())),
                "segments": _segments(one.fields["text"]) if result.channel == "sms" else None,
            }
            for one in result.texts
        ],
    }


def _segments(text: str) -> dict[str, Any]:
    from callsheet.messages.segments import segments_of

    found = segments_of(text)
    return {
        "encoding": found.encoding,
        "number": found.number,
        "used": found.used,
        "left": found.left,
    }


def _tests(result: TestResult) -> dict[str, Any]:
    failed = sum(one.outcome == "failed" for one in result.cases)
    return {
        "cases": [_case(one) for one in result.cases],
        "summary": {"passed": len(result.cases) - failed, "failed": failed},
    }


def _case(one: CaseResult) -> dict[str, Any]:
    return {
        "action": one.action,
        "environment": one.environment,
        "name": one.name,
        "generated": one.index is None,
        "outcome": one.outcome,
        "message": one.message,
        "mismatches": [
            {
                "path": pointer_of(it.path),
                **({} if it.expected is NOTHING else {"expected": it.expected}),
                **({} if it.actual is NOTHING else {"actual": it.actual}),
            }
            for it in one.mismatches
        ],
        "file": one.place[0] if one.place else None,
        "line": one.place[1] if one.place else None,
    }


def _request(name: str, request: Request) -> dict[str, Any]:
    record = {
        "name": name,
        "method": request.method,
        "url": request.url,
        "headers": request.headers,
    }
    return record if request.payload is NO_PAYLOAD else {**record, "payload": request.payload}


def _explain(result: ExplainResult) -> dict[str, Any]:
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


_RECORDS: dict[type, Callable[[Any], dict[str, Any]]] = {
    ValidationResult: _validation,
    Plan: plan_record,
    DiffResult: _diff,
    DriftResult: _drift,
    ApplyResult: _apply,
    HistoryResult: _history,
    ListResult: _list,
    ShowResult: _show,
    RenderResult: _render,
    SendResult: _send,
    PreviewResult: _preview,
    PromoteResult: _promote,
    UsageResult: _usage,
    TestResult: _tests,
    WorkspaceResult: _workspace,
    ExplainResult: _explain,
}


def _writer(record: Callable[[Any], dict[str, Any]]) -> Callable[[Any, Style], str]:
    def write(result: Any, style: Style) -> str:
        del style
        # Characters beyond ASCII are escaped: a document that any terminal and any locale can carry.
        return json.dumps(record(result), indent=2, sort_keys=False) + "\n"

    return write


JSON = Report("json", {kind: _writer(record) for kind, record in _RECORDS.items()})
