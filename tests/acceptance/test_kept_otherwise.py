"""A target that takes a step and holds something else: the step is not done, and the next plan brings it on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from callsheet import Workspace
from support.adobe import Adobe
from support.adobe_workspace import Do
from support.collection import Collection
from support.hooks import ENVIRONMENT, settled
from support.workspaces import Callsheet, Folder

BODY = 'body: {name: "{{ action.name }}", kind: callsheet, target: {url: "{{ action.request.url }}"}, definition: "{{ action | tojson }}"}'
PARTIAL = """partial: true
  body: {name: "{{ action.name }}", words: "{{ action.description.en }}", payload: "{{ action.request.payload }}"}"""
UPDATE = 'update: {path: "/hooks/{id}"'
Keep = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]


def described(folder: Folder, how: str = "", more: str = "") -> None:
    text = ENVIRONMENT.replace(BODY, PARTIAL).replace(UPDATE, UPDATE + how)
    assert PARTIAL in text
    folder.write("environments.yaml", text + more)


def keeping(collection: Collection, keep: Keep) -> Callable[[], None]:
    """Let the service keep what a function makes of what was there and what came; returns the way back."""
    real = collection.keep

    def kept(identity: str, one: dict[str, Any]) -> None:
        real(identity, {**keep(collection.objects.get(identity, {}), one), "id": identity})

    collection.keep = kept  # type: ignore[method-assign]

    def back() -> None:
        collection.keep = real  # type: ignore[method-assign]

    return back


def applied(folder: Folder, callsheet: Callsheet, *more: str) -> str:
    """Apply; nothing of it needs to be accepted."""
    outcome = callsheet("apply", "-C", folder.path, "--yes", "-q", *more)
    assert (outcome.code == 0) is (outcome.err == ""), outcome.err
    return outcome.err


def outcomes(folder: Folder) -> list[tuple[str, str]]:
    last = Workspace(folder.path).history("local").applies[0]
    return [(one.action, one.outcome) for one in last.steps]


KEEPERS: dict[str, Keep] = {
    "a PUT that merges": lambda there, came: {
        **came, "payload": {**there.get("payload", {}), **came["payload"]},
    },
    "null for empty": lambda there, came: {
        **came, "payload": {key: one or None for key, one in came["payload"].items()},
    },
    "numbers for booleans": lambda there, came: {
        **came, "payload": {key: int(one) if isinstance(one, bool) else one for key, one in came["payload"].items()},
    },
    "a field of its own within": lambda there, came: {**came, "payload": {**came["payload"], "added": 1}},
    "what was there": lambda there, came: there or came,
}  # fmt: skip


@pytest.mark.one_in(2)
@pytest.mark.parametrize("silent", [False, True], ids=["shown", "silent"])
@pytest.mark.parametrize("keeper", KEEPERS)
def test_an_update_that_is_kept_otherwise_is_not_done_and_is_brought_on(
    hooks: Folder, callsheet: Callsheet, collection: Collection, keeper: str, silent: bool
) -> None:
    described(hooks)
    hooks.action(constant='{x: 1}, gone: 1, note: "n", live: 1')
    assert applied(hooks, callsheet) == ""
    hooks.action(constant='{x: 2}, note: "", live: true')
    back = keeping(collection, KEEPERS[keeper])
    shown = collection.shown
    if silent:
        collection.shown = lambda identity: None  # type: ignore[method-assign, assignment, return-value]
    err = applied(hooks, callsheet)
    assert "CS876" in err
    assert (
        "Action/example: the service accepted it, but stored something else than was sent: payload" in err
    )
    assert outcomes(hooks) == [("update", "failed")]
    # What is there is callsheet's own: it is no drift, and the next plan shows it.
    plan = Workspace(hooks.path).plan()
    assert (plan.drift, [one.action for one in plan.changes]) == ((), ["update"])
    # As long as the service does so, so does callsheet.
    assert "CS876" in applied(hooks, callsheet)
    back()
    collection.shown = shown  # type: ignore[method-assign]
    settled(hooks, callsheet, collection)
    [one] = collection.objects.values()
    assert one["payload"] == {"title": {"$param": "title"}, "fixed": {"x": 2}, "note": "", "live": True}


@pytest.mark.parametrize("step", ["create", "rename", "replace"])
def test_what_is_created_renamed_or_replaced_and_kept_otherwise_is_still_owned(
    hooks: Folder, callsheet: Callsheet, collection: Collection, step: str
) -> None:
    described(hooks, ", fields: [name]" if step == "replace" else "")
    if step != "create":
        assert applied(hooks, callsheet) == ""
    if step == "rename":
        hooks.rename("example", "renamed")
    elif step == "replace":
        hooks.action(constant="2")
    back = keeping(collection, lambda there, came: {**came, "words": "theirs"})
    assert "CS876" in applied(hooks, callsheet)
    assert outcomes(hooks) == [(step, "failed")]
    plan = Workspace(hooks.path).plan()
    assert (plan.drift, plan.unmanaged, len(plan.changes)) == ((), (), 1)
    # It is deleted, too, where the workspace no longer has it.
    if step == "create":
        hooks.remove("example")
        assert applied(hooks, callsheet) == ""
        assert collection.objects == {}
        hooks.action()
    back()
    settled(hooks, callsheet, collection)


def test_what_somebody_changes_after_it_was_kept_otherwise_is_drift(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks)
    back = keeping(collection, lambda there, came: {**came, "words": "theirs"})
    assert "CS876" in applied(hooks, callsheet)
    back()
    [identity] = collection.objects
    collection.objects[identity]["payload"] = {"by": "hand"}
    assert "Action/example" in callsheet("drift", "-C", hooks.path).out
    assert "CS918" in applied(hooks, callsheet)
    assert applied(hooks, callsheet, "--accept", "drift") == ""
    settled(hooks, callsheet, collection)


def test_a_deletion_after_which_the_object_is_there_is_not_done(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks)
    assert applied(hooks, callsheet) == ""
    hooks.remove("example")
    real = collection.drop
    collection.drop = lambda identity: None  # type: ignore[method-assign]
    assert "the service accepted the deletion, but still shows the object" in applied(hooks, callsheet)
    collection.drop = real  # type: ignore[method-assign]
    assert [one.action for one in Workspace(hooks.path).plan().changes] == ["delete"]
    assert applied(hooks, callsheet) == ""
    assert collection.objects == {}


def test_what_a_service_shows_after_a_while_is_done(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks)
    assert applied(hooks, callsheet) == ""
    hooks.action(constant="2")
    before = dict(collection.objects)
    collection.shown = lambda identity: None  # type: ignore[method-assign, assignment, return-value]
    real, looks = collection.page, []

    def late(query: Any, fault: str) -> Any:
        looks.append(query)
        # The first reading is the plan's, the second apply's own; then two that show what was there.
        return (200, {"data": list(before.values())}, {}) if len(looks) < 5 else real(query, fault)

    collection.page = late  # type: ignore[method-assign]
    assert applied(hooks, callsheet) == ""
    assert len(looks) == 5
    settled(hooks, callsheet, collection)


def test_empty_values_are_one_where_the_target_says_so(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, more="  normalised: {payload: [empty]}\n")
    hooks.action(constant='1, note: "", list: [], deep: {a: {}}')
    keeping(
        collection,
        lambda there, came: {
            **came,
            "payload": {"title": came["payload"]["title"], "fixed": 1, "note": None},
        },
    )
    assert applied(hooks, callsheet) == ""
    plan = Workspace(hooks.path).plan()
    assert (plan.changes, plan.drift) == ((), ())
    [identity] = collection.objects
    collection.objects[identity]["payload"]["note"] = "by hand"
    assert [one.address for one in Workspace(hooks.path).plan().drift] == ["Action/example"]


def test_a_null_that_no_merge_patch_can_say_is_refused_by_the_plan(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    described(hooks, ", method: PATCH, as: merge-patch")
    hooks.action(constant="{a: 1, b: [1]}")
    assert applied(hooks, callsheet) == ""
    hooks.action(constant="{a: null, b: [1]}")
    outcome = callsheet("plan", "-C", hooks.path)
    assert outcome.code == 1
    assert outcome.err == (
        "error CS877: no merge patch can make payload.fixed.a of Action/example null: null takes a field away there\n"
        "help: leave the field out, or let the Target `hooks` update by PUT, or by PATCH without `as: merge-patch`\n"
    )
    # In a list null is null, and a field is taken away.
    hooks.action(constant="{b: [null]}")
    assert applied(hooks, callsheet) == ""
    settled(hooks, callsheet, collection)
    [one] = collection.objects.values()
    assert one["payload"]["fixed"] == {"b": [None]}


@pytest.mark.parametrize("how", ["", ", fields: [name, words, payload]"])
def test_a_patch_takes_away_what_the_action_no_longer_has(
    hooks: Folder, callsheet: Callsheet, collection: Collection, how: str
) -> None:
    described(hooks, f", method: PATCH{how}")
    text = hooks.action().read_text()
    hooks.write("example.yaml", text.replace("owner:", "description: {en: D}, owner:"))
    assert applied(hooks, callsheet) == ""
    assert [one["words"] for one in collection.objects.values()] == ["D"]
    hooks.write("example.yaml", text)
    assert applied(hooks, callsheet) == ""
    assert collection.bodies[-1]["words"] is None
    settled(hooks, callsheet, collection)
    # What callsheet never sent is the service's own.
    hooks.action(constant="2")
    [identity] = collection.objects
    collection.objects[identity]["words"] = ""
    assert applied(hooks, callsheet) == ""
    assert "words" not in next(one for one in reversed(collection.bodies) if one)


def test_a_table_that_changes_what_is_written_takes_nothing(
    workspace: Folder, callsheet: Callsheet
) -> None:
    assert applied(workspace, callsheet) == ""
    workspace.action(constant="true")
    workspace.action("other")
    with closing(sqlite3.connect(workspace.database)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER theirs AFTER UPDATE ON registry_action WHEN new.compiled LIKE '%true%' BEGIN"
            " UPDATE registry_action SET compiled = replace(new.compiled, ':true', ':1') WHERE address = new.address; END"
        )
    err = applied(workspace, callsheet, "--keep-going")
    assert "what is read back of Action/example differs from what was written" in err
    last = Workspace(workspace.path).history("local").applies[0]
    assert sorted((one.address, one.outcome) for one in last.steps) == [
        ("Action/example", "failed"), ("Action/other", "done"),
    ]  # fmt: skip
    with closing(sqlite3.connect(workspace.database)) as connection, connection:
        [(text,)] = connection.execute(
            "SELECT compiled FROM registry_action WHERE name = 'example'"
        ).fetchall()
        assert json.loads(text)["request"]["payload"]["fixed"] == 1
        connection.execute("DROP TRIGGER theirs")
    assert applied(workspace, callsheet) == ""
    assert Workspace(workspace.path).plan().changes == ()


def test_a_deletion_after_which_adobe_still_shows_the_configuration_is_not_done(
    do: Do, adobe: Adobe, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert do.apply().code == 0

    class Sticky(dict[str, Any]):
        def __delitem__(self, uid: str) -> None:
            """It says that it is gone."""

    kept = adobe.configs
    adobe.configs = Sticky(kept)
    (do.folder.path / "shop.yaml").unlink()
    outcome = do.apply("--accept", "max-delete")
    assert outcome.code == 1
    assert "Adobe accepted the deletion, but still shows the configuration; plan again" in outcome.err
    adobe.configs = dict(adobe.configs)
    assert do.apply("--accept", "max-delete").code == 0
    assert adobe.configs == {}


def test_a_field_that_the_body_has_twice_is_not_adopted_while_the_service_holds_the_two_apart(
    hooks: Folder, callsheet: Callsheet, collection: Collection
) -> None:
    """The payload shows `true` and the field beside it `1`: neither is what was asked until both are."""
    twice = PARTIAL.replace('payload: "', 'flag: "{{ action.request.payload.fixed }}", payload: "')
    hooks.write("environments.yaml", ENVIRONMENT.replace(BODY, twice))
    hooks.action(constant="true")
    back = keeping(collection, lambda there, came: {**came, "flag": int(came["flag"])})
    assert "CS876" in applied(hooks, callsheet)
    for _ in range(2):
        plan = json.loads(callsheet("plan", "-C", hooks.path, "-o", "json").out)
        assert [one["action"] for one in plan["changes"]] == ["update"], plan["changes"]
        assert "CS876" in applied(hooks, callsheet)
    back()
    assert applied(hooks, callsheet) == ""
    plan = json.loads(callsheet("plan", "-C", hooks.path, "-o", "json").out)
    assert (plan["changes"], plan["drift"]) == ([], [])
