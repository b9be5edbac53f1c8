"""Overlays by name, pattern and selector; what environments, policies and actions leave out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.workspaces import Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}, title: {{en: A}}, labels: {{vendor: {vendor}, channel: push}}}}
spec:
  request: {{method: POST, url: https://api.example.com/send, payload: {{a: 1}}}}
  limits: {{timeout: 8s}}
"""
NAMES = {"push_a": "x", "push_b": "y", "mail_a": "x"}


def write(folder: Folder, spec: str, *, base: str = "", action: str = "") -> None:
    """Write three actions, and an environment with the fields of `spec`, over `base` where that is given."""
    for name, vendor in NAMES.items():
        own = action if name == "push_a" else ""
        folder.write(f"{name}.yaml", ACTION.format(name=name, vendor=vendor) + own)
    head = "apiVersion: callsheet/v1\nkind: Environment\n"
    extends = "  extends: base\n" if base else ""
    target = "  target: {type: sqlite, path: .callsheet/local.db}\n"
    folder.write("local.yaml", f"{head}metadata: {{name: local}}\nspec:\n{extends}{target}{spec}")
    if base:
        folder.write("base.yaml", f"{head}metadata: {{name: base}}\nspec:\n{base}")


def rendered(folder: Folder, callsheet: Callsheet) -> dict[str, Any]:
    outcome = callsheet("render", "-C", folder.path, "-e", "local", "-o", "json")
    assert outcome.code == 0, outcome.err
    return {one["name"]: one.get("limits") for one in json.loads(outcome.out)["actions"]}


def findings(folder: Folder, callsheet: Callsheet) -> list[tuple[str, str, int, str]]:
    outcome = callsheet("validate", "-C", folder.path, "-o", "json")
    return [
        (one["code"], one["file"], one["line"], one["message"])
        for one in json.loads(outcome.out)["diagnostics"]
    ]


T = {"timeout": "8s"}


@pytest.mark.parametrize(
    ("overlays", "push_a", "push_b", "mail_a"),
    [
        ("{push_a: {limits: {retries: 1}}}", {**T, "retries": 1}, T, T),
        ('{"push_*": {limits: {retries: 1}}}', {**T, "retries": 1}, {**T, "retries": 1}, T),
        ('{"*_a": {limits: {retries: 1}}, "push_?": {limits: {retries: 2}}}', {**T, "retries": 2}, {**T, "retries": 2}, {**T, "retries": 1}),
        # In a mapping a name lies over a pattern, wherever it is written.
        ('{push_a: {limits: {retries: 3}}, "push_*": {limits: {retries: 1, timeout: 1s}}}', {"timeout": "1s", "retries": 3}, {"timeout": "1s", "retries": 1}, T),
        # In a list the order of writing counts.
        ("[{name: push_a, spec: {limits: {retries: 3}}}, {name: 'push_*', spec: {limits: {retries: 1}}}]", {**T, "retries": 1}, {**T, "retries": 1}, T),
        ("[{select: {labels: {vendor: x}}, spec: {limits: {retries: 5}}}]", {**T, "retries": 5}, T, {**T, "retries": 5}),
        ("[{select: {names: ['mail_*']}, spec: {limits: {$remove: true}}}]", T, T, None),
        ("[{select: {}, spec: {limits: {retries: 0}}}]", {**T, "retries": 0}, {**T, "retries": 0}, {**T, "retries": 0}),
    ],
)  # fmt: skip
def test_an_overlay_is_for_a_name_a_pattern_or_what_a_selector_selects(
    empty: Folder, callsheet: Callsheet, overlays: str, push_a: object, push_b: object, mail_a: object
) -> None:
    write(empty, f"  overlays: {overlays}\n")
    assert findings(empty, callsheet) == []
    assert rendered(empty, callsheet) == {"mail_a": mail_a, "push_a": push_a, "push_b": push_b}


