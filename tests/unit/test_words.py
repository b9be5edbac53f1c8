"""Phrases that every room writes in the same way."""

from __future__ import annotations

import pytest

from callsheet.outbound.urls import with_query
from callsheet.words import and_more, counted, first_of, listed


@pytest.mark.parametrize(("number", "text"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps")])
def test_a_number_agrees_with_its_noun(number: int, text: str) -> None:
    assert counted(number, "step") == text


def test_what_fits_is_listed_whole_and_the_rest_is_counted() -> None:
    assert listed(["a", "b", "c"], 3) == "a, b, c"
    assert listed(["a", "b", "c"], 1) == "a and 2 more"
    assert listed([], 3) == ""
    assert first_of(["a", "b"], 1, "line") == ["a", "and 1 more line"]
    assert first_of(["a", "b"], 2) == ["a", "b"]
    assert (and_more(5, 3, "line"), and_more(3, 3)) == ("and 2 more lines", "")


@pytest.mark.parametrize(
    ("url", "query", "whole"),
    [
        ("https://a.example/x", "b=1&c=2", "https://a.example/x?b=1&c=2"),
        ("https://a.example/x?a=0", "b=1", "https://a.example/x?a=0&b=1"),
        ("https://a.example/x", "", "https://a.example/x"),
    ],
)
def test_a_query_is_added_to_what_a_url_has(url: str, query: str, whole: str) -> None:
    assert with_query(url, query) == whole
