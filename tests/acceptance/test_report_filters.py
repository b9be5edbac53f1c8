"""The HTML report of a review, and the same as a page of the catalog: filtered, linked, read without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.browser import Watched, browser, watched
from support.workspaces import ACTION, Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]


@pytest.fixture
def changed(workspace: Folder, callsheet: Callsheet) -> Folder:
    """Return a workspace of which four objects are deployed, and not as they are written now."""
    names = {"mild": "team-a", "moved": "team-b", "other": "team-b"}
    for name, owner in names.items():
        text = ACTION.format(name=name, constant="1").replace("owner: team-a", f"owner: {owner}")
        workspace.write(f"{name}.yaml", text)
    workspace.commit()
    assert callsheet("apply", "--yes", "-q", "-C", workspace.path).code == 0
    for name, before, after in (
        ("mild", "en: Example", "en: Mild"),
        ("moved", "https://", "https://elsewhere."),
        ("other", "fixed: 1", "fixed: 2"),
    ):
        file = workspace.path / f"{name}.yaml"
        file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")
    workspace.remove("example")
    return workspace


def report(callsheet: Callsheet, workspace: Folder, out: Path, *more: str) -> Path:
    outcome = callsheet("diff", "-C", workspace.path, "-o", "html", "--out", out, *more)
    assert outcome.code == 0, outcome.err
    return out


def shown(one: Watched) -> set[str]:
    """Return the addresses of the changes that are visible, in the table and below it."""
    rows = one.page.locator("tr[data-change]:visible code").all_inner_texts()
    sections = one.page.locator("section[data-impact]:visible").all()
    texts = [it.locator("code").first.inner_text() for it in sections]
    assert sorted(rows) == sorted(texts)
    return {it.removeprefix("Action/") for it in texts}


@pytest.mark.parametrize("page", ["changes.html", "fr/changes.html"])
def test_a_message_is_found_by_the_host_of_its_action(
    page: str, samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    """A message names no host: the action that delivers it does."""
    asked = ("catalog", "-C", samples.path, "-e", "local", "--out", tmp_path / "site")
    assert callsheet(*asked).code == 0
    one = watched((tmp_path / "site" / page).as_uri(), 1280)
    messages = one.page.locator("section[data-host]:has-text('Message/')")
    assert messages.count() > 0
    hosts = {host for it in messages.all() for host in (it.get_attribute("data-host") or "").split("\n")}
    assert "" not in hosts
    assert not [host for host in hosts if " " in host]
    for host in sorted(hosts):
        one.page.select_option("form.changes select[name=host]", host)
        for it in messages.all():
            assert it.is_visible() == (host in (it.get_attribute("data-host") or "").split("\n"))
    assert one.said == []


def test_a_review_finds_a_message_by_the_hosts_before_and_after(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    """The action that delivers it goes to another host in the same review."""
    for name, before, after in (
        ("messages/shipped_push.yaml", "owner: team-crm", "owner: team-push"),
        ("firebase/push.yaml", "https://fcm.googleapis.com", "https://api.nexmo.com"),
        ("vonage/sms.yaml", "owner: team-crm", "owner: team-sms"),
    ):
        file = samples.path / name
        text = file.read_text("utf-8")
        assert before in text
        # Without its contract, which names the host too.
        bare = re.sub(r"(?m)^  contract:\n(?:    .*\n)+", "", text.replace(before, after))
        file.write_text(bare, "utf-8")
    asked = ("catalog", "-C", samples.path, "-e", "local", "--base", "HEAD", "--out", tmp_path / "site")
    assert callsheet(*asked).code == 0
    one = watched((tmp_path / "site" / "review.html").as_uri(), 1280)
    for host, names in (
        ("fcm.googleapis.com", {"Message/shipped_push", "firebase_push"}),
        ("api.nexmo.com", {"Message/shipped_push", "firebase_push", "vonage_sms"}),
    ):
        one.page.select_option("form.changes select[name=host]", host)
        assert shown(one) == names
    assert one.said == []


@pytest.mark.parametrize("asked", [("diff", "--base", "HEAD"), ("diff",), ("plan",)])
def test_a_report_of_one_file_finds_a_message_by_its_hosts_too(
    asked: tuple[str, ...], samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    assert callsheet("apply", "--yes", "-q", "-e", "local", "-C", samples.path).code == 0
    for name, before, after in (
        ("messages/shipped_push.yaml", "owner: team-crm", "owner: team-push"),
        ("messages/shipped_sms.yaml", "owner: team-crm", "owner: team-sms"),
        ("firebase/push.yaml", "https://fcm.googleapis.com", "https://graph.facebook.com"),
    ):
        file = samples.path / name
        text = file.read_text("utf-8")
        assert before in text
        bare = re.sub(r"(?m)^  contract:\n(?:    .*\n)+", "", text.replace(before, after))
        file.write_text(bare, "utf-8")
    out = tmp_path / "report.html"
    outcome = callsheet(*asked, "-C", samples.path, "-e", "local", "-o", "html")
    assert outcome.code == 0, outcome.err
    out.write_text(outcome.out, "utf-8")
    one = watched(out.as_uri(), 1280)
    # The action of the SMS is not among the changes: it is as it was.
    for host, names in (
        ("fcm.googleapis.com", {"Message/shipped_push", "firebase_push"}),
        ("graph.facebook.com", {"Message/shipped_push", "firebase_push"}),
        ("api.nexmo.com", {"Message/shipped_sms"}),
    ):
        one.page.select_option("select[name=host]", host)
        assert shown(one) == names, host
    assert one.said == []


def test_a_report_is_filtered_by_impact_owner_and_host(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    one = watched(report(callsheet, changed, tmp_path / "report.html").as_uri(), 1280)
    every = {"example", "mild", "moved", "other"}
    assert shown(one) == every
    assert one.page.inner_text("[role=status]") == "4 of 4 changes shown one by one"
    for name, value, names in (
        ("owner", "team-b", {"moved", "other"}),
        ("impact", "cosmetic", {"mild"}),
        ("host", "elsewhere.api.example.com", {"moved"}),
    ):
        one.page.select_option(f"select[name={name}]", value)
        assert shown(one) == names, name
        assert one.page.inner_text("[role=status]") == f"{len(names)} of 4 changes shown one by one"
        one.page.click("button[type=reset]")
        one.page.locator("section[hidden]").first.wait_for(state="detached")
    one.page.click("tr[data-change] a:has-text('mild')")
    assert one.page.locator("details:visible", has_text="mild").get_attribute("open") is not None
    assert one.said == []


def test_a_report_is_one_file_that_is_read_without_a_script(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    file = report(callsheet, changed, tmp_path / "report.html")
    text = file.read_text("utf-8")
    assert "unsafe" not in text
    assert "script-src &#39;sha256-" in text
    assert re.findall(r'(?:src|href)="(?!#change-)', text) == []
    one = watched(file.as_uri(), 800, java_script_enabled=False)
    assert len(shown(one)) == 4
    assert one.page.locator("form").is_hidden()
    for page in ("plan", "drift"):
        outcome = callsheet(page, "-C", changed.path, "-o", "html")
        assert ("<script>" in outcome.out) is (page == "plan")


def test_a_report_leads_to_the_catalog_where_one_is_named(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_CATALOG_URL", "https://pages.example.com/catalog/")
    text = report(callsheet, changed, tmp_path / "report.html").read_text("utf-8")
    found = set(re.findall(r'href="(https[^"]*)"', text))
    # What is deleted has no page.
    names = ("mild", "moved", "other")
    assert found == {f"https://pages.example.com/catalog/actions/{one}.html" for one in names}
    monkeypatch.setenv("CALLSHEET_CATALOG_URL", "javascript:alert(1)")
    assert "javascript:" not in report(callsheet, changed, tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("foo", "is an address that begins with https://"),
        ("//evil.example", "is an address that begins with https://"),
        ("javascript:alert(1)", "is an address that begins with https://"),
        ("https://ada:hunter22@x.example/", "has no user and no password: every reader of the pages would have them"),
        ("https://x.example/?key=hunter22", "has no query and no fragment: a path is appended to it"),
    ],
)  # fmt: skip
def test_a_wrong_address_of_the_catalog_is_said(
    written: str, said: str, changed: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLSHEET_CATALOG_URL", written)
    outcome = callsheet("diff", "--base", "HEAD", "-C", changed.path, "-o", "html")
    line = f"callsheet: CALLSHEET_CATALOG_URL {said}; the report has no links to the catalog"
    assert line in outcome.err.splitlines()
    assert "hunter22" not in outcome.err + outcome.out


def test_the_catalog_has_what_a_plan_of_now_would_change(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    arguments = ("-C", changed.path, "-e", "local", "--base", "HEAD", "--out", tmp_path / "site")
    outcome = callsheet("catalog", *arguments)
    assert outcome.code == 0, outcome.err
    for page, words in (
        ("changes", "local changes: 4 (sensitive 1, breaking 1, compatible 1, cosmetic 1)"),
        (
            "fr/changes",
            "local changements\u00a0: 4 (sensible 1, incompatible 1, compatible 1, sans effet 1)",
        ),
        ("review", "HEAD changes: 4"),
    ):
        one = watched((tmp_path / "site" / f"{page}.html").as_uri(), 1280)
        assert shown(one) == {"example", "mild", "moved", "other"}
        assert words in one.page.inner_text("main")
        one.page.select_option("select[name=owner]", "team-b")
        assert shown(one) == {"moved", "other"}
        links = one.page.locator("section a[href*=actions]").all()
        assert len(links) == 3
        one.page.locator("section:visible a[href*=actions]").first.click()
        assert one.page.url.endswith(("actions/moved.html", "actions/other.html"))
        assert one.said == []


def test_the_filters_work_by_keyboard_and_are_not_printed(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    file = report(callsheet, changed, tmp_path / "report.html")
    one = watched(file.as_uri(), 800, forced_colors="active")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.name") == "impact"
    one.page.keyboard.press("Tab")
    one.page.keyboard.type("team-b")
    assert shown(one) == {"moved", "other"}
    one.page.emulate_media(media="print")
    assert one.page.locator("form").is_hidden()
    assert shown(one) == {"moved", "other"}
    assert one.said == []


def test_errors_leave_a_page_that_says_why_there_is_no_plan(
    changed: Folder, callsheet: Callsheet, tmp_path: Path
) -> None:
    changed.write("wrong.yaml", ACTION.format(name="wrong", constant="1").replace("method:", "metod:"))
    arguments = ("-C", changed.path, "-e", "local", "--base", "HEAD", "--out", tmp_path / "site")
    assert callsheet("catalog", *arguments).code == 0
    for page in ("changes", "review"):
        assert "the workspace has errors" in (tmp_path / "site" / f"{page}.html").read_text("utf-8")
    outcome = callsheet("catalog", *arguments[:4], "--base", "nowhere", "--out", tmp_path / "other")
    assert outcome.err.startswith("error CS923:")
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light"), (2560, "dark")])
def test_reports_and_pages_of_changes_are_accessible_and_fit(
    changed: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening, width: int, scheme: str
) -> None:
    import axe_playwright_python

    (axe,) = Path(axe_playwright_python.__file__).parent.rglob("axe*.js")
    arguments = ("-C", changed.path, "-e", "local", "--base", "HEAD", "--out", tmp_path / "site")
    assert callsheet("catalog", *arguments).code == 0
    pages = [report(callsheet, changed, tmp_path / "report.html")]
    pages += [tmp_path / "site" / f"{one}.html" for one in ("changes", "review", "fr/changes")]
    for page in pages:
        one = watched(page.as_uri(), width, color_scheme=scheme)
        assert not one.overflows(), page
        one.page.evaluate(axe.read_text("utf-8"))
        found: Any = one.page.evaluate("axe.run({preload: false})")
        assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == [], page
        assert one.said == []
