"""Policies: what they select, how they weigh by environment, and exceptions until a day."""

from __future__ import annotations

from support.workspaces import Callsheet, Folder

POLICY = """\
apiVersion: callsheet/v1
kind: Policy
metadata: {name: described}
spec:
  select: {channel: [push, sms]}
  message: Every action has a description
  schema: {required: [description]}
"""


def test_a_policy_selects_by_channel(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.write("policies.yaml", POLICY)
    assert (
        "policy `described`: Every action has a description"
        in callsheet("validate", "-C", workspace.path).out
    )
    workspace.write("policies.yaml", POLICY.replace("[push, sms]", "email"))
    assert "error CS7" not in callsheet("validate", "-C", workspace.path).out


def test_an_exception_holds_until_its_day_and_the_policy_counts_again_behind_it(
    workspace: Folder, callsheet: Callsheet
) -> None:
    entry = '  exceptions: [{action: example, reason: moving house, until: "%s"}]\n'
    workspace.write("policies.yaml", POLICY + entry % "2999-12-31")
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 3 documents.\n"
    workspace.write("policies.yaml", POLICY + entry % "2020-12-31")
    out = callsheet("validate", "-C", workspace.path).out
    assert "Every action has a description (its exception expired on 2020-12-31)" in " ".join(out.split())
    assert "warning CS704\n  the exception for `example` expired on 2020-12-31" in out
    workspace.write("policies.yaml", POLICY + entry.replace("reason: moving house, ", "") % "2999-12-31")
    assert "error CS204" in callsheet("validate", "-C", workspace.path).out
    workspace.write("policies.yaml", POLICY + (entry % "2999-12-31").replace("example", "exampel"))
    assert "warning CS705" in callsheet("validate", "-C", workspace.path).out


def test_a_policy_may_weigh_differently_by_environment(workspace: Folder, callsheet: Callsheet) -> None:
    environment = (workspace.path / "environments.yaml").read_text()
    workspace.write("production.yaml", environment.replace("local", "production"))
    for severities, code, words in [
        ("{local: warning}", 1, "1 error, 0 warnings"),
        ("{local: warning, production: warning}", 0, "Valid, with 1 warning"),
        ('{local: "off", production: warning}', 0, "Valid, with 1 warning"),
        ('{local: "off", production: "off"}', 0, "Valid: 4 documents."),
    ]:
        workspace.write("policies.yaml", POLICY + f"  severityIn: {severities}\n")
        outcome = callsheet("validate", "-C", workspace.path)
        assert (outcome.code, words in outcome.out) == (code, True), outcome.out
