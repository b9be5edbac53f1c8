"""The front page: two commands, a picture, and short enough to be read."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from support.pages import page
from support.workspaces import ROOT

README = page("README.md")


def test_the_first_two_blocks_are_the_two_commands_one_line_each() -> None:
    first, second = README.blocks("sh")
    assert first.count("\n") == second.count("\n") == 1
    assert first.endswith("callsheet apply -e local --yes\n")
    assert second.endswith("-m pytest\n")


def test_it_is_read_in_five_minutes() -> None:
    assert len(README.path.read_bytes()) <= 8_000


def test_its_picture_loads_nothing_and_says_in_words_what_it_shows() -> None:
    (picture,) = [one for one in README.links() if one.endswith(".svg")]
    text = (ROOT / picture).read_text("utf-8")
    drawing = ET.fromstring(text)
    names = {one.tag.rpartition("}")[2] for one in drawing.iter()}
    assert {"title", "desc"} <= names
    assert not names & {"script", "image", "use", "foreignObject"}
    assert "url(http" not in text
    assert "href" not in text
