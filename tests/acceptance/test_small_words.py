"""What every new user sees: options in either place, numbers that agree, help that fits the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from callsheet.importing.model import ImportFault
from support.workspaces import ACTION, Callsheet, Folder


def test_the_workspace_may_be_named_before_the_verb(workspace: Folder, callsheet: Callsheet) -> None:
    for line in (("-C", workspace.path, "validate"), ("validate", "-C", workspace.path)):
        assert callsheet(*line).out == "Valid: 2 documents.\n"
    # The one nearer to the verb counts.
    assert callsheet("-C", "nowhere", "validate", "-C", workspace.path).code == 0
    assert callsheet("-C", "nowhere", "validate").err.startswith("error CS927")


def test_an_action_without_own_cases_has_no_gap_in_its_line(
    workspace: Folder, callsheet: Callsheet
) -> None:
    out = callsheet("test", "-C", workspace.path).out
    assert "  " not in out.split("\n")[0]
    assert "example and" not in out


@pytest.mark.parametrize(("wanted", "words"), [("o", "2 of them match"), ("zzz", "none of them matches")])
def test_numbers_agree_with_their_verbs(wanted: str, words: str, tmp_path: Path) -> None:
    from callsheet.importing.files import read_file

    entries = [
        {"request": {"method": "POST", "url": f"https://a.example.com/{name}", "headers": []}}
        for name in ("one", "two")
    ]
    text = json.dumps({"log": {"version": "1.2", "entries": entries}})
    with pytest.raises(ImportFault, match=f"the file contains 2 requests, and {words}"):
        read_file(text, wanted)


def test_a_finding_of_a_template_file_s_payload_points_at_its_name(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = ACTION.format(name="example", constant="1")
    text = text.replace('payload: {title: "{{ params.title }}", fixed: 1}', "payloadFile: body.json.j2")
    workspace.write("example.yaml", text)
    workspace.write("body.json.j2", '{"fixed": 1}')
    workspace.write(
        "policies.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: two}\nspec:\n  message: Two\n"
        "  schema: {properties: {request: {properties: {payload: {properties: {fixed: {const: 2}}}}}}}\n",
    )
    outcome = callsheet("validate", "-C", workspace.path)
    assert "example.yaml:8:18: error CS701\n" in outcome.out, outcome.out
    assert "payloadFile: body.json.j2" in outcome.out


def test_a_secret_that_is_missing_is_set_where_the_command_runs(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_TOKEN", raising=False)
    text = ACTION.format(name="example", constant="1")
    workspace.write(
        "example.yaml", text + '  authentication: {type: bearer, token: {secret: "env:NO_SUCH_TOKEN"}}\n'
    )
    environments = (workspace.path / "environments.yaml").read_text()
    workspace.write("environments.yaml", environments + "  allowSend: true\n")
    outcome = callsheet("send", "example", "-C", workspace.path, "-p", "title=Hi", "--yes")
    assert outcome.err == (
        "error CS606: the environment variable NO_SUCH_TOKEN is not set\n"
        "help: set NO_SUCH_TOKEN where this command runs\n"
    )


def test_accepting_protect_is_answered(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("plan", "-C", workspace.path, "--accept", "protect")
    assert outcome.err == (
        "note: --accept protect has no effect: remove `protect` in a change of its own,"
        " apply it, and then delete\n"
    )


def test_a_template_where_a_secret_belongs_is_not_called_literal(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = ACTION.format(name="example", constant="1")
    workspace.write("example.yaml", text + '  authentication: {type: bearer, token: "{{ values.host }}"}\n')
    out = callsheet("validate", "-C", workspace.path).out
    assert "error CS601\n  `token` is a template, and must be a reference to a secret\n" in out


def test_an_anchor_of_an_earlier_document_is_not_asked_for_above(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write(
        "example.yaml",
        ACTION.format(name="example", constant="&one 1")
        + "---\n"
        + ACTION.format(name="two", constant="*one"),
    )
    out = " ".join(callsheet("validate", "-C", workspace.path).out.split())
    assert "define `&one` above it, in the same document" in out


def test_no_help_names_a_scheme_that_is_not_there(callsheet: Callsheet) -> None:
    for kind in ("action", "target", "message", "environment"):
        assert "vault:" not in callsheet("schema", kind).out
