"""The catalog in a real Chromium: searched, filtered, sorted, by keyboard, in every width and colour."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
import unicodedata
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from callsheet.reporting.catalog.wording import plain
from support.browser import Watched, browser, watched
from support.workspaces import ACTION, ENVIRONMENT, Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
PAGES = (
    *("index", "list", "flows", "overview", "actions/firebase_push", "fr/index"),
    *("actions/shipped_email", "actions/shipped_push", "actions/shipped_sms"),
)


@pytest.fixture
def site(samples: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    """Write the catalog of the samples, which are deployed locally."""
    assert callsheet("apply", "--yes", "-q", "-e", "local", "-C", samples.path).code == 0
    assert callsheet("catalog", "-C", samples.path, "-e", "local", "--out", tmp_path / "site").code == 0
    return tmp_path / "site"


def visible(one: Watched) -> list[str]:
    return [it.strip() for it in one.page.locator(".cards > li:visible code").all_text_contents()]


def test_the_palette_is_searched_as_one_types(site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    one = watched((site / "index.html").as_uri(), 1280)
    every = visible(one)
    assert len(every) == 13
    for text, names, words in (
        ("Firebase", {"firebase_push", "shipped_push"}, "2 found"),
        ("FIREBÄSE push", {"firebase_push", "shipped_push"}, "2 found"),
        ("firebsae", {"firebase_push", "shipped_push"}, "nothing has these letters; near: 2"),
        ("installation_id", {"firebase_push", "shipped_push"}, "2 found"),
        ("graph.facebook.com", {"facebook_conversion", "whatsapp_text"}, "2 found"),
        ("zzzzzz", set(), "Nothing fits."),
    ):
        one.page.fill("input[name=q]", text)
        assert set(visible(one)) == names, text
        assert one.page.inner_text("[role=status]") == words
    one.page.click("button[type=reset]")
    expect(one.page.locator("[role=status]")).to_have_text("13 found")
    assert visible(one) == every
    one.page.select_option("select[name=sensitivity]", "phone")
    assert set(visible(one)) == {"vonage_sms", "whatsapp_text", "facebook_conversion", "shipped_sms"}
    one.page.select_option("select[name=channel]", "sms")
    assert set(visible(one)) == {"vonage_sms", "shipped_sms"}
    assert one.page.locator("h2:visible").count() == 1
    assert one.page.url.endswith("#channel=sms&sensitivity=phone")
    other = watched(one.page.url, 1280)
    assert set(visible(other)) == {"vonage_sms", "shipped_sms"}
    assert one.said == other.said == []


def test_the_list_is_sorted_by_keyboard(site: Path, watched: Opening) -> None:
    one = watched((site / "list.html").as_uri(), 1280)

    def column() -> list[str]:
        return [it.strip() for it in one.page.locator("tbody tr td:nth-child(3)").all_inner_texts()]

    one.page.get_by_role("button", name="Title").focus()
    one.page.keyboard.press("Enter")
    assert column() == sorted(column(), key=str.lower)
    assert one.page.locator("th[aria-sort=ascending]").inner_text().startswith("Title")
    one.page.keyboard.press("Enter")
    assert column() == sorted(column(), key=str.lower, reverse=True)
    assert one.said == []


def test_the_list_is_searched_and_filtered_as_the_palette(site: Path, watched: Opening) -> None:
    one = watched((site / "list.html").as_uri(), 1280)

    def names() -> set[str]:
        return {it.strip() for it in one.page.locator("tbody tr:visible th").all_inner_texts()}

    assert len(names()) == 13
    one.page.fill("input[name=q]", "firebsae")
    assert names() == {"firebase_push", "shipped_push"}
    assert one.page.inner_text("[role=status]") == "nothing has these letters; near: 2"
    one.page.fill("input[name=q]", "")
    one.page.select_option("select[name=sensitivity]", "phone")
    one.page.select_option("select[name=channel]", "sms")
    assert names() == {"vonage_sms", "shipped_sms"}
    one.page.select_option("select[name=environment]", "local")
    one.page.select_option("select[name=state]", "not asked")
    assert names() == set()
    assert one.said == []


@pytest.mark.parametrize("width", [320, 1280])
def test_every_column_of_the_list_is_reached_in_its_frame(site: Path, watched: Opening, width: int) -> None:
    one = watched((site / "list.html").as_uri(), width)
    frame = one.page.locator(".scroll")
    box = frame.bounding_box()
    assert box is not None
    assert box["height"] <= 900 * 0.8 + 2, "the bar below the table is in view"
    frame.focus()
    frame.evaluate("it => it.scrollTo(it.scrollWidth, it.scrollHeight)")
    box = frame.bounding_box()
    assert box is not None
    last = one.page.locator("tbody tr").last.locator("td").last.bounding_box()
    assert last is not None
    assert last["x"] + last["width"] <= box["x"] + box["width"] + 1
    head = one.page.locator("thead th").last.bounding_box()
    assert head is not None
    assert abs(head["y"] - box["y"]) < 3, "headings stay in view"
    assert not one.overflows()


@pytest.mark.one_in(2)
@pytest.mark.parametrize("width", [320, 768, 1280, 2560])
def test_no_page_scrolls_sideways_with_all_of_it_open(site: Path, watched: Opening, width: int) -> None:
    one = watched((site / "index.html").as_uri(), width)
    wide = []
    for page in sorted(site.rglob("*.html")):
        one.page.goto(page.as_uri())
        one.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        if one.overflows():
            wide.append(page.relative_to(site).as_posix())
    assert wide == []


@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_fields_of_a_row_are_of_one_height_and_no_mark_is_broken(
    site: Path, watched: Opening, width: int
) -> None:
    one = watched((site / "index.html").as_uri(), width)
    for page in ("index", "fr/list", "changes", "new", "fr/actions/firebase_push", "actions/shipped_email"):
        one.page.goto((site / f"{page}.html").as_uri())
        heights = one.page.evaluate(
            "[...document.querySelectorAll('.filters :is(input, select, button)')]"
            ".map(it => Math.round(it.getBoundingClientRect().height)).filter(Boolean)"
        )
        assert len({*heights}) <= 1, (page, heights)
        broken = one.page.evaluate(
            "[...document.querySelectorAll('.personal, .label, .cards .state')]"
            ".filter(it => it.getClientRects().length > 1).map(it => it.textContent)"
        )
        assert broken == [], page


LINES = """() => [...document.querySelectorAll(".wide-table .state, .wide-table td code:not(.long), .item")].filter(it => {
  if (!it.getClientRects().length) return false;
  if (!it.matches(".item")) return it.getClientRects().length > 1 || it.getBoundingClientRect().height > 30;
  const comma = it.lastChild, found = document.createRange();
  if (comma.nodeType !== Node.TEXT_NODE) return false;
  found.selectNodeContents(comma);
  // The last line of the name has the comma.
  return Math.abs(found.getBoundingClientRect().bottom - it.firstElementChild.getBoundingClientRect().bottom) > 12;
}).map(it => it.textContent)"""  # fmt: skip
"""What of a list breaks over two lines that should not: states, hosts, and what comes after a name."""


@pytest.mark.parametrize("language", ["", "fr/"])
@pytest.mark.parametrize("width", [320, 768, 1024, 1280, 1600, 1920, 2560])
def test_no_state_and_no_host_breaks_and_a_comma_stays_at_its_name(
    site: Path, watched: Opening, width: int, language: str
) -> None:
    one = watched((site / language / "list.html").as_uri(), width)
    assert one.page.locator(".wide-table .item").count() > 12
    assert one.page.evaluate(LINES) == []
    if width < 1840:
        one.page.check(".all-columns")
        assert one.page.evaluate(LINES) == []
    elif width == 1920:
        frame = one.page.locator(".scroll")
        assert frame.evaluate("it => it.scrollWidth <= it.clientWidth"), "all columns have room"
    one.page.goto((site / language / "actions" / "epsilon_message.html").as_uri())
    assert one.page.evaluate(LINES) == []


def test_a_very_long_host_breaks_in_the_list(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    text = ACTION.format(name="far", constant="1")
    host = ".".join(["x" * 60] * 3) + ".example.com"
    workspace.write("far.yaml", text.replace("api.example.com", host))
    assert callsheet("catalog", "-C", workspace.path, "--out", tmp_path / "site").code == 0
    for width in (320, 1280):
        one = watched((tmp_path / "site" / "list.html").as_uri(), width)
        box = one.page.locator("code.long").bounding_box()
        assert box is not None
        assert box["width"] < 310
        assert one.page.evaluate(LINES) == []


def test_nothing_is_cut_off_on_paper(site: Path, watched: Opening) -> None:
    """On A4 with margins of a centimetre, upright but for the list: nothing is wider, with all of it open."""
    one = watched((site / "index.html").as_uri(), 703)
    one.page.emulate_media(media="print")
    cut = []
    for page in sorted(site.rglob("*.html")):
        one.page.set_viewport_size({"width": 1032 if page.name == "list.html" else 703, "height": 900})
        one.page.goto(page.as_uri())
        one.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found = one.page.evaluate(
            "[...document.querySelectorAll('.scroll, pre, ul, svg')].filter(it => it.scrollWidth > it.clientWidth + 1"
            " && it.clientWidth).map(it => it.textContent.trim().slice(0, 40))"
        )
        if one.overflows() or found:
            cut.append((page.relative_to(site).as_posix(), found))
        # Its heads are buttons, and buttons are left out on paper.
        for head in one.page.locator("thead th").all():
            assert head.inner_text().strip(), page
    assert cut == []


@pytest.mark.parametrize("language", ["", "fr/"])
def test_the_list_is_legible_on_paper_with_many_environments(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening, language: str
) -> None:
    for name in ("development", "integration", "acceptance_eu", "preproduction", "emergency"):
        text = ENVIRONMENT.replace("name: local", f"name: {name}").replace(
            "spec:\n", "spec:\n  extends: local\n"
        )
        samples.write(f"{name}.yaml", text.replace("local.db", f"{name}.db"))
    outcome = callsheet("catalog", "-C", samples.path, "-e", "local", "--out", tmp_path / "site")
    assert (outcome.code, outcome.err) == (0, "")
    # A4 on its side, without a centimetre at each edge.
    one = watched((tmp_path / "site" / language / "list.html").as_uri(), 1032)
    one.page.emulate_media(media="print")
    rows = one.page.locator(".wide-table tr")
    assert rows.count() == 14
    assert one.page.locator("thead th").count() == 4 + 8 + 8
    cut = one.page.locator(".wide-table :is(th, td)").evaluate_all(
        "all => all.filter(it => it.scrollWidth > it.clientWidth + 1 ||"
        " it.getBoundingClientRect().right > innerWidth + 1).map(it => it.textContent.trim())"
    )
    assert cut == []
    assert not one.overflows()
    # A name is in one line, and its letters are not smaller than those of a footnote.
    names = one.page.locator("tbody th a").evaluate_all("all => all.map(it => it.getClientRects().length)")
    assert {*names} == {1}
    size = one.page.locator("tbody td").first.evaluate("it => parseFloat(getComputedStyle(it).fontSize)")
    assert size >= 7 * 4 / 3
    # Each head stands where its cells do.
    lefts = "row => [...row.cells].map(it => Math.round(it.getBoundingClientRect().left))"
    assert rows.nth(0).evaluate(lefts) == rows.nth(1).evaluate(lefts)
    assert one.said == []


def test_an_action_shows_the_request_as_it_would_leave(site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    one = watched((site / "fr" / "actions" / "firebase_push.html").as_uri(), 800)
    output = one.page.locator("output")
    assert "POST https://fcm.googleapis.com/v1/projects/shop-local/messages:send" in output.inner_text()
    one.page.get_by_role("textbox", name="Titre").fill("Été <b>")
    one.page.get_by_role("textbox", name="Prénom").fill("")
    assert '"title": "Été <b>"' in output.inner_text()
    assert '"body": "Hello there, it is on its way"' in output.inner_text()
    one.page.locator("select[name=environment]").select_option("production")
    assert "/projects/shop-prod/messages:send" in output.inner_text()
    one.page.get_by_role("textbox", name="Titre").fill("x" * 121)
    assert output.inner_text() == "title fait plus de 120 caractères"
    assert output.locator("code").inner_text() == "title"
    assert one.page.locator("[aria-invalid]").evaluate_all(
        "all => all.map(it => it.dataset.parameter)"
    ) == ["title"]
    assert (
        "au plus 120\u00a0caractères" in one.page.locator("label:has([data-parameter=title])").inner_text()
    )
    assert "appareil" in one.page.locator("label:has([data-parameter=installation_id])").inner_text()
    one.page.get_by_role("button", name="Réinitialiser").click()
    expect(output).to_contain_text("Your order")
    assert one.said == []
    other = watched((site / "actions" / "adobe_io_event.html").as_uri(), 800)
    assert "callsheet render adobe_io_event -e local --params NAME=VALUE" in other.page.inner_text("main")


def test_the_flow_of_data_is_filtered_in_picture_and_table(site: Path, watched: Opening) -> None:
    one = watched((site / "flows.html").as_uri(), 1280)
    one.page.select_option("select[name=kind]", "phone")
    for what in ("tbody tr[data-kind]:visible", "path[data-kind]:visible"):
        found = one.page.locator(what)
        assert {found.nth(at).get_attribute("data-kind") for at in range(found.count())} == {"phone"}
    assert one.said == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_is_accessible_and_fits(page: str, site: Path, watched: Opening) -> None:
    import axe_playwright_python

    (axe,) = Path(axe_playwright_python.__file__).parent.rglob("axe*.js")
    for width, scheme in ((320, "light"), (1280, "dark"), (2560, "light")):
        one = watched((site / f"{page}.html").as_uri(), width, color_scheme=scheme)
        assert not one.overflows(), width
        assert one.said == []
        one.page.evaluate(axe.read_text("utf-8"))
        # Without what it would load itself.
        found: Any = one.page.evaluate("axe.run({preload: false})")
        assert len(found["passes"]) > 15
        assert [(it["id"], it["nodes"][0]["html"]) for it in found["violations"]] == []


def test_a_page_is_read_without_a_script_and_in_forced_colours(site: Path, watched: Opening) -> None:
    one = watched((site / "index.html").as_uri(), 800, java_script_enabled=False)
    assert len(visible(one)) == 13
    assert one.page.locator("form").is_hidden()
    forced = watched((site / "index.html").as_uri(), 800, forced_colors="active")
    assert len(visible(forced)) == 13
    forced.page.emulate_media(media="print")
    assert forced.page.locator("header").is_hidden()


def test_the_keyboard_reaches_the_content_first(site: Path, watched: Opening) -> None:
    one = watched((site / "index.html").as_uri(), 800)
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.textContent") == "To the content"
    one.page.keyboard.press("Enter")
    assert one.page.url.endswith("#main")
    for _ in range(40):
        one.page.keyboard.press("Tab")
        if one.page.evaluate("document.activeElement.closest('.cards') !== null"):
            break
    with one.page.expect_navigation():
        one.page.keyboard.press("Enter")
    assert "/actions/" in one.page.url
    one.page.get_by_role("link", name="Français").click()
    assert one.page.evaluate("document.documentElement.lang") == "fr"
    assert one.said == []


def test_hostile_and_long_texts_are_shown_as_they_are(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    hostile = '"><script>document.title="bad"</script><img src=x onerror=document.title=1>&amp;'
    text = ACTION.format(name="a" * 30, constant="1")
    workspace.write("hostile.yaml", text.replace("{en: Example, fr: Exemple}", json.dumps(hostile)))
    right = {"en": "عربي: " + "كلمة " * 20, "fr": "x" * 300}
    workspace.write(
        "right.yaml",
        ACTION.format(name="right", constant="1").replace("{en: Example, fr: Exemple}", json.dumps(right)),
    )
    long = {"en": "word " * 1_000}
    workspace.write(
        "long.yaml",
        ACTION.format(name="long", constant="1").replace(
            "title: {en: Example, fr: Exemple}", f"description: {json.dumps(long)}"
        ),
    )
    assert callsheet("catalog", "-C", workspace.path, "--out", tmp_path / "site").code == 0
    for page in (
        "index",
        "list",
        "flows",
        "overview",
        f"actions/{'a' * 30}",
        "actions/right",
        "fr/index",
        "fr/actions/long",
    ):
        one = watched((tmp_path / "site" / f"{page}.html").as_uri(), 320)
        assert one.page.title().endswith("· callsheet")
        assert not one.overflows(), page
        assert one.said == []
    assert hostile in watched((tmp_path / "site" / "index.html").as_uri(), 320).page.inner_text("main")


def test_the_site_works_below_any_path_of_a_server(site: Path, watched: Opening, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "served" / "we" / "it")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *told: Any) -> None:
            del told

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "served")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        root = f"http://127.0.0.1:{server.server_address[1]}/we/it/"
        one = watched(f"{root}fr/index.html", 800, root)
        one.page.fill("input[name=q]", "firebase")
        one.page.locator(".cards > li:visible a").first.click()
        assert one.page.url == f"{root}fr/actions/firebase_push.html"
        one.page.get_by_role("link", name="Nouvelle action").click()
        one.page.select_option("select[name=start]", label="vonage · SMS through Vonage")
        assert "  name: new_vonage\n" in one.page.inner_text("pre.yaml")
        assert one.said == []
    finally:
        server.shutdown()
        server.server_close()


def test_the_form_has_the_parameters_of_every_environment(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    workspace.write(
        "prod.yaml",
        "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: prod}\nspec:\n"
        "  target: {type: sqlite, path: .callsheet/prod.db}\n  overlays:\n    example:\n"
        "      parameters: {more: {type: string, example: z}}\n"
        '      request: {payload: {more: "{{ params.more }}"}}\n',
    )
    found = callsheet("validate", "-C", workspace.path)
    assert callsheet("catalog", "-C", workspace.path, "--out", tmp_path / "site").code == 0, found.out
    one = watched((tmp_path / "site" / "actions" / "example.html").as_uri(), 800)
    one.page.locator("select[name=environment]").select_option("prod")
    assert '"more": "z"' in one.page.inner_text("output")
    one.page.get_by_role("textbox", name="more").fill("y")
    assert '"more": "y"' in one.page.inner_text("output")
    assert one.said == []


def test_without_scripts_a_request_is_more_than_a_heading(
    site: Path, browser: Any, watched: Opening
) -> None:
    address = (site / "actions" / "firebase_push.html").as_uri()
    command = "callsheet render firebase_push -e local --params NAME=VALUE"
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address)
    assert command in page.inner_text("h2:text-is('Request') + p")
    page.close()
    assert watched(address, 1280).page.locator(".scriptless").count() == 0


def test_a_state_and_an_environment_are_judged_together(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    other = ENVIRONMENT.replace("name: local", "name: other").replace("local.db", "other.db")
    workspace.write("other-environment.yaml", other)
    workspace.action("fresh")
    for name in ("local", "other"):
        outcome = callsheet("apply", "--yes", "-q", "-e", name, "-C", workspace.path)
        assert outcome.code == 0, outcome.err
    with sqlite3.connect(workspace.database) as database:
        database.execute(
            "UPDATE registry_action SET compiled = replace(compiled, '1', '3') WHERE name = 'fresh'"
        )
    folder = tmp_path / "site"
    asked = ("catalog", "-C", workspace.path, "-e", "local", "-e", "other", "--out", folder)
    assert callsheet(*asked).code == 0
    one = watched((folder / "index.html").as_uri(), 1280)
    one.page.select_option("select[name=state]", "drifted")
    assert visible(one) == ["fresh"]
    one.page.select_option("select[name=environment]", "other")
    assert visible(one) == []
    one.page.select_option("select[name=environment]", "local")
    assert visible(one) == ["fresh"]
    one.page.select_option("select[name=state]", "deployed")
    assert visible(one) == ["example"]


def test_a_strange_address_of_the_palette_does_nothing(site: Path, watched: Opening) -> None:
    one = watched(f"{(site / 'index.html').as_uri()}#length=3&elements=4&q=sms", 800)
    assert one.page.inner_text("[role=status]") == "2 found"
    assert one.said == []


@pytest.mark.parametrize("page", ["list", "fr/list"])
def test_the_list_fits_and_shows_its_other_columns_on_demand(
    page: str, samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    assert callsheet("catalog", "-C", samples.path, "-e", "local", "--out", tmp_path / "site").code == 0
    one = watched((tmp_path / "site" / f"{page}.html").as_uri(), 1280)
    heads, hidden = one.page.locator("table thead th"), one.page.locator("th.more-column")
    scrolls = "it => it.scrollWidth > it.clientWidth"
    assert (heads.count(), hidden.count()) == (15, 4)
    assert not hidden.first.is_visible()
    assert not one.page.locator(".tall").evaluate(scrolls)
    # By keyboard, and without a script: it is a choice of the page itself.
    one.page.locator(".all-columns").focus()
    one.page.keyboard.press("Space")
    assert all(it.is_visible() for it in heads.all())
    wide = watched((tmp_path / "site" / f"{page}.html").as_uri(), 2560)
    assert wide.page.locator("th.more-column").first.is_visible()
    assert wide.page.locator(".all-columns").is_hidden()
    wide.page.emulate_media(media="print")
    assert wide.page.locator("th.more-column").first.is_visible()
    assert one.said == wide.said == []


def test_a_page_of_either_language_finds_the_texts_of_both(
    workspace: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    text = ACTION.format(name="greeting", constant="1")
    before = "title: {en: Example, fr: Exemple}"
    assert before in text
    title = "title: {en: Birthday greetings, fr: Vœux d'ANNIVERSAIRE, de: Große Grüße, el: ΧΡΟΝΟΣ}"
    description = "description: {en: Sent each year, fr: Envoyé chaque année}"
    workspace.write("greeting.yaml", text.replace(before, f"{title}, {description}"))
    assert callsheet("catalog", "-C", workspace.path, "--out", tmp_path / "site").code == 0
    for page in ("index", "fr/index", "list", "fr/list"):
        one = watched((tmp_path / "site" / f"{page}.html").as_uri(), 1280)
        for asked in (
            "birthday", "anniversaire", "BIRTHDAY anniversaire", "envoye", "year", "große grüsse", "GROSSE", "χρόνος", "ΧΡΌΝΟΣ",
            "birthdya", "anniversare",
        ):  # fmt: skip
            one.page.fill("input[name=q]", asked)
            found = one.page.locator("[data-search]:visible")
            assert [it for it in found.all_inner_texts() if "greeting" in it], (page, asked)
            assert found.count() == 1, (page, asked)
        assert one.said == []


def test_the_browser_searches_letters_as_the_index_has_them(site: Path, watched: Opening) -> None:
    """All letters of European languages, with their marks, and each small and large."""
    one = watched((site / "index.html").as_uri(), 800)
    letters = [chr(at) for at in range(0x20, 0x530) if unicodedata.category(chr(at))[0] != "C"]
    letters += [
        chr(at) for at in (*range(0x1E00, 0x2000), 0xFB01, 0xFB03) if unicodedata.category(chr(at)) != "Cn"
    ]
    shown = one.page.evaluate("all => all.map(plain)", letters)
    assert [
        (it, seen, plain(it)) for it, seen in zip(letters, shown, strict=True) if seen != plain(it)
    ] == []


def test_where_a_field_comes_from_is_said_for_each_environment(site: Path) -> None:
    page = (site / "actions" / "firebase_push.html").read_text("utf-8")
    other = page.partition("<summary>production (what differs there)</summary>")[2].partition("</table>")[0]
    assert "<code>/limits/timeout</code>" in other
    assert "<code>environments/production.yaml:" in other
    assert "/request/method" not in other
    assert "production (ce qui y diffère)" in (site / "fr/actions/firebase_push.html").read_text("utf-8")


def test_a_card_says_which_state_is_of_which_environment(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    card = page.partition('href="actions/firebase_push.html"')[2].partition("</li>")[0]
    plain = " ".join(re.sub("<[^>]+>", " ", card).split())
    assert "deployed local" in plain
    assert "not asked production, staging" in plain
