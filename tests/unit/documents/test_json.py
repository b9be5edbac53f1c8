"""JSON is read by three readers: with places, without, and a place at a time. They agree."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.documents.json_places import JsonPlaces
from callsheet.documents.json_plain import NotPlain, value_of
from callsheet.documents.json_reader import read_json
from callsheet.documents.places import Path
from support.forms import examples

_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6)
_VALUES = st.recursive(
    _LEAVES, lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=4), one, max_size=4)
)
_MADE = st.tuples(_VALUES, st.sampled_from([None, 1, "\t"]), st.booleans()).map(
    lambda it: json.dumps(it[0], indent=it[1], ensure_ascii=it[2])
)


def _same(value: Any, other: Any) -> bool:
    return json.dumps(value, sort_keys=False) == json.dumps(other, sort_keys=False)


def _agree(text: str) -> None:
    documents, problems = read_json(text, "a.json")
    try:
        value = value_of(text)
    except NotPlain:
        return
    assert problems == []
    assert _same(documents[0].value, value)


@given(_MADE, st.integers(0, 10_000), st.text('{}[]",:\\u0dD18e.-+ \n\x01truefalsn', max_size=3))
@settings(max_examples=examples(300, 5_000), deadline=None)
def test_the_fast_reader_reads_what_the_exact_one_reads_without_a_finding(
    text: str, at: int, put: str
) -> None:
    _agree(text)
    at %= len(text) + 1
    _agree(text[:at] + put + text[at:])
    _agree(text[:at] + put + text[at + 1 :])


@given(_VALUES)
@settings(max_examples=examples(100, 2_000), deadline=None)
def test_the_fast_reader_refuses_only_what_has_a_finding(value: Any) -> None:
    text = json.dumps(value)
    if not read_json(text, "a.json")[1]:
        assert _same(value_of(text), value)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}',
        '[{"a": {"b": 1, "b": 1}}]',
        "9007199254740993",
        "1e999",
        "0.1234567890123456789",
        "NaN",
        "-Infinity",
        '"\\ud800"',
        '{"\\udc00": 1}',
        '"\ud800"',
        "[" * 5_000 + "]" * 5_000,
        "[1] 2",
        '"\x01"',
        "\ufeff1",
        "",
        "01",
    ],
)
def test_what_has_a_finding_is_left_to_the_exact_reader(text: str) -> None:
    assert read_json(text, "a.json")[1]
    with pytest.raises(NotPlain):
        value_of(text)


@pytest.mark.parametrize("depth", [1, 50, 98, 99, 100, 101, 102, 150])
def test_both_readers_draw_the_line_at_the_same_depth(depth: int) -> None:
    for text in ("[" * depth + "]" * depth, '{"a":' * depth + "1" + "}" * depth):
        refused = bool(read_json(text, "a.json")[1])
        try:
            value_of(text)
            assert not refused
        except NotPlain:
            assert refused


def test_a_pair_of_surrogates_is_a_character() -> None:
    assert value_of('"\\ud83d\\udc4d"') == "\N{THUMBS UP SIGN}"


@given(_MADE)
@settings(max_examples=examples(150, 3_000), deadline=None)
def test_a_place_that_is_looked_for_is_the_one_that_is_noted(text: str) -> None:
    documents, problems = read_json(text, "a.json")
    if problems:
        return
    places, found = documents[0].places, JsonPlaces(text)
    assert places is not None
    for path in places.values:
        assert found.place(_parts(path)) == places.key(path)
        assert (
            found.place((*_parts(path), "not there")) == places.key(path)
            or (*path, "not there") in places.values
        )


def _parts(path: Path) -> tuple[str, ...]:
    return tuple(map(str, path))
