"""What the catalog says of the past and of each environment: applies with what they changed, commits, states."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from callsheet.calling.cases import CaseResult, Mismatch
from callsheet.deploying.tried import tried_of
from support.journeys import SEVEN, write
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

TOKEN = "ghp_c4n4ryC4n4ryC4n4ryC4n4ryC4n4ry123456"


class _Text(HTMLParser):
    """Collects what a page says, on one line."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def said(page: str) -> str:
    """Return the text of a page from the history on."""
    text = _Text()
    text.feed(page)
    return re.sub(r"\s+", " ", " ".join(text.parts)).partition(" History ")[2]


def site(callsheet: Callsheet, workspace: Folder, out: Path, *more: str) -> dict[str, str]:
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return {
        one.relative_to(out).as_posix(): one.read_text("utf-8") for one in out.rglob("*") if one.is_file()
    }


def apply(callsheet: Callsheet, workspace: Folder, *more: str) -> None:
    outcome = callsheet("apply", "--yes", "-q", "-C", workspace.path, *more)
    assert outcome.code == 0, outcome.err


def written_by_hand(workspace: Folder, *statements: str) -> None:
    """Change the database as somebody would who takes away what protects it."""
    with sqlite3.connect(workspace.database) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for one in statements:
            database.execute(one)


