"""The palette and the list of many actions: the first ones that are found are laid out, the others on demand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.browser import Watched, browser, watched
from support.workspaces import ACTION, Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
MANY, FIRST = 130, 60


@pytest.fixture
def site(empty: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    """Write the catalog of 130 actions in two channels."""
    for number in range(MANY):
        text = ACTION.format(name=f"action_{number:03d}", constant=str(number))
        channel = "push" if number % 2 else "sms"
        empty.write(f"action_{number:03d}.yaml", text.replace("channel: push", f"channel: {channel}"))
    assert callsheet("catalog", "-C", empty.path, "--out", tmp_path / "site").code == 0
    return tmp_path / "site"


def names(one: Watched) -> list[str]:
    found = one.page.locator(".cards > li:visible code, tbody tr:visible th[scope=row]")
    return [it.strip() for it in found.all_text_contents()]


@pytest.mark.parametrize("page", ["index.html", "list.html", "fr/index.html"])
def test_the_first_ones_are_shown_and_all_of_them_on_demand(
    page: str, site: Path, watched: Opening
) -> None:
    from playwright.sync_api import expect

    one = watched((site / page).as_uri(), 1280)
    status, rest = one.page.locator("[role=status]"), one.page.locator("button.rest")
    french = page.startswith("fr/")
    said = (
        "résultats : 130, les 60 premiers sont affichés" if french else "130 found, the first 60 are shown"
    )
    expect(status).to_have_text(said)
    expect(rest).to_have_text("Afficher les 130" if french else "Show all 130")
    first = names(one)
    assert len(first) == FIRST
    rest.press("Enter")
    expect(rest).to_be_hidden()
    assert names(one)[:FIRST] == first
    assert {*names(one)} == {f"action_{number:03d}" for number in range(MANY)}
    # The keyboard goes on with the first one that was not there.
    card = one.page.locator(":focus").evaluate("it => it.closest('[data-search]').dataset.search")
    assert names(one)[FIRST] in card
    one.page.fill("input[name=q]", "action_129")
    assert names(one) == ["action_129"]
    expect(rest).to_be_hidden()
    one.page.fill("input[name=q]", "")
    assert names(one) == first
    assert one.said == []


def test_all_rows_are_sorted_also_those_that_are_not_shown(site: Path, watched: Opening) -> None:
    one = watched((site / "list.html").as_uri(), 1280)
    button = one.page.get_by_role("button", name="Name")
    button.click()
    button.click()
    every = [f"action_{number:03d}" for number in reversed(range(MANY))]
    assert names(one) == every[:FIRST]
    one.page.locator("button.rest").click()
    assert names(one) == every
    button.click()
    assert names(one) == every[::-1], "it stays whole"
    one.page.fill("input[name=q]", "action_12")
    assert names(one) == [f"action_{number}" for number in range(120, 130)]
    assert one.said == []


def test_paper_has_all_that_was_found(site: Path, watched: Opening) -> None:
    one = watched((site / "index.html").as_uri(), 1280)
    one.page.evaluate(
        "window.addEventListener('beforeprint', () => document.body.append("
        "document.querySelectorAll('.cards > li').length))"
    )
    one.page.pdf()
    assert one.page.inner_text("body").endswith(str(MANY))
    assert len(names(one)) == FIRST


def test_without_scripts_all_are_there(site: Path, watched: Opening) -> None:
    for page in ("index.html", "list.html"):
        one = watched((site / page).as_uri(), 1280, java_script_enabled=False)
        assert len(names(one)) == MANY
        assert one.page.locator("button.rest").is_hidden()
