"""Every page that callsheet makes, in a real Chromium: what it does, what it asks, what it says on its console."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from support.browser import Watched, browser, watched
from support.journeys import SEVEN, write
from support.workspaces import Callsheet, Folder

__all__ = ["browser", "watched"]
WIDTHS = (360, 800, 1280)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pack_is_copied_by_keyboard_alone(
    empty: Folder, callsheet: Callsheet, tmp_path: Path, watched: Callable[..., Watched], width: int
) -> None:
    write(empty, **SEVEN)
    assert callsheet("apply", "-C", empty.path, "--yes", "-q", "--pack", tmp_path / "pack").code == 0
    steps = json.loads((tmp_path / "pack" / "pack.json").read_text())["steps"]
    wanted = [
        it["value"] for one in steps for it in one["fields"] if it["kind"] in ("text", "json", "expression")
    ]
    one = watched((tmp_path / "pack" / "index.html").as_uri(), width)
    copied: list[str] = []
    for _ in range(10 * len(wanted)):
        one.page.keyboard.press("Tab")
        if one.page.evaluate("document.activeElement.tagName") != "BUTTON":
            continue
        one.page.keyboard.press("Enter")
        one.page.locator("button:focus", has_text="Copied").wait_for()
        copied.append(one.page.evaluate("navigator.clipboard.readText()"))
        if len(copied) == len(wanted):
            break
    assert copied == wanted
    assert one.page.evaluate("document.getElementById('said').textContent").startswith("Copied ")
    assert not one.overflows()
    assert one.said == []


@pytest.mark.one_in(3)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_preview_runs_and_loads_nothing(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Callable[..., Watched], width: int
) -> None:
    for name in ("shipped_email", "shipped_push", "shipped_sms"):
        page = tmp_path / f"{name}.html"
        hostile = ("-p", "first_name=<img src=x onerror=alert(1)>") if name != "shipped_push" else ()
        assert (
            callsheet("preview", name, "-C", samples.path, "-e", "local", *hostile, "--out", page).code == 0
        )
        one = watched(page.as_uri(), width)
        # Nothing is asked for, and the policy refuses nothing: what is in the page is what it allows.
        assert one.said == []
        assert (
            one.page.locator("main").evaluate("it => getComputedStyle(it.parentElement).maxWidth")
            == "1120px"
        )
        assert not one.overflows()
        if name == "shipped_email":
            frames = [it for it in one.page.frames if it != one.page.main_frame]
            assert len(frames) == 2
            styles = frames[0].evaluate("[...document.styleSheets].length")
            assert styles > 1, "the looks of the email are there"
            assert frames[0].locator("img[src^=http]").count() == 0
            assert "<img src=x onerror=alert(1)>" in frames[0].inner_text("body")


def test_the_page_of_the_emulator_follows_what_comes(
    samples: Folder, callsheet: Callsheet, watched: Callable[..., Watched]
) -> None:
    emulator = Emulator(Workspace(samples.path).routes("local"), Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        one = watched(f"{emulator.url}/", 800, emulator.url)
        send = (
            "send",
            "vonage_sms",
            "-C",
            samples.path,
            "-e",
            "local",
            "-p",
            "phone=33612345678",
            "-p",
            "text=<b>Hi</b>",
            "--to",
            emulator.url,
            "-q",
        )
        assert callsheet(*send).code == 0
        one.page.wait_for_selector("details")
        one.page.click("summary")
        assert '"text": "<b>Hi</b>"' in one.page.inner_text("#calls")
        one.page.click("button[data-kind='500:1']")
        one.page.locator("#fail", has_text="500:1").wait_for()
        assert callsheet(*send).code == 1
        one.page.locator("details").nth(1).wait_for()
        assert one.page.inner_text("details:first-child .status").startswith("500")
        assert one.said == []
    finally:
        emulator.close()


def test_the_page_of_the_emulator_says_that_it_is_old_and_loads_what_is_new(
    samples: Folder, watched: Callable[..., Watched]
) -> None:
    from playwright.sync_api import expect

    routes = Workspace(samples.path).routes("local")
    emulator = Emulator(routes, Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        one = watched(f"{emulator.url}/", 400, emulator.url)
        assert not one.page.is_visible("#old")
        emulator.keep_old("the workspace has <b>1 error</b>")
        one.page.locator("#old", has_text="What is played is what it was before").wait_for()
        assert "<b>1 error</b>" in one.page.inner_text("#old")
        assert not one.overflows()
        emulator.replace([it for it in routes if it.name == "vonage_sms"])
        expect(one.page.locator("li")).to_have_count(1)
        assert not one.page.is_visible("#old")
        assert one.page.inner_text("li").startswith("vonage_sms in local")
        assert one.said == []
    finally:
        emulator.close()
