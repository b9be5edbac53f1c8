"""What is taken for the parameters of a call."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.relay.bodies import MAX_DEPTH, BodyError, read_parameters

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), VALUES, max_size=6))
def test_a_json_object_is_read_as_json_does(value: dict[str, object]) -> None:
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        try:
            body = text.encode()
        except UnicodeEncodeError:
            continue  # an unpaired surrogate has no UTF-8
        assert read_parameters(body) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BodyError):
        assert isinstance(read_parameters(body), dict)


def test_brackets_in_strings_do_not_count() -> None:
    value = {"a": "[{" * 1_000, "b": '\\"[', "c": ["[" * 50, {"d": '"{' * 50}]}
    assert read_parameters(json.dumps(value).encode()) == value


@pytest.mark.parametrize("depth", [MAX_DEPTH, MAX_DEPTH + 1, 200_000])
def test_depth_is_bounded_and_not_the_number_of_brackets(depth: int) -> None:
    wide = b'{"a":[' + b",".join([b"[]"] * 500) + b"]}"
    assert len(read_parameters(wide)["a"]) == 500
    body = b'{"a":' * depth + b"1" + b"}" * depth
    if depth <= MAX_DEPTH:
        assert "a" in read_parameters(body)
        return
    with pytest.raises(BodyError, match="nested deeper than 32 levels"):
        read_parameters(body)


def test_the_reason_contains_nothing_of_the_body() -> None:
    for body in (
        b'{"evil": 1, "evil": 2}',
        b'{"evil": Infinity}',
        b"evil",
        b'["evil"]',
        b'{"evil": 1e999}',
    ):
        with pytest.raises(BodyError) as caught:
            read_parameters(body)
        assert "evil" not in str(caught.value)
