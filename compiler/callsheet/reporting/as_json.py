"""Results → one JSON document each, by the schemas of `schemas/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from callsheet.deploying.executor import ApplyResult
from callsheet.importing import Adoption, Extraction
from callsheet.language import Definition, in_language
from callsheet.language.masking import masked
from callsheet.ledger import ApplyRecord, SettledStep
from callsheet.planning.model import Plan
from callsheet.planning.planfile import plan_record
from callsheet.reporting.certificates import certificates_record
from callsheet.reporting.files import adoption_record, extraction_record
from callsheet.reporting.history import masked_history
from callsheet.reporting.journey import journey_record
from callsheet.reporting.json_calls import (
    preview_record,
    render_record,
    send_record,
    tests_record,
    workspace_record,
)
from callsheet.reporting.json_review import diff_record, drifted_record, explain_record, validation_record
from callsheet.reporting.metrics import figures_record, metrics_record
from callsheet.reporting.model import Report, Style
from callsheet.reporting.text_lists import category_of
from callsheet.results import (
    CertificateResult,
    DiffResult,
    DriftResult,
    ExplainResult,
    HistoryResult,
    JourneyResult,
    ListResult,
    MetricsResult,
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
    from callsheet.targets.model import Evidence


def _plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as its file has it, with the figures beside it, which no file has."""
    if plan.figures is None:
        return plan_record(plan)
    changes = [{"address": at, **figures_record(one)} for at, one in plan.figures.by_address.items()]
    missing = {"missing": plan.figures.missing} if plan.figures.missing else {}
    return {**plan_record(plan), "figures": {"source": plan.figures.source, "changes": changes, **missing}}


def _apply(result: ApplyResult) -> dict[str, Any]:
    return {
        "environment": result.plan.environment,
        "serial": result.serial,
        "planDigest": result.plan.digest,
        "outcome": result.outcome,
        "steps": [_step(one) for one in result.steps],
        "summary": {one: result.count(one) for one in ("done", "failed", "skipped", "unknown")},
    }


def _step(one: SettledStep) -> dict[str, Any]:
    return {
        "address": one.address,
        "action": one.action,
        "outcome": one.outcome,
        "error": one.error,
    }


def _history(result: HistoryResult) -> dict[str, Any]:
    result = masked_history(result)
    return {
        "environment": result.environment,
        "lineage": result.lineage,
        "applies": [_record(one, result.evidence) for one in result.applies],
        **({} if result.objects is None else {"objects": dict(result.objects)}),
    }


def _evidence(serial: int, address: str, kept: Sequence[Evidence]) -> dict[str, Any]:
    """Return the answers to the test request of a step, as a member of its record; none without any."""
    found = [
        {
            "answer": json.loads(one.answer),
            "answerDigest": one.answer_digest,
            "confirmedDigest": one.digest,
            "keptBy": one.kept_by,
            "keptAt": one.kept_at,
        }
        for one in kept
        if (one.serial, one.address) == (serial, address)
    ]
    return {"evidence": found} if found else {}


def _record(one: ApplyRecord, kept: Sequence[Evidence] = ()) -> dict[str, Any]:
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
                **_evidence(one.serial, step.address, kept),
            }
            for step in one.steps
        ],
    }


def _list(result: ListResult) -> dict[str, Any]:
    actions = []
    for one in sorted(result.actions, key=lambda action: action.name):
        file, line = _place(one)
        # A workspace with errors is listed, too: what should be a reference is hidden.
        texts = masked(
            {
                "title": in_language(one.metadata.get("title"), result.language),
                "description": in_language(one.metadata.get("description"), result.language),
                "category": category_of(one),
                "channel": one.labels.get("channel"),
                "owner": one.owner,
                "labels": one.labels,
                "environments": list(result.environments.get(one.name, ())),
                "parameters": list(one.parameters),
            }
        )
        actions.append({"kind": one.kind, "name": one.name, **texts, "file": file, "line": line})
    return {"actions": actions}


def _place(one: Definition) -> tuple[str, int]:
    """Return where a definition is named: of a row of a set, the row."""
    if one.origin.row is not None:
        return one.origin.place[:2]
    return one.document.file, one.document.place(("metadata", "name")).line


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


_RECORDS: dict[type, Callable[[Any], dict[str, Any]]] = {
    ValidationResult: validation_record,
    Plan: _plan,
    DiffResult: diff_record,
    DriftResult: drifted_record,
    ApplyResult: _apply,
    HistoryResult: _history,
    ListResult: _list,
    ShowResult: _show,
    RenderResult: render_record,
    SendResult: send_record,
    PreviewResult: preview_record,
    PromoteResult: _promote,
    JourneyResult: journey_record,
    CertificateResult: certificates_record,
    MetricsResult: metrics_record,
    UsageResult: _usage,
    TestResult: tests_record,
    WorkspaceResult: workspace_record,
    ExplainResult: explain_record,
    Adoption: adoption_record,
    Extraction: extraction_record,
}


def _writer(record: Callable[[Any], dict[str, Any]]) -> Callable[[Any, Style], str]:
    def write(result: Any, style: Style) -> str:
        del style
        # Characters beyond ASCII are escaped: a document that any terminal and any locale can carry.
        return json.dumps(record(result), indent=2, sort_keys=False) + "\n"

    return write


JSON = Report("json", {kind: _writer(record) for kind, record in _RECORDS.items()})
