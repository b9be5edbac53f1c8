"""The composite actions and example workflows: their steps run by the shell as GitHub's runner would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.github_runner import ACTIONS, Job, edit, job, warm_programs
from support.judges import check_schema
from support.workspaces import POSTGRESQL, ROOT, git

EXAMPLES = ROOT / ".github" / "examples"
__all__ = ["job"]
NAMES = ["deploy", "drift", "review", "validate"]


def test_validate_annotates_and_fails(job: Job) -> None:
    job.use("validate", sarif="found.sarif")
    assert (job.code, job.log) == (0, "")
    assert "Valid: 26 documents" in job.summary
    edit(job, "firebase/push.yaml", "params.title }}", "params.titel }}")
    job.use("validate", sarif="found.sarif")
    assert job.code == 1
    assert "::error file=actions/firebase/push.yaml,line=25,endLine=25,col=22,title=CS306::" in job.log
    assert json.loads((job.folder / "found.sarif").read_text())["runs"][0]["results"]


def test_validate_fails_where_an_optional_contract_is_not_installed(job: Job) -> None:
    edit(job, "firebase/push.yaml", "package:googleapiclient/", "package:nobody_has_this/")
    job.use("validate")
    assert job.code == 1
    assert "title=CS450::there is no package `nobody_has_this`" in job.log
    job.code = 0
    job.use("validate", require_contracts="false")
    assert job.code == 0


def test_review_writes_comment_and_report_and_is_a_gate(job: Job) -> None:
    base = git(job.folder, "rev-parse", "HEAD").strip()
    edit(job, "facebook/conversion.yaml", "env:FACEBOOK_ACCESS_TOKEN", "env:OTHER_TOKEN")
    outputs = job.use("review", base=base, fail_on="breaking sensitive")
    assert outputs == {"comment": "callsheet-review/comment.md", "report": "callsheet-review/report.html"}
    assert job.code == 1
    assert "error CS933: the gate refuses " in job.log
    assert "::warning file=actions/facebook/conversion.yaml,line=30,col=" in job.log
    comment = (job.folder / outputs["comment"]).read_text()
    assert comment.startswith("<!-- callsheet:review:actions -->\n")
    assert "changed from env&#58;FACEBOOK&#95;ACCESS&#95;TOKEN to env&#58;OTHER&#95;TOKEN" in comment
    assert (job.folder / outputs["report"]).read_text().startswith("<!doctype html>")
    job.code = 0
    job.use("review", base=base, fail_on="breaking sensitive", accept=" sensitive ")
    assert job.code == 0


def test_review_of_what_does_not_compile_shows_the_findings(job: Job) -> None:
    base = git(job.folder, "rev-parse", "HEAD").strip()
    edit(job, "firebase/push.yaml", "params.title }}", "params.titel }}")
    outputs = job.use("review", base=base)
    assert job.code == 1
    assert "error CS306" in (job.folder / outputs["comment"]).read_text()
    assert "::error file=actions/firebase/push.yaml,line=25" in job.log


def test_an_input_is_never_code(job: Job) -> None:
    hostile = '"; touch pwned; $(touch pwned) `touch pwned`'
    for name, inputs in {
        "validate": {"workspace": hostile, "sarif": "x.sarif"},
        "review": {"base": hostile, "fail_on": hostile, "accept": hostile},
        "deploy": {"environment": hostile, "accept": hostile, "why": hostile, "plan": hostile},
        "drift": {"environment": hostile},
    }.items():
        job.code = 0
        job.use(name, **inputs)
        assert job.code != 0
    assert not list(job.folder.rglob("pwned"))


def test_deploy_applies_the_plan_and_gives_the_serial(job: Job, database: str) -> None:
    del database
    local = (job.folder / "actions" / "environments" / "local.yaml").read_text()
    shared = local.replace("name: local", "name: shared")
    shared = re.sub(r"(?m)^  target: .*$", POSTGRESQL.splitlines()[-1], shared)
    (job.folder / "actions" / "environments" / "shared.yaml").write_text(shared)
    git(job.folder, "add", "-A")
    git(job.folder, "commit", "-qm", "shared")
    plan = [sys.executable, "-m", "callsheet", "plan", "-e", "shared", "-q", "--out", "plan.json"]
    subprocess.run(plan, cwd=job.folder, check=True)
    assert job.use("deploy", environment="shared", plan="plan.json", why="Monday") == {
        "serial": "1", "outcome": "done",
    }, job.log  # fmt: skip
    assert "1  done" in job.log
    again = job.use("deploy", environment="shared", plan="plan.json")
    assert again == {"serial": "", "outcome": ""}
    assert job.code == 1
    assert "error CS917" in job.log
    job.code = 0
    assert job.use("deploy", environment="shared")["outcome"] == "nothing"


def test_drift_is_told_with_a_report(job: Job) -> None:
    job.use("deploy", environment="local")
    assert job.use("drift", environment="local")["drifted"] == "false"
    import sqlite3

    with sqlite3.connect(job.folder / "actions" / ".callsheet" / "local.db") as connection:
        connection.execute("UPDATE registry_action SET compiled = replace(compiled, 'PUT', 'POST')")
    connection.close()
    outputs = job.use("drift", environment="local")
    assert (job.code, outputs["drifted"]) == (0, "true")
    report = (job.folder / outputs["report"]).read_text()
    assert report.startswith("<!-- callsheet:drift:local:actions -->\n")
    assert "method changed from PUT to POST" in report
    job.use("drift", environment="nowhere")
    assert job.code == 2


GH = """\
#!/bin/bash
# What comment.yml asks of gh: comments are files, and `--jq` is answered for what it asks.
store=$GH_STORE
case "$*" in
  *"/pulls/7 --jq .head.sha") echo "$HEAD";;
  *"/issues/7/comments --paginate"*) for one in "$store"/*; do
      [ -f "$one" ] && [ "$(head -c ${#MARKER} "$one")" = "$MARKER" ] && basename "$one"; done; true;;
  "api --method PATCH repos/o/r/issues/comments/"*) cp body.md "$store/${4##*/}";;
  "api --method POST repos/o/r/issues/7/comments"*) cp body.md "$store/$(ls "$store" | wc -l)";;
  *) echo "unexpected: $*" >&2; exit 9;;
