"""YAML and JSON: values, places, traps; both parsers agree; nothing hangs."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.documents.json_reader import read_json
from callsheet.documents.parsed import MAX_NODES
from callsheet.documents.places import START, Places, Span
from callsheet.documents.reading import decode, parse
from callsheet.documents.yaml_events import events_of, libyaml_events, python_events
from callsheet.documents.yaml_plain import read_plain
from callsheet.documents.yaml_reader import read_yaml
from support.forms import LONG, examples

needs_libyaml = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml")


def values(text: str) -> list[Any]:
    documents, problems = read_yaml(text, "f.yaml")
    assert problems == []
    return [one.value for one in documents]


def codes(text: str) -> list[str]:
    return [one.code for one in read_yaml(text, "f.yaml")[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1", {"a": 1}), ("a: -0.5", {"a": -0.5}), ("a: 1.0e+3", {"a": 1000.0}), ("a: .5", {"a": 0.5}),
        ("a: 0x1F", {"a": 31}), ("a: +7", {"a": 7}), ("a: '1'", {"a": "1"}), ("a: ~", {"a": None}),
        ("a:", {"a": None}), ("a: null", {"a": None}), ("a: True", {"a": True}), ("a: FALSE", {"a": False}),
        ("a: y", {"a": "y"}), ("a: nope", {"a": "nope"}), ("a: 1.2.3", {"a": "1.2.3"}), ("a: 12-34", {"a": "12-34"}),
        ("a: !!str 1", {"a": "1"}), ("a: ! 1", {"a": "1"}), ("a: !!map {b: 1}", {"a": {"b": 1}}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x 1\nc: *x", {"a": 1, "c": 1}),
        ("a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}", {"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}}),
        ("a: &x {b: 1}\ne: &y {b: 2, f: 3}\nd: {<<: [*x, *y]}", {"a": {"b": 1}, "e": {"b": 2, "f": 3}, "d": {"b": 1, "f": 3}}),
        ('"<<": 1', {"<<": 1}), ("- a\n- [b, {c: d}]", ["a", ["b", {"c": "d"}]]),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}), ("a: >-\n  x\n  y\n", {"a": "x y"}), ("a: \"\\u00e9\"", {"a": "é"}),
    ],
)  # fmt: skip
def test_values(text: str, expected: Any) -> None:
    assert values(text) == [expected]
    assert read_yaml(text, "f", with_places=True)[0][0].value == expected


def test_several_documents_and_none() -> None:
    assert values("a: 1\n---\nb: 2\n...\n---\n# nothing\n---\n- 3\n") == [{"a": 1}, {"b": 2}, [3]]
    assert values("") == values("# only a comment\n") == []
    assert [one.line for one in read_yaml("# c\na: 1\n---\nb: 2\n", "f")[0]] == [2, 3]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: yes", "CS120"), ("a: Off", "CS120"), ("on: 1", "CS120"), ("a: 1:20", "CS121"), ("a: 0o17", "CS121"),
        ("a: 017", "CS121"), ("a: 0b11", "CS121"), ("a: 1_000", "CS121"), ("a: -0x1F", "CS121"), ("a: 1_0.5", "CS121"),
        ("a: 2026-11-25", "CS122"), ("a: 2026-11-25 08:30:00", "CS122"), ("a: .inf", "CS123"), ("a: -.INF", "CS123"),
        ("a: .nan", "CS123"), ("a: 1e999", "CS123"), ("a: 9007199254740992", "CS124"), ("a: -9007199254740992", "CS124"),
        ("a: 123456789012345678901234567890", "CS124"), ("a: 0xFFFFFFFFFFFFFFFF", "CS124"),
        ("a: 9007199254740993.0", "CS125"), ("a: 123456789012345680.0", "CS124"), ("a: 0.1234567890123456789", "CS125"),
        ("a: 0." + "1" * 500, "CS125"), ("1: a", "CS116"), ("true: a", "CS116"), ("~: a", "CS116"), ("? [a]\n: b", "CS116"),
        ("? *x\n: b", "CS110"), ("a: &x [1]\n? *x\n: 1", "CS116"), ("a: !x b", "CS115"), ("a: !x [b]", "CS115"),
        ("a: !!int 3", "CS115"), ("a: !!binary aGk=", "CS115"), ("a: *b", "CS110"), ("a: &b [*b]", "CS110"),
        ("a: {<<: 1}", "CS114"), ("a: {<<: [1]}", "CS114"), ("a: 1\na: 2", "CS113"), ("a: {b: 1, b: 2}", "CS113"),
        ("a: [1", "CS110"), ("a: 'b", "CS110"), ("a\n\tb: c: d", "CS110"), ("a:\n\t- b", "CS111"), ("a: \x07", "CS108"),
        ("a: @b", "CS110"), ("{?a: b}", "CS110"), ("[?x]", "CS110"), ("a: &b:c d", "CS110"), ("%YAML 3.0\n---\na: 1", "CS110"), ("a: b: c", "CS110"),
    ],
)  # fmt: skip
def test_what_must_not_become_a_value(text: str, code: str) -> None:
    assert codes(text) == [code]


def test_one_run_reports_every_trap() -> None:
    assert codes("a: yes\nb: 1:20\nc: [no, 0o7]\nd: 1\nd: 2") == [
        "CS120",
        "CS121",
        "CS120",
        "CS121",
        "CS113",
    ]


def test_places() -> None:
    text = 'a: {b: [1, "two"]}\nc: |\n  text\n"d e": \'f\'\n'
    (document,), _ = read_yaml(text, "f", with_places=True)
    places = document.places
    assert places is not None
    assert places.value(("a", "b", 1)) == Span(1, 12, 1, 17)
    assert places.key(("a", "b")) == Span(1, 5, 1, 6)
    assert places.inside(("a", "b", 1), 2) == Span(1, 15, 1, 16)
    assert places.inside(("a", "b", 1), 9) == places.value(("a", "b", 1))
    assert places.inside(("c",), 2) == places.value(("c",))
    assert places.value(("a", "gone", 3)) == places.value(("a",)) == Span(1, 4, 1, 19)
    assert places.key(("d e",)) == Span(4, 1, 4, 6)
    assert places.inside(("d e",), 0) == Span(4, 8, 4, 11)
    assert Places().value(("x",)) == START


def test_crlf_and_a_byte_order_mark_change_nothing() -> None:
    text, problem = decode(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  x\r\n", "f.yaml")
    assert problem is None
    assert values(text) == [{"a": 1, "b": "x\n"}]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-le", "utf-16-be", "utf-32-be"])
def test_wide_encodings_are_refused(encoding: str) -> None:
    marks = {
        "utf-16-le": b"\xff\xfe",
        "utf-32-le": b"\xff\xfe\0\0",
        "utf-16-be": b"\xfe\xff",
        "utf-32-be": b"\0\0\xfe\xff",
    }
    _, problem = decode(marks[encoding] + "a: 1".encode(encoding), "f.yaml")
    assert problem is not None
    assert problem.code == "CS102"


SAMPLES = [
    "a: {b: [1, 2, {c: d}], e: 'f'}\ng: &h |\n  i\nj: *h\n", "[" * 100, "- " * 100, "a: 1\n  b: 2", "a: [", "é: 1\n? b\n: c",
    "a: !!x 1", "%TAG ! x:\n---\n!a b", "'a", "a: \"\\x\"", "&a [*a]", "{a, b: c}", "a: 'it''s'", "--- |\n a\n--- >\n b\n",
    "a: 2026-01-01\nb: yes", "#c\n---\n...\n", "a:\n - b\n -  c\n", "x: *y", "\ta: 1",
]  # fmt: skip


def outcome(text: str, events: Any) -> Any:
    documents, problems = read_yaml(text, "f", with_places=True, events=events)
    return [one.value for one in documents], [one.code for one in problems]


@needs_libyaml
@pytest.mark.parametrize("text", SAMPLES)
def test_both_parsers_give_the_same(text: str) -> None:
    assert outcome(text, libyaml_events) == outcome(text, python_events)


@needs_libyaml
@settings(max_examples=examples(75, 300))
@given(st.text(alphabet="ab01:-?[]{},&*!|>'\"%@#. \n", max_size=40))
def test_both_parsers_agree_or_refuse_on_anything(text: str) -> None:
    fast, slow = outcome(text, libyaml_events), outcome(text, python_events)
    # The two know a few errors differently; where both accept, the values are equal.
    if not fast[1] and not slow[1]:
        assert fast[0] == slow[0]


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    read_yaml(text, "f")
    read_json(text, "f.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), inner, max_size=4),
)  # fmt: skip


@given(JSON, st.sampled_from([None, 1]))
def test_json_is_read_as_the_standard_library_reads_it(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    documents, problems = read_json(text, "f.json")
    assert problems == []
    assert documents[0].value == json.loads(text)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", '{"a"}', '{"a":}', '{"a" 1}', "{1: 2}", "nul", "01", "1.", "[1 2]", '{"a": 1 "b": 2}', '"\n"',
     '"\\x"', "NaN", "1 2", "-", "[", '{"a": 1e999}', '{"a": 0.12345678901234567890}'],
)  # fmt: skip
def test_json_that_is_wrong_is_refused(text: str) -> None:
    documents, problems = read_json(text, "f.json")
    assert documents == []
    assert problems


def test_json_has_places_too() -> None:
    (document,), _ = read_json('{\n  "a": ["b", 1]\n}', "f.json")
    assert document.places is not None
    assert document.places.value(("a", 0)) == Span(2, 9, 2, 12)
    assert document.places.key(("a",)) == Span(2, 3, 2, 6)
    assert document.places.inside(("a", 0), 0) == Span(2, 9, 2, 12)
    assert parse('{"a": 1}', "x.json")[0][0].value == {"a": 1}


PARSERS = [pytest.param(libyaml_events, marks=needs_libyaml), python_events]
PAIR = "\\ud83d\\ude00"


@pytest.mark.parametrize("events", PARSERS)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f'a: "x{PAIR}y"', {"a": "x😀y"}),
        (f'"{PAIR}": ["\\uD83D\\uDE00{PAIR}", "\\ud800\\udc00", "\\udbff\\udfff"]', {"😀": ["😀😀", "\U00010000", "\U0010ffff"]}),
        (r'["\\' + PAIR + r'", "\\ud83d\\ude00"]', ["\\😀", "\\ud83d\\ude00"]),
        # These are no escapes, but in double quotes.
        (f"a: '{PAIR}'\nb: {PAIR}\nc: |\n  {PAIR}\nd: \"{PAIR}\"", {"a": PAIR, "b": PAIR, "c": f"{PAIR}\n", "d": "😀"}),
        (f'a: "{PAIR}" # {PAIR}\n\nb: "{PAIR}\\U00100000\U00100001"', {"a": "😀", "b": "😀\U00100000\U00100001"}),
    ],
)  # fmt: skip
def test_an_escaped_surrogate_pair_is_one_character(text: str, value: Any, events: Any) -> None:
    for with_places in (False, True):
        (document,), problems = read_yaml(text, "f", with_places=with_places, events=events)
        assert problems == []
        assert document.value == value


@given(JSON)
def test_json_as_its_writers_escape_it_is_yaml(value: Any) -> None:
    documents, problems = read_yaml(json.dumps({"a": value}).replace("/", "\\/"), "f")
    if not problems:  # a number that YAML 1.1 reads otherwise
        assert documents[0].value == {"a": value}


@pytest.mark.parametrize("events", PARSERS)
def test_what_is_after_an_escaped_pair_has_its_place(events: Any) -> None:
    text = f'a: "{PAIR}"\n{{"{PAIR}{PAIR}": "{PAIR}", b: [1, yes]}}'.removeprefix(f'a: "{PAIR}"\n')
    (document,), problems = read_yaml(f"# {PAIR}\n{text}", "f", with_places=True, events=events)
    assert document.places is not None
    at = text.index("yes") + 1
    assert document.places.value(("b", 1)) == Span(2, at, 2, at + 3)
    assert [one.span for one in problems] == [Span(2, at, 2, at + 3)]
    _, (problem,) = read_yaml(f'["{PAIR}", *no]', "f", events=events)
    assert problem.span.column == len(f'["{PAIR}", ') + 1
    _, (problem,) = read_yaml(f'["{PAIR}", }}', "f", events=events)
    assert problem.span.column == len(f'["{PAIR}", ') + 1


@pytest.mark.parametrize("events", PARSERS)
@pytest.mark.parametrize(
    "half", ["\\ud83d", "\\uDE00", "\\ude00\\ud83d", "\\ud83dx\\ude00", f"\\ud83d{PAIR}"]
)
def test_half_of_a_surrogate_pair_is_refused_in_its_own_words(half: str, events: Any) -> None:
    documents, problems = read_yaml(f'a: "{half}"', "f", events=events)
    assert documents == []
    assert [(one.code, one.message, one.span.line) for one in problems] == [
        ("CS108", "an unpaired surrogate is not a character (RFC 7493 section 2.1)", 1)
    ]


MANY = 200_000 if LONG else 50_000


@pytest.mark.parametrize(
    "text",
    ["[" * MANY, "{" * MANY, "- " * (MANY // 2), "? " * (MANY // 2), "a: " * (MANY // 4), "&a " * (MANY // 4), "'" * MANY,
     "\n".join(" " * n + "a:" for n in range(1500 if LONG else 400)), "[" + "*a," * (MANY // 2) + "]", "!" * (MANY // 2), "|" * (MANY // 2),
     "a: &x [1]\n" + "\n".join(f"k{n}: *x" for n in range(MANY // 3)), "{" + "a: 1, " * (MANY // 2) + "}", "#" * 1_000_000],
    ids=range(14),
)  # fmt: skip
@pytest.mark.timeout(120)  # far above what it takes: only a hang fails
def test_hostile_text_ends(text: str) -> None:
    documents, problems = read_yaml(text, "f")
    assert problems or documents or text.startswith("#")


def test_values_are_counted_with_their_aliases() -> None:
    half = MAX_NODES // 2
    assert codes("a: &x [" + "1," * half + "]\nb: *x\nc: *x") == ["CS114"]


@settings(max_examples=examples(125, 500))
@given(st.text(alphabet="ab01:-?[]{},&*!|>'\"%@#.~ \nnty", max_size=60))
def test_the_short_way_gives_what_the_careful_one_gives(text: str) -> None:
    plain = read_plain(events_of, text + "\n")
    if plain is not None:
        careful, problems = read_yaml(text, "f", with_places=True)
        if not problems:
            assert [(one.value, one.line) for one in plain] == [(one.value, one.line) for one in careful]
