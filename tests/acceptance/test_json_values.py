"""`1` is not `true`, and a key is a key: in reviews, plans, drift, `drift --write`, checks, cases and the emulator."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.calling.cases import _difference
from callsheet.documents import equal
from callsheet.emulator.checks import unlike
from callsheet.importing.mapped import mapped_differences
from callsheet.language.difference import NOTHING, value_at
from callsheet.planning.field_changes import changed
from callsheet.planning.promotion import _differences
from callsheet.planning.writing_back import _changes
from callsheet.targets.rest.normal import same
from callsheet.targets.rest.patching import merge_patch, patch_of, unsayable
from callsheet.targets.rest.template import Exact
from support.collection import merged
from support.workspaces import ENVIRONMENT, Callsheet, Folder

SCALARS = st.sampled_from([None, False, True, 0, 1, 0.0, 1.0, 1.5, "", "0", "1", "true", "\0True", "a"])
KEYS = st.sampled_from(["a", "b", "__typename", "_c", "d.e", "f['g']", "", "é"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=3)

COMPARED = {
    "reviews and plans": lambda one, other: bool(changed({"v": one}, {"v": other})),
    "drift --write": lambda one, other: bool(list(_changes(one, other))),
    "test": lambda one, other: bool(list(_difference((), one, other, whole=True))),
    "a package's structure": lambda one, other: bool(list(_differences(one, other, ""))),
    "what a screen shows": lambda one, other: bool(mapped_differences(one, other)),
    "the emulator, and import --check": lambda one, other: unlike(one, other, "it") is not None,
    "a target": lambda one, other: not same(Exact({"v": one}), {"v": other}),
    "a merge patch": lambda one, other: bool(merge_patch({"v": one}, {"v": other})),
}
"""Every way in which two values are compared: do they differ?"""


@pytest.mark.parametrize("way", COMPARED)
@given(one=VALUES, other=VALUES)
def test_every_way_to_compare_two_values_finds_what_differs_and_nothing_else(
    way: str, one: Any, other: Any
) -> None:
    assert COMPARED[way](one, other) is not equal(one, other)
    assert not COMPARED[way](one, json.loads(json.dumps(one)))


@given(before=OBJECTS, after=OBJECTS)
def test_what_a_review_shows_of_two_objects_makes_one_of_the_other(before: Any, after: Any) -> None:
    for path, old, new in changed(before, after):
        assert equal(value_at(before, path), old) or old is NOTHING
        assert equal(value_at(after, path), new) or new is NOTHING
        assert not equal(old, new)


@given(before=OBJECTS, after=OBJECTS)
def test_a_merge_patch_makes_one_object_of_another_or_says_where_it_cannot(before: Any, after: Any) -> None:
    made = merged(before, merge_patch(before, after))
    assert equal(made, after) is (unsayable(before, after) is None)
    leaves = [(key,) for key in {*before, *after}]
    by_leaf = merged({**before, "theirs": 1}, patch_of(leaves, before, after))
    nulls = {key for key, one in after.items() if one is None}
    if unsayable(before, {key: one for key, one in after.items() if key not in nulls}) is None:
        # A field of the service that is null, and one that is not there, say the same.
        assert equal({k: v for k, v in by_leaf.items() if v is not None}, {
            **{key: one for key, one in after.items() if one is not None}, "theirs": 1})  # fmt: skip


@pytest.mark.parametrize(
    ("compiled", "value", "fits"),
    [
        ([1, 2], [1], False), ([1], [1, 2], False), ([1], [], False), ([], [1], False), ([1], [True], False),
        ([{"$param": "a"}, 2], [2], True), ([{"$param": "a"}, 2], ["x", 2], True), ([{"$param": "a"}, 2], ["x"], False),
        ([1, {"$param": "a"}, {"$param": "b"}, 2], [1, "x", 2], True), ([1, {"$param": "a"}, 2], [1], False),
    ],
)  # fmt: skip
def test_a_list_of_another_length_is_another_list(compiled: Any, value: Any, fits: bool) -> None:
    assert (unlike(compiled, value, "it") is None) is fits


def test_a_key_that_begins_with_two_underscores_is_seen_in_a_plan(
    workspace: Folder, callsheet: Callsheet
) -> None:
    at = ("-C", workspace.path)
    workspace.action(constant="{__typename: A}")
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    workspace.action(constant="{__typename: B}")
    shown = callsheet("plan", *at).out
    assert '- "A"' in shown
    assert '+ "B"' in shown
    workspace.action(constant="{}")
    assert "__typename" in callsheet("plan", *at).out


@pytest.mark.parametrize(
    ("ours", "theirs"), [("true", 1), ("1", True), ("false", 0), ("0", False), ("[true]", [1])]
)
def test_drift_write_tells_a_number_from_a_boolean(
    workspace: Folder, callsheet: Callsheet, ours: str, theirs: Any
) -> None:
    at = ("-C", workspace.path)
    workspace.action(constant=ours)
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    with closing(sqlite3.connect(workspace.database)) as connection, connection:
        [(text,)] = connection.execute("SELECT compiled FROM registry_action").fetchall()
        compiled = json.loads(text)
        compiled["request"]["payload"]["fixed"] = theirs
        text = json.dumps(compiled, separators=(",", ":"), sort_keys=True)
        connection.execute("UPDATE registry_action SET compiled = ?", (text,))
    callsheet("drift", *at, "--write")
    assert f"fixed: {json.dumps(theirs)}" in (workspace.path / "example.yaml").read_text()
    assert callsheet("apply", *at, "--yes", "-q").code == 0
    assert callsheet("drift", *at).out == "No drift in local.\n"


def test_a_request_is_checked_as_json_and_a_query_by_its_text(
    workspace: Folder, callsheet: Callsheet
) -> None:
    text = workspace.action(constant="true").read_text()
    workspace.write(
        "example.yaml",
        text.replace("    payload:", "    query: {live: true, top: 5}\n    payload:"),
    )
    line = "curl 'https://api.example.com/v1/send?live={live}&top=5' -H 'Content-Type: application/json' -d '{body}'"

    def checked(live: str, body: str) -> str:
        filled = line.replace("{live}", live).replace("{body}", body)
        outcome = callsheet("import", "curl", "-C", workspace.path, "--check", filled)
        return outcome.out + outcome.err

    assert checked("true", '{"title": "x", "fixed": true}') == "example: makes this request\n"
    assert "`fixed` differs" in checked("true", '{"title": "x", "fixed": 1}')
    assert "the query parameter live differs" in checked("True", '{"title": "x", "fixed": true}')


NUMBERS = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: numbers, title: {en: Numbers}, owner: t}
spec:
  request:
    method: POST
    url: https://api.example.com/v1
    payload: {n: "{{ params.n }}", o: "{{ params.o }}"}
  parameters: {n: {type: number, example: 1}, o: {type: object, example: {}}}
"""


