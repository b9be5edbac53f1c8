"""`channel` and `marketingAction`: what a custom action requires of a profile's consent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from callsheet.planning.field_changes import differences
from callsheet.targets.journey_optimizer.frozen import frozen_by_relay, frozen_fields
from callsheet.targets.journey_optimizer.lowering import relay_call
from support.journeys import ENVIRONMENT, SEVEN, write
from support.workspaces import Callsheet, Folder


@pytest.fixture
def seven(empty: Folder) -> Folder:
    write(empty, **SEVEN)
    return empty


def requires(folder: Folder, name: str, fields: str) -> None:
    text = (folder.path / f"{name}.yaml").read_text("utf-8")
    folder.write(f"{name}.yaml", text.replace("spec:\n", f"spec:\n  {fields}\n", 1))


def found(callsheet: Callsheet, folder: Folder) -> list[tuple[str, str, str]]:
    record = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)
    return [(one["code"], one["file"], one["message"]) for one in record["diagnostics"]]


@pytest.mark.parametrize(
    ("options", "section", "values"),
    [
        ("", "Action", [("Channel", "Push notification"), ("Required marketing action", "pushTargeting")]),
        (", language: fr", "Action", [("Canal", "Notification push"), ("Action marketing requise", "pushTargeting")]),
        (", flavor: journey-orchestration", "Action", []),
    ],
)  # fmt: skip
def test_the_pack_says_what_is_chosen(
    seven: Folder, callsheet: Callsheet, tmp_path: Path, options: str, section: str, values: list[Any]
) -> None:
    requires(seven, "push", "channel: push\n  marketingAction: pushTargeting")
    seven.write("environments.yaml", ENVIRONMENT.replace("sandbox: prod", f"sandbox: prod{options}"))
    for name in ("lookup", "products"):
        seven.remove(name)
    pack = tmp_path / "pack"
    outcome = callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", pack)
    assert outcome.code == 0, outcome.err
    steps = json.loads((pack / "pack.json").read_text("utf-8"))["steps"]
    (push,) = [one for one in steps if one["address"] == "Action/push"]
    shown = [(one["name"], one["value"]) for one in push["fields"] if one["section"] == section]
    assert [one for one in shown if one[0] not in ("Name", "Nom", "Description")] == values


def test_where_one_action_asks_for_consent_the_others_that_send_personal_data_should(
    seven: Folder, callsheet: Callsheet
) -> None:
    assert found(callsheet, seven) == []
    requires(seven, "push", "marketingAction: pushTargeting")
    assert {(code, file) for code, file, _ in found(callsheet, seven)} == {
        ("CS862", "loyalty.yaml"), ("CS862", "mail.yaml"), ("CS862", "sms.yaml"),
    }  # fmt: skip
    assert any("`email` is personal data" in message for _, _, message in found(callsheet, seven))
    requires(seven, "mail", "marketingAction: emailTargeting")
    requires(seven, "sms", "marketingAction: smsTargeting")
    requires(seven, "loyalty", "marketingAction: loyalty")
    assert found(callsheet, seven) == []


def test_one_vendor_has_one_marketing_action(seven: Folder, callsheet: Callsheet) -> None:
    for name, required in (("push", "one"), ("mail", "two"), ("sms", "two"), ("loyalty", "two")):
        requires(seven, name, f"marketingAction: {required}")
    text = (seven.path / "mail.yaml").read_text("utf-8")
    seven.write("mail.yaml", text.replace("mail.example.com", "push.example.com"))
    assert [(code, file) for code, file, _ in found(callsheet, seven)] == [("CS863", "push.yaml")]


COMPILED: dict[str, Any] = {
    "name": "push",
    "request": {"method": "POST", "url": "https://push.example.com/v1"},
    "authentication": {"type": "none"},
}


def test_another_consent_is_sensitive_and_frozen_once_a_journey_uses_the_action() -> None:
    asked = {**COMPILED, "marketingAction": "a"}
    for before, after, reason in (
        (COMPILED, asked, "marketing-action-added"),
        (asked, COMPILED, "marketing-action-removed"),
        (asked, {**COMPILED, "marketingAction": "b"}, "marketing-action-changed"),
    ):
        (one,) = differences(before, after)
        assert (one.reason, one.impact) == (reason, "sensitive")
        assert frozen_fields([one])
        assert frozen_by_relay([one])
    (one,) = differences(COMPILED, {**COMPILED, "channel": "sms"})
    assert (one.reason, one.impact) == ("channel-changed", "compatible")


def test_an_action_with_a_channel_is_an_action_also_where_it_is_deleted(
    seven: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    requires(seven, "push", "channel: push")
    assert callsheet("apply", "-C", seven.path, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    assert callsheet("confirm", tmp_path / "pack", "-C", seven.path).code == 0
    seven.remove("push")
    assert "action deleted" in callsheet("plan", "-C", seven.path).out


def test_the_relay_s_custom_action_requires_the_same() -> None:
    relay = {"url": "https://relay.example.com", "key": {"secret": "env:KEY"}}
    call = relay_call({**COMPILED, "channel": "sms", "marketingAction": "a", "relay": relay})
    assert (call["channel"], call["marketingAction"]) == ("sms", "a")
