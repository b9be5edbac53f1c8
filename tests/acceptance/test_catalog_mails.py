"""Emails in the catalog, in a real Chromium: shown with their looks, and harmless whatever is in them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from support.browser import Watched, browser, watched
from support.workspaces import Callsheet, Folder

__all__ = ["browser", "watched"]
Opening = Callable[..., Watched]
HOSTILE = """<!doctype html><html lang="en"><head><title>x</title>
<base href="https://evil.example/"><link rel="stylesheet" href="https://evil.example/a.css">
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<style>@import url(https://evil.example/b.css); p { background: url(https://evil.example/c.png) }
@font-face { font-family: x; src: url(https://evil.example/d.woff) } p { font-family: x }</style></head>
<body style="background: #ffeedd url(https://evil.example/e.png)" onload="parent.document.title = 'bad'">
<p style="color: rgb(1, 2, 3)">Dear reader</p>
<script>parent.document.title = "bad"; fetch("https://evil.example/f")</script>
<img src="https://evil.example/g.png" srcset="https://evil.example/h.png 2x" alt="A parcel" onerror="alert(1)">
<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==" alt="a dot">
<svg onload="alert(1)"><a href="javascript:alert(1)"><text>x</text></a></svg>
<form action="https://evil.example/i"><input autofocus onfocus="alert(1)"><button>send</button></form>
<iframe src="https://evil.example/j"></iframe><object data="https://evil.example/k"></object>
<video src="https://evil.example/l" autoplay></video>
<a href="https://evil.example/m" target="_top">a link</a>
<table background="https://evil.example/n.png"><tr><td>cell</td></tr></table>
<p style="background: \\75rl(https://evil.example/o)">escaped</p>
<!-- <p> --></body></html>"""


def test_an_email_is_shown_with_its_looks(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    assert callsheet("catalog", "-C", samples.path, "--out", tmp_path / "site").code == 0
    for page in ("actions", "fr/actions"):
        one = watched((tmp_path / "site" / page / "shipped_email.html").as_uri(), 1280)
        frames = one.page.locator("iframe")
        assert [frames.nth(at).get_attribute("sandbox") for at in range(frames.count())] == ["", ""]
        inner = one.page.frames[1]
        assert "Order A-1042 arrives on Friday." in inner.inner_text("body")
        assert (
            inner.locator("body").evaluate("one => getComputedStyle(one).backgroundColor")
            == "rgb(244, 244, 244)"
        )
        link = inner.locator("a")
        assert link.get_attribute("title") == "https://shop.example.com/orders/A-1042"
        assert link.evaluate("one => getComputedStyle(one).color") == "rgb(255, 255, 255)"
        assert one.said == []
    text = (tmp_path / "site" / "actions" / "shipped_email.html").read_text("utf-8")
    assert "unsafe" not in text.partition("</head>")[0]
    assert "Left out, since they would be loaded from elsewhere: 1 " in text


def test_a_hostile_email_does_nothing(
    samples: Folder, callsheet: Callsheet, tmp_path: Path, watched: Opening
) -> None:
    samples.write("messages/shipped.en.html", HOSTILE)
    outcome = callsheet("catalog", "-C", samples.path, "--out", tmp_path / "site")
    assert outcome.code == 0, outcome.err
    page = tmp_path / "site" / "actions" / "shipped_email.html"
    for script in (True, False):
        one = watched(page.as_uri(), 800, java_script_enabled=script)
        one.page.wait_for_timeout(300)
        assert one.page.title() == "Order shipped by email · callsheet"
        assert [it.url for it in one.page.frames[1:]] == ["about:srcdoc"] * 2
        assert not one.overflows() if script else True
        assert one.said == []
    one = watched(page.as_uri(), 800)
    inner = one.page.frames[1]
    one.page.locator("iframe").first.scroll_into_view_if_needed()
    shown = re.sub(r"\s+", " ", inner.inner_text("body"))
    assert "Dear reader" in shown
    assert inner.locator("p").first.evaluate("one => getComputedStyle(one).color") == "rgb(1, 2, 3)"
    assert inner.locator("img[alt='a dot']").evaluate("one => one.naturalWidth") == 1
    # To look into the frame makes Chromium say something; to click everywhere in it does not.
    other = watched(page.as_uri(), 800)
    frame = other.page.locator("iframe").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    for down in range(10, int(box["height"]), 20):
        other.page.mouse.click(box["x"] + 15, box["y"] + down)
    other.page.wait_for_timeout(200)
    assert [it.url for it in other.page.frames[1:]] == ["about:srcdoc"] * 2
    assert other.page.url == page.as_uri()
    assert other.said == []
    text = page.read_text("utf-8")
    assert "Left out, since they could run or send: " in text
