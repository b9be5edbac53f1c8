"""Templates → HTML: what is written into a page is text, whatever it says."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import jinja2
import pytest

import callsheet
from callsheet.markup import write_html
from callsheet.markup.templates import _environment
from callsheet.reporting.filters import filtered, linking
from callsheet.reporting.page import Page

HOME = Path(callsheet.__file__).parent
TEMPLATES = sorted(one.relative_to(HOME).as_posix() for one in HOME.rglob("*.j2"))

PAGE = Page("", "x", ())
VALUES = {"page": PAGE, "filtered": filtered(PAGE), "link_of": linking({}), "w": {}}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_parses_and_never_declares_a_value_as_markup(name: str) -> None:
    _environment().get_template(name)
    text = (HOME / name).read_text("utf-8")
    assert not re.search(r"\|\s*(safe|tojson|xmlattr)\b|autoescape|Markup", text)


def test_a_value_is_escaped_in_text_and_in_an_attribute() -> None:
    hostile = "\"'><script>alert(1)</script>&amp;"
    page = _environment().from_string('<p title="{{ it }}">{{ it }}</p>').render(it=hostile)
    assert page == '<p title="{0}">{0}</p>'.format(
        "&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;"
    )
    assert unescape(page) == f'<p title="{hostile}">{hostile}</p>'


def test_what_commands_a_terminal_or_turns_text_around_is_shown() -> None:
    page = (
        _environment()
        .from_string("{{ it }}{% for one in it %}{{ one }}{% endfor %}")
        .render(it="\x1b\u202e")
    )
    assert page == "\\x1b\\N{RIGHT-TO-LEFT OVERRIDE}" * 2


def test_lines_stay_lines_only_where_the_element_keeps_them() -> None:
    page = _environment().from_string("{{ it }}|{{ it|multiline }}").render(it="a<\nb\x07")
    assert page == "a&lt;\\nb\\x07|a&lt;\nb\\x07"


def test_an_exact_value_keeps_each_character() -> None:
    page = _environment().from_string("{{ it|exact }}").render(it="a\r\n\t\x1b<'")
    assert page == "a&#13;&#10;&#9;\x1b&lt;&#39;"


def test_a_missing_value_is_an_error_and_not_an_empty_place() -> None:
    with pytest.raises(jinja2.UndefinedError, match="'link' is undefined"):
        write_html("reporting/page.html.j2", **VALUES)


def test_a_policy_allows_the_style_sheet_that_the_page_contains() -> None:
    from base64 import b64encode
    from hashlib import sha256

    page = write_html("reporting/page.html.j2", **VALUES, link="")
    (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}';" in unescape(page)
    assert style == (HOME / "markup" / "style.css").read_text("utf-8")
