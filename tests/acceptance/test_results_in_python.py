"""What the Python API returns: copied, sent to other processes, changed by its caller, printed."""

from __future__ import annotations

import copy
import pickle
import sqlite3
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import callsheet
from callsheet import CallsheetError, InvalidWorkspaceError, Plan, Workspace, results, standalone
from callsheet.templates.values import digest_of
from support.workspaces import ENVIRONMENT, Callsheet, Folder

COPIES = {"deepcopy": copy.deepcopy, "pickle": lambda one: pickle.loads(pickle.dumps(one))}


@pytest.fixture
def changed(workspace: Folder) -> Folder:
    """Give a workspace that is applied, with an action more, one less, and one with other fields."""
    workspace.action("gone")
    workspace.action("two")
    opened = Workspace(workspace.path)
    opened.apply(opened.plan())
    workspace.remove("gone")
    text = (workspace.path / "two.yaml").read_text("utf-8")
    workspace.write("two.yaml", text.replace("method: POST", "method: POST\n    headers: {X-New: a}"))
    workspace.action("three")
    return workspace


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_of_a_plan_is_that_plan(changed: Folder, how: str) -> None:
    plan = Workspace(changed.path).plan()
    copied = COPIES[how](plan)
    assert copied == plan
    assert standalone.plan_text(copied) == standalone.plan_text(plan)
    operations = [[it.operation for it in one.diff] for one in plan.changes]
    assert [[it.operation for it in one.diff] for one in copied.changes] == operations
    assert {"add", "remove"} & {it for one in operations for it in one}
    assert Workspace(changed.path).apply(copied).outcome == "done"


def _plan(path: Path, environment: str | None) -> Plan:
    return Workspace(path).plan(environment)


def test_plans_and_errors_come_out_of_another_process(changed: Folder) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        plan = pool.submit(_plan, changed.path, None).result()
        with pytest.raises(CallsheetError) as unknown:
            pool.submit(_plan, changed.path, "nope").result()
        changed.write("broken.yaml", "kind: [")
        with pytest.raises(InvalidWorkspaceError) as invalid:
            pool.submit(_plan, changed.path, None).result()
    assert (unknown.value.code, bool(unknown.value.help)) == ("CS921", True)
    assert invalid.value.findings[0].file == "broken.yaml"
    assert invalid.value.compiled.errors == invalid.value.findings
    (changed.path / "broken.yaml").unlink()
    assert Workspace(changed.path).apply(plan).outcome == "done"


