"""What users of other configuration tools complain of, by name: each is a test, on every target.

The list is of the issue trackers of Terraform, octoDNS and decK.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from support.kept import Http, Journeys, Kept
from support.workspaces import Callsheet, Folder

APPLY = ("--yes", "-q", "--accept", "max-delete")


def planned(kept: Kept, callsheet: Callsheet) -> list[tuple[str, str]]:
    told = json.loads(callsheet("plan", "-C", kept.folder.path, "-o", "json").out)
    return [(one["action"], one["address"].partition("/")[2]) for one in told["changes"]]


def applied(kept: Kept, callsheet: Callsheet) -> None:
    outcome = callsheet("apply", "-C", kept.folder.path, *APPLY)
    assert outcome.code == 0, outcome.err


def test_a_dry_run_that_changes_something(kept: Kept, callsheet: Callsheet, tmp_path: Path) -> None:
    kept.write("1", "one")
    kept.write("1", "two")
    applied(kept, callsheet)
    kept.write("2", "one")
    kept.folder.remove("two")
    kept.write("1", "three")
    before = kept.everything()
    at = ("-C", kept.folder.path)
    for command in (
        ("validate",), ("render", "--all"), ("diff",), ("plan",), ("plan", "--out", tmp_path / "plan.json"),
        ("drift",), ("drift", "--write"), ("rollback", "1"), ("history",), ("list",), ("apply",),
    ):  # fmt: skip
        outcome = callsheet(*command, *at)
        # Nobody is there who could say yes.
        assert outcome.code == (1 if command == ("apply",) else 0), outcome.err
    assert kept.everything() == before


def test_no_dry_run_for_some_of_what_is_deployed(samples: Folder, callsheet: Callsheet) -> None:
    """Whatever a workspace deploys, of any kind, has its fields in the plan before it is applied."""
    told = json.loads(callsheet("plan", "-C", samples.path, "-e", "local", "-o", "json").out)["changes"]
    assert {one["address"].partition("/")[0] for one in told} == {"Action", "Message", "EndpointConfig"}
    assert callsheet("apply", "-C", samples.path, "-e", "local", "--yes", "-q").code == 0
    for file in ("vonage/sms.yaml", "messages/shipped_sms.yaml", "endpoints/vonage.yaml"):
        path = samples.path / file
        path.write_text(path.read_text().replace("owner: team-", "owner: other-team-"))
    told = json.loads(callsheet("plan", "-C", samples.path, "-e", "local", "-o", "json").out)["changes"]
    assert [one["address"].partition("/")[0] for one in told] == ["Action", "EndpointConfig", "Message"]
    assert [[it["path"] for it in one["diff"]] for one in told] == [["/owner"]] * 3


def test_what_the_server_adds_is_shown_as_a_change(kept: Kept, callsheet: Callsheet) -> None:
    kept.write("1", "one")
    applied(kept, callsheet)
    at = ("-C", kept.folder.path)
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    assert callsheet("drift", *at, "--detailed-exitcode").code == 0
    if isinstance(kept, Http):
        assert {"id", "createdAt", "version"} <= set(next(iter(kept.collection.objects.values())))
    if isinstance(kept, Journeys):
        (config,) = kept.adobe.configs.values()
        assert {"uid", "state", "metadata"} <= set(config)


def test_creations_come_before_deletions_so_that_a_new_name_is_in_the_way_of_the_old(
    kept: Kept, callsheet: Callsheet
) -> None:
    for name in ("one", "two", "three"):
        kept.write("1", name)
    applied(kept, callsheet)
    kept.folder.remove("one")
    kept.folder.rename("two", "uno")
    # The old name is free, and wanted at once: the rename, then what takes its place.
    kept.write("3", "aaa")
    steps = planned(kept, callsheet)
    assert steps == [("rename", "uno"), ("delete", "one"), ("create", "aaa")]
    applied(kept, callsheet)
    assert planned(kept, callsheet) == []
    assert kept.count() == 3 + (kept.kind == "Action")


def test_a_service_that_lets_no_two_be_the_same_gets_the_deletion_first(
    hooks: Folder, callsheet: Callsheet, request: pytest.FixtureRequest
) -> None:
    collection = request.getfixturevalue("collection")
    collection.unique = lambda body: body["target"]["url"]
    assert callsheet("apply", "-C", hooks.path, *APPLY).code == 0
    hooks.action("renamed")
    hooks.remove("example")
    outcome = callsheet("apply", "-C", hooks.path, *APPLY)
    assert outcome.code == 0, outcome.err
    assert collection.names() == ["renamed"]


@pytest.mark.parametrize("target", ["http", "journey-optimizer"])
def test_one_error_ends_everything(
    target: str, request: pytest.FixtureRequest, workspace: Folder, callsheet: Callsheet, patient: None
) -> None:
    from support.kept import TARGETS

    del patient
    kept = TARGETS[target](workspace, request)
    for name in ("one", "two", "three"):
        kept.write("1", name)
    if isinstance(kept, Http):
        kept.collection.faults_of["two"] = ["refuse"]
    elif isinstance(kept, Journeys):
        kept.adobe.cannot_deploy, kept.adobe.cannot_deploy_url = ["1432"], "two.example.com"
    at = ("-C", kept.folder.path, "--yes", "--keep-going")
    outcome = callsheet("apply", *at)
    assert outcome.code == 1
    assert "error CS930: 1 step failed, " in outcome.err
    assert "two: " in outcome.err
    assert [name for _, name in planned(kept, callsheet)] == ["two"]
    if isinstance(kept, Journeys):
        kept.adobe.cannot_deploy = []
    assert callsheet("apply", *at).code == 0
    assert planned(kept, callsheet) == []


HOLDER = """
import os, signal, sys
from callsheet.cli.main import run
from callsheet.deploying import executor

