"""What was approved is what is applied: signatures, and a branch that has moved."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from callsheet.planning.planfile import read_plan, with_digest, write_plan
from support.workspaces import ENVIRONMENT, Callsheet, Folder

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
        "namespace": "it was not signed for callsheet",
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
        f"error CS951: the approval {file.name} is not valid: {words}"
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
    assert "is not valid: it approves another plan (sha256:" in refusal(callsheet, workspace, other)
    # Told to be for that plan, the signature still is not.
    file = plan.parent / "other.json.grace.approval"
    record = json.loads(file.read_text())
    file.write_text(json.dumps({**record, "plan": json.loads(other.read_text())["digest"]}))
    assert refusal(callsheet, workspace, other).endswith(
        "is not valid: the signature is not over this plan"
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
    assert "is not valid: it is not an SSH signature (" in refusal(callsheet, workspace, plan)


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
    assert (
        outcome.err == "The branch has moved since the plan was made, but the plan still does the same.\n"
    )
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
        "error CS934: the branch has moved since the plan was made, and the plan would do something else now\n"
        "  approved, and not planned now: create Action/example (new action: POST to api.example.com)\n"
        "  planned now, and not approved: create Action/example (new action: POST to api.example.com)\n"
        "  planned now, and not approved: create Action/more (new action: POST to api.example.com)\n"
        "help: create a new plan, and have it approved\n"
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
    assert "the author of the plan's commit is unknown" in outcome.err
    other.write("environments.yaml", ENVIRONMENT)
    other.commit()
    assert "error CS934" in callsheet("apply", "-C", other.path, plan).err


def certificate(folder: Path, name: str, principals: str) -> tuple[Path, Path]:
    """Make an authority, and a key with a certificate of it; gives the authority's key and the user's."""
    authority, user = key(folder, "authority"), key(folder, name)
    subprocess.run(
        ["ssh-keygen", "-q", "-s", authority, "-I", name, "-n", principals, f"{user}.pub"], check=True
    )
    return authority, user


def test_one_certificate_with_two_principals_is_one_person(
    workspace: Folder, callsheet: Callsheet, keys: Path
) -> None:
    authority, user = certificate(keys, "grace", "grace@example.com,hopper@example.com")
    kind, public = Path(f"{authority}.pub").read_text().split()[:2]
    workspace.write(
        "allowed_signers",
        "".join(
            f"{who} cert-authority {kind} {public}\n" for who in ("grace@example.com", "hopper@example.com")
        ),
    )
    workspace.write("environments.yaml", ENVIRONMENT + "  approvals: {count: 2}\n")
    workspace.commit()
    plan = workspace.path.parent / "plan.json"
    callsheet("plan", "-C", workspace.path, "-q", "--out", plan)
    # ssh-keygen signs with the certificate where it stands beside the key.
    outcome = callsheet("approve", plan, "--key", f"{user}-cert.pub", "--yes", "-q")
    if outcome.code:
        outcome = callsheet("approve", plan, "--key", user, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    told = refusal(callsheet, workspace, plan)
    assert told.startswith(("error CS950: the plan has 1 of 2 approvals", "error CS951")), told


def test_two_names_of_one_key_are_one_person(
    approved: tuple[Folder, Path], callsheet: Callsheet, keys: Path
) -> None:
    workspace, plan = approved
    workspace.write("environments.yaml", WANTED.replace("count: 1", "count: 2"))
    workspace.write(
        "allowed_signers",
        line(keys / "grace", "grace@example.com") + line(keys / "grace", "hopper@example.com"),
    )
    assert refusal(callsheet, workspace, plan) == (
        "error CS950: the plan has 1 of 2 approvals (by grace@example.com, hopper@example.com)"
    )


@pytest.mark.parametrize("part", ["author", "committer", "co-author", "signature"])
def test_whoever_had_a_part_in_the_change_does_not_approve_it(
    part: str, workspace: Folder, callsheet: Callsheet, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = key(keys, "grace")
    workspace.write("environments.yaml", WANTED)
    workspace.write("allowed_signers", line(grace, "grace@example.com"))
    workspace.git("init", "-q", "-b", "main")
    workspace.write(".gitignore", ".callsheet/\n")
    workspace.git("add", "-A")
    message, signing = "a change", []
    if part in ("author", "committer"):
        monkeypatch.setenv(f"GIT_{part.upper()}_EMAIL", "Grace@Example.com")
    elif part == "co-author":
        message = "a change\n\nCo-authored-by: Grace <grace@example.com>"
    else:
        signing = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={grace}"]
    subprocess.run(
        ["git", *signing, "commit", "-q", "-m", message, *(["-S"] if signing else [])],
        cwd=workspace.path,
        check=True,
    )
    plan = workspace.path.parent / "plan.json"
    callsheet("plan", "-C", workspace.path, "-q", "--out", plan)
    callsheet("approve", plan, "--key", grace, "--yes", "-q")
    told = refusal(callsheet, workspace, plan)
    assert told.startswith("error CS951: the approval plan.json.grace.approval is not valid: "), told
    assert told.endswith("wrote the change")


@pytest.mark.parametrize("named", ["the first commit", "a commit of another branch", "no commit of theirs"])
def test_the_commit_that_a_plan_names_hides_no_author(
    named: str, workspace: Folder, callsheet: Callsheet, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = key(keys, "grace")
    workspace.write("environments.yaml", WANTED)
    workspace.write("allowed_signers", line(grace, "grace@example.com"))
    workspace.commit()
    first = workspace.git("rev-parse", "HEAD").strip()
    workspace.git("checkout", "-q", "-b", "other")
    workspace.write("notes.md", "another branch")
    workspace.commit("another branch")
    other = workspace.git("rev-parse", "HEAD").strip()
    workspace.git("checkout", "-q", "-")
    workspace.action(constant="2")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "grace@example.com")
    workspace.commit("what grace wants")
    monkeypatch.delenv("GIT_AUTHOR_EMAIL")
    workspace.write("notes.md", "later")
    workspace.commit("later")
    plan = workspace.path.parent / "plan.json"
    assert callsheet("plan", "-C", workspace.path, "-q", "--out", plan).code == 0
    commit = {
        "the first commit": first,
        "a commit of another branch": other,
        "no commit of theirs": "HEAD",
    }[named]
    forged = with_digest(replace(read_plan(plan.read_bytes(), "plan.json"), commit=commit))
    plan.write_text(write_plan(forged), encoding="utf-8")
    callsheet("approve", plan, "--key", grace, "--yes", "-q")
    assert refusal(callsheet, workspace, plan).startswith("error CS951: ")
    assert not workspace.database.exists()


@pytest.mark.parametrize(
    "content",
    ["[" * 60_000, '{"plan": "x", "signature": "\\ud800"}', '{"plan": [], "signature": "é"}', "7"],
)
def test_an_approval_of_another_shape_is_none(
    content: str, approved: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = approved
    (plan.parent / "plan.json.mallory.approval").write_text(content)
    assert refusal(callsheet, workspace, plan).startswith(
        "error CS951: plan.json.mallory.approval is not an"
    )
