"""Daily comfort: new, completion, watch, policies' exceptions, the whole workspace as one document."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import ROOT, Callsheet, Folder, run_callsheet
from judges import is_clean

# -- new --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sample", ["adobe-io", "epsilon", "facebook", "firebase", "sendgrid", "vonage", "whatsapp"]
)
def test_a_new_action_starts_from_a_sample_and_compiles(
    sample: str, samples: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith(f"wrote {sample}/birthday.yaml\n")
    assert callsheet("render", "birthday", "-e", "local", "-C", samples.path).code == 0
    again = callsheet("new", "birthday", "--from", sample, "-C", samples.path)
    assert (again.code, again.err.split("\n")[0]) == (
        1,
        "error CS929: there is an action `birthday` already",
    )


def test_a_new_action_with_a_bad_name_or_of_an_unknown_sample(
    workspace: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", workspace.path)
    assert "is no name: letters, digits and _" in callsheet("new", "no-name", *at).err
    wrong = callsheet("new", "x", "--from", "firebse", *at)
    assert (
        "there is no sample 'firebse' (did you mean `firebase`?); there are: adobe-io, epsilon" in wrong.err
    )
    assert callsheet("new", "x", *at).out == (
        "wrote firebase/x.yaml\nIt reads values.firebase.project: see that your environments have them.\n"
    )


# -- completion -------------------------------------------------------------------------------


def completed(folder: Path, *words: str) -> list[str]:
    """Ask for completions as bash does."""
    line = ["callsheet", *words]
    done = subprocess.run(
        [sys.executable, "-c", "from callsheet.cli import main; main()"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "_CALLSHEET_COMPLETE": "bash_complete", "COMP_WORDS": " ".join(line),
             "COMP_CWORD": str(len(line) - 1)},
        check=False,
    )  # fmt: skip
    assert done.stderr == ""
    return [one.partition(",")[2] for one in done.stdout.splitlines() if one]


def test_names_of_environments_and_actions_are_completed(samples: Folder) -> None:
    folder = samples.path.parent
    assert completed(folder, "plan", "-e", "lo") == ["local"]
    assert completed(folder, "show", "f") == ["facebook_conversion", "firebase_push"]
    assert completed(folder, "render", "ep") == ["epsilon_message"]
    assert completed(folder, "pl") == ["plan"]
    (folder / "empty").mkdir()
    assert completed(folder / "empty", "show", "f") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_one(shell: str, callsheet: Callsheet, tmp_path: Path) -> None:
    outcome = callsheet("completion", shell)
    assert outcome.code == 0
    assert f"_CALLSHEET_COMPLETE={shell}_complete" in outcome.out
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is missing: apt-get install {shell}")
    script = tmp_path / "script"
    script.write_text(outcome.out)
    subprocess.run([shell, "-n", script], check=True)


# -- watch ------------------------------------------------------------------------------------


def test_watch_validates_when_a_file_is_saved(workspace: Folder) -> None:
    log = workspace.path.parent / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "callsheet", "watch", "-C", workspace.path], stdout=stream, stderr=stream
        )

    def wait_for(words: str) -> None:
        for _ in range(400):
            if words in log.read_text():
                return
            time.sleep(0.05)
        pytest.fail(log.read_text())

    try:
        wait_for("Valid: 2 documents.")
        time.sleep(0.5)
        workspace.write("example.yaml", "kind: [")
        wait_for("1 error, ")
        workspace.action()
        for _ in range(400):
            if log.read_text().count("Valid: 2 documents.") > 1:
                break
            time.sleep(0.05)
        assert log.read_text().count("Valid: 2 documents.") > 1
    finally:
        process.terminate()
        process.wait()


def test_watch_without_its_package(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert callsheet("watch", "-C", workspace.path).err == (
        "error CS945: watch needs the package watchfiles, which is not installed\n"
        "help: pip install 'callsheet[watch]'\n"
    )


# -- policies ---------------------------------------------------------------------------------

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


# -- the whole workspace ----------------------------------------------------------------------


def test_the_whole_workspace_is_one_document(samples: Folder, callsheet: Callsheet) -> None:
    found = json.loads(callsheet("render", "--all", "-o", "json", "-C", samples.path).out)
    assert [one["environment"] for one in found["environments"]] == ["local", "production", "staging"]
    assert [len(one["actions"]) for one in found["environments"]] == [7, 7, 7]
    one = json.loads(callsheet("render", "--all", "-e", "local", "-o", "json", "-C", samples.path).out)
    assert [it["environment"] for it in one["environments"]] == ["local"]
    text = callsheet("render", "--all", "-C", samples.path).out
    assert text.startswith("# local\n")
    assert is_clean(text)


def test_the_rego_example_of_the_page_judges_it(samples: Folder) -> None:
    regopy = pytest.importorskip("regopy", reason="pip install regopy")
    (policy,) = re.findall(r"```rego\n(.*?)```", (ROOT / "actions" / "README.md").read_text(), re.S)

    def denied() -> list[str]:
        whole = run_callsheet("render", "--all", "-o", "json", "-C", samples.path).out
        rego = regopy.Interpreter()
        rego.add_module("callsheet", policy)
        rego.set_input(json.loads(whole))
        return sorted(rego.query("data.main.deny").results[0].expressions[0])

    assert denied() == []
    file = samples.path / "firebase" / "push.yaml"
    file.write_text(file.read_text().replace("vendor: firebase, ", ""))
    assert denied() == [f"{one}: firebase_push has no vendor" for one in ("local", "production", "staging")]
