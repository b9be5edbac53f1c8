"""What was approved is what is applied: signatures, and a branch that has moved."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ENVIRONMENT, Callsheet, Folder

WANTED = ENVIRONMENT + "  approvals: {count: 1, notAuthor: true}\n"


def key(folder: Path, name: str) -> Path:
    path = folder / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", path], check=True)
    return path


def line(path: Path, principal: str, options: str = "") -> str:
    kind, public = Path(f"{path}.pub").read_text().split()[:2]
    return f"{principal} {options}{' ' if options else ''}{kind} {public}\n"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    folder.mkdir()
    return folder


@pytest.fixture
def approved(workspace: Folder, callsheet: Callsheet, keys: Path) -> tuple[Folder, Path]:
    """Give a workspace that wants an approval, and a plan that grace has signed."""
    workspace.write("environments.yaml", WANTED)
    workspace.write("allowed_signers", line(key(keys, "grace"), "grace@example.com"))
    workspace.commit()
    plan = workspace.path.parent / "plan.json"
    assert callsheet("plan", "-C", workspace.path, "-q", "--out", plan).code == 0
    outcome = callsheet("approve", plan, "--key", keys / "grace", "--yes", "-q")
    assert outcome.code == 0, outcome.err
    assert outcome.out.startswith("Approved sha256:")
    return workspace, plan


def test_an_approved_plan_is_applied_and_the_record_names_who_approved(
    approved: tuple[Folder, Path], callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace, plan = approved
    monkeypatch.setenv("CALLSHEET_RUN_URL", "https://ci.example.com/runs/7")
    outcome = callsheet("apply", "-C", workspace.path, plan, "--why", "agreed on Monday")
    assert outcome.code == 0, outcome.err
    (record,) = json.loads(callsheet("history", "-C", workspace.path, "-o", "json").out)["applies"]
    assert record["approvers"] == ["grace@example.com"]
    assert record["runUrl"] == "https://ci.example.com/runs/7"
    assert record["why"] == "agreed on Monday"
    assert record["approvedPlanDigest"] is None
    shown = callsheet("history", "show", "1", "-C", workspace.path).out
    assert "  because: agreed on Monday\n  approved by: grace@example.com\n  run: https://ci" in shown


def refusal(callsheet: Callsheet, workspace: Folder, plan: Path) -> str:
    outcome = callsheet("apply", "-C", workspace.path, plan)
    assert outcome.code == 1
    assert not workspace.database.exists()
    return outcome.err.split("\n")[0]


def test_without_enough_approvals_nothing_is_applied(
    approved: tuple[Folder, Path], callsheet: Callsheet, keys: Path
) -> None:
    workspace, plan = approved
    workspace.write("environments.yaml", WANTED.replace("count: 1", "count: 2"))
    assert refusal(callsheet, workspace, plan) == (
        "error CS950: the plan has 1 of 2 approvals (by grace@example.com)"
    )
    # The same person twice is one person.
    workspace.write(
        "allowed_signers",
        line(keys / "grace", "grace@example.com") + line(key(keys, "grace2"), "grace@example.com"),
    )
    callsheet("approve", plan, "--key", keys / "grace2", "--yes", "-q")
    assert "1 of 2 approvals" in refusal(callsheet, workspace, plan)
    for one in plan.parent.glob("*.approval"):
        one.unlink()
    assert refusal(callsheet, workspace, plan) == "error CS950: the plan has 0 of 2 approvals"
    # Nor without a plan file.
    assert "error CS950" in callsheet("apply", "-C", workspace.path, "--yes", "-q").err


def test_an_approval_can_be_required_on_the_command_line(workspace: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("apply", "-C", workspace.path, "--yes", "-q", "--require-approval")
    assert outcome.err.startswith(
        "error CS952: there is no file allowed_signers with the allowed signers\n"
    )


@pytest.mark.parametrize(
    "case", ["stranger", "removed", "expired", "early", "other use", "namespace", "author"]
)
def test_an_approval_that_does_not_hold_is_refused_with_its_reason(
    case: str, approved: tuple[Folder, Path], callsheet: Callsheet, keys: Path
) -> None:
    workspace, plan = approved
    file = plan.parent / "plan.json.grace.approval"
    words = {
        "stranger": "its key is not among the allowed signers",
        "removed": "its key is not among the allowed signers",
        "expired": "its key has expired",
        "early": "its key is not valid yet",
        "other use": "the signers' file does not allow this key to approve plans",
        "namespace": "it was signed for something else than callsheet",
        "author": "ada@example.com wrote the change",
    }[case]
    options = {
        "expired": 'valid-before="20200101"', "early": 'valid-after="20990101"', "other use": 'namespaces="git"',
    }  # fmt: skip
    if case == "stranger":
        callsheet("approve", plan, "--key", key(keys, "mallory"), "--yes", "-q")
        file = plan.parent / "plan.json.mallory.approval"
    elif case == "removed":
        workspace.write("allowed_signers", line(key(keys, "linus"), "linus@example.com"))
    elif case == "author":
        workspace.write("allowed_signers", line(keys / "grace", "ada@example.com"))
    elif case == "namespace":
        record = json.loads(file.read_text())
        signed = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-n", "file", "-f", keys / "grace"],
            input=f"callsheet approval 1\nenvironment local\nplan {record['plan']}\n".encode(),
            capture_output=True, check=True,
        )  # fmt: skip
        file.write_text(json.dumps({**record, "signature": signed.stdout.decode()}))
    else:
        workspace.write("allowed_signers", line(keys / "grace", "grace@example.com", options[case]))
    assert refusal(callsheet, workspace, plan) == (
        f"error CS951: the approval {file.name} does not hold: {words}"
    )


def test_an_approval_of_another_plan_and_of_an_edited_one(
    approved: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = approved
    other = plan.parent / "other.json"
    workspace.action(constant="2")
    workspace.commit()
    callsheet("plan", "-C", workspace.path, "-q", "--out", other)
    shutil.copy(plan.parent / "plan.json.grace.approval", plan.parent / "other.json.grace.approval")
    assert "does not hold: it approves another plan (sha256:" in refusal(callsheet, workspace, other)
    # Told to be for that plan, the signature still is not.
    file = plan.parent / "other.json.grace.approval"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, "plan": json.loads(other.read_text())["digest"]}))
    assert refusal(callsheet, workspace, other).endswith(
        "does not hold: the signature is not over this plan"
    )
    plan.write_text(plan.read_text().replace('"fixed": 1', '"fixed": 7'))
    assert "error CS912" in refusal(callsheet, workspace, plan)


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"plan": "x"}', "no json"])
def test_a_file_that_is_no_approval(
    approved: tuple[Folder, Path], callsheet: Callsheet, content: str
) -> None:
    workspace, plan = approved
    (plan.parent / "plan.json.x.approval").write_text(content)
    assert refusal(callsheet, workspace, plan) == "error CS951: plan.json.x.approval is not an approval"


def test_what_is_no_signature(approved: tuple[Folder, Path], callsheet: Callsheet) -> None:
    workspace, plan = approved
    file = plan.parent / "plan.json.grace.approval"
    file.write_text(json.dumps({**json.loads(file.read_text()), "signature": "hello"}))
    assert "does not hold: it is no SSH signature (" in refusal(callsheet, workspace, plan)


def test_a_key_that_cannot_sign(
    approved: tuple[Folder, Path], callsheet: Callsheet, tmp_path: Path
) -> None:
    _, plan = approved
    outcome = callsheet("approve", plan, "--key", tmp_path / "nowhere", "--yes", "-q")
    assert outcome.err.startswith(f"error CS953: {tmp_path}/nowhere cannot sign: ")
    assert callsheet("approve", plan, "--key", tmp_path, "-q").err.startswith("error CS920: not approved")


# -- the branch has moved ---------------------------------------------------------------------


def test_where_the_branch_has_moved_and_the_changes_are_the_same_they_are_applied(
    approved: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = approved
    workspace.write("notes.md", "merged")
    workspace.commit("merged")
    outcome = callsheet("apply", "-C", workspace.path, plan)
    assert outcome.code == 0, outcome.err
    assert outcome.err == "The branch has moved since the plan was made; what it does is the same.\n"
    (record,) = json.loads(callsheet("history", "-C", workspace.path, "-o", "json").out)["applies"]
    assert record["approvedPlanDigest"] == json.loads(plan.read_text())["digest"] != record["planDigest"]
    assert record["commit"] == workspace.git("rev-parse", "HEAD").strip()
    assert "error CS917" in callsheet("apply", "-C", workspace.path, plan).err
    workspace.write("notes.md", "merged again")
    workspace.commit()
    assert "error CS917" in callsheet("apply", "-C", workspace.path, plan).err


def test_where_the_branch_has_moved_and_would_do_something_else_it_is_refused(
    approved: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = approved
    workspace.action("more")
    workspace.action(constant="2")
    workspace.commit()
    outcome = callsheet("apply", "-C", workspace.path, plan)
    assert outcome.code == 1
    assert outcome.err == (
        "error CS934: the branch has moved since the plan was made, and it would do something else now\n"
        "  approved, and not planned now: create Action/example (new action: POST to api.example.com)\n"
        "  planned now, and not approved: create Action/example (new action: POST to api.example.com)\n"
        "  planned now, and not approved: create Action/more (new action: POST to api.example.com)\n"
        "help: make a new plan, and have it approved\n"
    )
    assert not workspace.database.exists()


def test_a_plan_from_another_repository_is_refused(
    approved: tuple[Folder, Path], callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace, plan = approved
    other = Folder(tmp_path / "other")
    shutil.copytree(workspace.path, other.path, ignore=shutil.ignore_patterns(".git", ".callsheet"))
    other.action(constant="9")
    other.commit("another history")
    outcome = callsheet("apply", "-C", other.path, plan)
    assert outcome.code == 1
    assert "who wrote the plan's commit cannot be told" in outcome.err
    other.write("environments.yaml", ENVIRONMENT)
    other.commit()
    assert "error CS934" in callsheet("apply", "-C", other.path, plan).err
