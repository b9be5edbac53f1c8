"""Parts of the catalog's pages that are made once for all languages, and quicker than the plain way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.language.characters import _escape, _is_safe, safe
from callsheet.markup import encoded_lines, write_part
from callsheet.reporting.catalog.views import indented

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_json_on_lines_is_that_of_the_standard_library(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@pytest.mark.parametrize("value", [{}, [], {"a": {}, "b": []}, "\ud800", {"\ud800": [1.0, 1e22, -0.0]}])
def test_what_is_empty_and_what_is_half_a_character_is_too(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


@given(st.text())
def test_a_text_that_is_seen_at_once_is_safe_letter_by_letter(text: str) -> None:
    slowly = "".join(one if _is_safe(text, at) else _escape(one) for at, one in enumerate(text))
    assert safe(text) == slowly


def test_every_latin_letter_is_told_as_before() -> None:
    for number in range(0x300):
        one = chr(number)
        assert safe(one) == (one if _is_safe(one, 0) else _escape(one))


def test_a_part_is_encoded_once() -> None:
    rows = [("/a<b", "<script>", "Action/x", "a.yaml:1", 'https://x.example/"'), ("b", "&", "c", "d", "")]
    part = write_part("reporting/catalog/origins.html.j2", rows=rows)
    assert "<script" not in part
    assert "&lt;script&gt;" in part
    assert 'href="https://x.example/&#34;"' in part
    assert encoded_lines("a<\n\x1b") == "a&lt;\n\\x1b"
