"""The pages of the catalog in a real Firefox: no message, nothing asked of others, and they do what they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.documents.reading import parse
from support.firefox import Firefox, firefox
from support.workspaces import Callsheet, Folder

__all__ = ["firefox"]


@pytest.fixture
def site(samples: Folder, callsheet: Callsheet, tmp_path: Path) -> Path:
    assert callsheet("catalog", "-C", samples.path, "--out", tmp_path / "site").code == 0
    return tmp_path / "site"


def test_every_page_says_nothing_and_fits(site: Path, firefox: Firefox) -> None:
    page = firefox.new_page()
    for name in ("index", "list", "flows", "overview", "new", "actions/firebase_push", "fr/new"):
        for width in (320, 1280):
            page.resize(width)
            page.goto((site / f"{name}.html").as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        assert page.said("file:") == [], name
    page.close()


def test_palette_form_and_new_action_work(site: Path, firefox: Firefox) -> None:
    page = firefox.new_page()
    page.goto((site / "index.html").as_uri())
    fill = "(where, text) => { const it = document.querySelector(where); it.value = text; it.dispatchEvent(new Event('input', {bubbles: true})); }"
    read = "where => document.querySelector(where).innerText"
    page.evaluate(fill, "input[name=q]", "firebsae")
    assert page.evaluate(read, "[role=status]") == "nothing has these letters; near: 2"
    page.goto((site / "actions" / "firebase_push.html").as_uri())
    page.evaluate(fill, "[data-parameter=title]", "Été <b>")
    assert '"title": "Été <b>"' in page.evaluate(read, "output")
    page.evaluate(fill, "[data-parameter=title]", "x" * 121)
    assert page.evaluate(read, "output") == "title is longer than 120 characters"
    page.goto((site / "new.html").as_uri())
    page.evaluate(fill, "[id='at/metadata/name']", "a-b")
    assert "CS212 metadata.name is not a name" in page.evaluate(read, ".judged")
    page.evaluate(fill, "[id='at/metadata/name']", "a_b")
    documents, problems = parse(
        page.evaluate("where => document.querySelector(where).textContent", "pre.yaml"), "a"
    )
    assert problems == []
    assert documents[0].value["metadata"] == {"name": "a_b"}
    assert page.said("file:") == []
    page.close()
