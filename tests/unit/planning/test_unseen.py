"""What is hidden in a new action is found, whether its canonical text is looked at first or not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.compiling import canonical_text
from callsheet.planning.unseen import unseen
from support.forms import examples

PARAM = {"$param": "x"}
TEXTS = st.sampled_from(
    ["a", "a ", " a", "", " ", 'a" ', '" ', "a\\", "a\n", "a\u200b", "é ", "é", "http://xn--a.com", "\x7f",
     "https://caf\u00e9.example.com/a", "https://a.example.com/caf\u00e9", "//\u00e9", "x://", "\u0131", "e\u0301", "\u00ad"]
)  # fmt: skip
PARTS = st.lists(TEXTS | st.just(PARAM), min_size=2, max_size=4)
CONCAT = st.builds(lambda parts: {"$concat": parts}, PARTS)
VALUES = st.recursive(
    TEXTS | CONCAT | st.integers(0, 9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b ", "$concat", "z"]), inner, max_size=3)
        | st.builds(lambda one: {"$literal": one}, inner)
    ),
    max_leaves=8,
)


@settings(max_examples=examples(300, 20_000), deadline=None)
@given(VALUES)
def test_the_text_of_an_action_hides_nothing_that_its_content_shows(value: Any) -> None:
    after = {"request": {"payload": value}}
    assert unseen(None, after, canonical_text(after)) == unseen(None, after)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"$concat": ["Hello ", PARAM]}, 0),
        ({"$concat": ["Hello ", PARAM, " "]}, 1),
        (["Hello ", PARAM], 1),
        ({"key ": 1}, 1),
        ("\x7f", 1),
        ("http://xn--80ak6aa92e.com", 1),
    ],
)  # fmt: skip
def test_the_text_is_enough_only_where_nothing_is_hidden(value: Any, found: int) -> None:
    after = {"request": {"payload": value}}
    assert len(unseen(None, after, canonical_text(after))) == found
