"""Severities, comments and accepted findings: what can be silenced, and what never can."""

from __future__ import annotations

import pytest

from callsheet.language.catalog import RULES
from support.workspaces import Callsheet, Folder

HTTP = "https://api.example.com"


def plain_http(folder: Folder, comment: str = "", before: str = "") -> None:
    path = folder.action()
    text = path.read_text().replace(
        f"    url: {HTTP}/v1/send", f"{before}    url: http://api.example.com/v1/send{comment}"
    )
    path.write_text(text)


def settings(folder: Folder, spec: str) -> None:
    folder.write(
        "callsheet.yaml",
        f"apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {{name: w}}\nspec:\n{spec}\n",
    )


def codes(folder: Folder, callsheet: Callsheet) -> list[tuple[str, str]]:
    import json

    found = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)["diagnostics"]
    return [(one["code"], one["severity"]) for one in found]


def test_a_finding_is_silenced_on_its_line_or_from_the_line_above(
    workspace: Folder, callsheet: Callsheet
) -> None:
    plain_http(workspace)
    assert codes(workspace, callsheet) == [("CS407", "warning")]
    plain_http(workspace, "  # callsheet: ignore CS407 no TLS there until March")
    assert codes(workspace, callsheet) == []
    plain_http(
        workspace, before="    # callsheet: ignore CS407 no TLS there until March\n    # nor later\n\n"
    )
    assert codes(workspace, callsheet) == []
    plain_http(workspace, "  # callsheet: ignore CS401 another one")
    assert codes(workspace, callsheet) == [("CS407", "warning"), ("CS313", "warning")]
    plain_http(workspace, "  # callsheet: ignore CS407 x")
    assert codes(workspace, callsheet) == [("CS407", "warning"), ("CS314", "error")]


def test_the_workspace_changes_severities(workspace: Folder, callsheet: Callsheet) -> None:
    plain_http(workspace)
    settings(workspace, "  severity: {CS407: error}")
    assert codes(workspace, callsheet) == [("CS407", "error")]
    settings(workspace, '  severity: {CS407: "off"}')
    assert codes(workspace, callsheet) == []
    settings(workspace, '  severity: {CS502: "off", CS601: "off", CS120: warning}')
    workspace.action("bad", constant='"{{ values.nowhere }}"')
    assert ("CS502", "error") in codes(workspace, callsheet)


def test_a_finding_is_accepted_for_a_file_with_a_reason(workspace: Folder, callsheet: Callsheet) -> None:
    plain_http(workspace)
    settings(workspace, '  ignore: [{code: CS407, file: "exam*.yaml", reason: legacy endpoint}]')
    assert codes(workspace, callsheet) == []
    settings(workspace, "  ignore: [{code: CS407, file: other.yaml, reason: legacy endpoint}]")
    assert codes(workspace, callsheet) == [("CS407", "warning")]


def test_a_pattern_of_credentials_that_is_wrong_is_accepted_in_the_settings_only(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.action(constant="AKIAIOSFODNN7EXAMPLE")
    assert codes(workspace, callsheet) == [("CS601", "error")]
    settings(
        workspace, "  ignore: [{code: CS601, file: example.yaml, reason: the example of the documentation}]"
    )
    assert codes(workspace, callsheet) == []


def test_settings_in_another_file_do_not_count(workspace: Folder, callsheet: Callsheet) -> None:
    plain_http(workspace)
    settings(workspace, '  severity: {CS407: "off"}')
    (workspace.path / "callsheet.yaml").rename(workspace.path / "hidden.yaml")
    assert codes(workspace, callsheet) == [("CS407", "warning"), ("CS319", "error")]


NEEDED = [code for code in sorted(RULES) if code.startswith("CS5") and RULES[code].severity == "error"]


@pytest.mark.parametrize("code", [*NEEDED, "CS301", "CS306", "CS406", "CS701", "CS110", "CS203"])
def test_what_keeps_an_action_from_compiling_cannot_be_silenced(code: str) -> None:
    assert not RULES[code].adjustable


def test_an_action_that_did_not_compile_is_never_deleted(workspace: Folder, callsheet: Callsheet) -> None:
    callsheet("apply", "-C", workspace.path, "--yes")
    workspace.action(constant='"{{ values.nowhere }}"')
    settings(
        workspace, '  severity: {CS502: "off"}\n  ignore: [{code: CS502, file: "*", reason: trying hard}]'
    )
    for verb in ("plan", "apply"):
        outcome = callsheet(verb, "-C", workspace.path)
        assert (outcome.code, outcome.out) == (1, "")
        assert "CS502" in outcome.err
    from callsheet import Workspace

    compiled = Workspace(workspace.path).compile()
    assert compiled.incomplete == ["local: Action/example"]
    compiled.diagnostics = []
    from callsheet import InvalidWorkspaceError
    from callsheet.compiling.selecting import refuse_invalid

    with pytest.raises(InvalidWorkspaceError):
        refuse_invalid(compiled)
