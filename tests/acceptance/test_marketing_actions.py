"""Marketing actions against the policy service of the account: plan, drift and `journeys check`."""

from __future__ import annotations

import json

import pytest

from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT, Do
from support.journeys import SEVEN, write
from support.workspaces import Callsheet, Folder

UNKNOWN = "Action/push: the account has no marketing action `emailTargetting` (did you mean `emailTargeting`?) (CS897)"


@pytest.fixture
def do(callsheet: Callsheet, empty: Folder, adobe: Adobe) -> Do:
    write(empty, push=SEVEN["push"] + "  marketingAction: emailTargetting\n", mail=SEVEN["mail"])
    empty.write("environments.yaml", ENVIRONMENT)
    adobe.marketing = {"core": ["emailTargeting", "analytics"], "custom": ["shop.push"]}
    return Do(callsheet, empty)


def named(do: Do, name: str) -> None:
    file = do.folder.path / "push.yaml"
    file.write_text(file.read_text().replace("emailTargetting", name))


def asked(adobe: Adobe) -> list[str]:
    return [one for one in adobe.calls if "dulepolicy" in one]


def test_a_plan_notes_what_the_account_does_not_have(do: Do, adobe: Adobe) -> None:
    assert f"Note: {UNKNOWN}" in " ".join(do("plan").out.split())
    for name in ("emailTargeting", "shop.push"):
        named(do, name)
        assert "marketing action" not in do("plan").out
        named(do, "emailTargetting") if name == "shop.push" else None
        file = do.folder.path / "push.yaml"
        file.write_text(file.read_text().replace(name, "emailTargetting"))


def test_nobody_is_asked_where_nothing_that_changes_has_one(do: Do, adobe: Adobe) -> None:
    file = do.folder.path / "push.yaml"
    file.write_text(file.read_text().replace("  marketingAction: emailTargetting\n", ""))
    assert do("plan").code == 0
    assert asked(adobe) == []


def test_what_was_applied_and_is_gone_is_noted_by_drift(do: Do, adobe: Adobe) -> None:
    named(do, "shop.push")
    pack = do.folder.path.parent / "pack"
    assert do.apply("--pack", str(pack)).code == 0
    assert do.callsheet("confirm", pack, "-C", do.folder.path).code == 0
    adobe.calls.clear()
    assert "marketing action" not in do("plan").out
    assert asked(adobe) == [], "nothing changes"
    assert "marketing action" not in do("drift").out
    adobe.marketing["custom"] = []
    out = " ".join(do("drift").out.split())
    assert "Note: Action/push: the account has no marketing action `shop.push` (CS897)" in out
    adobe.marketing_status = 403
    assert "whether the account has the marketing actions is not known" in " ".join(do("drift").out.split())


def test_a_check_of_journeys_finds_its_place(do: Do, adobe: Adobe) -> None:
    outcome = do("journeys", "check", "-o", "json")
    assert outcome.code == 1
    (found,) = [one for one in json.loads(outcome.out)["diagnostics"] if one["code"] == "CS897"]
    assert found["file"] == "push.yaml"
    assert found["source"].strip() == "marketingAction: emailTargetting"
    assert "did you mean `emailTargeting`" in found["message"]
    assert "CS897" not in do("journeys", "check", "mail").out
    adobe.marketing_status = 500
    outcome = do("journeys", "check")
    assert outcome.code == 0, "what could be checked before can be checked still"
    assert "the marketing actions is not known" in " ".join((outcome.out + outcome.err).split())


@pytest.mark.parametrize("status", [403, 418, 500])
def test_a_policy_service_that_cannot_be_read_is_a_note_of_the_plan(
    do: Do, adobe: Adobe, status: int
) -> None:
    adobe.marketing_status = status
    outcome = do("plan")
    assert outcome.code == 0, outcome.err
    assert "Note: whether the account has the marketing actions is not known: " in " ".join(
        outcome.out.split()
    )
