"""Five pull requests on real repositories, each with the report that a reviewer reads kept as a snapshot."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from support.breaking import run
from support.github_runner import Job, edit, job, job_in
from support.postgres import Server
from support.processes import Started
from support.workspaces import (
    POSTGRESQL,
    Callsheet,
    Folder,
    Outcome,
    committed_samples,
    git,
    plain_surroundings,
)

__all__ = ["job"]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory, server: Server) -> tuple[Job, str]:
    """Give the samples with staging and production in PostgreSQL, deployed, and a signer: once for all tests."""
    folder = tmp_path_factory.mktemp("deployed")
    database = server.database()
    with pytest.MonkeyPatch.context() as monkeypatch:
        plain_surroundings(monkeypatch, folder)
        monkeypatch.setenv("CALLSHEET_DATABASE", server.url(database))
        made = job_in(committed_samples(folder), folder)
        share(made)
    return made, database


@pytest.fixture
def team(deployed: tuple[Job, str], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Give a copy of the repository and of the database that are deployed."""
    original, database = deployed
    monkeypatch.setenv("CALLSHEET_DATABASE", server.url(server.copy(database)))
    folder, temp = tmp_path / "repository", tmp_path / "runner"
    shutil.copytree(original.folder, folder, symlinks=True)
    shutil.copytree(original.temp, temp)
    return Job(folder, temp)


def share(job: Job) -> None:
    """Deploy to both environments in PostgreSQL, each plan approved by a signer."""
    for name in ("staging", "production"):
        target = f'{{type: postgresql, url: {{secret: "env:CALLSHEET_DATABASE"}}, schema: {name}}}'
        edit(job, f"environments/{name}.yaml", f"{{type: sqlite, path: .callsheet/{name}.db}}", target)
    keys = job.temp / "keys"
    keys.mkdir()
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / "grace"], check=True)
    kind, public = (keys / "grace.pub").read_text().split()[:2]
    (job.folder / "actions" / "allowed_signers").write_text(f"grace@example.com {kind} {public}\n")
    with (job.folder / "actions" / "environments" / "production.yaml").open("a") as stream:
        stream.write("  approvals: {count: 1, notAuthor: true}\n")
    commit(job, "the state that everybody shares")
    deploy(job, "staging")
    deploy(job, "production", accept="sensitive", why="the first deployment")


def commit(job: Job, message: str) -> str:
    git(job.folder, "add", "-A")
    git(job.folder, "commit", "-qm", message)
    return git(job.folder, "rev-parse", "HEAD").strip()


def branch(job: Job, name: str) -> str:
    """Begin a pull request; gives its base."""
    base = git(job.folder, "rev-parse", "HEAD").strip()
    git(job.folder, "checkout", "-q", "-b", name)
    return base


def merge(job: Job, name: str) -> None:
    git(job.folder, "checkout", "-q", "main")
    git(job.folder, "merge", "-q", "--no-ff", "-m", f"merge {name}", name)


def callsheet_in(job: Job, *arguments: str) -> Outcome:
    """Run what people run beside the actions, which are steps of a shell."""
    with contextlib.chdir(job.folder):
        return run(*arguments)


def deploy(job: Job, environment: str, *, accept: str = "", why: str = "") -> str:
    """Plan, approve and apply; gives the serial."""
    plan = f"{environment}.plan.json"
    accepted = [word for one in accept.split() for word in ("--accept", one)]
    planned = callsheet_in(job, "plan", "-e", environment, "-q", "--out", plan, *accepted)
    assert planned.code == 0, planned.err
    approved = callsheet_in(job, "approve", plan, "--key", str(job.temp / "keys" / "grace"), "--yes", "-q")
    assert approved.code == 0, approved.err
    outputs = job.use("deploy", environment=environment, plan=plan, accept=accept, why=why)
    assert outputs.get("outcome") == "done", job.log
    for one in job.folder.glob("*.plan.json*"):
        one.unlink()
    return outputs["serial"]


