"""The catalog by keyboard alone: everything is reached in order, seen where it is, left again, and does what it does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.browser import Watched, browser, watched
from support.workspaces import Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
PAGES = (
    "index", "list", "flows", "overview", "changes", "review", "new",
    "actions/firebase_push", "actions/shipped_email", "fr/actions/facebook_conversion",
)  # fmt: skip
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter(it => !it.disabled && it.checkVisibility() && !it.closest("details:not([open]) > :not(summary)"))
  .map((it, at) => {
    it.dataset.at = at;
    return `${it.tagName} ${(it.textContent || it.ariaLabel || it.name).trim().slice(0, 40)}`;
  })"""
"""Everything with which a mouse can do something, in the order of the page; each is numbered."""
FOCUSED = """() => {
  const it = document.activeElement, style = getComputedStyle(it), all = it.getClientRects();
  if (it === document.body) return null;
  const box = all[0], across = Math.min(box.x + box.width, innerWidth) + Math.max(box.x, 0);
  const down = Math.min(box.y + box.height, innerHeight) + Math.max(box.y, 0);
  const top = document.elementFromPoint(across / 2, down / 2);
  return {
    at: Number(it.dataset.at ?? -1),
    marked: style.outlineStyle !== "none" && style.outlineWidth !== "0px",
    seen: Boolean(top) && (it.contains(top) || top.contains(it)) && !(top.closest("thead") && !it.closest("thead") && !top.contains(it)),
  };
}"""
"""The element with the focus: its number, whether an outline marks it, and whether nothing covers it."""


@pytest.fixture
def site(samples: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    """Write the catalog of the samples: two are changed after they were deployed and committed."""
    assert callsheet("apply", "--yes", "-q", "-e", "local", "-C", samples.path).code == 0
    for name, before, after in (
        ("firebase/push.yaml", "priority: HIGH", "priority: NORMAL"),
        ("messages/shipped_sms.yaml", "owner: team-crm", "owner: team-sms"),
    ):
        file = samples.path / name
        text = file.read_text("utf-8")
        assert before in text
        file.write_text(text.replace(before, after), "utf-8")
    asked = ("catalog", "-C", samples.path, "-e", "local", "--base", "HEAD", "--out", tmp_path / "site")
    assert callsheet(*asked).code == 0
    return tmp_path / "site"


def round_of(one: Watched, key: str, most: int) -> list[int]:
    """Press a key until the focus leaves the page, or comes to the first element again."""
    found: list[int] = []
    for _ in range(most):
        one.page.keyboard.press(key)
        here = one.page.evaluate(FOCUSED)
        for _ in range(10):
            # A frame in which nothing can be reached hands the focus on, which takes a moment.
            if here is not None:
                break
            one.page.wait_for_timeout(50)
            here = one.page.evaluate(FOCUSED)
        if here is None or here["at"] in found[:1]:
            return found
        assert here["marked"], here
        assert here["seen"], here
        found.append(here["at"])
    return found


@pytest.mark.parametrize("page", PAGES)
def test_everything_is_reached_in_order_and_left_again(page: str, site: Path, watched: Opening) -> None:
    one = watched((site / f"{page}.html").as_uri(), 1280)
    one.page.set_viewport_size({"width": 1280, "height": 500})
    wanted = one.page.evaluate(REACHABLE)
    assert len(wanted) > 10
    forwards = round_of(one, "Tab", len(wanted) + 40)
    assert forwards == [*range(len(wanted))], [
        wanted[at] for at in range(len(wanted)) if at not in forwards
    ]
    one.page.reload()
    assert one.page.evaluate(REACHABLE) == wanted
    backwards = round_of(one, "Shift+Tab", len(wanted) + 40)
    assert backwards == [*reversed(range(len(wanted)))]
    assert one.said == []


def test_the_palette_and_the_list_are_filtered_by_keys(site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    one = watched((site / "index.html").as_uri(), 1280)
    keys, status = one.page.keyboard, one.page.locator("[role=status]")
    one.page.get_by_role("searchbox").focus()
    keys.type("firebase")
    expect(status).to_have_text("2 found")
    one.page.locator("select[name=channel]").focus()
    keys.type("push")
    expect(one.page).to_have_url((site / "index.html").as_uri() + "#q=firebase&channel=push")
    one.page.get_by_role("button", name="Reset").focus()
    keys.press("Space")
    expect(status).to_have_text("13 found")
    other = watched((site / "list.html").as_uri(), 1280)
    other.page.locator(".all-columns").focus()
    other.page.keyboard.press("Space")
    expect(other.page.locator(".more-column").first).to_be_visible()
    frame = other.page.locator(".tall")
    frame.focus()
    other.page.keyboard.press("End")
    expect(other.page.locator("tbody tr").last).to_be_in_viewport()
    assert one.said == other.said == []


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_an_action_is_read_and_its_request_changed_by_keys(key: str, site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    one = watched((site / "actions" / "firebase_push.html").as_uri(), 1280)
    for folded in one.page.locator("summary").all():
        folded.focus()
        one.page.keyboard.press(key)
        expect(folded.locator("xpath=..")).to_have_attribute("open", "")
    output = one.page.locator("output")
    one.page.locator("select[name=environment]").focus()
    one.page.keyboard.press("ArrowDown")
    expect(output).to_contain_text("/projects/shop-prod/")
    one.page.get_by_role("button", name="Reset").focus()
    one.page.keyboard.press(key)
    expect(output).to_contain_text("/projects/shop-local/")
    assert one.said == []


def test_a_change_is_filtered_and_opened_by_keys(site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    for page in ("changes", "review"):
        one = watched((site / f"{page}.html").as_uri(), 1280)
        one.page.locator("form.changes select[name=owner]").focus()
        one.page.keyboard.type("team-crm")
        expect(one.page.locator("[role=status]")).to_have_text("1 of 2 changes shown one by one")
        one.page.locator("tr[data-change]:visible a").first.focus()
        one.page.keyboard.press("Enter")
        expect(one.page.locator("section[data-impact]:visible details").first).to_have_attribute("open", "")
        assert one.said == []


def test_a_new_action_is_written_by_keys(site: Path, watched: Opening) -> None:
    from playwright.sync_api import expect

    one = watched((site / "new.html").as_uri(), 1280)
    keys, yaml = one.page.keyboard, one.page.locator("pre.yaml")
    one.page.locator("select[name=start]").focus()
    keys.type("vonage")
    expect(yaml).to_contain_text("name: new_vonage")
    one.page.locator("[id='at/metadata/name']").focus()
    keys.press("Control+A")
    keys.type("by_keys")
    expect(yaml).to_contain_text("name: by_keys")
    folded = one.page.locator("[id='at/spec/parameters']")
    folded.focus()
    if folded.locator("xpath=..").get_attribute("open") is None:
        keys.press("Space")
    one.page.locator("[id='add/spec/parameters']").focus()
    keys.press("Shift+Tab")
    keys.type("colour")
    keys.press("Enter")
    expect(yaml).to_contain_text("colour:")
    expect(one.page.locator("[id='at/spec/parameters/colour']")).to_be_focused()
    one.page.get_by_role("button", name="Remove colour").focus()
    keys.press("Space")
    expect(yaml).not_to_contain_text("colour:")
    one.page.get_by_role("button", name="Download", exact=True).focus()
    with one.page.expect_download() as loaded:
        keys.press("Enter")
    assert loaded.value.suggested_filename == "by_keys.yaml"
    assert one.said == []
