"""The way back: `rollback` to an earlier apply, `adopt` what is there, `forget` what is no longer ours."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from callsheet import Workspace
from support.workspaces import Callsheet, Folder

NAMES = ("adobe_io_event", "epsilon_message", "facebook_conversion", "firebase_push", "sendgrid_mail", "vonage_sms",
         "whatsapp_text", "shipped_email", "shipped_push", "shipped_sms")  # fmt: skip


def deployed(folder: Folder) -> dict[str, str]:
    return {address: one.digest for address, one in Workspace(folder.path).deployed("local").items()}


@pytest.fixture
def thrice(workspace: Folder, callsheet: Callsheet) -> Folder:
    """Give a workspace in which three plans were applied: created, changed and added, renamed and removed."""
    apply = ("apply", "-C", workspace.path, "--yes", "-q")
    for name in ("one", "two"):
        workspace.action(name)
    assert callsheet(*apply).code == 0
    workspace.action("one", constant="other")
    workspace.action("three")
    assert callsheet(*apply).code == 0
    workspace.action("one", constant="third")
    (workspace.path / "two.yaml").unlink()
    workspace.rename("three", "four")
    outcome = callsheet(*apply)
    assert outcome.code == 0, outcome.err
    return workspace


def test_rollback_is_a_plan_that_is_reviewed_and_applied(
    thrice: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    at = ("-C", thrice.path)
    now = deployed(thrice)
    shown = callsheet("rollback", "2", *at, "--out", tmp_path / "plan.json")
    assert shown.code == 0, shown.err
    assert deployed(thrice) == now
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert [(one["action"], one["address"]) for one in plan["changes"]] == [
        ("rename", "Action/three"), ("update", "Action/one"), ("create", "Action/two"),
    ]  # fmt: skip
    assert plan["why"] == "rollback to 2"
    assert callsheet("apply", tmp_path / "plan.json", *at, "-q").code == 0
    record = json.loads(callsheet("history", "show", "4", *at, "-o", "json").out)["applies"][0]
    assert (record["why"], len(record["steps"])) == ("rollback to 2", 3)
    # Behind it is exactly what was behind the second apply; the workspace still says otherwise, and is heard.
    assert callsheet("rollback", "2", *at).out.startswith("Nothing to do")
    assert callsheet("plan", *at, "--detailed-exitcode").code == 2
    # Forward again, to the third: the same bytes as before.
    assert callsheet("rollback", "3", *at, "--out", tmp_path / "again.json").code == 0
    assert callsheet("apply", tmp_path / "again.json", *at, "-q").code == 0
    assert deployed(thrice) == now
    assert callsheet("plan", *at).out.startswith("Nothing to do")


def test_a_rollback_is_guarded_and_refused_like_any_plan(
    thrice: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    at = ("-C", thrice.path)
    for wrong in ("4", "99"):
        assert callsheet("rollback", wrong, *at).err.startswith(
            f"error CS925: there is no apply {wrong} in local\n"
        )
    assert callsheet("rollback", "0", *at).code == 2
    callsheet("rollback", "1", *at, "--out", tmp_path / "plan.json")
    thrice.action("five")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert (
        "error CS914: the plan was made at serial 3, and the ledger is at 4"
        in callsheet("apply", tmp_path / "plan.json", *at).err
    )
    # What somebody changed by hand is not written over unasked.
    with sqlite3.connect(thrice.path / ".callsheet" / "local.db") as connection:
        connection.execute(
            "UPDATE registry_action SET compiled = replace(compiled, 'third', 'hand') WHERE name = 'one'"
        )
    connection.close()
    plan = callsheet("rollback", "1", *at, "--out", tmp_path / "drifted.json")
    assert "drift" in plan.out.lower()
    assert callsheet("apply", tmp_path / "drifted.json", *at).err.startswith(
        "error CS918: a guard refuses the plan\n"
    )


@pytest.mark.one_in(2)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_deployed_is_adopted_byte_for_byte(
    samples: Folder, callsheet: Callsheet, name: str
) -> None:
    at = ("-C", samples.path, "-e", "local")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    before = deployed(samples)
    (file,) = [one for one in samples.path.glob("*/*.yaml") if f"name: {name}\n" in one.read_text("utf-8")]
    file.unlink()
    if name == "vonage_sms":
        (samples.path / "messages" / "shipped_sms.yaml").unlink()
    if name == "firebase_push":
        (samples.path / "messages" / "shipped_push.yaml").unlink()
    for one in samples.path.glob("environments/*.yaml"):
        # An overlay of an action that is not there would be an error.
        text = one.read_text("utf-8")
        one.write_text(re.sub(r"(?s)  overlays:.*?(?=  target:)", "", text), "utf-8")
    outcome = callsheet("adopt", name, *at)
    if name == "adobe_io_event":
        assert outcome.err.startswith("error CS844: the payload comes from a template file")
        return
    assert outcome.code == 0, outcome.err
    kind = "Message" if name.startswith("shipped") else "Action"
    assert callsheet("validate", "-C", samples.path).code == 0
    compiled = Workspace(samples.path).compile().by_environment["local"][f"{kind}/{name}"]
    assert compiled.digest == before[f"{kind}/{name}"]
    assert callsheet("adopt", name, *at).err.startswith(f"error CS929: the workspace has `{name}` already")


def test_what_somebody_else_deployed_is_adopted_and_nothing_of_it_changes(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    at = ("-C", workspace.path)
    workspace.action("stranger")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    before = deployed(workspace)
    (workspace.path / "stranger.yaml").unlink()
    # Forgotten: it stays where it is, and is nobody's.
    assert callsheet("forget", "strangr", *at).err.startswith(
        "error CS925: callsheet deployed no `strangr` in local (did you mean `stranger`?)"
    )
    assert callsheet("forget", "example", *at).err.startswith(
        "error CS843: the workspace still deploys `example` in local"
    )
    assert callsheet("forget", "stranger", *at, "--out", tmp_path / "plan.json").code == 0
    assert callsheet("apply", tmp_path / "plan.json", *at, "-q").code == 0
    assert deployed(workspace) == before
    assert "Action/stranger" in callsheet("drift", *at).out
    assert (
        callsheet("plan", *at).out.startswith("Unmanaged") or "Nothing to do" in callsheet("plan", *at).out
    )
    assert callsheet("adopt", "strnger", *at).err.startswith(
        "error CS925: nothing of the name `strnger` is deployed in local (did you mean `stranger`?)"
    )
    assert callsheet("adopt", "stranger", *at).out.startswith(f"wrote {workspace.path}/stranger.yaml\n")
    plan = json.loads(callsheet("plan", *at, "-o", "json").out)
    assert [(one["action"], one["address"]) for one in plan["changes"]] == [("adopt", "Action/stranger")]
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert deployed(workspace) == before


def test_what_was_deployed_at_a_moment(workspace: Folder, callsheet: Callsheet) -> None:
    import jsonschema

    from callsheet import Workspace
    from callsheet.language.schema_check import schema

    at = ("-C", workspace.path)
    for day in (1, 2, 3):
        workspace.action("one", constant=f"d{day}")
        workspace.action(f"more0{day}")
        opened = Workspace(workspace.path, now=lambda day=day: datetime(2026, 11, day, 8, tzinfo=UTC))
        opened.apply(opened.plan())
    found = json.loads(callsheet("history", "--at", "2026-11-02T08:00Z", *at, "-o", "json").out)
    jsonschema.Draft202012Validator(schema("history")).validate(found)
    assert [one["serial"] for one in found["applies"]] == [2]
    assert set(found["objects"]) == {"Action/example", "Action/more01", "Action/more02", "Action/one"}
    earlier = callsheet("history", "--at", "2026-11-02T09:59+02:00", *at)
    assert "Deployed then: 3\n" in earlier.out
    # Without a zone it is UTC.
    assert "Deployed then: 5\n" in callsheet("history", "--at", "2026-11-04", *at).out
    assert callsheet("history", "--at", "2025-01-01", *at).err.startswith(
        "error CS925: nothing was applied in local by then\n"
    )
    assert "'yesterday' is not a time" in callsheet("history", "--at", "yesterday", *at).err


def test_an_action_is_rendered_as_a_revision_has_it(samples: Folder, callsheet: Callsheet) -> None:

    file = samples.path / "firebase" / "push.yaml"
    file.write_text(file.read_text("utf-8").replace("priority: HIGH", "priority: NORMAL"), "utf-8")
    at = ("render", "firebase_push", "-C", samples.path, "-e", "local")
    assert '"priority": "NORMAL"' in callsheet(*at).out
    assert '"priority": "HIGH"' in callsheet(*at, "--at", "HEAD").out
    given = ("--params", "installation_id=a", "--params", "title=b", "--params", "text=c")
    assert '"priority": "HIGH"' in callsheet(*at, "--at", "HEAD", *given).out
    assert callsheet(*at, "--at", "nowhere").err.startswith("error CS923")
