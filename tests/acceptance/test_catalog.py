"""The catalog: a static site of everything that is defined, with what is deployed of it."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from callsheet.reporting.catalog.words import LANGUAGES, words_in
from support.journeys import ENVIRONMENT as JOURNEYS
from support.journeys import SEVEN, write
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

CANARY = "sk_live_c4n4ryc4n4ryc4n4ry12345678"


class _Links(HTMLParser):
    """Collects what a page leads to and loads."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


class _Tags(HTMLParser):
    """Collects what a page could run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "img", "iframe", "object"):
            self.found.append(f"{tag} {dict(attrs).get('src')}")
        self.found += [name for name, _ in attrs if name.startswith("on") or name == "style"]


def site(callsheet: Callsheet, workspace: Folder, out: Path, *more: str) -> dict[str, str]:
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return {
        one.relative_to(out).as_posix(): one.read_text("utf-8") for one in out.rglob("*") if one.is_file()
    }


def states(callsheet: Callsheet, workspace: Folder, out: Path) -> dict[str, str]:
    found = json.loads(site(callsheet, workspace, out, "-e", "local")["list.json"])
    return {one["name"]: one["state local"] for one in found["actions"]}


def test_what_cannot_be_asked_is_a_warning_and_another_form_is_refused(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    target = "target: {type: sqlite, path: .callsheet/local.db}"
    for name in ("broken", "other"):
        text = ENVIRONMENT.replace("name: local", f"name: {name}")
        unset = 'target: {type: postgresql, url: {secret: "env:NOWHERE_URL"}}'
        workspace.write(f"{name}.yaml", text.replace(target, unset))
    asked = ("catalog", "-C", workspace.path, "--out", tmp_path / "site")
    outcome = callsheet(*asked, "-e", "local", "-e", "broken", "-e", "other")
    assert outcome.code == 0
    assert re.sub(r"(known of \w+: ).*", r"\1…", outcome.err).splitlines() == [
        "warning: nothing is known of broken: …",
        "warning: nothing is known of other: …",
    ]
    assert "NOWHERE_URL is not set" in outcome.err
    assert len(re.findall(r"\(CS[0-9]{3}\)$", outcome.err, re.MULTILINE)) == 2
    assert callsheet(*asked, "-e", "local").err == ""
    refused = callsheet(*asked, "-o", "json")
    assert refused.code == 2
    assert "catalog writes pages, and list.json and list.csv among them: it has no -o" in refused.err
    for verb in ("list", "plan", "drift"):
        refused = callsheet(verb, "-C", workspace.path, "-e", "local", "-e", "other")
        assert refused.code == 2
        assert "local and other are named, and this verb takes one environment" in refused.err


@pytest.mark.parametrize(
    "what", ["its document", "its extends", "its target", "its secrets", "its ledger", "its value"]
)
def test_an_environment_that_is_refused_names_the_code(
    what: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    text = ENVIRONMENT.replace("name: local", "name: other")
    target = "target: {type: sqlite, path: .callsheet/local.db}"
    assert target in text
    if what == "its ledger":
        workspace.path.joinpath("other.db").write_text("this is not a database" * 100)
    wrong = {
        "its document": "targets: {}",
        "its extends": f"extends: nowhere\n  {target}",
        "its target": "target: {type: nothing}",
        "its secrets": "target: {type: postgresql, url: postgresql://db.example.com/actions}",
        "its ledger": "target: {type: sqlite, path: other.db}",
        "its value": f"{target}\n  guards: {{a: [}}",
    }[what]
    workspace.write("other.yaml", text.replace(target, wrong))
    outcome = callsheet(
        "catalog", "-C", workspace.path, "--out", tmp_path / "site", "-e", "local", "-e", "other"
    )
    assert f"code {outcome.code}\n{outcome.err}" == snapshot
    assert re.search(r"\bCS[0-9]{3}\b", outcome.err)


def test_a_message_goes_to_the_host_of_the_action_that_delivers_it(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    base = workspace.commit()
    workspace.write(
        "shipped.yaml",
        "apiVersion: callsheet/v1\nkind: Message\n"
        "metadata: {name: shipped, title: Shipped, owner: team-a}\nspec:\n  channel: sms\n"
        '  via: {action: example, parameters: {title: "{{ params.phone }}"}}\n'
        '  parameters:\n    phone: {type: string, example: "33612345678", sensitivity: phone}\n'
        "  content:\n    en: {text: Hello}\n",
    )
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local", "--base", base)
    listed = {one["name"]: one["hosts"] for one in json.loads(found["list.json"])["actions"]}
    assert listed == {"example": "api.example.com", "shipped": "api.example.com"}
    assert 'data-kind="phone" data-host="api.example.com"' in found["flows.html"]
    for page in ("flows", "index", "list"):
        assert "the action example" not in found[f"{page}.html"]
    row = "<td><code>api.example.com</code></td><td>phone</td>"
    for page in ("changes", "review"):
        assert row in found[f"{page}.html"], page
    assert row in callsheet("diff", "-C", workspace.path, "-o", "html").out


def test_the_samples_have_a_page_each_in_both_languages(
    samples: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    assert callsheet("apply", "--yes", "-q", "-e", "local", "-C", samples.path).code == 0
    found = site(callsheet, samples, tmp_path / "site", "-e", "local")
    assert {"index.html", "list.html", "flows.html", "overview.html", "fr/index.html"} <= set(found)
    names = [one["name"] for one in json.loads(found["list.json"])["actions"]]
    for name in names:
        assert f"actions/{name}.html" in found
        assert f"fr/actions/{name}.html" in found
    assert "Push through Firebase" in found["index.html"]
    assert "Notification push Firebase" in found["fr/index.html"]
    page = found["actions/firebase_push.html"]
    for shown in ("firebase/push.yaml:6", "fcm.projects.messages.send", "installation_id", "device-id"):
        assert shown in page
    rows = list(csv.DictReader(found["list.csv"].splitlines()))
    assert [one["name"] for one in rows] == names
    assert {one["state local"] for one in rows} == {"deployed"}
    assert {one["state staging"] for one in rows} == {"not asked"}


def test_every_link_of_the_site_leads_to_a_file_of_it(
    samples: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    for name, text in site(callsheet, samples, out).items():
        links = _Links()
        links.feed(text if name.endswith(".html") else "")
        for one in links.found:
            if not one.startswith("#"):
                assert (out / name).parent.joinpath(one.partition("#")[0]).resolve().is_file(), (name, one)


def test_the_states_are_those_of_the_target(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    for name in ("changed", "drifted", "gone", "same"):
        workspace.action(name)
    assert states(callsheet, workspace, tmp_path / "site") == dict.fromkeys(
        ("changed", "drifted", "example", "gone", "same"), "new"
    )
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    workspace.action("changed", constant="2")
    workspace.write(
        "broken.yaml", ACTION.format(name="broken", constant="1").replace("params.title", "params.no")
    )
    workspace.remove("gone")
    with sqlite3.connect(workspace.database) as database:
        database.execute(
            "UPDATE registry_action SET compiled = replace(compiled, '1', '3') WHERE name = 'drifted'"
        )
    assert states(callsheet, workspace, tmp_path / "site") == {
        "broken": "broken",
        "changed": "changed",
        "drifted": "drifted",
        "example": "deployed",
        "same": "deployed",
    }
    overview = (tmp_path / "site" / "overview.html").read_text("utf-8")
    assert "CS306" in overview
    broken = (tmp_path / "site" / "actions" / "broken.html").read_text("utf-8")
    assert "CS306" in broken


def test_what_cannot_be_reached_is_not_known(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.write(
        "environments.yaml",
        ENVIRONMENT.replace(
            "{type: sqlite, path: .callsheet/local.db}",
            '{type: postgresql, url: {secret: "env:NOWHERE_URL"}}',
        ),
    )
    assert states(callsheet, workspace, tmp_path / "site") == {"example": "not known"}
    overview = (tmp_path / "site" / "overview.html").read_text("utf-8")
    assert re.search(
        r"NOWHERE_URL is not set \(CS[0-9]{3}\)</span> <span class=\"dim\">\(asked at <time datetime=\"20[^)]*UTC</time>\)",
        overview,
    )
    assert "not known · " in (tmp_path / "site" / "changes.html").read_text("utf-8")


def test_an_empty_workspace_has_a_catalog_that_says_so(
    empty: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    found = site(callsheet, empty, tmp_path / "site")
    assert "defines nothing yet" in found["index.html"]
    assert next(csv.reader(found["list.csv"].splitlines()))[:3] == ["name", "kind", "title"]
    assert len(found["list.csv"].splitlines()) == 1
    assert json.loads(found["list.json"])["actions"] == []


def test_a_folder_of_something_else_is_refused_and_stays(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    outcome = callsheet("catalog", "-C", workspace.path, "--out", mine)
    assert outcome.code == 1
    assert outcome.err == (
        f"error CS975: {mine} holds other things than a site of callsheet's\n"
        "help: name a new folder, or an empty one: nothing in this one was touched\n"
    )
    assert [one.name for one in mine.iterdir()] == ["thesis.txt"]
    file = tmp_path / "file"
    file.write_text("text")
    assert callsheet("catalog", "-C", workspace.path, "--out", file).err.startswith("error CS975:")
    assert file.read_text() == "text"


def test_a_page_of_what_is_gone_is_removed_and_nothing_else(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("other")
    out = tmp_path / "site"
    site(callsheet, workspace, out)
    (out / "actions" / "mine.html").write_text("mine")
    (tmp_path / "outside.txt").write_text("outside")
    mark = out / ".callsheet-site"
    mark.write_text(mark.read_text() + "../outside.txt\n/etc/hostname\n")
    workspace.remove("other")
    found = site(callsheet, workspace, out)
    assert "actions/other.html" not in found
    assert found["actions/mine.html"] == "mine"
    assert (tmp_path / "outside.txt").read_text() == "outside"


def test_no_link_is_followed_in_the_folder(workspace: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    out = tmp_path / "site"
    site(callsheet, workspace, out)
    target = tmp_path / "target"
    target.mkdir()
    for one in (out / "actions").iterdir():
        one.unlink()
    (out / "actions").rmdir()
    (out / "actions").symlink_to(target)
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out)
    assert outcome.err.startswith("error CS985: actions is a symbolic link")
    assert list(target.iterdir()) == []


def test_the_folder_may_be_a_link_unless_it_leads_out_of_a_repository(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    target, repository = tmp_path / "target", tmp_path / "repository"
    target.mkdir()
    (repository / ".git").mkdir(parents=True)
    for folder in (tmp_path, repository):
        (folder / "link").symlink_to(target)
    outcome = callsheet("catalog", "-C", workspace.path, "--out", repository / "link")
    assert outcome.err.startswith("error CS985: link is a symbolic link that leads out of the repository")
    assert list(target.iterdir()) == []
    outcome = callsheet("catalog", "-C", workspace.path, "--out", tmp_path / "link")
    assert outcome.code == 0, outcome.err
    assert (target / "index.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "name the folder of the site with --out"),
        (("--lang", "de", "--out", "site"), "the catalog has no 'de': its languages are en, fr"),
        (
            ("--link-base", "javascript:alert(1)", "--out", "site"),
            "--link-base is an address that begins with https://\n",
        ),
        (("--link-base", "", "--out", "site"), "--link-base is an address that begins with https://\n"),
        (("--link-base", "//evil.example", "--out", "site"), "--link-base is an address that begins with"),
        (
            ("--link-base", f"https://ada:{CANARY}@git.example.com/x", "--out", "site"),
            "--link-base has no user and no password: every reader of the pages would have them\n",
        ),
        (
            ("--link-base", f"https://git.example.com/x?token={CANARY}", "--out", "site"),
            "--link-base has no query and no fragment: a path is appended to it\n",
        ),
        (
            ("--link-base", f"https://git.example.com/x#{CANARY}", "--out", "site"),
            "--link-base has no query and no fragment: a path is appended to it\n",
        ),
        (("-e", "nowhere", "--out", "site"), "there is no environment `nowhere`"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    arguments: tuple[str, ...],
    message: str,
    workspace: Folder,
    callsheet: Callsheet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = callsheet("catalog", "-C", workspace.path, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert CANARY not in outcome.err
    assert not (tmp_path / "site").exists()


def test_places_lead_to_the_repository(workspace: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    base = "HTTPS://git.example.com/we/it/blob/main/actions"
    workspace.write("sub folder/é.yaml", ACTION.format(name="deep", constant="1"))
    found = site(callsheet, workspace, tmp_path / "site", "--link-base", base)
    assert f'<a href="{base}/sub%20folder/%C3%A9.yaml#L3"' in found["actions/deep.html"]


def test_one_language_is_at_the_top(workspace: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    found = site(callsheet, workspace, tmp_path / "site", "--lang", "fr")
    assert not any(one.startswith(("en/", "fr/")) for one in found)
    assert '<html lang="fr">' in found["index.html"]
    assert "English" not in found["index.html"]


def test_no_secret_and_no_markup_of_a_file_reaches_the_site(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)> =cmd|'/c calc'!A0"
    text = ACTION.format(name="hostile", constant="1")
    text = text.replace("{en: Example, fr: Exemple}", json.dumps(f"=1+1 {hostile}"))
    text = text.replace("owner: team-a", f"owner: {json.dumps('@' + hostile[:50])}")
    text = text.replace("spec:\n", f"spec:\n  authentication: {{type: bearer, token: {CANARY}}}\n", 1)
    workspace.write("hostile.yaml", text)
    workspace.write("secret.yaml", ACTION.format(name="secret", constant=json.dumps(CANARY)))
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    for name, content in found.items():
        assert CANARY not in content, name
        tags = _Tags()
        tags.feed(content if name.endswith(".html") else "")
        assert [
            one for one in tags.found if not re.fullmatch(r"script (\.\./)*[a-z-]+(/data)?\.js", one)
        ] == [], name
    rows = list(csv.DictReader(found["list.csv"].splitlines()))
    for cell in (it for one in rows for it in one.values()):
        assert not cell.startswith(("=", "@"))


def test_the_words_of_both_languages_are_there_and_differ() -> None:
    found = [words_in(one) for one in LANGUAGES]
    assert found[0].keys() == found[1].keys()
    assert all(one.values() for one in found)
    same = {key for key in found[0] if found[0][key] == found[1][key]}
    assert same == {
        "palette",
        "pages",
        "description",
        "type",
        "action",
        "message",
        "commit",
        "actions",
        "compatible",
    }


def test_the_catalog_is_there_from_python(workspace: Folder) -> None:
    workspace.action("other")
    opened = Workspace(workspace.path)
    opened.apply(opened.plan())
    result = opened.catalog(["local"])
    assert [(one.definition.name, one.states["local"].word) for one in result.entries] == [
        ("example", "deployed"),
        ("other", "deployed"),
    ]
    assert result.entries[0].states["local"].serial == 1


def test_the_site_is_served_and_written_again_after_a_change(workspace: Folder) -> None:
    pytest.importorskip("watchfiles", reason="the package watchfiles is not installed")
    command = [sys.executable, "-u", "-m", "callsheet", "catalog", "--serve", "-C", str(workspace.path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = running.stdout.readline()
        root = re.fullmatch(r"the catalog is at (http://127\.0\.0\.1:\d+/); Ctrl-C ends it\n", said)
        assert root is not None, said
        try:
            with urlopen(f"{root[1]}index.html") as answer:
                assert "actions/other.html" not in answer.read().decode()
            workspace.action("other")
            for _ in range(100):
                with urlopen(f"{root[1]}index.html") as answer:
                    if "actions/other.html" in answer.read().decode():
                        break
                time.sleep(0.1)
            else:
                pytest.fail("the new action did not appear")
            strange = Request(f"{root[1]}index.html", headers={"Host": "elsewhere.example.com"})
            with pytest.raises(HTTPError, match="403"):
                urlopen(strange)
        finally:
            running.send_signal(signal.SIGINT)
        assert running.wait(timeout=10) in (0, 1)  # 1 where it was writing


def test_a_port_that_is_taken_is_refused(
    workspace: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("watchfiles", reason="the package watchfiles is not installed")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        outcome = callsheet("catalog", "--serve", "--port", port, "-C", workspace.path)
    assert outcome.err == (
        f"error CS968: port {port} of this machine cannot be opened: address already in use\n"
        "help: name another with --port\n"
    )
    assert callsheet("catalog", "--serve", "--port", "99999", "-C", workspace.path).err.startswith(
        "error CS968:"
    )


def test_the_list_is_a_page_as_well(samples: Folder, callsheet: Callsheet) -> None:
    page = callsheet("list", "-C", samples.path, "-o", "html", "--lang", "fr").out
    assert "<code>firebase_push</code>" in page
    assert "Notification push Firebase" in page
    markdown = callsheet("list", "-C", samples.path, "-o", "markdown").out
    assert "| Push through Firebase | push | team-crm | local, production, staging |" in markdown


def test_a_page_says_what_became_of_the_tests_and_which_policies_look_at_it(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    case = "  tests:\n    - {name: hi, params: {title: Hi}, expect: {payload: {title: Hi, fixed: %d}}, match: partial}\n"
    for name, number in (("right", 1), ("wrong", 2)):
        workspace.write(f"{name}.yaml", ACTION.format(name=name, constant="1") + case % number)
    workspace.write(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: owned}\nspec:\n  message: it has an owner\n"
        "  schema: {required: [owner]}\n  exceptions: [{action: wrong, reason: later, until: '2999-12-31'}]\n",
    )
    found = site(callsheet, workspace, tmp_path / "site")
    assert "<dd>1, passed</dd>" in found["actions/right.html"]
    assert "<dd>1, failed: hi (local)</dd>" in found["actions/wrong.html"]
    assert "<dd>owned</dd>" in found["actions/right.html"]
    assert re.search(
        r"<dd>owned \(except until <time [^>]*>31\s+December 2999</time>\)</dd>",
        found["actions/wrong.html"],
    )
    assert "2999-12-31" in found["overview.html"]


def test_a_message_is_shown_in_its_languages(samples: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    found = site(callsheet, samples, tmp_path / "site")
    for name in ("shipped_sms", "shipped_push", "shipped_email"):
        assert re.findall(r'<section class="language" lang="(\w+)">', found[f"actions/{name}.html"]) == [
            "en",
            "fr",
        ]
        assert f"callsheet preview {name}" in found[f"actions/{name}.html"]


def test_an_action_of_journey_optimizer_shows_what_to_map_and_which_journeys_use_it(
    empty: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    write(empty, **SEVEN)
    empty.write(
        "environments.yaml", JOURNEYS.replace("sandbox: prod", "sandbox: prod, usage: usage.journeys")
    )
    empty.write("usage.journeys", json.dumps({"push": ["Welcome", "Basket"]}))
    found = site(callsheet, empty, tmp_path / "site", "-e", "journeys")
    assert "In Journey Optimizer: what to map and to paste" in found["actions/push.html"]
    wanted = callsheet("journey", "push", "-C", empty.path).out.strip().split("\n")[0]
    assert wanted in found["actions/push.html"]
    assert "<dd>Basket (journeys), Welcome (journeys)</dd>" in found["actions/push.html"]
    (row,) = [one for one in json.loads(found["list.json"])["actions"] if one["name"] == "push"]
    assert row["journeys"] == "Basket (journeys), Welcome (journeys)"
    assert row["state journeys"] == "by hand"


TOKEN = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_what_people_wrote_beside_the_files_is_hidden_where_it_is_a_credential(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.write(
        "policy.yaml",
        "apiVersion: callsheet/v1\nkind: Policy\nmetadata: {name: owned}\nspec:\n  message: it has an owner\n"
        f"  schema: {{required: [owner]}}\n  exceptions: [{{action: example, reason: key {TOKEN}, until: '2999-12-31'}}]\n",
    )
    monkeypatch.setenv("CALLSHEET_AUTHOR", TOKEN)
    text = (workspace.path / "policy.yaml").read_text("utf-8")
    (workspace.path / "policy.yaml").unlink()
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    workspace.write("policy.yaml", text)
    with sqlite3.connect(workspace.database) as database:
        database.execute(
            "INSERT INTO registry_action SELECT ?, ?, digest, revision, compiled, applied_by, applied_at, commit_id, dirty"
            " FROM registry_action",
            (f"Action/x{TOKEN}", f"x{TOKEN}"),
        )
    found = site(callsheet, workspace, tmp_path / "site", "-e", "local")
    assert "2999-12-31" in found["overview.html"]
    assert [name for name, content in found.items() if TOKEN in content] == []


def test_a_site_within_the_workspace_is_no_document_of_it(workspace: Folder, callsheet: Callsheet) -> None:
    site(callsheet, workspace, workspace.path / "site")
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"


def test_a_file_of_somebody_else_in_the_site_is_not_written_over(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    out = tmp_path / "site"
    site(callsheet, workspace, out)
    (out / "actions" / "mine.html").write_text("mine")
    workspace.action("mine")
    outcome = callsheet("catalog", "-C", workspace.path, "--out", out)
    assert outcome.err == (
        f"error CS975: {out}/actions/mine.html is there, and `callsheet catalog` did not write it\n"
        "help: name a new folder, or an empty one: nothing in this one was touched\n"
    )
    assert (out / "actions" / "mine.html").read_text() == "mine"
    other = tmp_path / "other"
    other.mkdir()
    (other / "x").write_text("x")
    (other / ".callsheet-site").write_text("x\n")
    assert callsheet("catalog", "-C", workspace.path, "--out", other).code == 1
    assert (other / "x").read_text() == "x"


def test_a_pipe_and_another_name_of_a_file_are_replaced(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    out, victim = tmp_path / "site", tmp_path / "victim"
    site(callsheet, workspace, out)
    victim.write_text("mine")
    for name in ("list.csv", "list.json"):
        (out / name).unlink()
    (out / "list.csv").hardlink_to(victim)
    os.mkfifo(out / "list.json")
    found = site(callsheet, workspace, out)
    assert found["list.csv"].startswith('"name"')
    assert found["list.json"].startswith("{")
    assert victim.read_text() == "mine"


def test_what_is_renamed_is_to_be_applied_and_what_is_gone_is_named(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    workspace.action("old")
    workspace.action("gone")
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    workspace.rename("old", "fresh")
    workspace.remove("gone")
    assert states(callsheet, workspace, tmp_path / "site") == {"example": "deployed", "fresh": "changed"}
    overview = (tmp_path / "site" / "overview.html").read_text("utf-8")
    assert "no longer defined: Action/gone" in re.sub("<[^>]*>", "", overview)


def test_what_is_no_document_is_told_first(workspace: Folder, callsheet: Callsheet, tmp_path: Path) -> None:
    workspace.write("wrong.yaml", ACTION.format(name="wrong", constant="1").replace("method:", "metod:"))
    found = site(callsheet, workspace, tmp_path / "site")
    for page in ("index.html", "list.html"):
        assert "What could not be read" in found[page]
        assert "wrong.yaml" in found[page]
    workspace.remove("wrong")
    assert "What could not be read" not in site(callsheet, workspace, tmp_path / "site")["index.html"]


@pytest.mark.parametrize("title", ["=1+1", "\n =1+1", "foo;=1+1;", "@x"])
def test_no_spreadsheet_takes_a_cell_for_a_formula(
    title: str, workspace: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    text = ACTION.format(name="it", constant="1").replace("{en: Example, fr: Exemple}", json.dumps(title))
    workspace.write("it.yaml", text)
    text = site(callsheet, workspace, tmp_path / "site")["list.csv"]
    (row,) = [one for one in csv.DictReader(io.StringIO(text)) if one["name"] == "it"]
    assert not row["title"].lstrip().startswith(("=", "@"))
    assert f'"{row["title"]}"' in text
