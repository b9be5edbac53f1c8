"""What a reviewer cannot see in a change is named in every report, and makes the change sensitive."""

from __future__ import annotations

import json

import pytest

from support.workspaces import Callsheet, Folder

FORMATS = ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"]
CASES = {
    "zero width in a constant": ("fixed: 1", 'fixed: "a\\u200bb"', "ZERO WIDTH SPACE (U+200B)"),
    "an override in a title": ("{en: Example,", '{en: "Ex\\u202eample",', "RIGHT-TO-LEFT OVERRIDE (U+202E)"),
    "tags in a key": ("fixed: 1", '"fixed\\U000E0061": 1', "TAG LATIN SMALL LETTER A (U+E0061)"),
    "a trailing space": ("fixed: 1", 'fixed: "on "', "ends with SPACE (U+0020)"),
    "a trailing space behind a parameter": ('title: "{{ params.title }}"', 'title: "{{ params.title }} "', "ends with SPACE (U+0020)"),
    "a filler in a label": ("{type: string, example: Hi}", '{type: string, example: Hi, label: "T\\u3164"}', "HANGUL FILLER (U+3164)"),
    "a joiner in a query": ("    payload:", '    query: {q: "a\\u200db"}\n    payload:', "ZERO WIDTH JOINER (U+200D)"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CASES)
def test_what_cannot_be_seen_makes_a_change_sensitive(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    old, new, name = CASES[kind]
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.commit()
    assert old in text
    workspace.write("example.yaml", text.replace(old, new))
    found = callsheet("diff", "-C", workspace.path, "--base", "HEAD", "--fail-on", "sensitive")
    assert found.code == 1
    assert name in " ".join(found.out.split())
    assert "(unseen-characters)" in found.err
    # A new action is looked at in the same way, by diff and by plan.
    plan = json.loads(callsheet("plan", "-C", workspace.path, "-o", "json").out)
    (change,) = plan["changes"]
    assert "unseen-characters" in change["reasons"]
    assert any(
        name in one["words"] and one["line"] > 1
        for one in change["diff"]
        if one["reason"] == "unseen-characters"
    )
    # What was there before is no change.
    workspace.commit()
    workspace.write(
        "example.yaml", (workspace.path / "example.yaml").read_text("utf-8").replace("team-a", "team-b")
    )
    assert callsheet("diff", "-C", workspace.path, "--base", "HEAD", "--fail-on", "sensitive").code == 0


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_named_in_every_report(name: str, workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.write("example.yaml", text.replace("fixed: 1", 'fixed: "a\\u200bb\\u2066"'))
    found = callsheet("diff", "-C", workspace.path, "--base", "HEAD", "-o", name)
    assert (found.code, found.err) == (0, "")
    assert "ZERO WIDTH SPACE" in " ".join(found.out.split())
    assert "LEFT-TO-RIGHT ISOLATE" in " ".join(found.out.split())
    assert "\u200b" not in found.out
    assert "\u2066" not in found.out


def test_emoji_and_persian_are_no_finding(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.write("example.yaml", text.replace("fixed: 1", 'fixed: "👩‍💻 ❤️ می‌خواهم 10\u00a0€"'))
    assert callsheet("diff", "-C", workspace.path, "--base", "HEAD", "--fail-on", "sensitive").code == 0


def test_a_host_that_looks_like_another_is_explained(workspace: Folder, callsheet: Callsheet) -> None:
    workspace.commit()
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.write("example.yaml", text.replace("api.example.com", "xn--pple-43d.com"))
    found = callsheet("diff", "-C", workspace.path, "--base", "HEAD", "-o", "json")
    (change,) = json.loads(found.out)["changes"]
    assert change["reasons"] == ["look-alike-host", "new-host"]
    (why,) = [one["words"] for one in change["diff"] if one["reason"] == "look-alike-host"]
    assert "CYRILLIC SMALL LETTER A (U+0430)" in why


# -- a host that is new -------------------------------------------------------------------------


def test_a_new_host_is_sensitive_where_nothing_is_personal(workspace: Folder, callsheet: Callsheet) -> None:
    text = (workspace.path / "example.yaml").read_text("utf-8")
    text = text.replace("    title: {type: string, example: Hi}\n", "").replace("  parameters:\n", "")
    text = text.replace('title: "{{ params.title }}", ', "")
    workspace.write("example.yaml", text)
    workspace.commit()
    for old, new, sensitive in (
        ("api.example.com", "evil.example", True),
        ("api.example.com", "api.example.com:8443", True),
        ("api.example.com", "api.example.com:443", False),
        ("/v1/send", "/v2/send", False),
    ):
        workspace.write("example.yaml", text.replace(old, new))
        found = callsheet("diff", "-C", workspace.path, "--base", "HEAD", "--fail-on", "sensitive")
        assert (found.code == 1) == sensitive, (new, found.out)


def test_a_new_action_is_sensitive_where_it_is_the_first_to_call_a_host(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.commit()
    callsheet("apply", "-C", workspace.path, "--yes", "-q")
    text = (workspace.path / "example.yaml").read_text("utf-8").replace("name: example", "name: second")
    workspace.write("second.yaml", text)
    gate = ("diff", "-C", workspace.path, "--base", "HEAD", "--fail-on", "sensitive")
    assert callsheet(*gate).code == 0
    workspace.write("second.yaml", text.replace("api.example.com", "evil.example"))
    refused = callsheet(*gate)
    assert refused.code == 1
    assert "the host evil.example is called by no other action here (new-host)" in refused.err
    planned = callsheet("plan", "-C", workspace.path, "--fail-on", "sensitive")
    assert "the host evil.example is called by no other action here (new-host)" in planned.err


def test_a_first_plan_names_no_host_as_new(workspace: Folder, callsheet: Callsheet) -> None:
    assert callsheet("plan", "-C", workspace.path, "--fail-on", "sensitive").code == 0