EDITS: dict[str, dict[str, Any]] = {
    "no digest": {"digest": ""},
    "another digest": {"digest": "sha256:" + "0" * 64},
    "another commit": {"commit": "0" * 40},
    "another reason": {"why": "because"},
    "fewer changes": {"changes": ()},
    "other notes": {"notes": ("all is well",)},
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_plan_that_was_changed_in_memory_is_refused(changed: Folder, edit: str) -> None:
    opened = Workspace(changed.path)
    plan = replace(opened.plan(), **EDITS[edit])
    with pytest.raises(CallsheetError) as refused:
        opened.apply(plan)
    assert refused.value.code == "CS912"


def test_the_digest_of_one_plan_does_not_carry_another(changed: Folder) -> None:
    opened = Workspace(changed.path)
    approved = opened.plan()
    at, first = next((at, one) for at, one in enumerate(approved.changes) if one.after is not None)
    assert first.after is not None
    other = replace(first, after={**first.after, "description": "evil"})
    for plan in (
        replace(approved, changes=(*approved.changes[:at], other, *approved.changes[at + 1 :])),
        replace(approved, changes=approved.changes[1:]),
    ):
        with pytest.raises(CallsheetError, match="was changed") as refused:
            opened.apply(plan)
        assert refused.value.code == "CS912"


def test_a_plan_is_held_to_files_that_were_read_again(changed: Folder) -> None:
    opened = Workspace(changed.path)
    plan = opened.plan()
    changed.action("four")
    opened.reread()
    with pytest.raises(CallsheetError) as refused:
        opened.apply(plan)
    assert refused.value.code == "CS954"


def test_who_changes_a_result_changes_nothing_else(workspace: Folder) -> None:
    opened = Workspace(workspace.path)
    shown = opened.render(["example"]).actions[0]
    shown["request"]["url"] = "https://evil.example/"
    opened.validate().diagnostics.append("x")  # type: ignore[attr-defined]
    assert opened.validate().diagnostics == []
    (change,) = opened.plan().changes
    assert change.after is not None
    assert change.after["request"]["url"] != "https://evil.example/"


SECRET = "AKIA" + "hunter2hunter2hu"


def test_no_repr_shows_what_somebody_wrote_into_the_target(workspace: Folder) -> None:
    opened = Workspace(workspace.path)
    opened.apply(opened.plan())
    with sqlite3.connect(workspace.path / ".callsheet" / "local.db") as database:
        (text,) = database.execute("SELECT compiled FROM registry_action").fetchone()
        text = text.replace('"title":', f'"a":"Bearer {SECRET}","title":', 1)
        database.execute("UPDATE registry_action SET compiled = ?", (text,))
    database.close()
    assert SECRET in text
    assert digest_of(text)
    again = Workspace(workspace.path)
    for found in (again.drift(), again.plan(accept="drift"), again.diff(), again.deployed()):
        assert SECRET not in repr(found)


def test_every_result_is_imported_from_one_place() -> None:
    for name in (
        "ApplyResult",
        "Plan",
        "Change",
        "Diagnostic",
        "PackResult",
        "StartResult",
        "ValidationResult",
    ):
        assert isinstance(getattr(results, name), type)
    assert {"Workspace", "Plan", "Change"} <= set(dir(callsheet))
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        results.Nothing  # noqa: B018


def test_a_refused_plan_makes_no_database(workspace: Folder, callsheet: Callsheet) -> None:
    guarded = ENVIRONMENT.replace("spec:", "spec:\n  guards: {requireAccept: [sensitive, compatible]}")
    workspace.write("environments.yaml", guarded)
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").err.startswith("error CS919")
    assert not (workspace.path / ".callsheet" / "local.db").exists()
    workspace.write("environments.yaml", ENVIRONMENT)
    assert callsheet("apply", "-C", workspace.path, "--yes", "-q").code == 0
    workspace.action("two")
    plan = workspace.path / "plan.out"
    assert callsheet("plan", "-C", workspace.path, "--out", plan, "-q").code == 0
    for file in (workspace.path / ".callsheet").glob("local.db*"):
        file.unlink()
    assert callsheet("apply", plan, "-C", workspace.path, "--yes", "-q").err.startswith("error CS913")
    assert not (workspace.path / ".callsheet" / "local.db").exists()


def test_what_cases_expect_is_not_written_into_others(workspace: Folder) -> None:
    text = (workspace.path / "example.yaml").read_text("utf-8")
    one, two = (
        f"  - name: {name}\n    params: {{title: {name}}}\n    expect: {{method: {method}}}\n"
        for name, method in (("one", "PUT"), ("two", "POST"))
    )
    workspace.write("example.yaml", f"{text}  tests:\n{one}{two}")
    opened = Workspace(workspace.path)
    ran = opened.test(["example"], generated=False)
    assert [case.outcome for case in ran.cases] == ["failed", "passed"]
    workspace.write("example.yaml", f"{text}  tests:\n{two}{one}")
    opened.reread()
    with pytest.raises(CallsheetError, match="were changed after they ran"):
        opened.update_tests(ran)
    opened.update_tests(opened.test(["example"], generated=False))
    assert all(one.outcome == "passed" for one in opened.test(["example"], generated=False).cases)


def test_what_others_changed_in_between_is_not_written_over(samples: Folder) -> None:
    text = (samples.path / "firebase" / "push.yaml").read_text("utf-8")
    samples.write("firebase/push2.yaml", text.replace("name: firebase_push", "name: firebase_push2"))
    opened = Workspace(samples.path)
    found = opened.extract("fcm", ["firebase_push", "firebase_push2"])
    edited = samples.write("firebase/push.yaml", f"{text}# a colleague's\n")
    with pytest.raises(CallsheetError) as refused:
        opened.write(found)
    assert (refused.value.code, "push.yaml was changed" in str(refused.value)) == ("CS993", True)
    assert edited.read_text("utf-8").endswith("# a colleague's\n")
    assert not (samples.path / (found.file or "?")).exists()
    opened.reread()
    opened.write(opened.extract("fcm", ["firebase_push", "firebase_push2"]))
    assert opened.validate().errors == []
