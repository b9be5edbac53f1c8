"""Plans that somebody wrote by hand, with a digest that fits: none of them is applied."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from callsheet.compiling import canonical_text, digest_of
from callsheet.planning.model import Change, Plan
from callsheet.planning.planfile import read_plan, with_digest, write_plan
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

Forge = Callable[[Plan], Plan]


def forge(file: Path, how: Forge) -> None:
    """Edit a plan file, and compute its digest again: whoever can edit it can do that."""
    plan = how(read_plan(file.read_bytes(), file.name))
    file.write_text(write_plan(with_digest(plan)), encoding="utf-8")


def changed(plan: Plan, name: str, **values: Any) -> Plan:
    """Return the plan with another change of one action."""
    changes = [replace(one, **values) if one.address == f"Action/{name}" else one for one in plan.changes]
    return replace(plan, changes=tuple(changes))


def without(plan: Plan, name: str) -> Plan:
    return replace(plan, changes=tuple(one for one in plan.changes if one.address != f"Action/{name}"))


def to(content: dict[str, Any], url: str) -> dict[str, Any]:
    return {**content, "request": {**content["request"], "url": url}}


def elsewhere(plan: Plan, name: str) -> Plan:
    """Send an action to another host."""
    change = next(one for one in plan.changes if one.address == f"Action/{name}")
    assert change.after is not None
    after = to(change.after, "https://evil.example.net/collect")
    return changed(plan, name, after=after, after_digest=digest_of(canonical_text(after)))


def added(plan: Plan, change: Change) -> Plan:
    return replace(plan, changes=(*plan.changes, change))


def invented(plan: Plan) -> Plan:
    """Add an action that no file has."""
    one = next(one for one in plan.changes if one.action == "create")
    after = {**(one.after or {}), "name": "invented"}
    return added(
        plan,
        replace(
            one,
            address="Action/invented",
            address_before="Action/invented",
            after=after,
            after_digest=digest_of(canonical_text(after)),
        ),
    )


def kept_deleted(plan: Plan) -> Plan:
    """Delete what the workspace still has."""
    one = next(one for one in plan.changes if one.address == "Action/changed")
    return changed(plan, "changed", action="delete", after=None, after_digest=None, before=one.before)


def as_rename(plan: Plan) -> Plan:
    """Let the new action take the place of the one that goes."""
    gone = next(one for one in plan.changes if one.address == "Action/gone")
    return replace(
        without(plan, "gone"),
        changes=tuple(
            replace(
                one,
                action="rename",
                address_before="Action/gone",
                before=gone.before,
                before_digest=gone.before_digest,
            )
            if one.address == "Action/new"
            else one
            for one in without(plan, "gone").changes
        ),
    )


FORGERIES: dict[str, Forge] = {
    "another host in a new action": lambda plan: elsewhere(plan, "new"),
    "another host in a changed action": lambda plan: elsewhere(plan, "changed"),
    "an action of no file": invented,
    "a deletion of what is still wanted": kept_deleted,
    "a rename that nobody wrote": as_rename,
    "an update as a new object": lambda plan: changed(plan, "changed", action="replace"),
    "a deletion left out": lambda plan: without(plan, "gone"),
    "an update left out": lambda plan: without(plan, "changed"),
    "a deletion that only forgets": lambda plan: changed(plan, "gone", action="forget"),
    "an adoption instead of an update": lambda plan: changed(plan, "changed", action="adopt"),
    "a way back that does not lead there": lambda plan: replace(plan, rollback=1),
    "another commit": lambda plan: elsewhere(replace(plan, commit="0" * 40), "new"),
    "no commit": lambda plan: elsewhere(replace(plan, commit=None), "new"),
    "an unclean commit": lambda plan: elsewhere(replace(plan, dirty=True), "new"),
}


def told(plan: Plan, name: str, **values: Any) -> Plan:
    """Return the plan with another thing said of what it does to an action."""
    change = next(one for one in plan.changes if one.address == f"Action/{name}")
    return changed(plan, name, diff=(replace(change.diff[0], **values), *change.diff[1:]))


HIDINGS: dict[str, tuple[Forge, str]] = {
    "a difference": (
        lambda plan: changed(plan, "changed", diff=(), reasons=()),
        "update Action/changed (payload field `fixed` changed) [compatible]",
    ),
    "its words": (
        lambda plan: told(plan, "changed", words="title.en changed"),
        "update Action/changed (payload field `fixed` changed) [compatible]",
    ),
    "the value after": (
        lambda plan: told(plan, "changed", after=1),
        "update Action/changed (payload field `fixed` changed) [compatible]",
    ),
    "the value after, as Python compares": (
        lambda plan: told(plan, "changed", after=2.0),
        "update Action/changed (payload field `fixed` changed) [compatible]",
    ),
    "how much it weighs": (
        lambda plan: told(plan, "gone", impact="cosmetic"),
        "delete Action/gone (action deleted) [breaking]",
    ),
    "the impact": (
        lambda plan: changed(plan, "gone", impact="cosmetic"),
        "delete Action/gone is breaking (action-deleted)",
    ),
    "the reason": (
        lambda plan: changed(plan, "gone", reasons=("title-changed",)),
        "delete Action/gone is breaking (action-deleted)",
    ),
    "what is there": (
        lambda plan: changed(
            plan,
            "changed",
            before=next(one.after for one in plan.changes if one.address == "Action/changed"),
        ),
        "update Action/changed: what is deployed before it is something else",
    ),
}


@pytest.fixture
def alone(planned: tuple[Folder, Path], tmp_path: Path) -> tuple[Folder, Path]:
    """Return a machine that deploys: with environments, signers and ledger, and no action; and a key."""
    key = tmp_path / "ada"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = key.with_suffix(".pub").read_text().split()
    folder = Folder(tmp_path / "alone")
    folder.write("environments.yaml", ENVIRONMENT)
    folder.write("allowed_signers", f"ada@example.com {public[0]} {public[1]}\n")
    (folder.path / ".callsheet").mkdir()
    folder.database.write_bytes(planned[0].database.read_bytes())
    return folder, key


@pytest.mark.parametrize("what", HIDINGS)
def test_a_plan_that_hides_something_from_its_readers_is_refused(
    what: str, planned: tuple[Folder, Path], alone: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    (workspace, plan), (deploying, key) = planned, alone
    before = rows(workspace)
    how, words = HIDINGS[what]
    forge(plan, how)
    assert callsheet("approve", plan, "--key", key, "--yes", "-q").code == 0
    for folder, message in ((workspace, "is not what the workspace"), (deploying, "does not show all")):
        outcome = callsheet("apply", "-C", folder.path, plan)
        assert outcome.err.startswith(f"error CS954: the plan {message}"), outcome.err
        assert outcome.err.endswith(
            f"  not shown: {words}\nhelp: create a new plan, and have it reviewed\n"
        )
        assert rows(folder) == before


def test_a_change_that_a_plan_has_twice_is_refused(
    planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    forge(plan, lambda plan: added(plan, plan.changes[0]))
    outcome = callsheet("apply", "-C", workspace.path, plan)
    assert "  in the plan more than once: a change of one object\n" in outcome.err


@pytest.fixture
def planned(workspace: Folder, callsheet: Callsheet) -> tuple[Folder, Path]:
    """Return a workspace with a plan that creates, updates and deletes."""
    for name in ("changed", "gone", "kept"):
        workspace.action(name)
    workspace.commit()
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    workspace.action("changed", "2")
    workspace.action("new")
    workspace.remove("gone")
    workspace.commit()
    plan = workspace.path.parent / "plan.json"
    assert callsheet("plan", "-C", workspace.path, "--out", plan, "-q").code == 0
    return workspace, plan


def rows(folder: Folder) -> list[tuple[str, str]]:
    connection = sqlite3.connect(folder.database)
    found = connection.execute("SELECT address, digest FROM registry_action ORDER BY address").fetchall()
    connection.close()
    return found


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_plan_changes_nothing(
    how: str, planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    before = rows(workspace)
    forge(plan, FORGERIES[how])
    outcome = callsheet("apply", "-C", workspace.path, plan)
    assert outcome.code == 1
    assert any(f"error {code}: " in outcome.err for code in ("CS954", "CS934")), outcome.err
    assert rows(workspace) == before


def test_a_forged_plan_is_refused_with_what_it_holds(
    planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    forge(plan, lambda plan: without(invented(plan), "gone"))
    commit = workspace.git("rev-parse", "HEAD")[:12]
    assert callsheet("apply", "-C", workspace.path, plan).err == (
        f"error CS954: the plan is not what the workspace compiles to at {commit}\n"
        "  in the plan, and not implied: create Action/invented (new action: POST to api.example.com)\n"
        "  implied, and not in the plan: delete Action/gone (action deleted)\n"
        "help: create a new plan, and have it reviewed\n"
    )


def test_a_guard_that_a_forged_plan_calls_passed_is_judged_again(
    workspace: Folder, callsheet: Callsheet
) -> None:
    for number in range(12):
        workspace.action(f"a{number}")
    workspace.write("environments.yaml", ENVIRONMENT + "  guards: {requireAccept: [sensitive]}\n")
    workspace.commit()
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    for number in range(11):
        workspace.remove(f"a{number}")
    workspace.commit()
    plan = workspace.path.parent / "plan.json"
    callsheet("plan", "-C", workspace.path, "--out", plan, "-q")
    for guards in ((), "passed"):
        forge(
            plan,
            lambda plan, guards=guards: replace(
                plan,
                guards=tuple(replace(one, verdict="passed", addresses=()) for one in plan.guards)
                if guards
                else (),
            ),
        )
        outcome = callsheet("apply", "-C", workspace.path, plan)
        assert outcome.err.startswith("error CS918"), outcome.err
    assert len(rows(workspace)) == 13


def test_what_is_protected_is_read_from_what_is_deployed_and_not_from_the_plan(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = ACTION.format(name="example", constant="1") + "  lifecycle: {protect: true}\n"
    workspace.write("example.yaml", text)
    workspace.commit()
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    workspace.remove("example")
    workspace.commit()
    plan = workspace.path.parent / "plan.json"
    callsheet("plan", "-C", workspace.path, "--out", plan, "-q")

    def unprotected(plan: Plan) -> Plan:
        (change,) = plan.changes
        before = {key: value for key, value in (change.before or {}).items() if key != "protect"}
        return replace(plan, guards=(), changes=(replace(change, before=before),))

    forge(plan, unprotected)
    assert callsheet("apply", "-C", workspace.path, plan).err.endswith(
        "  not shown: delete Action/example: what is deployed before it is something else\n"
        "help: create a new plan, and have it reviewed\n"
    )
    assert len(rows(workspace)) == 1


def test_a_plan_of_a_clean_commit_is_applied_whatever_was_edited_since(
    planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    workspace.action("new", "7")
    workspace.action("later")
    assert callsheet("apply", "-C", workspace.path, plan).code == 0
    assert [address for address, _ in rows(workspace)] == [
        "Action/changed",
        "Action/example",
        "Action/kept",
        "Action/new",
    ]


def test_a_plan_of_files_without_a_commit_holds_while_they_are_as_they_were(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    for constant, code in (("1", 0), ("2", 1)):
        callsheet("plan", "-C", workspace.path, "--out", plan, "-q")
        workspace.action(constant=constant)
        outcome = callsheet("apply", "-C", workspace.path, plan)
        assert outcome.code == code
        if code:
            assert outcome.err.startswith("error CS954: the plan is not what the workspace compiles to\n")
        workspace.action("more")


def test_a_rollback_is_held_to_what_the_ledger_recorded(
    planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    assert callsheet("apply", "-C", workspace.path, plan).code == 0
    assert callsheet("rollback", "1", "-C", workspace.path, "--out", plan, "-q").code == 0
    assert json.loads(plan.read_text())["rollback"] == 1
    whole = plan.read_bytes()
    forge(plan, lambda plan: elsewhere(plan, "changed"))
    assert callsheet("apply", "-C", workspace.path, plan).err.startswith(
        "error CS954: the plan is not what apply 1 left\n"
    )
    plan.write_bytes(whole)
    assert callsheet("apply", "-C", workspace.path, plan).code == 0
    assert [address for address, _ in rows(workspace)] == [
        "Action/changed",
        "Action/example",
        "Action/gone",
        "Action/kept",
    ]


def test_a_plan_that_forgets_holds_on_the_commit_after_it_too(
    planned: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    workspace, plan = planned
    assert callsheet("forget", "gone", "-C", workspace.path, "--out", plan, "-q").code == 0
    workspace.action("later")
    workspace.commit()
    assert callsheet("apply", "-C", workspace.path, plan).code == 0
    assert "Action/gone" in [address for address, _ in rows(workspace)]


def test_without_a_repository_a_signed_plan_stands_on_its_signature(
    planned: tuple[Folder, Path], alone: tuple[Folder, Path], callsheet: Callsheet
) -> None:
    (_, plan), (deploying, key) = planned, alone
    unsigned = callsheet("apply", "-C", deploying.path, plan)
    assert unsigned.err.startswith("error CS954"), unsigned.err
    assert callsheet("approve", plan, "--key", key, "--yes", "-q").code == 0
    assert callsheet("apply", "-C", deploying.path, plan).code == 0
    assert [address for address, _ in rows(deploying)] == [
        "Action/changed",
        "Action/example",
        "Action/kept",
        "Action/new",
    ]