def review(job: Job, base: str, **inputs: str) -> str:
    """Run the review action; gives its comment."""
    job.code, job.log = 0, ""
    outputs = job.use("review", base=base, **inputs)
    return (job.folder / outputs["comment"]).read_text().replace(base, "BASE")


def clean(job: Job) -> None:
    shutil.rmtree(job.folder / "callsheet-review")


def test_1_a_constant_changes_and_goes_from_review_to_production(
    team: Job, snapshot: SnapshotAssertion
) -> None:
    base = branch(team, "calmer")
    edit(team, "firebase/push.yaml", "priority: HIGH", "priority: NORMAL")
    commit(team, "calmer pushes")
    assert review(team, base, fail_on="breaking sensitive") == snapshot
    assert team.code == 0, team.log
    clean(team)
    merge(team, "calmer")
    assert deploy(team, "staging") == "2"
    assert deploy(team, "production") == "2"
    history = json.loads(callsheet_in(team, "history", "-e", "production", "-o", "json").out)
    assert history["applies"][0]["approvers"] == ["grace@example.com"]
    assert history["applies"][0]["commit"] == git(team.folder, "rev-parse", "HEAD").strip()
    for name in ("staging", "production"):
        assert callsheet_in(team, "plan", "-e", name, "--detailed-exitcode").code == 0
        shown = callsheet_in(team, "show", "firebase_push", "--deployed", "-e", name).out
        assert '"priority": "NORMAL"' in shown


def test_2_a_breaking_change_stops_at_the_gate_and_is_let_through_with_a_reason(
    team: Job, snapshot: SnapshotAssertion
) -> None:
    base = branch(team, "rename")
    path = team.folder / "actions" / "firebase" / "push.yaml"
    text = (
        path.read_text()
        .replace("params.title", "params.headline")
        .replace("    title: {type", "    headline: {type")
    )
    text = re.sub(r"(?m)^    locale: .*\n", "", text)
    text = text.replace("""locale: "{{ params.locale | default('en') }}\"""", "locale: en")
    text = re.sub(r"params: \{([^}]*)title:", r"params: {\1headline:", text)
    path.write_text(
        text.replace(", locale: fr}", "}").replace(
            "origin: firebase_push}", "origin: firebase_push, locale: en}"
        )
    )
    # The message that it delivers must come along: validate says so (CS473).
    message = team.folder / "actions" / "messages" / "shipped_push.yaml"
    message.write_text(
        message.read_text().replace(', locale: "{{ params.locale }}"}', "}\n    content: {title: headline}")
    )
    commit(team, "headline instead of title")
    comment = review(team, base, fail_on="breaking")
    assert comment == snapshot
    assert team.code == 1
    assert "error CS933: the gate refuses " in team.log
    review(team, base, fail_on="breaking", accept="breaking")
    assert team.code == 0
    clean(team)
    merge(team, "rename")
    plan = callsheet_in(team, "plan", "-e", "production", "-q", "--out", "plan.json")
    assert plan.code == 0
    callsheet_in(team, "approve", "plan.json", "--key", str(team.temp / "keys" / "grace"), "--yes", "-q")
    refused = callsheet_in(team, "apply", "plan.json")
    assert "error CS919: the plan contains changes that must be accepted" in refused.err
    for one in team.folder.glob("plan.json*"):
        one.unlink()
    deploy(team, "production", accept="breaking", why="the journeys map headline since Monday")
    shown = callsheet_in(team, "history", "show", "2", "-e", "production").out
    assert "  accepted: breaking\n  because: the journeys map headline since Monday\n" in shown
    assert "  approved by: grace@example.com\n" in shown


