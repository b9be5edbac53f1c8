"""Segments `.` and `..` of a path, as RFC 3986 and the URL standard see them."""

from __future__ import annotations

from urllib.parse import quote, urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.language.dot_segments import dot_segment, without_dot_segments
from support.forms import examples

HOST = "https://api.example.com"


@pytest.mark.parametrize(
    "path",
    ["/.", "/..", "/a/..", "/a/../b", "/a/./b", "/%2e", "/%2E%2e/x", "/.%2e", "/a\\..\\b", "/a/.\t./b", "/../?q=1", "\\..\\a"],
)  # fmt: skip
def test_a_segment_that_clients_take_away_is_found(path: str) -> None:
    assert dot_segment(HOST + path) is not None
    if "\\" not in path and "\t" not in path:
        assert dot_segment(without_dot_segments(HOST + path)) is None


@pytest.mark.parametrize(
    "path", ["", "/", "//", "/a.b", "/...", "/.a", "/a..", "/..a/b", "/%252e", "/a?x=/../b", "/a#/../b", "/..%2Fa", "?../"]
)  # fmt: skip
def test_any_other_segment_is_left_alone(path: str) -> None:
    assert dot_segment(HOST + path) is None
    assert without_dot_segments(HOST + path) == HOST + path


@given(st.lists(st.sampled_from(["a", "b.c", ".", "..", "..."]), min_size=1, max_size=6))
@settings(max_examples=examples(50, 200), deadline=None)
def test_they_are_removed_as_the_standard_library_resolves_them(segments: list[str]) -> None:
    url = f"{HOST}/{'/'.join(segments)}"
    assert without_dot_segments(url) == urljoin(url, url.removeprefix(HOST))
    assert without_dot_segments(without_dot_segments(url)) == without_dot_segments(url)


@given(st.text(max_size=8))
@settings(max_examples=examples(50, 200), deadline=None)
def test_encoding_keeps_every_text_in_its_segment_but_dots(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    assert (dot_segment(f"{HOST}/a/{quote(text, safe='')}/b") is not None) == (text in (".", ".."))
