"""What a review groups, and what a plan says before apply does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet import Workspace
from support.workspaces import ENVIRONMENT, Callsheet, Folder

# -- one change, once ---------------------------------------------------------------------------

TWO = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  values: {{host: {name}.example.com}}
  target: {{type: sqlite, path: .callsheet/{name}.db}}
"""
PERSONAL = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: mail{number:02}, title: {{en: Mail, fr: Mail}}, owner: team-a, labels: {{channel: email}}}}
spec:
  request:
    method: POST
    url: https://{{{{ values.host }}}}/v1/send
    payload: {{to: "{{{{ params.email }}}}", fixed: {number}}}
  parameters:
    email: {{type: string, example: ada@example.com, sensitivity: email}}
"""


@pytest.fixture
def forty(empty: Folder) -> Folder:
    """Give forty actions in two environments, which send an address to a host of a value; committed."""
    for number in range(40):
        empty.write(f"mails/{number}.yaml", PERSONAL.format(number=number))
    for name in ("local", "staging"):
        empty.write(f"{name}.yaml", TWO.format(name=name))
    empty.commit("one")
    return empty


def test_one_deletion_is_one_change_with_its_environments(forty: Folder, callsheet: Callsheet) -> None:
    (forty.path / "mails" / "7.yaml").unlink()
    out = callsheet("diff", "-C", forty.path, "--base", "HEAD").out
    assert out.count("Action/mail07") == 1
    assert "- Action/mail07  [breaking]  owner team-a  in local, staging\n" in out
    assert out.endswith("1 change since HEAD.\n")
    found = json.loads(callsheet("diff", "-C", forty.path, "--base", "HEAD", "-o", "json").out)
    assert [one["environments"] for one in found["changes"]] == [["local", "staging"]]
    refused = callsheet("diff", "-C", forty.path, "--base", "HEAD", "--fail-on", "breaking")
    assert "the gate refuses 1 change that is breaking\n" in refused.err


def test_a_value_that_changes_forty_actions_is_told_once_everywhere(
    forty: Folder, callsheet: Callsheet
) -> None:
    text = (forty.path / "local.yaml").read_text("utf-8")
    forty.write("local.yaml", text.replace("local.example.com", "evil.example"))
    diff = ("diff", "-C", forty.path, "--base", "HEAD")
    text = callsheet(*diff).out
    assert (
        "personal data (`email`: email) newly leaves for evil.example (new-personal-data), 40 actions"
        in " ".join(text.split())
    )
    assert "host changed from local.example.com to evil.example (new-host), 40 actions" in " ".join(
        text.split()
    )
    assert len(text.splitlines()) < 20
    for name in ("markdown", "html"):
        page = callsheet(*diff, "-o", name).out
        assert page.count("evil.example</code>") < 8, name
        assert "and 37 more" in page
    # The JSON holds each of them, as before.
    assert len(json.loads(callsheet(*diff, "-o", "json").out)["dataFlows"]) == 40
    refused = callsheet(*diff, "--fail-on", "sensitive").err
    assert "the gate refuses 80 changes that are sensitive" in refused
    assert refused.count("\n") == 4
    assert "Action/mail00, Action/mail01, Action/mail02 and 37 more: host changed from " in refused


# -- a plan that apply would refuse -------------------------------------------------------------


@pytest.mark.parametrize(
    ("guards", "words", "way"),
    [
        ("maxUpdate: 10%, minimum: 1", "max-update: 1 of 1 would be updated; the limit is 10%", "--accept max-update"),
        ("requireAccept: [constant-changed]", "constant-changed: needs --accept constant-changed", "--accept constant-changed"),
    ],
)  # fmt: skip
def test_plan_fails_for_a_guard_where_it_is_asked_and_writes_its_file(
    guards: str, words: str, way: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.write("environments.yaml", ENVIRONMENT + f"  guards: {{{guards}}}\n")
    callsheet("apply", "-C", workspace.path, "--yes", "-q")
    workspace.action(constant="2")
    file = tmp_path / "plan.json"
    plan = ("plan", "-C", workspace.path, "--out", file)
    assert callsheet(*plan).code == 0, "a plan is shown as before where it is not asked"
    file.unlink()
    refused = callsheet(*plan, "--fail-on", "guard")
    assert refused.code == 1
    assert refused.err.startswith("error CS935: apply would refuse this plan for local\n")
    assert words in refused.err
    assert f"help: accept it if this is intended: {way}\n" in refused.err
    assert json.loads(file.read_text("utf-8"))["changes"]
    assert callsheet("apply", file, "-C", workspace.path, "--yes").code == 1, "apply refuses it too"
    accepted = callsheet(*plan, "--fail-on", "guard", "--fail-on", "breaking", *way.split())
    assert (accepted.code, accepted.err) == (0, "")
    assert callsheet("apply", file, "-C", workspace.path, "--yes").code == 0


def test_what_is_protected_has_another_way_out(workspace: Folder, callsheet: Callsheet) -> None:
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.write("example.yaml", text.replace("spec:\n", "spec:\n  lifecycle: {protect: true}\n", 1))
    workspace.write("other.yaml", text.replace("name: example", "name: other"))
    callsheet("apply", "-C", workspace.path, "--yes", "-q")
    (workspace.path / "example.yaml").unlink()
    refused = callsheet("plan", "-C", workspace.path, "--fail-on", "guard")
    assert refused.code == 1
    assert "  protect: 1 protected action would be deleted or replaced\n" in refused.err
    assert "--accept" not in refused.err


def test_diff_has_no_guards(workspace: Folder, callsheet: Callsheet) -> None:
    assert callsheet("diff", "-C", workspace.path, "--fail-on", "guard").code == 2


# -- an optional contract that is not there -----------------------------------------------------


def test_an_optional_contract_that_is_skipped_is_noted(workspace: Folder, callsheet: Callsheet) -> None:
    validate = ("validate", "-C", workspace.path)
    text = (workspace.path / "example.yaml").read_text("utf-8")
    assert "notes" not in json.loads(callsheet(*validate, "-o", "json").out)
    contract = (
        "  contract: {openapi: 'package:nobody_has_this/api.yaml', operation: send, optional: true}\n"
    )
    for name in ("example", "second"):
        workspace.write(f"{name}.yaml", text.replace("name: example", f"name: {name}") + contract)
    found = callsheet(*validate)
    assert found.code == 0
    (note,) = json.loads(callsheet(*validate, "-o", "json").out)["notes"]
    assert note == (
        "not checked against its optional contract: example, second"
        " (there is no package `nobody_has_this` for the contract)"
    )
    assert f"Note: {note}" in " ".join(found.out.split())
    assert found.out.endswith("Valid: 3 documents.\n")
    for name in ("markdown", "html"):
        assert "example, second" in callsheet(*validate, "-o", name).out


def test_an_optional_contract_can_be_required(workspace: Folder, callsheet: Callsheet) -> None:
    validate = ("validate", "-C", workspace.path)
    contract = (
        "  contract: {openapi: 'package:nobody_has_this/api.yaml', operation: send, optional: true}\n"
    )
    workspace.write("example.yaml", (workspace.path / "example.yaml").read_text("utf-8") + contract)
    assert callsheet(*validate).code == 0
    # Also after a run that noted it, whose verdicts are in the cache.
    found = callsheet(*validate, "--require-contracts")
    assert found.code == 1
    assert "error CS450\n  there is no package `nobody_has_this` for the contract" in found.out
    assert "Note:" not in found.out
    assert callsheet(*validate).code == 0
    assert Workspace(workspace.path, require_contracts=True).validate().errors