def test_3_a_new_host_that_receives_addresses_is_named(team: Job, snapshot: SnapshotAssertion) -> None:
    base = branch(team, "elsewhere")
    edit(team, "environments/staging.yaml", "host: api.harmony.epsilon.com", "host: mail.example.net")
    edit(
        team,
        "policies/rules.yaml",
        r"graph\\.facebook\\.com",
        r"graph\\.facebook\\.com|mail\\.example\\.net",
    )
    commit(team, "another provider")
    comment = review(team, base, fail_on="sensitive")
    assert comment == snapshot
    assert "<code>mail.example.net</code> | email | <code>email</code>" in comment
    assert team.code == 1
    found = json.loads(callsheet_in(team, "diff", "--base", base, "-o", "json").out)
    assert {(one["host"], one["sensitivity"]) for one in found["dataFlows"]} == {
        ("mail.example.net", "email"), ("mail.example.net", "name"), ("mail.example.net", "customer-id"),
    }  # fmt: skip
    assert [one["name"] for one in found["policies"]] == ["personal_data_hosts"]


FORTY = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: sms_{number:02}, title: {{en: SMS, fr: SMS}}, owner: team-crm, labels: {{channel: sms}}}}
spec:
  request:
    method: POST
    url: https://sms.example.com/{{{{ values.sms.version }}}}/send
    payload: {{text: "{{{{ params.text }}}}", campaign: {number}}}
  parameters:
    text: {{type: string, example: Hello}}
"""


def test_4_one_line_that_changes_forty_actions_is_told_once_and_released_deliberately(
    team: Job, snapshot: SnapshotAssertion
) -> None:
    (team.folder / "actions" / "sms").mkdir()
    for number in range(40):
        (team.folder / "actions" / "sms" / f"{number}.yaml").write_text(FORTY.format(number=number))
    edit(team, "environments/base.yaml", "  values:\n", "  values:\n    sms: {version: v1}\n")
    commit(team, "forty texts")
    deploy(team, "staging", accept="sensitive")
    base = branch(team, "v2")
    edit(team, "environments/base.yaml", "sms: {version: v1}", "sms: {version: v2}")
    commit(team, "the next version of the SMS API")
    comment = review(team, base)
    assert comment == snapshot
    assert comment.count("sms&#95;05") == 1
    assert callsheet_in(team, "diff", "--base", base).out.replace(base, "BASE") == snapshot
    clean(team)
    merge(team, "v2")
    plan = callsheet_in(team, "plan", "-e", "staging", "-q", "--out", "plan.json")
    assert plan.code == 0
    refused = callsheet_in(team, "apply", "plan.json")
    assert (
        "error CS918: a guard refuses the plan\n  max-update: 40 of 53 would be updated; the limit is 30%"
        in refused.err
    )
    assert "help: if this is intended: --accept max-update" in refused.err
    (team.folder / "plan.json").unlink()
    deploy(team, "staging", accept="max-update", why="all texts move to v2 together")
    assert callsheet_in(team, "plan", "-e", "staging", "--detailed-exitcode").code == 0


HOSTILE_ACTION = """\
# callsheet: ignore CS601 this is only the test key
apiVersion: callsheet/v1
kind: Action
metadata:
  name: hostile
  title: {en: "</details><script>alert(1)</script> [x](javascript:alert(1)) ::set-output name=a::b", fr: "\\u202e"}
  owner: "@everyone"
spec:
  request:
    method: POST
    url: https://127.0.0.1:1/{{ ''.__class__ }}
    payload: {a: "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}", b: "{{ 'x' * 1000000000 }}"}
  authentication: {type: bearer, token: AKIAIOSFODNN7EXAMPLE}
---
apiVersion: callsheet/v1
kind: Policy
metadata: {name: hangs}
spec: {message: m, schema: {properties: {name: {pattern: "^(([a-z])+.)+[A-Z]([a-z])+$"}}}}
"""


def test_5_a_hostile_fork_runs_nothing_and_its_report_is_still_readable(
    job: Job, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    secret = tmp_path / "secret-place"
    secret.mkdir()
    (secret / "passwd.yaml").write_text("canary: 1")
    base = branch(job, "fork")
    actions = job.folder / "actions"
    (actions / "hostile.yaml").write_text(HOSTILE_ACTION)
    (actions / "link.yaml").symlink_to(secret / "passwd.yaml")
    (actions / "folder").symlink_to(secret)
    (actions / "huge.yaml").write_text("a: " + "x" * 2_000_000)
    (actions / "deep.yaml").write_text("[" * 100_000)
    commit(job, "a kind contribution")
    # Every process that the review starts reports sockets, programs and files outside.
    watch = tmp_path / "watch"
    watch.mkdir()
    (watch / "sitecustomize.py").write_text(f"""\