executor._Run._batch = lambda self, intents: os.kill(os.getpid(), signal.SIGKILL)
run(["apply", "-C", sys.argv[1], "--yes", "-q"])
"""


@pytest.mark.one_in(2)
def test_a_lock_that_stays_when_its_holder_is_gone(kept: Kept, callsheet: Callsheet) -> None:
    applied(kept, callsheet)
    kept.write("1", "one")
    holder = subprocess.run([sys.executable, "-c", HOLDER, kept.folder.path], check=False, env=os.environ)
    assert holder.returncode == -signal.SIGKILL
    # No command is needed to unlock, and no waiting.
    applied(kept, callsheet)
    assert planned(kept, callsheet) == []


def encodings(secret: str) -> list[str]:
    raw = secret.encode()
    # Base64 of it wherever it begins within three bytes, without the ends that its surroundings change.
    spoken = [base64.b64encode(b" " * shift + raw).decode()[4:-4] for shift in range(3)]
    return [secret, raw.hex(), *(one for one in spoken if len(one) > 8)]


def test_a_secret_in_what_is_kept(
    kept: Kept, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "k3y-that-nobody-may-see")
    kept.write("1", "one")
    if kept.kind == "Action":
        path = kept.folder.path / "one.yaml"
        authentication = '  authentication: {type: bearer, token: {secret: "env:API_KEY"}}\n'
        path.write_text(path.read_text().replace("  parameters:", authentication + "  parameters:"))
    at = ("-C", kept.folder.path)
    printed = [callsheet("plan", *at, "--out", tmp_path / "plan.json")]
    printed += [
        callsheet(*one, *at) for one in (("apply", "--yes"), ("history", "show", "1"), ("render", "--all"))
    ]
    assert [one.code for one in printed] == [0] * 4
    kept.write("2", "one")
    printed += [callsheet("plan", *at, "-o", one) for one in ("json", "markdown", "html")]
    texts = [*kept.everything().values(), (tmp_path / "plan.json").read_text()]
    texts += [one.out + one.err for one in printed]
    for secret in (*kept.secrets, "k3y-that-nobody-may-see"):
        for one in encodings(secret):
            assert not any(one in text for text in texts)
