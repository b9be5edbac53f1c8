"""`drift --write`: what somebody changed at the target goes into the files, comments kept; the rest is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import jsonschema
import pytest
from syrupy.assertion import SnapshotAssertion

from callsheet.errors import CallsheetError
from callsheet.language.schema_check import schema
from callsheet.standalone import write_file
from support.workspaces import ENVIRONMENT, Callsheet, Folder

PUSH = """\
# The push of the shop.
apiVersion: callsheet/v1
kind: Action
metadata:
  name: push  # as the journey knows it
  title: {en: Push, fr: Push}
  owner: team-shop
spec:
  request:
    method: POST
    url: "https://{{ values.host }}/v1/send"
    headers:
      Accept: application/json  # nothing else
    payload:
      title: "{{ params.title }}"
      # How soon it is shown.
      priority: HIGH  # or NORMAL
      text: "for {{ params.title }}"
      data: {kind: shop, retries: 3}
      tags: [a, b]
      options:
        # A list with a comment in it.
        - one  # the first
        - two
      only:
        one: 1
  parameters:
    title: {type: string, example: Hi}
  limits: {timeout: 5s}
"""
OVERLAID = (
    ENVIRONMENT
    + """\
  overlays:
    push:
      request: {payload: {data: {retries: 5}}}  # more of them here
---
apiVersion: callsheet/v1
kind: Environment
metadata: {name: other}
spec:
  extends: local
  target: {type: sqlite, path: .callsheet/other.db}
