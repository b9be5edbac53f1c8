"""A plain scalar is read alike by YAML 1.1, YAML 1.2 and JSON, or it is refused."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet.documents.reading import parse
from callsheet.documents.scalars import Trap, resolve
from support.forms import examples

NOT_READ = object()

_CORE = (
    (re.compile(r"(?:null|Null|NULL|~|)\Z"), lambda text: None),
    (re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z"), lambda text: text.lower() == "true"),
    (re.compile(r"[-+]?[0-9]+\Z"), int),
    (re.compile(r"0o[0-7]+\Z"), lambda text: int(text[2:], 8)),
    (re.compile(r"0x[0-9a-fA-F]+\Z"), lambda text: int(text[2:], 16)),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z"), float),
    (re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"), lambda text: NOT_READ),
)
"""The table of YAML 1.2.2 section 10.3.2."""


def by_yaml_1_1(text: str) -> Any:
    try:
        return yaml.safe_load(f"[{text}]")[0] if text else None
    except (yaml.YAMLError, ValueError, OverflowError):
        return NOT_READ


def by_yaml_1_2(text: str) -> Any:
    return next((read(text) for pattern, read in _CORE if pattern.match(text)), text)


def by_json(text: str) -> Any:
    """Return what JSON reads; where the string is not JSON, nothing contradicts the others."""
    try:
        value = json.loads(text)
    except ValueError:
        return by_yaml_1_2(text)
    return by_yaml_1_2(text) if text in ("NaN", "Infinity", "-Infinity") else value


def alike(one: Any, other: Any) -> bool:
    numbers = all(isinstance(it, int | float) and not isinstance(it, bool) for it in (one, other))
    return one == other if numbers else type(one) is type(other) and one == other


def is_one_plain_scalar(text: str) -> bool:
    try:
        events = [one for one in yaml.parse(f"[{text}]") if isinstance(one, yaml.ScalarEvent)]
        return [one.value for one in events] == [text] and events[0].style is None
    except yaml.YAMLError:
        return False


def check(text: str) -> None:
    found = resolve(text)
    if isinstance(found, Trap):
        assert text not in found.help or f'"{text}"' in found.help or text in ("true", "false")
        return
    for read in (by_yaml_1_1, by_yaml_1_2, by_json):
        assert alike(found, read(text)), (text, found, read(text), read.__name__)


PIECES = (
    ("", "-", "+"),
    ("", "0", "1", "08", "12", "1_0", "0x1F", "0o17", "0b1"),
    ("", ".", ".5", ".0_5", ":20", "-01-02"),
)
ENDS = ("", "e10", "E3", "e+10", "e-2", "_", ":30.5")


@pytest.mark.parametrize("end", ENDS)
def test_every_made_up_number_is_the_same_in_all_or_refused(end: str) -> None:
    tried = 0
    for pieces in product(*PIECES):
        text = "".join(pieces) + end
        if text and is_one_plain_scalar(text):
            check(text)
            tried += 1
    assert tried > 50


@given(
    st.from_regex(r"[-+]?[0-9._:eExob]{1,9}", fullmatch=True)
    | st.text("-+.0178_:eExobaTfnNyl~=<ZsiI", min_size=1, max_size=8)
)
@settings(max_examples=examples(150, 600), deadline=None)
@example("7e10")
@example("=")
@example("<<")
@example("yes")
@example("2026-11-25")
@example(".inf")
def test_every_plain_scalar_is_the_same_in_all_or_refused(text: str) -> None:
    if is_one_plain_scalar(text):
        check(text)


@pytest.mark.parametrize(
    ("text", "fix"),
    [("7e10", "7.0e+10"), ("12e4", "12.0e+4"), ("1E3", "1.0e+3"), ("1e-3", "1.0e-3"), ("1e+3", "1.0e+3"), ("1.5e3", "1.5e+3"), ("-.5", "-0.5"), ("+.5e3", "+0.5e+3"), (".5e3", "0.5e+3"), ("-2e5", "-2.0e+5")],
)  # fmt: skip
def test_the_fix_of_a_number_is_the_same_number_in_both(text: str, fix: str) -> None:
    found = resolve(text)
    assert isinstance(found, Trap)
    assert found.code == "CS121"
    assert f"`{fix}`" in found.help
    assert f'"{text}"' in found.help
    assert resolve(fix) == by_yaml_1_1(fix) == float(text)


def test_quoted_text_and_json_are_not_concerned() -> None:
    assert parse("a: ['7e10', \"1E3\", '=', \"<<\"]", "a.yaml")[0][0].value == {
        "a": ["7e10", "1E3", "=", "<<"]
    }
    documents, problems = parse('{"a": 7e10, "b": "="}', "a.json")
    assert (problems, documents[0].value) == ([], {"a": 7e10, "b": "="})


def test_a_merge_key_still_merges_and_a_lone_merge_is_refused() -> None:
    documents, problems = parse("a: &a {b: 1}\nc: {<<: *a, '=': 2, =: 3}\n", "a.yaml")
    assert [one.code for one in problems] == ["CS113"]
    documents, problems = parse("a: &a {b: 1}\nc: {<<: *a, =: 3}\n", "a.yaml")
    assert (problems, documents[0].value["c"]) == ([], {"=": 3, "b": 1})
    assert [one.code for one in parse("a: <<\nb: [=]\n", "a.yaml")[1]] == ["CS121", "CS121"]
