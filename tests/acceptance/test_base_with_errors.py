"""A base that has errors of its own does not keep the fix of them from being reviewed."""

from __future__ import annotations

from support.workspaces import Callsheet, Folder

POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: described}
spec: {message: Every action has a description, schema: {required: [description]}}
"""


def test_a_fix_of_what_is_wrong_with_the_base_is_compared(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("policies.yaml", POLICY)
    base = workspace.commit("an action without a description")
    assert callsheet("validate", "-C", workspace.path).code == 1
    text = (workspace.path / "example.yaml").read_text()
    workspace.write(
        "example.yaml", text.replace("owner: team-a", "owner: team-a, description: says what it is for")
    )
    outcome = callsheet("diff", "--base", base, "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert "description added (description-changed)" in outcome.out


def test_what_does_not_compile_in_the_base_cannot_be_compared(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = (workspace.path / "example.yaml").read_text()
    workspace.write("example.yaml", text.replace("params.title", "params.titel"))
    base = workspace.commit("a broken action")
    workspace.write("example.yaml", text)
    outcome = callsheet("diff", "--base", base, "-C", workspace.path)
    assert outcome.code == 1
    assert "error CS924" in outcome.err