def test_each_apply_says_what_it_changed_field_by_field(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    first = workspace.commit("the first one")
    apply(callsheet, workspace)
    workspace.action(constant="2")
    second = workspace.commit("another constant")
    apply(callsheet, workspace, "--accept", "max-update", "--why", "it is one of one")
    workspace.action(constant="3")
    page = said(site(callsheet, workspace, tmp_path / "site", "-e", "local")["actions/example.html"])
    updated, _, created = page.partition(" created ")
    assert " updated " in updated
    assert f"from {second[:12]}" in updated
    assert "accepted: max-update ( it is one of one )" in updated
    assert "fields changed: 1" in updated
    assert "- 1 + 2" in updated
    assert f"from {first[:12]}" in created
    assert f"{second[:12]} " in created.partition("Commits of its file")[2]
    assert "another constant local 2" in created
    assert "the first one local 1" in created
    assert "git log -p -- example.yaml" in created


def test_files_that_differ_from_a_commit_are_named_with_it_everywhere(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    commit = workspace.commit()[:12]
    workspace.action(constant="2")
    apply(callsheet, workspace)
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    for name in ("index", "list", "flows", "overview", "changes", "new", "actions/example"):
        footer = found[f"{name}.html"].partition("<footer>")[2]
        assert f"Commit <code>{commit}</code> and files that differ from it</footer>" in footer
    applied = f"from <code>{commit}</code> and files that differed from it"
    assert applied in found["list.html"]
    environments, _, history = found["actions/example.html"].partition("<h2>Parameters</h2>")
    assert applied in environments
    assert applied in history
    assert "local 1 (files differed)" in said(found["actions/example.html"])
    listed = json.loads(found["list.json"])
    assert [listed["dirty"], listed["actions"][0]["dirty"]] == [True, True]
    assert next(csv.DictReader(found["list.csv"].splitlines()))["dirty"] == "True"
    workspace.commit()
    apply(callsheet, workspace)
    workspace.action(constant="3")
    workspace.commit()
    apply(callsheet, workspace, "--accept", "max-update")
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert "differ" not in found["list.html"]
    listed = json.loads(found["list.json"])
    assert [listed["dirty"], listed["actions"][0]["dirty"]] == [False, False]


def test_a_past_is_followed_through_a_new_name(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("old")
    apply(callsheet, workspace)
    workspace.action("old", constant="2")
    apply(callsheet, workspace, "--accept", "max-update")
    workspace.rename("old", "fresh")
    renamed = said(site(callsheet, workspace, tmp_path / "site", "-e", "local")["actions/fresh.html"])
    assert re.findall("(created|updated|renamed) [0-9]+ [A-Z]", renamed) == ["updated", "created"]
    apply(callsheet, workspace, "--accept", "breaking")
    page = said(site(callsheet, workspace, tmp_path / "site", "-e", "local")["actions/fresh.html"])
    assert re.findall("(created|updated|renamed) [0-9]+ [A-Z]", page) == ["renamed", "updated", "created"]


def test_a_long_past_is_cut_and_names_the_command(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    for number in range(13):
        workspace.action(constant=str(number))
        apply(callsheet, workspace, "--accept", "max-update")
    page = said(site(callsheet, workspace, tmp_path / "site", "-e", "local")["actions/example.html"])
    assert len(re.findall(r"updated \d+ \w+ 20", page)) == 10
    assert "older applies: 3, all of them by callsheet history -e local" in page
    assert page.count("What it changed is no longer kept") == 8


def test_without_git_and_without_a_ledger_it_says_so(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    page = said(site(callsheet, workspace, tmp_path / "site")["actions/example.html"])
    assert (
        "Nothing is known of applies. Not all environments were asked: callsheet catalog -e local" in page
    )
    assert "No commit of its file is known. the workspace is not in a git repository" in page
    (workspace.path / ".git").mkdir()
    (workspace.path / ".git" / "HEAD").write_text("nonsense")
    page = said(site(callsheet, workspace, tmp_path / "site", "-e", "local")["actions/example.html"])
    assert "No commit of its file is known. git " in page


def test_each_commit_of_a_file_says_what_it_changed_without_secrets(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    secret, hostile = "env:NAME", "</pre><script>alert(1)</script>"
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.commit("it is added")
    # Credentials by their form, by where they are, by their names, and on several lines.
    key = "\n".join(
        [
            "      -----BEGIN PRIVATE KEY-----",
            "      MIIcanary1",
            "      canary2",
            "      -----END PRIVATE KEY-----",
        ]
    )
    written = text + (
        f"  authentication: {{type: basic, username: {secret!r}, password: lovelace-canary}}\n"
        f"  x-note: {hostile!r}\n  x-token: {TOKEN}\n  x-key: |\n{key}\n"
    )
    written = written.replace("fixed: 1", "fixed: 2, hapikey: 4711-canary")
    workspace.write("example.yaml", written)
    workspace.commit("secrets in clear")
    workspace.write("example.yaml", "kind: [\n  password: broken-canary\n")
    workspace.commit("it cannot be read")
    workspace.write("example.yaml", text + "".join(f"  x-{number}: {number}\n" for number in range(200)))
    workspace.commit("many lines")
    workspace.write("example.yaml", text)
    workspace.commit("back")
    found = site(callsheet, workspace, tmp_path / "site")
    page = found["actions/example.html"]
    assert not [name for name, one in found.items() if "canary" in one or TOKEN in one]
    assert "<script>alert" not in page
    shown = said(page)
    assert "it is added the file was added" in shown
    assert "fixed: 2" in shown
    assert hostile in shown
    assert shown.count("What it changed is not shown: it is too large, or cannot be read.") == 2
    assert "lines of the difference: 204" in shown
    assert "and 144 more" in shown
    assert "lignes de la différence" in found["fr/actions/example.html"]


def test_a_large_file_of_a_commit_is_not_compared(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    text = (workspace.path / "example.yaml").read_text("utf-8")
    workspace.commit("it is added")
    workspace.write("example.yaml", text + f"  x-long: {'a ' * 60_000}\n")
    workspace.commit("it grows")
    page = site(callsheet, workspace, tmp_path / "site")["actions/example.html"]
    assert "What it changed is not shown: it is too large, or cannot be read." in said(page)


def test_a_shallow_clone_names_nobody_for_what_it_does_not_know(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("untouched")
    workspace.commit("the first one")
    workspace.action("untouched", constant="2")
    before = workspace.commit("somebody else's change of another file")
    workspace.action(constant="2")
    workspace.commit("a known change")
    clone = Folder(tmp_path / "clone")
    workspace.git("clone", "-q", "--depth", "2", workspace.path.as_uri(), str(clone.path))
    found = site(callsheet, clone, tmp_path / "site")
    known, unknown = (said(found[f"actions/{name}.html"]) for name in ("example", "untouched"))
    hint = (
        f"This clone is shallow: what changed the file up to commit {before[:12]}, and who, is not known."
        " Get all by git fetch --unshallow"
    )
    assert "a known change" in known
    assert "No commit of its file is known." in unknown
    for page in (known, unknown):
        assert hint in page
        assert "somebody else" not in page
        assert "git log -p" not in page
    # A repository that was fetched from its first commit on is whole, also where git was told a depth.
    whole = Folder(tmp_path / "whole")
    workspace.git("clone", "-q", "--depth", "9", workspace.path.as_uri(), str(whole.path))
    page = said(site(callsheet, whole, tmp_path / "other")["actions/untouched.html"])
    assert "the first one" in page
    assert "shallow" not in page


def test_no_program_of_a_repository_runs_and_no_text_of_it_is_markup(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    hostile = f"<script>alert(1)</script> \x1b[31m {TOKEN}"
    workspace.commit()
    workspace.action(constant="2")
    workspace.git("config", "user.name", TOKEN)
    workspace.git("commit", "-q", "-am", hostile)
    for name in ("diff.external", "core.fsmonitor", "gpg.program", "core.pager"):
        workspace.git("config", name, f"touch {tmp_path}/ran;")
    workspace.git("config", "log.showSignature", "true")
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert not (tmp_path / "ran").exists()
    assert "&lt;script&gt;" not in found["list.html"]
    assert [name for name, text in found.items() if TOKEN in text or "\x1b" in text] == []
    assert "(hidden)" in found["actions/example.html"]


def test_what_was_written_with_a_secret_in_it_is_hidden(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    apply(callsheet, workspace)
    workspace.action(constant="2")
    apply(callsheet, workspace, "--accept", "max-update")
    secret = f'replace(canonical, \'"fixed":1\', \'"{TOKEN}":"{TOKEN}"\')'
    lines = f"""replace(compiled, '"fixed":2', '"{TOKEN}":"line\\n{TOKEN}\\n"')"""
    written_by_hand(
        workspace,
        f"UPDATE ledger_intent SET canonical = {secret}",
        f"UPDATE registry_action SET compiled = {lines}",
    )
    for constant in ("2", "3"):  # drifted alone, and changed here as well
        workspace.action(constant=constant)
        found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
        assert [name for name, text in found.items() if TOKEN in text] == []
    assert "payload field <code>(hidden)</code> removed" in found["changes.html"]
    for form in ("text", "markdown", "html", "github"):
        assert TOKEN not in callsheet("plan", "-C", workspace.path, "-o", form).out


def test_a_secret_in_lines_of_a_text_is_hidden_in_every_report(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.action(constant='"one\\ntwo"')
    apply(callsheet, workspace)
    written_by_hand(
        workspace,
        f"UPDATE registry_action SET compiled = replace(compiled, 'one', 'one\\n{TOKEN}')",
    )
    for form in ("text", "markdown", "html", "github"):
        for verb in ("plan", "diff", "drift"):
            outcome = callsheet(verb, "-C", workspace.path, "-o", form)
            assert TOKEN not in outcome.out + outcome.err
    assert "+(hidden)" in callsheet("drift", "-C", workspace.path, "-o", "html").out


def test_the_list_has_what_is_deployed_and_not_defined(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("gone")
    apply(callsheet, workspace)
    workspace.remove("gone")
    with sqlite3.connect(workspace.database) as database:
        database.execute(
            "INSERT INTO registry_action SELECT 'Action/strange', 'strange', digest, revision, compiled,"
            " applied_by, applied_at, commit_id, dirty FROM registry_action WHERE name = 'example'"
        )
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    others = json.loads(found["list.json"])["others"]
    assert [(one["name"], one["kind"], one["state local"]) for one in others] == [
        ("gone", "Action", "gone"),
        ("strange", "Action", "unmanaged"),
    ]
    assert others[0]["appliedAt"]
    rows = {one["name"]: one for one in csv.DictReader(found["list.csv"].splitlines())}
    assert rows.keys() == {"example", "gone", "strange"}
    assert rows["strange"]["state local"] == "unmanaged"
    for word in ("no longer defined", "unmanaged"):
        assert word in found["list.html"]


def test_the_list_says_which_contract_was_checked_and_what_became_of_tests(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    description: dict[str, Any] = {
        "openapi": "3.0.3",
        "info": {"title": "x", "version": "1"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/send": {"post": {"operationId": "send", "responses": {"200": {"description": "ok"}}}}},
    }
    workspace.write("contract.json", json.dumps(description))
    case = "  tests:\n    - {name: hi, params: {title: Hi}, expect: {payload: {title: Hi, fixed: %d}}, match: partial}\n"
    contract = "  contract: {openapi: %s, operation: send%s}\n"
    for name, source, more, number in (
        ("checked", "contract.json", "", 1),
        ("skipped", "package:nowhere_to_be_found/a.json", ", optional: true", 2),
    ):
        text = ACTION.format(name=name, constant="1") + contract % (source, more) + case % number
        workspace.write(f"{name}.yaml", text)
    # An error elsewhere keeps no test of others from being run.
    broken = ACTION.format(name="broken", constant="1").replace("params.title", "params.no")
    workspace.write("broken.yaml", broken + contract % ("contract.json", "") + case % 1)
    found = site(callsheet, workspace, tmp_path / "site")
    rows = {one["name"]: one for one in json.loads(found["list.json"])["actions"]}
    shown = {
        name: [one[key] for key in ("contract", "contractSource", "contractState", "tests", "testsPassed", "testsFailed")]
        for name, one in rows.items()
    }  # fmt: skip
    assert shown == {
        "broken": ["send", "contract.json", "not checked", 1, 0, ""],
        "checked": ["send", "contract.json", "checked", 1, 1, ""],
        "example": ["", "", "", 0, 0, ""],
        "skipped": ["send", "package:nowhere_to_be_found/a.json", "skipped", 1, 0, "hi (local)"],
    }
    assert "send (checked)" in found["list.html"]
    assert "send (skipped: not installed here)" in found["list.html"]
    page = found["actions/skipped.html"]
    assert "there is no package `nowhere_to_be_found` for the contract" in page
    assert "<td>failed</td>" in page
    assert "<code>/payload/fixed</code> <code>- 2</code> <code>+ 1</code>" in page


def test_what_a_failed_test_case_differs_in_is_shown_without_secrets(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    case = '  tests:\n    - {name: hi, params: {title: Hi}, expect: {payload: {title: %s, fixed: "<b>%s"}, headers: {X-Other: one}}, match: partial}\n'
    text = ACTION.format(name="example", constant="1") + case % ("silver", "x" * 400)
    workspace.write("example.yaml", text)
    page = site(callsheet, workspace, tmp_path / "site")["actions/example.html"]
    shown = page.partition("<h2>Test cases</h2>")[2].partition("</table>")[0]
    assert (
        "<code>/payload/title</code> <code>- &#34;silver&#34;</code> <code>+ &#34;Hi&#34;</code><br>"
        in shown
    )
    assert "&lt;b&gt;xxx" in shown
    assert "x…</code> <code>+ 1</code>" in shown
    assert "/headers/" in shown
    assert "<code>+ (nothing)</code>" in shown
    differs = Mismatch(path=("payload", "title"), expected=TOKEN, actual={"title": TOKEN})
    result = CaseResult(
        action="a", environment="local", name="hi", index=0, outcome="failed", mismatches=(differs,)
    )
    (kept,) = tried_of([result])["a"][0].mismatches
    assert (kept.expected, kept.actual) == ("(hidden)", {"title": "(hidden)"})


def test_drift_and_strangers_and_steps_by_hand_are_among_the_changes(
    empty: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    write(empty, **SEVEN)
    empty.write("local.yaml", ENVIRONMENT)
    apply(callsheet, empty, "-e", "local")
    written_by_hand(
        empty,
        "UPDATE registry_action SET compiled = replace(compiled, 'push.', 'other.') WHERE name = 'push'",
        "INSERT INTO registry_action SELECT 'Action/strange', 'strange', digest, revision, compiled,"
        " applied_by, applied_at, commit_id, dirty FROM registry_action WHERE name = 'sms'",
    )
    page = site(callsheet, empty, tmp_path / "site", "-e", "local", "-e", "journeys")["changes.html"]
    assert "Changed at the target, not by callsheet in <code>local</code>" in page
    assert "<code>Action/push</code></a> changed</h3>" in page
    assert "<code>local</code> · drifted: 1" in page
    assert "is as the files say" not in page
    assert "Deployed, not by callsheet, left alone in <code>local</code>" in page
    assert "<li><code>Action/strange</code></li>" in page
    assert "create, by hand" in page
    assert "update, by hand" not in page
    plan = callsheet("plan", "-e", "journeys", "-C", empty.path, "-o", "html").out
    assert "create, by hand, sensitive" in plan
    assert "<td>create, by hand</td>" in plan
    assert ", by hand" not in callsheet("plan", "-e", "local", "-C", empty.path, "-o", "html").out


def test_a_review_says_what_its_numbers_count(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    def environments(host: str) -> None:
        for name in ("local", "other"):
            text = ENVIRONMENT.replace("name: local", f"name: {name}").replace(
                "api.example", f"{name}.{host}"
            )
            file = "environments.yaml" if name == "local" else "other.yaml"
            workspace.write(file, text.replace("local.db", f"{name}.db"))

    environments("before")
    for name in ("example", "second", "third"):
        text = ACTION.format(name=name, constant="1")
        workspace.write(f"{name}.yaml", text.replace("api.example.com", "{{ values.host }}"))
    base = workspace.commit()
    environments("after")
    workspace.action("fresh")
    workspace.action("new")
    page = site(callsheet, workspace, tmp_path / "site", "--base", base)["review.html"]
    assert "changes: 8 (6 of them through what is shared)" in page
    assert 'data-shown="% of 2 changes shown one by one"' in page
    # In each environment it is another value, and so another change; an action counts once for each value.
    assert page.count("changes 3 actions") == 2
    assert page.count("(3 sensitive): ") == 2


def test_what_somebody_has_to_do_on_a_screen_is_by_hand_and_open(
    empty: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    write(empty, **SEVEN)
    pack = tmp_path / "pack"
    apply(callsheet, empty, "--pack", str(pack))
    assert callsheet("confirm", pack, "Action/push", "-C", empty.path).code == 0
    found = site(callsheet, empty, tmp_path / "site", "-e", "journeys")
    states = {one["name"]: one["state journeys"] for one in json.loads(found["list.json"])["actions"]}
    assert states.pop("push") == "deployed"
    assert [*states.values()] == ["by hand"] * 6
    assert "by hand, and open" in found["list.html"]


def test_an_apply_that_was_interrupted_is_named(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    apply(callsheet, workspace)
    written_by_hand(workspace, "DELETE FROM ledger_end", "DELETE FROM ledger_outcome")
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert json.loads(found["list.json"])["actions"][0]["state local"] == "interrupted"


def test_an_open_apply_is_named_and_not_the_one_before(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant, who in (("1", "earlier@example.com"), ("2", "now@example.com")):
        monkeypatch.setenv("CALLSHEET_AUTHOR", who)
        workspace.action(constant=constant)
        commit = workspace.commit()[:12]
        outcome = callsheet("apply", "--yes", "-q", "--accept", "max-update", "-C", workspace.path)
        assert outcome.code == 0, outcome.err
    written_by_hand(
        workspace,
        "DELETE FROM ledger_end WHERE serial = 2",
        "DELETE FROM ledger_outcome WHERE serial = 2",
    )
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    page = found["actions/example.html"]
    environments = page.partition("<h2>Environments</h2>")[2].partition("<h2>Parameters</h2>")[0]
    assert f"by now@example.com from <code>{commit}</code>" in environments
    assert "earlier" not in environments
    opened, _, created = said(page).partition(" created ")
    assert re.search(r"apply interrupted: updated \d+ \w+ 20", opened)
    assert "by now@example.com" in opened
    assert "fields changed" not in opened
    assert "no longer kept" not in opened
    assert "by earlier@example.com" in created
    assert "local 2" not in created
    assert 'by now@example.com: <span class="item"><code>Action/example</code>' in found["overview.html"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_state_has_its_word(language: str) -> None:
    from callsheet.reporting.catalog.site import STATE_WORDS
    from callsheet.reporting.catalog.words import words_in

    assert all(words_in(language)[one] for one in STATE_WORDS)
