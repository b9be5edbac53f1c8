"""What the audit log says of the screen: drift of what no API can read back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from callsheet import Workspace
from callsheet.language.schema_check import schema
from support.adobe import ORGANIZATION, Adobe
from support.adobe_workspace import ENVIRONMENT, Do
from support.journeys import SEVEN, write


@pytest.fixture
def confirmed(do: Do) -> Do:
    """Seven actions that were confirmed a moment ago, and no configuration of an endpoint."""
    do.folder.path.joinpath("shop.yaml").unlink()
    write(do.folder, **SEVEN)
    do.folder.write("environments.yaml", ENVIRONMENT)
    pack = str(do.folder.path.parent / "pack")
    assert do.apply("--pack", pack).code == 0
    assert do.callsheet("confirm", pack, "-C", do.folder.path).code == 0
    return do


def event(name: str, action: str = "Update", *, seconds: float = 5, **more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    return {
        "id": "e1", "assetType": "Journey custom action", "assetName": name, "action": action, "status": "Success",
        "userEmail": "ada@example.com", "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.%f+0000"), **more,
    }  # fmt: skip


def test_a_change_on_the_screen_after_it_was_confirmed_is_drift(confirmed: Do, adobe: Adobe) -> None:
    assert confirmed("drift", "--detailed-exitcode").code == 0
    adobe.events = [
        event("mail", "Delete", seconds=9),
        event("push"),
        event("push", seconds=-900),
        event("another"),
    ]
    outcome = confirmed("drift", "--detailed-exitcode")
    assert outcome.code == 2
    lines = outcome.out.splitlines()
    assert lines[0] == "Changed on the screen after it was confirmed"
    assert lines[1].startswith("  ! Action/push was updated by ada@example.com on 20")
    assert lines[1].endswith("Z, after apply 1")
    assert lines[2].startswith("  ! Action/mail was deleted by ada@example.com on 20")
    assert lines[-1] == "2 objects changed on the screen in journeys."
    record = json.loads(confirmed("drift", "-o", "json").out)
    Draft202012Validator(schema("drift")).validate(record)
    assert [(one["address"], one["verb"], one["serial"]) for one in record["screen"]] == [
        ("Action/push", "updated", 1), ("Action/mail", "deleted", 1),
    ]  # fmt: skip
    for form in ("markdown", "html"):
        assert "was deleted by ada" in confirmed("drift", "-o", form).out
    assert confirmed("drift", "-o", "github").out.count("::warning title=drift::") == 2


def test_what_did_not_happen_or_is_about_something_else_is_left_out(confirmed: Do, adobe: Adobe) -> None:
    adobe.events = [
        event("push", **more)
        for more in (
            {"status": "Deny"}, {"status": "Failure"}, {"assetType": "Dataset"}, {"action": "Enable"},
            {"assetName": None}, {"assetType": "Marketing action"}, {"assetType": "Transaction rule"},
            {"sandboxName": "dev"}, {"imsOrgId": "another@AdobeOrg"}, {"timestamp": 1_700_000_000_000},
        )
    ]  # fmt: skip
    assert confirmed("drift", "--detailed-exitcode").out == "No drift in journeys.\n"


def test_a_change_is_one_however_the_log_writes_it(confirmed: Do, adobe: Adobe) -> None:
    soon = int(time.time() + 600)
    adobe.events = [
        event("push", **more)
        for more in (
            {"timestamp": soon * 1000}, {"timestamp": str(soon * 1000)}, {"timestamp": soon}, {"status": None},
            {"status": "Allow"}, {"assetType": "CUSTOM_ACTION"}, {"sandboxName": "prod", "imsOrgId": ORGANIZATION},
        )
    ]  # fmt: skip
    assert confirmed("drift").out.count("Action/push was updated by") == 7


def test_what_the_log_says_and_cannot_be_read_is_a_note(confirmed: Do, adobe: Adobe) -> None:
    for more in (
        {"timestamp": "yesterday"},
        {"timestamp": None},
        {"status": "Pending"},
        {"assetType": None},
    ):
        adobe.events = [event("push", **more), event("another", **more)]
        outcome = confirmed("drift")
        assert outcome.out.startswith("Note: the audit log says something of push that cannot be read (")
    assert json.loads(confirmed("drift", "-o", "json").out)["notes"]
    assert "cannot be read" in confirmed("drift", "-o", "markdown").out
    assert "::notice title=drift::the audit log" in confirmed("drift", "-o", "github").out


def test_the_log_is_read_to_its_end_whatever_its_list_is_called(confirmed: Do, adobe: Adobe) -> None:
    adobe.events = [*[event("another")] * 230, event("push")]
    adobe.events_name = "events"
    adobe.calls.clear()
    assert "Action/push was updated" in confirmed("drift").out
    assert sum(one.startswith("GET /data/foundation/audit/events") for one in adobe.calls) == 3
    adobe.events = [event("push")]
    changed, unknown = "Action/push was updated", "Note: changes on the screen are not known: "
    shapes: list[tuple[Callable[[Any], Any], str]] = [
        (lambda found: {"results": found}, changed),
        (lambda found: {"_embedded": {"auditEvents": found}}, changed),
        (lambda found: {"page": {}, "_links": {"next": []}} if found else {}, "No drift in journeys."),
        (lambda found: {"_embedded": {"events": {"a": found}}}, unknown),
        (lambda found: {"a": found, "b": found}, unknown),
        (lambda found: {"results": ["x"] if found else []}, unknown),
    ]
    for shape, words in shapes:
        adobe.events_shape = shape
        assert words in confirmed("drift").out


def test_a_log_that_is_cut_at_its_last_records_is_a_note(
    confirmed: Do, adobe: Adobe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callsheet.targets.journey_optimizer.audit.MOST", 200)
    adobe.events = [event("another")] * 200
    assert "Note: the audit log shows its last " in confirmed("drift").out


def test_what_is_confirmed_again_is_no_longer_drift(confirmed: Do, adobe: Adobe) -> None:
    adobe.events = [event("push", seconds=0), event("mail", seconds=0)]
    assert confirmed("drift", "--detailed-exitcode").out.count("was updated by") == 2
    pack = str(confirmed.folder.path.parent / "pack")
    answer = confirmed.folder.path.parent / "answer.json"
    answer.write_text('{"id": "m2", "accepted": true}')
    time.sleep(1)  # a record keeps whole seconds
    for number, more in ((2, ("mail",)), (3, ("push", "--response", str(answer)))):
        outcome = confirmed.callsheet("confirm", pack, *more, "-C", confirmed.folder.path)
        assert outcome.code == 0, outcome.err
        assert outcome.out.endswith(f"Apply {number} in journeys: 1 done.\n")
    assert confirmed("drift", "--detailed-exitcode").out == "No drift in journeys.\n"
    assert confirmed("plan", "--detailed-exitcode").code == 0
    # A later change is drift again, after the later confirmation.
    adobe.events.append(event("push", seconds=9))
    assert confirmed("drift").out.splitlines()[1].endswith(", after apply 3")


def test_a_log_that_may_not_be_read_is_a_note(confirmed: Do, adobe: Adobe) -> None:
    adobe.audited = False
    outcome = confirmed("drift", "--detailed-exitcode")
    assert outcome.code == 0
    assert outcome.out.startswith("Note: changes on the screen are not known: ")


def test_what_is_older_than_the_log_is_said(confirmed: Do, adobe: Adobe) -> None:
    adobe.events = [event("push", seconds=100 * 86_400)]
    later = datetime.now(UTC) + timedelta(days=120)
    found = Workspace(confirmed.folder.path, now=lambda: later).drift("journeys")
    assert [one.address for one in found.screen] == ["Action/push"]
    assert found.notes[0].startswith(
        "the audit log reaches back 90 days: earlier changes on the screen are not known of "
    )