def test_overlays_of_an_extended_environment_lie_below_whatever_their_form(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty,
        '  overlays: {"push_*": {limits: {retries: 1}}}\n',
        base="  overlays: [{name: push_a, spec: {limits: {retries: 9, timeout: 2s}}}]\n",
    )
    assert rendered(empty, callsheet)["push_a"] == {"timeout": "2s", "retries": 1}
    write(empty, "  overlays: {push_a: null}\n", base="  overlays: {push_a: {limits: {retries: 9}}}\n")
    assert rendered(empty, callsheet)["push_a"] == T


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ("  select: {names: ['push_*']}\n", ["push_a", "push_b"]),
        ("  except: {names: ['push_*']}\n", ["mail_a"]),
        ("  select: {labels: {vendor: x}}\n  except: {names: [push_a]}\n", ["mail_a"]),
        ("  except: {labels: {vendor: x}, names: ['push_*']}\n", ["mail_a", "push_b"]),
    ],
)
def test_an_environment_selects_and_leaves_out(
    empty: Folder, callsheet: Callsheet, spec: str, names: list[str]
) -> None:
    write(empty, spec)
    assert findings(empty, callsheet) == []
    assert list(rendered(empty, callsheet)) == names


@pytest.mark.parametrize(
    ("environments", "there"),
    [("[local]", True), ("[base]", True), ("[other]", False), ("[other, local]", True)],
)
def test_an_action_names_the_environments_that_deploy_it(
    empty: Folder, callsheet: Callsheet, environments: str, there: bool
) -> None:
    write(empty, "", base="  values: {}\n", action=f"  environments: {environments}\n")
    other = "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: other}\n"
    empty.write("other.yaml", other + "spec: {target: {type: sqlite, path: .callsheet/other.db}}\n")
    assert findings(empty, callsheet) == []
    assert ("push_a" in rendered(empty, callsheet)) is there
    shown = json.loads(callsheet("list", "-C", empty.path, "-o", "json").out)["actions"]
    found = next(one for one in shown if one["name"] == "push_a")["environments"]
    assert ("local" in found, "other" in found) == (there, "other" in environments)


def test_an_action_that_an_environment_deploys_no_longer_is_deleted_there(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, "")
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes").code == 0
    write(empty, "", action="  environments: [other]\n")
    other = "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: other}\n"
    empty.write("other.yaml", other + "spec: {target: {type: sqlite, path: .callsheet/other.db}}\n")
    assert "- Action/push_a  [breaking]" in callsheet("plan", "-C", empty.path, "-e", "local").out


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ('  overlays: {"pish_*": {limits: {retries: 1}}}\n', ("CS305", 6, "no action matches `pish_*`")),
        (
            "  overlays: [{name: push_c, spec: {}}]\n",
            ("CS305", 6, "there is no action `push_c` (did you mean"),
        ),
        (
            "  overlays: [{select: {labels: {vendor: z}}, spec: {}}]\n",
            ("CS305", 6, "the overlay selects no action"),
        ),
        ("  except: {names: [push_c]}\n", ("CS305", 6, "there is no action `push_c` (did you mean")),
        ("  select: {names: ['nothing_*']}\n", ("CS305", 6, "no action matches `nothing_*`")),
        (
            "  overlays: [{name: push_a, spec: {limits: {retires: 1}}}]\n",
            ("CS203", 6, "has no field `retires`"),
        ),
        ("  overlays: [{name: push_a, select: {}, spec: {}}]\n", ("CS210", 6, "")),
        ('  overlays: {"push_*": {limits: {retries: many}}}\n', ("CS205", 6, "")),
    ],
)
def test_what_selects_nothing_or_is_wrong_is_found_at_its_place(
    empty: Folder, callsheet: Callsheet, spec: str, expected: tuple[str, int, str]
) -> None:
    write(empty, spec)
    found = [one for one in findings(empty, callsheet) if one[0] != "CS309"]
    assert [(one[0], one[1], one[2]) for one in found] == [(expected[0], "local.yaml", expected[1])], found
    assert expected[2] in found[0][3]


def test_an_unknown_environment_of_an_action_is_found(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "", action="  environments: [lokal]\n")
    assert findings(empty, callsheet)[0] == (
        "CS334", "push_a.yaml", 7, "there is no environment `lokal` (did you mean `local`?)",
    )  # fmt: skip


def test_a_policy_leaves_out(empty: Folder, callsheet: Callsheet) -> None:
    policy = (
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: none}\n"
        "spec: {message: refused, except: {names: ['push_*']}, schema: false}\n"
    )
    write(empty, "")
    empty.write("policy.yaml", policy)
    assert [one[:2] for one in findings(empty, callsheet)] == [("CS701", "mail_a.yaml")]
