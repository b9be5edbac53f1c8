"""What would be called, and what came of it → JSON: actions, requests, answers, messages, test cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from callsheet.calling.cases import CaseResult
from callsheet.calling.model import NO_PAYLOAD, Request
from callsheet.compiling.origins import FieldOrigin
from callsheet.documents import pointer_of
from callsheet.language.difference import NOTHING
from callsheet.language.kinds import deployed_kinds
from callsheet.language.masking import masked
from callsheet.results import (
    PreviewResult,
    RenderResult,
    SendResult,
    TestResult,
    WorkspaceResult,
)


def render_record(result: RenderResult) -> dict[str, Any]:
    """Return compiled actions, or the requests that they make."""
    record: dict[str, Any] = {"environment": result.environment}
    if result.requests:
        record["requests"] = [_request(name, request) for name, request in result.requests]
    else:
        record |= _by_kind(result.actions)
    if result.origins:
        record["fields"] = {name: [_origin(one) for one in some] for name, some in result.origins.items()}
    return record


def _origin(one: FieldOrigin) -> dict[str, Any]:
    file, line, column = one.place
    record = {
        "path": pointer_of(one.path), "value": masked(one.value, one.judged), "document": one.document,
        "file": file, "line": line, "column": column,
    }  # fmt: skip
    if one.row is not None:
        record["row"] = {"file": one.row[0], "line": one.row[1]}
    if one.also is not None:
        record["also"] = {"file": one.also[0], "line": one.also[1]}
    return record


def _by_kind(compiled: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        kind.plural: [one for one in compiled if one.get("kind", "Action") == kind.name]
        for kind in deployed_kinds().values()
    }


def workspace_record(result: WorkspaceResult) -> dict[str, Any]:
    """Return every compiled action, by environment."""
    return {
        "environments": [
            {"environment": name, **_by_kind(actions)} for name, actions in result.environments.items()
        ]
    }


def send_record(result: SendResult) -> dict[str, Any]:
    """Return a request, and what came back."""
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


def preview_record(result: PreviewResult) -> dict[str, Any]:
    """Return a message in its languages."""
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


def tests_record(result: TestResult) -> dict[str, Any]:
    """Return the test cases, and how many passed."""
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
            for it in one.shown_mismatches
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
