"""Plans: what is decided, guards, the plan file, and everything that refuses one."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from callsheet.compiling import CompiledAction, canonical_text, digest_of
from callsheet.errors import CallsheetError
from callsheet.language.environment import Guards
from callsheet.ledger import Applied, Position
from callsheet.planning.guards import judge
from callsheet.planning.model import GuardVerdict, Plan
from callsheet.planning.plan import Current, Desired, make_plan
from callsheet.planning.planfile import plan_record, read_plan, write_plan
from callsheet.targets import Deployed
from support.workspaces import Callsheet, Folder


def content(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "request": {"method": "POST", "url": "https://a.example/"},
        "authentication": {"type": "none"},
        **more,
    }


def compiled(name: str, **more: Any) -> CompiledAction:
    text = canonical_text(content(name, **more))
    return CompiledAction(f"Action/{name}", "local", text, digest_of(text))


def state(*names: str, **more: Any) -> dict[str, CompiledAction]:
    return {f"Action/{name}": compiled(name, **more) for name in names}


def plan(
    desired: dict[str, CompiledAction],
    applied: dict[str, CompiledAction],
    deployed: dict[str, CompiledAction] | None = None,
    *,
    accept: tuple[str, ...] = (),
    renamed: dict[str, str] | None = None,
    guards: Guards = Guards(),  # noqa: B008
) -> Plan:
    there = applied if deployed is None else deployed
    return make_plan(
        "local",
        Desired(actions=desired, renamed_from=renamed or {}),
        Current(
            target={"type": "sqlite", "path": "x"},
            position=Position("l", 1),
            applied={
                key: Applied(address=key, canonical=one.canonical, digest=one.digest, serial=1)
                for key, one in applied.items()
            },
            deployed={
                key: Deployed(
                    address=key,
                    canonical=one.canonical,
                    digest=one.digest,
                    revision=1,
                    applied_by="ada",
                    applied_at="t",
                )
                for key, one in there.items()
            },
        ),
        guards=guards,
        accepted=accept,
    )


def steps(one: Plan) -> list[tuple[str, str]]:
    return [(change.action, change.address) for change in one.changes]


def broken(one: Plan) -> list[str]:
    return [verdict.guard for verdict in one.broken]


def test_create_update_delete_and_what_stays() -> None:
    found = plan(
        {**state("new", "same"), **state("other", owner="b")},
        {**state("same", "gone"), **state("other", owner="a")},
    )
    assert steps(found) == [("delete", "Action/gone"), ("update", "Action/other"), ("create", "Action/new")]
    assert found.summary == {
        "create": 1, "update": 1, "replace": 0, "rename": 0, "delete": 1, "adopt": 0, "forget": 0, "unchanged": 1,
    }  # fmt: skip


def test_a_rename_is_one_change() -> None:
    found = plan(state("new"), state("old"), renamed={"Action/new": "Action/old"})
    (change,) = found.changes
    assert (change.action, change.address_before, change.address) == ("rename", "Action/old", "Action/new")
    assert steps(plan(state("new"), {}, renamed={"Action/new": "Action/old"})) == [("create", "Action/new")]
    assert steps(plan(state("new"), state("new"), renamed={"Action/new": "Action/old"})) == []
    assert steps(plan(state("new"), state("old"), {}, renamed={"Action/new": "Action/old"})) == [
        ("create", "Action/new")
    ]


def test_drift_is_its_own_section_and_is_written_over_only_when_accepted() -> None:
    edited = state("a", owner="by hand")
    found = plan(state("a"), state("a"), edited)
    assert (steps(found), [(one.kind, one.address) for one in found.drift]) == (
        [],
        [("changed", "Action/a")],
    )
    assert steps(plan(state("a"), state("a"), edited, accept=("drift",))) == [("update", "Action/a")]
    found = plan(state("a", owner="new"), state("a"), edited)
    assert (steps(found), broken(found)) == ([("update", "Action/a")], ["drift"])
    found = plan({}, state("a"), edited)
    assert (steps(found), broken(found)) == ([("delete", "Action/a")], ["drift"])
    assert broken(plan({}, state("a"), edited, accept=("drift",))) == []


def test_what_is_missing_at_the_target() -> None:
    found = plan(state("a"), state("a"), {})
    assert (steps(found), [one.kind for one in found.drift]) == ([], ["missing"])
    assert steps(plan(state("a"), state("a"), {}, accept=("drift",))) == [("create", "Action/a")]
    assert steps(plan({}, state("a"), {})) == [("forget", "Action/a")]


def test_what_callsheet_did_not_deploy_is_taken_over_only_when_accepted() -> None:
    assert plan({}, {}, state("a")).unmanaged == ("Action/a",)
    found = plan(state("a"), {}, state("a", owner="x"))
    assert (steps(found), broken(found)) == ([("update", "Action/a")], ["unmanaged"])
    assert steps(plan(state("a"), {}, state("a"))) == [("adopt", "Action/a")]


def test_what_somebody_broke_by_hand_is_shown_as_it_is() -> None:
    for text in ("not json", "[1]", "{}", '{"request": 1}', "[" * 2000):
        odd = {"Action/a": CompiledAction("Action/a", "local", text, digest_of(text))}
        found = plan(state("a"), state("a"), odd)
        assert found.drift[0].kind == "changed"
        assert plan_record(found)["drift"]


MANY = state(*(f"a{n}" for n in range(10)))


@pytest.mark.parametrize(
    ("desired", "guards", "accept", "expected"),
    [
        ({**MANY, **state("a0", "a1", "a2", owner="x")}, Guards(), (), []),
        ({**MANY, **state("a0", "a1", "a2", "a3", owner="x")}, Guards(), (), ["max-update"]),
        ({**MANY, **state("a0", "a1", "a2", "a3", owner="x")}, Guards(), ("max-update",), []),
        ({**MANY, **state("a0", "a1", "a2", "a3", owner="x")}, Guards(minimum=11), (), []),
        ({**MANY, **state("a0", owner="x")}, Guards(max_update=0), (), ["max-update"]),
        ({}, Guards(), (), ["max-delete"]),
        ({}, Guards(max_delete=100), (), []),
        ({}, Guards(max_delete=100, require_accept=("breaking",)), (), ["breaking"]),
        ({}, Guards(max_delete=100, require_accept=("breaking",)), ("action-deleted",), []),
        ({}, Guards(max_delete=100, require_accept=("breaking",)), ("breaking",), []),
        ({}, Guards(max_delete=100, require_accept=("action-deleted",)), (), ["action-deleted"]),
        ({}, Guards(max_delete=100, require_accept=("secret-changed", "sensitive")), (), []),
    ],
)
def test_guards(
    desired: dict[str, CompiledAction], guards: Guards, accept: tuple[str, ...], expected: list[str]
) -> None:
    assert broken(plan(desired, MANY, guards=guards, accept=accept)) == expected


def test_a_protected_action_is_never_deleted_whatever_is_accepted() -> None:
    found = plan({}, state("a", protect=True), accept=("protect", "breaking"))
    assert broken(found) == ["protect"]
    verdicts = judge((), Guards(), managed=0, drifted=(), unmanaged=(), accepted=())
    assert {one.verdict for one in verdicts} == {"passed"}


def test_a_plan_file_is_read_back_as_it_was() -> None:
    found = plan(
        {**state("new"), **state("other", owner="b")},
        {**state("other"), **state("old")},
        renamed={"Action/new": "Action/old"},
    )
    again = read_plan(write_plan(found).encode(), "plan.json")
    assert plan_record(again) == plan_record(found)
    assert write_plan(again) == write_plan(found)
    assert found.digest == again.digest


Edit = Callable[[dict[str, Any]], Any]
EDITS: dict[str, Edit] = {
    "another environment": lambda record: record.update(environment="production"),
    "another target": lambda record: record["target"].update(path="y"),
    "another lineage": lambda record: record["ledger"].update(lineage="m"),
    "another serial": lambda record: record["ledger"].update(serial=2),
    "another commit": lambda record: record.update(commit="f" * 40),
    "a clean tree": lambda record: record.update(dirty=not record["dirty"]),
    "another action": lambda record: record["changes"][0].update(action="delete"),
    "another address": lambda record: record["changes"][0].update(address="Action/z"),
    "another content": lambda record: record["changes"][0]["after"].update(owner="mallory"),
    "another digest before": lambda record: record["changes"][0].update(beforeDigest=None),
    "another digest after": lambda record: record["changes"][0].update(afterDigest="sha256:" + "0" * 64),
    "a lighter impact": lambda record: record["changes"][0].update(impact="cosmetic", reasons=[]),
    "no difference": lambda record: record["changes"][0].update(diff=[]),
    "one change fewer": lambda record: record["changes"].pop(),
    "a change twice": lambda record: record["changes"].append(record["changes"][0]),
    "a guard passed": lambda record: record["guards"][0].update(verdict="accepted"),
    "no guard": lambda record: record.update(guards=[]),
    "something unmanaged": lambda record: record.update(unmanaged=["x"]),
    "another summary": lambda record: record["summary"].update(create=9),
    "another plan's digest": lambda record: record.update(digest="sha256:" + "1" * 64),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "CS910"),
    "blank": (b"  \n", "CS910"),
    "no JSON": (b"plan", "CS910"),
    "a list": (b"[]", "CS910"),
    "another document": (b"{}", "CS910"),
    "not UTF-8": (b"\xff", "CS910"),
    "a key twice": (b'{"a": 1, "a": 2}', "CS910"),
    "nested without end": (b"[" * 100_000, "CS910"),
    "a newer format": (b'{"formatVersion": 2}', "CS911"),
}


def some_plan() -> dict[str, Any]:
    return plan_record(plan({**state("a"), **state("b", owner="x")}, state("b")))


@pytest.mark.parametrize("case", EDITS)
def test_an_edited_plan_is_refused(case: str) -> None:
    record = some_plan()
    EDITS[case](record)
    with pytest.raises(CallsheetError) as caught:
        read_plan(json.dumps(record).encode(), "plan.json")
    assert caught.value.code in ("CS912", "CS910")
    assert "plan.json" in caught.value.message


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_plan_is_refused(case: str) -> None:
    content_, code = REFUSED[case]
    with pytest.raises(CallsheetError) as caught:
        read_plan(content_, "plan.json")
    assert caught.value.code == code


def test_a_plan_that_was_cut_is_refused_wherever_it_was() -> None:
    text = json.dumps(some_plan()).encode()
    for end in range(0, len(text) - 1, 97):
        with pytest.raises(CallsheetError, match=r"JSON document|is empty"):
            read_plan(text[:end], "plan.json")


def test_a_plan_with_numbers_that_json_does_not_have_is_refused() -> None:
    record = some_plan()
    record["changes"][0]["after"]["x"] = float("nan")
    with pytest.raises(CallsheetError):
        read_plan(json.dumps(record).encode(), "plan.json")


# -- applying a plan file ---------------------------------------------------------------------


@pytest.fixture
def planned(workspace: Folder, callsheet: Callsheet) -> Callable[..., Any]:
    """Apply once, change the action, write a plan file; give the function that applies it."""
    where = ("-C", workspace.path)
    assert callsheet("apply", *where, "--yes").code == 0
    workspace.action(constant="2")
    file = workspace.path.parent / "plan.json"
    assert callsheet("plan", *where, "--out", file, "-q").code == 0

    def apply(*more: str) -> Any:
        return callsheet("apply", *where, file, *more)

    return apply


def edit(workspace: Folder, statement: str) -> None:
    import sqlite3

    connection = sqlite3.connect(workspace.database)
    with connection:
        connection.execute(statement)
    connection.close()


def test_a_plan_file_is_applied_once(planned: Callable[..., Any]) -> None:
    assert planned().code == 0
    again = planned()
    assert (again.code, again.out) == (1, "")
    assert again.err.startswith("error CS917: the plan was already applied, as number 2, by ada at ")


def test_a_stale_plan_is_refused_and_says_what_moved(
    planned: Callable[..., Any], workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.action(constant="3")
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    refused = planned()
    assert refused.code == 1
    assert "error CS914: the plan was made at serial 1, and the ledger is at 2" in refused.err
    assert "since then: apply 2 by ada at " in refused.err


def test_a_target_that_moved_is_refused_and_says_what(
    planned: Callable[..., Any], workspace: Folder
) -> None:
    edit(
        workspace,
        "UPDATE registry_action SET compiled = replace(compiled, 'Example', 'By hand'), revision = 7",
    )
    refused = planned()
    assert "error CS916: what is deployed has changed since the plan was made" in refused.err
    assert "Action/example: it was changed (revision 7, by ada at " in refused.err
    edit(workspace, "DELETE FROM registry_action")
    assert "Action/example: it is no longer deployed" in planned().err


def test_what_was_to_be_created_and_is_there_is_refused(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    callsheet("apply", *where, "--yes")
    workspace.action("second")
    file = workspace.path.parent / "plan.json"
    callsheet("plan", *where, "--out", file)
    edit(
        workspace,
        "INSERT INTO registry_action SELECT 'Action/second', 'second', digest, 1, compiled, 'x', 'y', NULL, NULL FROM registry_action",
    )
    assert "Action/second: it is deployed now, and was not" in callsheet("apply", *where, file).err


def test_a_plan_for_another_ledger_or_target_is_refused(
    planned: Callable[..., Any], workspace: Folder, callsheet: Callsheet
) -> None:
    environments = workspace.path / "environments.yaml"
    text = environments.read_text()
    environments.write_text(text.replace("local.db", "other.db"))
    assert "error CS915: the plan is for the target" in planned().err
    environments.write_text(text)
    workspace.database.unlink()
    assert "error CS913: the plan is for another ledger" in planned().err
    workspace.action(constant="9")
    callsheet("apply", "-C", workspace.path, "--yes")
    assert "error CS913: the plan is for another ledger" in planned().err


def test_a_broken_guard_refuses_an_apply_and_accept_lets_it_pass(
    workspace: Folder, callsheet: Callsheet
) -> None:
    where = ("-C", workspace.path)
    workspace.write(
        "environments.yaml",
        (workspace.path / "environments.yaml").read_text() + "  guards: {requireAccept: [breaking]}\n",
    )
    for number in range(11):
        workspace.action(f"a{number}")
    assert callsheet("apply", *where, "--yes", "-q").code == 0
    for number in range(11):
        (workspace.path / f"a{number}.yaml").unlink()
    refused = callsheet("apply", *where, "--yes", "-q")
    assert refused.code == 1
    assert "error CS918: a guard refuses the plan" in refused.err
    assert "max-delete: 11 of 12 would be deleted; the limit is 30%: Action/a0, " in refused.err
    assert "and 1 more" in refused.err
    assert "help: if this is intended: --accept max-delete --accept breaking" in refused.err
    refused = callsheet("apply", *where, "--yes", "--accept", "max-delete")
    assert "error CS919: the plan contains changes that must be accepted" in refused.err
    assert callsheet("apply", *where, "--yes", "--accept", "max-delete", "--accept", "breaking").code == 0
    assert "accepted: breaking, max-delete" in callsheet("history", "show", "2", *where).out


def test_a_protected_action_must_be_released_first(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    path = workspace.action()
    path.write_text(path.read_text() + "  lifecycle: {protect: true}\n")
    callsheet("apply", *where, "--yes")
    workspace.action("another")
    text = path.read_text()
    path.unlink()
    refused = callsheet("apply", *where, "--yes", "--accept", "protect")
    assert "error CS918" in refused.err
    assert "remove `protect` in a change of its own" in refused.err
    path.write_text(text.replace("protect: true", "protect: false"))
    assert callsheet("apply", *where, "--yes").code == 0
    path.unlink()
    assert callsheet("apply", *where, "--yes").code == 0


def test_a_plan_without_changes_needs_no_database(workspace: Folder, callsheet: Callsheet) -> None:
    where = ("-C", workspace.path)
    callsheet("apply", *where, "--yes")
    file = workspace.path.parent / "plan.json"
    callsheet("plan", *where, "--out", file)
    assert callsheet("apply", *where, file).out == "Nothing to do in local: 1 unchanged.\n"
    assert "the plan is for local, not for staging" in callsheet("apply", *where, file, "-e", "staging").err


def test_digest_covers_everything() -> None:
    one = plan(state("a"), {})
    other = replace(one, commit="x")
    from callsheet.planning.planfile import with_digest

    assert with_digest(other).digest != one.digest
    assert with_digest(copy.copy(one)).digest == one.digest


def test_a_verdict_says_what_accepts_it_where_its_message_does_not() -> None:
    verdicts = judge((), Guards(), managed=0, drifted=("Action/a",), unmanaged=("Action/b",), accepted=())
    assert {one.guard: one.accepted_by for one in verdicts} == {
        "max-update": "max-update", "max-delete": "max-delete", "drift": "drift", "unmanaged": "unmanaged",
    }  # fmt: skip
    for guard in ("protect", "breaking", "host-changed"):
        assert GuardVerdict(guard=guard, verdict="broken", message="…").accepted_by is None
