"""A sample of a schema is one that the schema takes: by its pattern, its lengths, its own examples."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.importing.fitting import fits, matching

PATTERNS = [
    "^[A-Z]{3}$", r"^\+[1-9]\d{1,14}$", "^[0-9a-f]+$", "^(a|b)c?$", r"^\w+@\w+\.(com|org)$", "^.{2,}$", r"^[^a-z\d]+$", "^x*?y$",
    r"^\d{4}-\d{2}-\d{2}$", "abc", "^(?:sms|push):[a-z]{2}$", r"^[\w.-]{5}$", "^é+$", "", r"^\S+$",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_is_made_for_a_pattern(pattern: str) -> None:
    text = matching({"type": "string", "pattern": pattern})
    assert text is not None
    assert re.search(pattern, text)


@pytest.mark.parametrize(
    ("node", "length"),
    [
        ({"pattern": "^[0-9a-f]+$", "minLength": 40, "maxLength": 40}, 40),
        ({"pattern": "^[a-z]*$", "minLength": 3}, 3),
        ({"pattern": "^[a-z]{0,9}$", "minLength": 9}, 9),
    ],
)
def test_it_is_as_long_as_it_must_be(node: dict[str, Any], length: int) -> None:
    text = matching({"type": "string", **node})
    assert text is not None
    assert len(text) == length


@pytest.mark.parametrize("pattern", ["^(?=x)y$", "(", "a{2000}b", r"^\p{L}+$", "(?<!a)b{3000}", 5])
def test_a_pattern_for_which_none_is_made(pattern: Any) -> None:
    assert matching({"type": "string", "pattern": pattern}) is None


def test_an_example_of_another_type_and_a_credential_are_no_samples() -> None:
    assert fits("a", {"type": "string"})
    assert not fits(5, {"type": "string"})
    assert not fits("5", {"type": "integer"})
    assert not fits("ab", {"type": "string", "maxLength": 1})
    token = (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
        "eyJzdWIiOiIxMjM0NTY3ODkwIn0."
        "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
    )
    assert not fits(token, {"type": "string"})
    assert fits("a", {"type": "string", "pattern": "("})


@given(st.sampled_from(PATTERNS), st.integers(0, 12), st.integers(0, 12))
def test_what_is_made_fits_or_nothing_is_made(pattern: str, least: int, more: int) -> None:
    node = {"type": "string", "pattern": pattern, "minLength": least, "maxLength": least + more}
    text = matching(node)
    assert text is None or fits(text, node)