@pytest.mark.parametrize(
    ("written", "sent"),
    [("1.0", "1"), ("-0.0", "0"), ("1e2", "100"), ("1.50", "1.5"), ("1e21", "1e+21"), ("1e-7", "1e-7")],
)
def test_what_is_shown_of_a_number_is_what_leaves(
    written: str, sent: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("numbers.yaml", NUMBERS)
    workspace.write("environments.yaml", ENVIRONMENT + "  allowSend: true\n")
    given = [f"n={written}", f'o={{"q":[{written}]}}']
    curl = callsheet(
        "send", "numbers", "-C", workspace.path, "--curl", *(it for one in given for it in ("-p", one))
    ).out
    assert f'{{"n":{sent},"o":{{"q":[{sent}]}}}}' in curl
    for form in ("text", "json"):
        shown = callsheet(
            "render",
            "numbers",
            "-C",
            workspace.path,
            "-o",
            form,
            *(it for one in given for it in ("--params", one)),
        ).out
        assert [repr(json.loads(one)) for one in re.findall(r'"n": (.*),', shown)] == [
            repr(json.loads(sent))
        ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("n=NaN", "`n` contains a number that is not finite: NaN, or one that is too large"),
        ("n=1e400", "`n` contains a number that is not finite: NaN, or one that is too large"),
        ('o={"a": [1e999]}', "`o` contains a number that is not finite: NaN, or one that is too large"),
        ('o={"a": "\\ud800"}', "`o` contains half of a surrogate pair, which is no character"),
        ('o={"a": 99999999999999999999}', "`o` contains a whole number beyond"),
    ],
)
@pytest.mark.parametrize("limits", ["", ", multipleOf: 0.1"])
def test_a_value_that_no_json_holds_is_refused_by_the_name_of_its_parameter(
    given: str, words: str, limits: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("numbers.yaml", NUMBERS.replace("type: number", "type: number" + limits))
    rest = "n=1" if given.startswith("o") else "o={}"
    outcome = callsheet("render", "numbers", "-C", workspace.path, "--params", given, "--params", rest)
    assert outcome.code == 1
    assert "error CS926: " in outcome.err
    assert words in outcome.err
