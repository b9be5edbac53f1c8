"""Descriptions of other people's making are read for what they mean, whatever we would refuse in a file of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from callsheet.documents.foreign_reader import MOST_NODES, ForeignFault, read_foreign


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9223372036854775807", 9223372036854775807),
        ("-18446744073709551616", -18446744073709551616),
        ("2026-01-02", "2026-01-02"),
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("02134", "02134"),
        ("no", "no"),
        ("On", "On"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("7e10", 7e10),
        ("1.2345678901234567890", 1.2345678901234567890),
        (".inf", ".inf"),
        ("=", "="),
        ("true", True),
        ("~", None),
        ("0x1F", 31),
        ('"no"', "no"),
        ("!!str 5", "5"),
    ],
)  # fmt: skip
def test_a_scalar_of_yaml_is_what_its_author_means(text: str, value: Any) -> None:
    found = read_foreign(f"a: {text}\n", is_json=False)["a"]
    assert (type(found), found) == (type(value), value)


def test_keys_are_texts_and_what_is_repeated_and_merged_is_read_as_others_do() -> None:
    text = (
        "base: &base {type: object, nullable: true}\n200: {description: ok}\non: 1\n? long\n: 2\n"
        "twice: 1\ntwice: 2\nmerged: {<<: *base, type: string}\nlist: &l [1, *base]\nagain: *l\n"
    )
    found = read_foreign(text, is_json=False)
    base = {"type": "object", "nullable": True}
    assert found["merged"] == {"type": "string", "nullable": True}
    assert found["again"] == found["list"] == [1, base]
    assert (found["200"], found["on"], found["long"], found["twice"]) == ({"description": "ok"}, 1, 2, 2)


@pytest.mark.parametrize(
    ("text", "is_json", "why"),
    [
        ("a: [", False, "not valid YAML"),
        ("a: *b", False, "there is no anchor `b` above"),
        ("{[1]: 2}", False, "a key is a mapping or a list"),
        ("a: 1\n---\nb: 2\n", False, "there is not one document in it"),
        ("", False, "it is empty"),
        ("{}" + "[" * 100 + "]" * 100, True, "not valid JSON"),
        ("[" * 100 + "]" * 100, True, "it nests too deeply"),
        ("[" * 100_000 + "]" * 100_000, True, "it nests too deeply"),
        ("a: " + "[" * 100 + "]" * 100, False, "it nests too deeply"),
        ('{"a": NaN}', True, "NaN is not JSON"),
        ('{"a": "\\ud800"}', True, "half of a surrogate pair is no character"),
        ("a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
            f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
        ), False, f"it has more than {MOST_NODES:,} values"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(text: str, is_json: bool, why: str) -> None:
    with pytest.raises(ForeignFault) as caught:
        read_foreign(text, is_json=is_json)
    assert caught.value.message.startswith(why)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_as_it_is(value: Any) -> None:
    assert read_foreign(json.dumps(value), is_json=True) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("abc :#-", max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("abc", min_size=1, max_size=4), inner, max_size=3)
        ),
        max_leaves=10,
    )
)
def test_yaml_that_others_write_is_read_as_it_was_meant(value: Any) -> None:
    text = yaml.safe_dump({"value": value, "again": value})
    assert read_foreign(text, is_json=False) == {"value": value, "again": value}


@pytest.mark.parametrize("text", ['{"a": "\\ud83d\\ude00"}', '{"a":\t1}', '  {"a": "b: c # d"}'])
def test_json_is_read_as_json_whatever_its_file_is_called(text: str) -> None:
    assert read_foreign(text, is_json=False) == json.loads(text)


def test_a_flow_mapping_of_yaml_is_still_yaml() -> None:
    assert read_foreign("{a: 1, 'b': yes}", is_json=False)["a"] == 1
