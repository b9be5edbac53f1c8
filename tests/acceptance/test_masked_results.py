"""A credential that got into an older revision, or into what is deployed, is shown by no result."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pytest

from callsheet.language.masking import masked
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

CREDENTIAL = "xoxb-123456789012-123456789012-" + "abcdefghijklmnopqrstuvwx"
LITERAL = "hunter2hunter2"
FORMATS = ["text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab"]


def with_secrets(safe: bool) -> str:
    key = '{secret: "env:KEY"}' if safe else CREDENTIAL
    token = '{secret: "env:TOKEN"}' if safe else LITERAL
    text = ACTION.format(name="example", constant="1" if safe else f"{{deep: [{CREDENTIAL}]}}")
    text = text.replace("    method:", f"    headers: {{X-Key: {key}}}\n    method:")
    return text + f"  authentication: {{type: bearer, token: {token}}}\n"


@pytest.fixture
def mended(workspace: Folder) -> Folder:
    """Return a workspace whose last commit had credentials in it, and whose files have references."""
    workspace.write("example.yaml", with_secrets(safe=False))
    workspace.commit()
    workspace.write("example.yaml", with_secrets(safe=True))
    return workspace


@pytest.mark.parametrize("form", FORMATS)
def test_a_review_does_not_show_what_the_base_held(form: str, mended: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("diff", "--base", "HEAD", "-C", mended.path, "-o", form)
    assert outcome.code == 0, outcome.err
    assert "example" in outcome.out
    for one in (CREDENTIAL, LITERAL):
        assert one not in outcome.out + outcome.err


@pytest.fixture
def broken(workspace: Folder, callsheet: Callsheet) -> Folder:
    """Return a workspace at whose target somebody wrote a credential by hand."""
    workspace.commit()
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    connection = sqlite3.connect(workspace.database)
    connection.execute(
        "UPDATE registry_action SET compiled = replace(compiled, '\"fixed\":1', ?)",
        (f'"fixed":"{CREDENTIAL}"',),
    )
    connection.commit()
    connection.close()
    return workspace


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
@pytest.mark.parametrize("line", ["drift", "plan --accept drift", "diff"])
def test_no_result_shows_what_is_deployed_in_clear(
    line: str, form: str, broken: Folder, callsheet: Callsheet
) -> None:
    outcome = callsheet(*line.split(), "-C", broken.path, "-o", form)
    assert outcome.code == 0, outcome.err
    assert "fixed" in outcome.out
    assert CREDENTIAL not in outcome.out + outcome.err


def test_show_and_the_plan_file_do_not_either_and_the_plan_is_applied(
    broken: Folder, callsheet: Callsheet
) -> None:
    for form in ("text", "json"):
        shown = callsheet("show", "example", "--deployed", "-C", broken.path, "-o", form).out
        assert "(hidden)" in shown
        assert CREDENTIAL not in shown
    plan = broken.path.parent / "plan.json"
    assert callsheet("plan", "-C", broken.path, "--accept", "drift", "--out", plan, "-q").code == 0
    assert CREDENTIAL not in plan.read_text()
    assert callsheet("apply", "-C", broken.path, plan).code == 0
    assert callsheet("drift", "-C", broken.path).out == "No drift in local.\n"


def test_adopt_and_drift_write_put_no_credential_into_a_file(broken: Folder, callsheet: Callsheet) -> None:
    callsheet("drift", "--write", "-C", broken.path)
    assert CREDENTIAL not in (broken.path / "example.yaml").read_text()
    assert callsheet("forget", "example", "-C", broken.path).code == 1
    connection = sqlite3.connect(broken.database)
    connection.execute("DELETE FROM ledger_object")
    connection.commit()
    connection.close()
    broken.remove("example")
    outcome = callsheet("adopt", "example", "-C", broken.path)
    assert outcome.err.startswith("error CS844: Action/example contains what looks like a credential"), (
        outcome
    )
    assert not (broken.path / "example.yaml").exists()


def test_references_and_slots_are_left_as_they_are() -> None:
    content = {
        "authentication": {"type": "bearer", "token": {"secret": "env:TOKEN"}},
        "request": {"headers": {"Authorization": {"$param": "x"}}, "payload": {"token": "abc", "key": 1}},
    }
    assert masked(content) == content
    assert masked({"authentication": {"token": "abc"}}) == {"authentication": {"token": "(hidden)"}}


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("environment", [(), ("-e", "local")])
def test_a_list_shows_no_credential_that_a_finding_refuses(
    form: str, environment: tuple[str, ...], workspace: Folder, callsheet: Callsheet
) -> None:
    before = ACTION.format(name="example", constant="1")
    for old, new in (
        ("en: Example", f"en: {CREDENTIAL}"),
        ("owner: team-a", f"owner: {CREDENTIAL}"),
        ("channel: push", f"category: {CREDENTIAL}, channel: {CREDENTIAL}"),
        ("metadata: {", f"metadata: {{description: {{en: {CREDENTIAL}}}, "),
    ):
        workspace.write("example.yaml", before.replace(old, new, 1))
        assert "CS601" in callsheet("validate", "-C", workspace.path).out
        outcome = callsheet("list", *environment, "-C", workspace.path, "-o", form)
        assert "example" in outcome.out
        assert CREDENTIAL not in outcome.out + outcome.err


NAMED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example, title: {en: Example, fr: Exemple}, owner: team-a, labels: {channel: push}}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    headers: {X-Api-Key: plain-key-of-ours, X-Page: plain-page}
    query: {session: plain-session}
    payload:
      page_token: plain-token
      password: plain-password
      login: {name: plain-name, pin: "plain-pin"}
      query: 'mutation { enter(user: "plain-user", password: "plain-word") { id } }'
      raw: '{"user": "ada", "pass_phrase": "plain-phrase"}'
      fields: [{name: mot_de_passe, value: plain-mot}, {name: colour, value: plain-colour}]
      secrets: {first: plain-first}
      back: https://hooks.zapier.com/hooks/catch/1/plain-hook
"""
PLAIN = ("plain-page", "plain-name", "plain-colour")
HIDDEN = (
    *("plain-key-of-ours", "plain-session", "plain-password", "plain-pin", "plain-word", "plain-phrase"),
    *("plain-mot", "plain-first", "plain-hook"),
)
MESSAGE = "`{}` is written as plain text, and its name is that of a credential"


