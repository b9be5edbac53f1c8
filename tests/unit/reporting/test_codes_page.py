"""The catalog of codes as one page, in Markdown and HTML."""

from __future__ import annotations

import html
import re

import pytest

import callsheet.rules  # noqa: F401 - fills the catalog
from callsheet.language.catalog import RULES
from support.workspaces import Callsheet


def test_the_markdown_page_has_every_code_with_its_examples_and_is_not_shortened(
    callsheet: Callsheet,
) -> None:
    page = callsheet("explain", "--list", "-o", "markdown").out
    headings = re.findall(r"^### (CS\d+) ", page, re.M)
    assert headings == sorted(RULES)
    assert f"callsheet: {len(RULES)} codes" in page
    for one in RULES.values():
        for example in filter(None, (one.bad, one.good)):
            assert f"```yaml\n{example}\n```" in page or f"````yaml\n{example}\n````" in page, one.code


def test_the_html_page_has_every_code_and_loads_nothing(callsheet: Callsheet) -> None:
    page = callsheet("explain", "--list", "-o", "html").out
    assert re.findall(r"<h2>(CS\d+) ", page) == sorted(RULES)
    readable = html.unescape(re.sub(r"<[^>]*>", "", page))
    for one in RULES.values():
        for example in filter(None, (one.bad, one.good)):
            assert all(line.strip() in readable for line in example.split("\n")), one.code
    assert not re.search(r"<(script|link|img|iframe)\b", page)


@pytest.mark.parametrize("name", ["markdown", "html"])
def test_one_code_is_a_page_too(name: str, callsheet: Callsheet) -> None:
    page = callsheet("explain", "CS412", "-o", name).out
    assert "forbidden-header" in page
    assert "CS413" not in page
