"""The one comparison of values: the same JSON is the same canonical text (RFC 8785)."""

from __future__ import annotations

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from callsheet.documents import among, decoded, equal

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 2),
    st.sampled_from([0.0, -0.0, 1.0, 1.5, 2.0, 1e21]),
    st.sampled_from(["", "0", "1", "true", "null", "a", "é"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["a", "b", "__c", ""]), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_two_values_are_equal_where_their_canonical_texts_are(one: Any, other: Any) -> None:
    assert equal(one, other) is (rfc8785.dumps(one) == rfc8785.dumps(other))


@given(VALUES)
def test_a_value_is_equal_to_what_is_read_of_its_text(one: Any) -> None:
    assert equal(one, json.loads(json.dumps(one)))
    assert equal(one, json.loads(rfc8785.dumps(one)))


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8,
), st.booleans())  # fmt: skip
def test_a_text_is_decoded_as_json_decodes_it(value: Any, escaped: bool) -> None:
    text = json.dumps(value, ensure_ascii=escaped)
    assert repr(decoded(text)) == repr(json.loads(text))


@pytest.mark.parametrize("text", ["", "{", "[1,]", "{'a': 1}", "01", "nul", '"\x01"', "1 2", "\ufeff1"])
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - as `json.loads` says it
        decoded(text)


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", '"\\ud800"', "NaN", "-0", "-0.0", "1" * 400, '{"a":1,"a":2}']
)
def test_what_msgspec_refuses_or_reads_otherwise_is_read_as_json_reads_it(text: str) -> None:
    assert repr(decoded(text)) == repr(json.loads(text))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, True, False), (0, False, False), (1, 1.0, True), (0, -0.0, True), ("1", 1, False), (None, False, False),
        ("", None, False), ([], {}, False), ([1], [True], False), ({"a": [0]}, {"a": [False]}, False),
        ({"a": None}, {}, False), ({"a": 1, "b": 2}, {"b": 2.0, "a": 1}, True), ([1, 2], [2, 1], False),
        (float("nan"), float("nan"), True), ((1, 2), [1, 2], True), (object(), object(), False),
    ],
)  # fmt: skip
def test_what_python_takes_for_the_same_and_json_does_not(one: Any, other: Any, expected: bool) -> None:
    assert equal(one, other) is expected
    assert equal(other, one) is expected
    assert among(one, [{"x": 1}, other]) is expected


def test_what_is_nested_deeply_is_compared() -> None:
    one: Any = 1
    other: Any = True
    for _ in range(50_000):
        one, other = [one], [other]
    assert equal(one, other) is False
    while isinstance(one, list):  # taken apart, so that no destructor recurses
        one, other = one[0], other[0]