def test_a_constant_with_the_name_of_a_credential_is_a_warning_and_hidden(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.write("example.yaml", NAMED)
    found = callsheet("validate", "-C", workspace.path, "-o", "json")
    assert found.code == 0
    assert [
        (one["code"], one["severity"], one["line"], one["message"])
        for one in json.loads(found.out)["diagnostics"]
    ] == [
        ("CS607", "warning", 8, MESSAGE.format("X-Api-Key")),
        ("CS607", "warning", 9, MESSAGE.format("session")),
        ("CS607", "warning", 12, MESSAGE.format("password")),
        ("CS607", "warning", 13, MESSAGE.format("pin")),
        ("CS607", "warning", 14, MESSAGE.format("password` in `query")),
        ("CS607", "warning", 15, MESSAGE.format("pass_phrase` in `raw")),
        ("CS607", "warning", 16, MESSAGE.format("mot_de_passe")),
        ("CS607", "warning", 17, MESSAGE.format("first")),
        ("CS607", "warning", 18, "`back` is written as plain text, and is a URL with a credential in it"),
    ]
    assert callsheet("apply", "-C", workspace.path, "--yes").code == 0
    workspace.write("example.yaml", re.sub("plain-([a-z-]+)", r"other-\1", NAMED))
    shown = "".join(
        callsheet(*verb.split(), "-C", workspace.path, "-o", form).out
        for verb in ("validate", "plan", "plan --accept drift", "diff")
        for form in FORMATS
        # Changes as JSON are what is applied: with the very values.
        if form != "json" or verb == "validate"
    )
    callsheet("catalog", "-C", workspace.path, "-e", "local", "--out", tmp_path / "site")
    pages = "".join(one.read_text("utf-8") for one in (tmp_path / "site").rglob("*.*"))
    for one in HIDDEN:
        for text in (one, one.replace("plain", "other")):
            assert text not in shown
            assert text not in pages
    for one in PLAIN:
        assert one in shown


def test_a_value_of_an_environment_with_the_name_of_a_credential_is_a_warning(
    workspace: Folder, callsheet: Callsheet
) -> None:
    values = (
        "{host: api.example.com, password: plain-password, mail: {smtp_pass: plain-pass, page_token: t}}"
    )
    workspace.write("environments.yaml", ENVIRONMENT.replace("{host: api.example.com}", values))
    found = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)["diagnostics"]
    assert [(one["code"], one["message"]) for one in found] == [
        ("CS607", MESSAGE.format("password")),
        ("CS607", MESSAGE.format("smtp_pass")),
    ]


def test_a_case_that_fails_shows_no_constant_with_the_name_of_a_credential(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    case = "  tests: [{name: t, params: {}, expect: {headers: {X-Api-Key: expected-key}, payload: {a: expected}}}]\n"
    workspace.write("example.yaml", NAMED + case)
    shown = "".join(
        callsheet("test", "-C", workspace.path, "-o", form).out for form in ("text", "json", "junit")
    )
    callsheet("catalog", "-C", workspace.path, "-e", "local", "--out", tmp_path / "site")
    shown += "".join(one.read_text("utf-8") for one in (tmp_path / "site").rglob("*.*"))
    assert "/headers/X-Api-Key" in shown
    assert "(hidden)" in shown
    for one in (*HIDDEN, "expected-key"):
        assert one not in shown
    for one in (*PLAIN[1:], "expected"):
        assert one in shown


@pytest.mark.parametrize("spec", ["text", "[a, b]", "{request: x}", "{headers: [1]}", "{1: {a: b}}", "~"])
def test_a_document_of_another_form_is_only_not_valid(
    spec: str, workspace: Folder, callsheet: Callsheet
) -> None:
    head = NAMED.partition("spec:")[0]
    for text in (head, f"{head}spec: {spec}\n"):
        workspace.write("example.yaml", text)
        found = callsheet("validate", "-C", workspace.path)
        assert found.code == 1
        assert "CS999" not in found.out + found.err


@pytest.mark.parametrize(
    "text",
    [
        "AIzaSy" + "D4fG6hJ8kL0qW2eR4tY6uI8oP0aS2dF4g",
        "use Bearer 0123456789abcdef0123456789",
        "https://shop.example.com/x?api_key=9f8e7d6c5b4a39281706",
    ],
)
def test_a_form_of_a_credential_is_refused_in_a_description(
    text: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("example.yaml", NAMED.replace("owner: team-a", f'description: "{text}"'))
    found = callsheet("validate", "-C", workspace.path)
    assert found.code == 1
    assert "error CS601" in found.out
    assert text not in found.out