"""
)


@pytest.fixture
def push(empty: Folder, callsheet: Callsheet) -> Folder:
    empty.write("environments.yaml", OVERLAID)
    empty.write("push.yaml", PUSH)
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes", "-q").code == 0
    return empty


def by_hand(folder: Folder, change: Callable[[dict[str, Any]], object], name: str = "push") -> None:
    """Change the deployed action as somebody at the registry would."""
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        where = "FROM registry_action WHERE name = ?"
        ((text,),) = connection.execute(f"SELECT compiled {where}", (name,)).fetchall()
        compiled = json.loads(text)
        change(compiled)
        text = json.dumps(compiled, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        connection.execute("UPDATE registry_action SET compiled = ? WHERE name = ?", (text, name))


def written(folder: Folder, callsheet: Callsheet, *arguments: str) -> str:
    outcome = callsheet("drift", "-C", folder.path, "-e", "local", "--write", *arguments)
    assert (outcome.code, outcome.err) == (0, "")
    return outcome.out


def settled(folder: Folder, callsheet: Callsheet) -> None:
    """The files say what is deployed: the plan takes it over, and then there is nothing to do."""
    at = ("-C", folder.path, "-e", "local")
    changes = json.loads(callsheet("plan", *at, "-o", "json").out)["changes"]
    assert {one["action"] for one in changes} == {"adopt"}
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    assert callsheet("drift", *at, "--detailed-exitcode").code == 0


def test_what_somebody_changed_is_written_and_every_comment_stays(
    push: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    def change(compiled: dict[str, Any]) -> None:
        payload = compiled["request"]["payload"]
        payload["priority"] = "NORMAL"
        payload["text"] = {"$concat": ["to ", {"$param": "title"}, "!"]}
        payload["data"] |= {"kind": "yes", "new": {"a": [1, None]}}
        payload["tags"] = ["a", "b", "c, d"]
        payload["added"] = "08"
        del payload["only"]
        compiled["request"]["headers"]["X-Shop"] = "1"
        compiled["owner"] = "team-push"
        compiled["title"]["fr"] = "Notification #1"

    by_hand(push, change)
    assert written(push, callsheet) == snapshot
    assert (push.path / "push.yaml").read_text() == snapshot(name="push.yaml")
    settled(push, callsheet)


def test_what_an_overlay_says_is_written_into_the_overlay(push: Folder, callsheet: Callsheet) -> None:
    by_hand(push, lambda compiled: compiled["request"]["payload"]["data"].update(retries=7))
    before = (push.path / "push.yaml").read_text()
    assert "environments.yaml:" in written(push, callsheet)
    text = (push.path / "environments.yaml").read_text()
    assert text == OVERLAID.replace("{retries: 5}}}  # more", "{retries: 7}}}  # more")
    assert (push.path / "push.yaml").read_text() == before
    settled(push, callsheet)


def test_what_a_template_makes_or_a_comment_stands_in_is_told_and_not_written(
    push: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    def change(compiled: dict[str, Any]) -> None:
        compiled["request"]["url"] = "https://elsewhere.example.com/v1/send"
        compiled["request"]["payload"]["options"] = ["one"]
        compiled["name"] = "another"

    by_hand(push, change)
    before = (push.path / "push.yaml").read_text()
    assert written(push, callsheet) == snapshot
    assert (push.path / "push.yaml").read_text() == before
    told = json.loads(written(push, callsheet, "-o", "json"))
    jsonschema.Draft202012Validator(schema("drift")).validate(told)
    found = told["fields"]
    assert [one["written"] for one in found] == [False] * 3
    assert all(one["why"] for one in found)


def test_what_would_not_compile_is_left_and_the_rest_is_written(push: Folder, callsheet: Callsheet) -> None:
    def change(compiled: dict[str, Any]) -> None:
        compiled["request"]["method"] = "SEND"
        compiled["request"]["payload"]["priority"] = "NORMAL"

    by_hand(push, change)
    assert "the workspace would not compile: CS" in written(push, callsheet).replace("\n      ", " ")
    text = (push.path / "push.yaml").read_text()
    assert text == PUSH.replace("priority: HIGH", "priority: NORMAL")


def test_one_of_many_that_would_not_compile_does_not_keep_the_others(
    push: Folder, callsheet: Callsheet
) -> None:
    names = [f"a{number}" for number in range(9)]
    for name in names:
        push.action(name)
    assert callsheet("apply", "-C", push.path, "-e", "local", "--yes", "-q").code == 0
    for name in names:
        by_hand(push, lambda compiled: compiled["request"]["payload"].update(fixed=2), name)
    by_hand(push, lambda compiled: compiled["request"].update(method="SEND"), "a4")
    told = json.loads(written(push, callsheet, "-o", "json"))["fields"]
    left = [(one["address"], one["path"]) for one in told if not one["written"]]
    assert left == [("Action/a4", "/request/method")]
    assert len(told) == 10
    for name in names:
        assert "fixed: 2" in (push.path / f"{name}.yaml").read_text()


def test_what_the_workspace_says_otherwise_meanwhile_is_left(push: Folder, callsheet: Callsheet) -> None:
    by_hand(push, lambda compiled: compiled["request"]["payload"].update(priority="NORMAL"))
    push.write("push.yaml", PUSH.replace("priority: HIGH", "priority: LOW"))
    assert "the workspace has changed it since" in written(push, callsheet)
    assert "priority: LOW" in (push.path / "push.yaml").read_text()


def test_what_is_gone_at_the_target_or_in_the_workspace_is_told(push: Folder, callsheet: Callsheet) -> None:
    push.action("second")
    assert callsheet("apply", "-C", push.path, "-e", "local", "--yes", "-q").code == 0
    by_hand(push, lambda compiled: compiled.update(owner="x"))
    with closing(sqlite3.connect(push.database)) as connection, connection:
        connection.execute("DELETE FROM registry_action WHERE name = 'second'")
    push.remove("push")
    push.write("environments.yaml", ENVIRONMENT)
    told = written(push, callsheet)
    assert "Action/second\n    it is no longer deployed: remove its file, or apply to bring it back" in told
    assert "Action/push\n    the workspace no longer writes it here" in told


def test_what_is_no_action_any_more_takes_nothing_out_of_the_file(
    push: Folder, callsheet: Callsheet
) -> None:
    for change in (
        lambda compiled: compiled.pop("request"),
        lambda compiled: compiled.update({"$param": "title"}),
    ):
        by_hand(push, change)
        told = written(push, callsheet)
        assert (
            "Action/push\n    what is deployed is no longer an action: apply again to overwrite it\n"
            in told
        )
        assert (push.path / "push.yaml").read_text() == PUSH
        assert callsheet(
            "apply", "-C", push.path, "-e", "local", "--yes", "-q", "--accept", "drift"
        ).code == 0  # fmt: skip


def test_two_documents_of_one_file_and_its_line_ends(push: Folder, callsheet: Callsheet) -> None:
    second = PUSH.replace("name: push ", "name: second ")
    file = push.write("push.yaml", "")
    file.write_bytes(b"\xef\xbb\xbf" + f"{PUSH}---\n{second}".replace("\n", "\r\n").encode())
    assert callsheet("apply", "-C", push.path, "-e", "local", "--yes", "-q").code == 0
    for name in ("push", "second"):
        by_hand(push, lambda compiled: compiled["request"]["payload"].update(priority="NORMAL"), name)
    told = written(push, callsheet)
    assert told.count("request.payload.priority`") == 2
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"priority: NORMAL  # or NORMAL\r\n") == 2
    assert content.count(b"\n") == content.count(b"\r\n")
    settled(push, callsheet)


def test_an_action_and_its_overlay_in_one_file(empty: Folder, callsheet: Callsheet) -> None:
    empty.write("all.yaml", f"{PUSH}---\n{OVERLAID}")
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes", "-q").code == 0

    def change(compiled: dict[str, Any]) -> None:
        compiled["request"]["payload"]["priority"] = "NORMAL, or so"
        compiled["request"]["payload"]["data"]["retries"] = 12345

    by_hand(empty, change)
    assert written(empty, callsheet).count("  all.yaml:") == 2
    text = (empty.path / "all.yaml").read_text()
    assert "priority: 'NORMAL, or so'  # or NORMAL\n" in text
    assert "data: {retries: 12345}}}  # more of them here\n" in text
    settled(empty, callsheet)


def test_a_file_of_json_stays_json(empty: Folder, callsheet: Callsheet) -> None:
    import yaml

    empty.write("environments.yaml", ENVIRONMENT)
    empty.write("push.json", json.dumps(yaml.safe_load(PUSH), indent=2))
    at = ("-C", empty.path)
    assert callsheet("apply", *at, "--yes", "-q").code == 0

    def change(compiled: dict[str, Any]) -> None:
        compiled["request"]["payload"] |= {"priority": "NORMAL", "added": True, "tags": []}
        del compiled["request"]["payload"]["data"]["kind"]

    by_hand(empty, change)
    written(empty, callsheet)
    payload = json.loads((empty.path / "push.json").read_text())["spec"]["request"]["payload"]
    assert (payload["priority"], payload["added"], payload["tags"], payload["data"]) == (
        "NORMAL", True, [], {"retries": 3},
    )  # fmt: skip
    settled(empty, callsheet)


def test_a_file_that_cannot_be_written_is_told_beside_those_that_were(
    push: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callsheet.planning import writing_back

    def change(compiled: dict[str, Any]) -> None:
        compiled["request"]["payload"]["priority"] = "NORMAL"
        compiled["request"]["payload"]["data"]["retries"] = 7

    def write(path: str, text: str) -> None:
        if path.endswith("push.yaml"):
            raise CallsheetError("CS928", f"{path} cannot be written: read-only file system", help="x")
        write_file(path, text)

    by_hand(push, change)
    monkeypatch.setattr(writing_back, "write_file", write)
    outcome = callsheet("drift", "-C", push.path, "-e", "local", "--write")
    assert (outcome.code, outcome.err[:12]) == (1, "error CS928:")
    assert "Written\n  Action/push `request.payload.data.retries`  environments.yaml:" in outcome.out
    assert "Left as it is\n  Action/push `request.payload.priority`  push.yaml:17:7\n" in outcome.out
    assert "    its file cannot be written\n" in outcome.out
    assert "retries: 7" in (push.path / "environments.yaml").read_text()


def test_without_drift_nothing_is_written(push: Folder, callsheet: Callsheet) -> None:
    assert written(push, callsheet) == "No drift in local.\n"
