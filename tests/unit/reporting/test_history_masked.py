"""`history` shows no credential that somebody wrote into the ledger."""

from __future__ import annotations

import pytest

from callsheet.ledger import ApplyRecord, Provenance, SettledStep
from callsheet.reporting import report
from callsheet.reporting.model import Style
from callsheet.results import HistoryResult

CANARY = "sk_live_c4n4ryc4n4ryc4n4ry12345678"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
DIGEST = "sha256:" + "0123456789abcdef" * 4


def _apply(text: str, commit: str) -> ApplyRecord:
    return ApplyRecord(
        serial=1,
        plan_digest=DIGEST,
        environment="staging",
        commit=commit,
        dirty=False,
        author=text,
        started_at="2026-11-28T03:17:21Z",
        finished_at="2026-11-28T03:17:22Z",
        outcome="failed",
        accepted=(text,),
        provenance=Provenance(plan=DIGEST, approvers=(text,), run_url=text, reason=text),
        steps=(SettledStep(1, "create", "Action/a", "", None, None, None, "", "failed", text),),
    )


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.parametrize("detailed", [True, False])
def test_a_credential_in_the_ledger_is_not_shown(output: str, detailed: bool) -> None:
    found = HistoryResult(
        environment="staging", lineage=None, applies=[_apply(CANARY, CANARY)], detailed=detailed
    )
    shown = report(output).write(found, Style())
    assert "c4n4ry" not in shown
    assert "(hidden)" in shown


@pytest.mark.parametrize("output", ["text", "json"])
def test_what_is_no_credential_is_shown(output: str) -> None:
    found = HistoryResult(
        environment="staging", lineage=None, applies=[_apply("ada@example.com", COMMIT)], detailed=True
    )
    shown = report(output).write(found, Style())
    assert "ada@example.com" in shown
    assert COMMIT[:12] in shown
    assert DIGEST in shown