import os, sys
def hook(event, arguments):
    what = None
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname", "socket.bind"):
        what = event
    if event in ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system") and "git" not in str(arguments[0]):
        what = f"{{event}} {{arguments[0]}}"
    if event == "open" and "secret-place" in str(arguments[0]):
        what = f"open {{arguments[0]}}"
    if what:
        with os.fdopen(os.open({str(tmp_path / "seen")!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w") as stream:
            stream.write(what + "\\n")
with os.fdopen(os.open({str(tmp_path / "seen")!r}, os.O_WRONLY | os.O_CREAT | os.O_APPEND), "w") as stream:
    stream.write("watching\\n")
sys.addaudithook(hook)
""")
    job.variables = {"PYTHONPATH": str(watch), "COVERAGE_PROCESS_START": "", "COVERAGE_PROCESS_CONFIG": ""}
    comment = review(job, base, fail_on="breaking sensitive")
    assert job.code == 1
    assert comment == snapshot
    seen = (tmp_path / "seen").read_text().split("\n")
    assert set(seen) == {"watching", ""}, seen
    assert not list(tmp_path.rglob("pwned"))
    for text in (comment, job.log, (job.folder / "callsheet-review" / "report.html").read_text()):
        assert "canary" not in text
        assert "AKIAIOSFODNN7EXAMPLE" not in text
        assert "\u202e" not in text
    for line in job.log.splitlines():
        assert not line.startswith("::set-output")
    for code in ("CS103", "CS105", "CS112", "CS315", "CS504", "CS601"):
        assert f"error {code}" in comment


def test_the_same_hostile_text_in_a_workspace_that_compiles_is_shown_and_does_nothing(
    job: Job, callsheet: Callsheet
) -> None:
    from support.judges import Tags, bare_links, rendered

    base = branch(job, "markup")
    title = "</details><script>alert(1)</script> [x](javascript:alert(1)) @everyone"
    edit(job, "firebase/push.yaml", "Push through Firebase", f'"{title}"')
    commit(job, "markup")
    comment = review(job, base)
    assert job.code == 0, job.log
    assert "script" not in rendered(comment).tags
    assert title in rendered(comment).text
    assert bare_links(comment) == []
    html = (job.folder / "callsheet-review" / "report.html").read_text()
    assert "script" not in Tags(html).tags
    assert title in Tags(html).text


def test_a_runner_that_is_killed_and_the_next_one_on_another_machine(
    workspace: Folder, database: str, server: Server, tmp_path: Path
) -> None:
    """The second machine is a clone at another path, with nothing but the repository and the database."""
    workspace.write("environments.yaml", POSTGRESQL)
    for number in range(150):
        workspace.action(f"action_{number}")
    workspace.commit()
    process = Started(tmp_path / "said", "apply", "-C", workspace.path, "--yes", "-q")
    query = "SELECT count(*) FROM callsheet.ledger_outcome"
    for _ in range(2000):
        if server.execute("SELECT to_regclass('callsheet.ledger_outcome')", database)[0][0] and (
            server.execute(query, database)[0][0] >= 25
        ):
            break
    process.kill()
    process.wait()
    clone = tmp_path / "machine-2"
    git(tmp_path, "clone", "-q", str(workspace.path), str(clone))
    outcome = run("apply", "-C", clone, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    assert server.execute("SELECT count(*), max(revision) FROM callsheet.registry_action", database) == [
        (151, 1)
    ]
    assert server.execute("SELECT count(*) FROM callsheet.registry_history", database) == [(151,)]