esac
"""


def comment(job: Job, tmp_path: Path) -> list[str]:
    """Run the second step of comment.yml on what the review wrote; gives the comments."""
    review, programs, store = (tmp_path / one for one in ("review", "programs", "comments"))
    shutil.rmtree(review, ignore_errors=True)
    shutil.copytree(job.folder / "callsheet-review", review)
    for folder in (programs, store):
        folder.mkdir(exist_ok=True)
    (review / "number").write_text("7\n")
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    step = yaml.safe_load((EXAMPLES / "comment.yml").read_text())["jobs"]["comment"]["steps"][1]["run"]
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-c", step], capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "RUNNER_TEMP": str(tmp_path),
             "GH_REPO": "o/r", "GH_STORE": str(store), "HEAD": "abc"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [one.read_text() for one in sorted(store.iterdir())]


def test_an_invalid_push_and_its_repair_are_one_comment_and_two_workspaces_are_two(
    job: Job, tmp_path: Path
) -> None:
    shutil.copytree(job.folder / "actions" / "vonage", job.folder / "Other-1" / "vonage")
    for name in ("base", "local"):
        shutil.copy(job.folder / "actions" / "environments" / f"{name}.yaml", job.folder / "Other-1")
    git(job.folder, "add", "-A")
    git(job.folder, "commit", "-qm", "another workspace")
    base = git(job.folder, "rev-parse", "HEAD").strip()
    edit(job, "firebase/push.yaml", "params.title }}", "params.titel }}")
    job.use("review", base=base)
    assert job.code == 1
    (first,) = comment(job, tmp_path)
    assert "error CS306" in first
    edit(job, "firebase/push.yaml", "params.titel }}", "params.title }}!")
    job.code = 0
    job.use("review", base=base)
    job.use("review", base=base, workspace="Other-1", folder="callsheet-review/other")
    assert job.code == 0, job.log
    repaired, other = comment(job, tmp_path)
    assert "error CS306" not in repaired
    assert "firebase&#95;push" in repaired
    assert repaired.startswith("<!-- callsheet:review:actions -->\n")
    assert other.startswith("<!-- callsheet:review:_4f_ther_2d_1 -->\n")
    assert len(comment(job, tmp_path)) == 2


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_installation_step_gives_the_callsheet_of_its_own_commit(job: Job, tmp_path: Path) -> None:
    copy = tmp_path / "action"
    ignored = shutil.ignore_patterns(
        ".git", ".venv", ".*cache*", "__pycache__", ".coverage*", ".hypothesis", "*.egg-info"
    )
    shutil.copytree(ROOT, copy, ignore=ignored, symlinks=True)
    variables = {
        **os.environ,
        "RUNNER_TEMP": str(job.temp),
        "GITHUB_PATH": str(job.temp / "path"),
        "EXTRAS": "",
    }
    done = subprocess.run(
        ["bash", copy / ".github" / "actions" / "install.sh"],
        env=variables, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    binary = Path((job.temp / "path").read_text().strip()) / "callsheet"
    assert (
        "version"
        in subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    )


# -- judges -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_actions_satisfy_the_published_schema(name: str) -> None:
    assert sorted(one.parent.name for one in ACTIONS.glob("*/action.yml")) == NAMES
    action = yaml.safe_load((ACTIONS / name / "action.yml").read_text())
    check_schema(action, "https://json.schemastore.org/github-action.json")
    for step in action["runs"]["steps"]:
        assert "${{" not in step["run"]


@pytest.mark.parametrize("name", ["comment", "deploy", "drift", "plan", "review"])
def test_example_workflows_are_minimal_and_pinned(name: str) -> None:
    text = (EXAMPLES / f"{name}.yml").read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    for one in workflow["jobs"].values():
        assert one["timeout-minutes"] <= 30
        for step in one["steps"]:
            assert "${{" not in step.get("run", "")
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
    if name == "review":
        assert "secrets." not in text
        assert workflow["jobs"]["review"]["permissions"] == {"contents": "read"}


def test_zizmor_finds_nothing() -> None:
    zizmor = shutil.which("zizmor", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if zizmor is None:
        pytest.skip("zizmor is missing: pip install zizmor")
    done = subprocess.run(
        [zizmor, "--offline", "-q", EXAMPLES, ACTIONS, ROOT / ".github" / "workflows"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for file in EXAMPLES.glob("*.yml"):
        for line in file.read_text().splitlines():
            if "zizmor: ignore" in line:
                assert re.search(r"ignore\[[\w-]+\] \w+", line), "an ignore needs its reason"


def test_the_gitlab_example_satisfies_its_schema_and_its_scripts_run(job: Job) -> None:
    pipeline = yaml.safe_load((EXAMPLES / "gitlab-ci.yml").read_text())
    base = git(job.folder, "rev-parse", "HEAD").strip()
    edit(job, "firebase/push.yaml", "priority: HIGH", "priority: NORMAL")
    for name in ("validate", "review"):
        script = "\n".join(pipeline[name]["script"])
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=job.folder, capture_output=True, text=True, check=False,
            env={**os.environ, "PATH": ":".join([*warm_programs(), str(Path(sys.executable).parent), os.environ["PATH"]]),
                 "CI_MERGE_REQUEST_DIFF_BASE_SHA": base},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    for made in ("codequality.json", "junit.xml", "review.html"):
        assert (job.folder / made).stat().st_size > 0
    schema = (
        "https://gitlab.com/gitlab-org/gitlab/-/raw/master/app/assets/javascripts/editor/schema/ci.json"
    )
    check_schema(pipeline, schema)
