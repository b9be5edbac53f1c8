"""An option that names what is not there says so, with what may be meant: nothing is silently left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet import CallsheetError, Workspace
from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACCEPT = {
    "max-udpate": "there is nothing to accept by the name `max-udpate` (did you mean `max-update`?)",
    "drifted": "there is nothing to accept by the name `drifted` (did you mean `drift`?)",
    "braking": "there is nothing to accept by the name `braking` (did you mean `breaking`?)",
    "new-hosts": "there is nothing to accept by the name `new-hosts` (did you mean `new-host`?)",
    "zzz": "there is nothing to accept by the name `zzz`",
    "": "there is nothing to accept by the name ``",
}


@pytest.mark.parametrize("word", ACCEPT)
def test_what_no_plan_can_contain_is_not_accepted(
    word: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    at = ("-C", workspace.path)
    plan = tmp_path / "plan.json"
    assert callsheet("plan", "-q", "--out", plan, *at).code == 0
    for verb in (("plan",), ("apply", "--yes"), ("apply", plan), ("diff",)):
        outcome = callsheet(*verb, "--accept", "drift", "--accept", word, *at)
        assert (verb, outcome.code, outcome.out) == (verb, 1, "")
        assert outcome.err.startswith(f"error CS351: {ACCEPT[word]}\n")
    assert not workspace.database.exists()
    assert callsheet("apply", "--yes", "-q", *at).code == 0
    assert callsheet("rollback", "1", "--accept", word, *at).err.startswith("error CS351: ")
    opened = Workspace(workspace.path)
    with pytest.raises(CallsheetError, match="nothing to accept"):
        opened.apply(opened.plan("local"), accept=word)


def test_a_guard_of_what_no_change_has_is_found_where_it_is_written(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("environments.yaml", ENVIRONMENT + "  guards: {requireAccept: [braking, max-delete]}\n")
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert "environments.yaml:7:28: error CS352\n" in outcome.out
    assert "no change has the reason or the impact `braking` (did you mean `breaking`?)" in outcome.out
    assert "environments.yaml:7:37: error CS352\n" in outcome.out


def test_a_plan_of_another_form_leads_to_the_version_that_wrote_it(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    assert callsheet("plan", "-q", "--out", plan, "-C", workspace.path).code == 0
    plan.write_text(plan.read_text().replace('"drift"', '"later": {}, "drift"', 1))
    outcome = callsheet("apply", plan, "-C", workspace.path)
    assert outcome.code == 1
    assert "error CS910: " in outcome.err
    assert "help: apply it with the callsheet that wrote it, if that is a newer one, or create a new one" in outcome.err  # fmt: skip
