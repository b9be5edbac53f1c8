"""What is generated means what our own templates mean: it is evaluated, by an evaluator of its own.

An *exact* verdict is an equal result, for the values within which it is said to be exact; a *rough* one differs
only as its difference says.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.targets.journey_optimizer.channel import channel_form
from callsheet.targets.journey_optimizer.channel.expressions import HTML, NUMBER, PRINTED
from callsheet.targets.journey_optimizer.lowering import LoweredField
from callsheet.targets.journey_optimizer.lowering.conversions import UTC_MOMENT, WHOLE_DECIMAL
from callsheet.targets.journey_optimizer.lowering.date_filters import IN_UTC, SINCE_1970, WITH_TIME
from callsheet.targets.journey_optimizer.lowering.filters import FOR_THE_RELAY, LOWERINGS
from callsheet.targets.journey_optimizer.lowering.list_filters import ORDER_OF_DISTINCT, ORDER_OF_STRINGS
from callsheet.targets.journey_optimizer.lowering.number_filters import (
    HALF_UP,
    TRUTH_NUMBER,
    UNESCAPED,
    WRITTEN_NUMBER,
)
from callsheet.targets.journey_optimizer.lowering.operators import SIGN_OF_REST
from callsheet.targets.journey_optimizer.lowering.text_filters import (
    ASCII,
    BLANKS,
    FIRST_WORD,
    PLANE,
    TRAILING_PARTS,
)
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filters import FILTERS
from callsheet.templates.scope import ABSENT
from support.forms import examples
from support.journey_expressions import NOTED, NotDescribedError, evaluated
from support.lowering import compiled_leaf, field_of, form_of, in_journey, rendered
from support.personalization import evaluate as printed
from support.personalization import unescaped

DECLARED: dict[str, dict[str, Any]] = {
    "s": {"type": "string"},
    "t": {"type": "string", "optional": True, "journey": "@event{Order.customer.'t 1'}"},
    "n": {"type": "integer"},
    "m": {"type": "integer", "optional": True},
    "d": {"type": "number"},
    "b": {"type": "boolean"},
    "c": {"type": "boolean", "optional": True},
    "day": {"type": "date"},
    "at": {"type": "datetime"},
    "l": {"type": "array", "items": "string"},
    "i": {"type": "array", "items": "integer"},
}

WITHOUT_SOURCES = {name: {k: v for k, v in one.items() if k != "journey"} for name, one in DECLARED.items()}

# -- values ----------------------------------------------------------------------------------------

PLAIN_TEXTS = st.text(st.sampled_from("abcXYZ 019,.-'\"\\$()[]{}|^*+?#@/_\t\n"), max_size=12)
ANY_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
WORDS = st.sampled_from(
    ["", "Ada", " Ada ", "ada lovelace", "42", "-7", "+3", "a,b,c", "a,,", "été", "😀 ok", "ß"]
)
TEXTS = PLAIN_TEXTS | WORDS | ANY_TEXTS
WHOLE = st.integers(-10_000, 10_000)
DECIMALS = st.integers(-100_000, 100_000).map(lambda one: one / 100)
DAYS = st.dates().filter(lambda one: one.year >= 1000).map(lambda one: one.isoformat())
MOMENTS = st.sampled_from(
    ["2026-11-25T08:30:05Z", "2026-11-25T08:30:00Z", "2026-11-25T23:30:15+02:00", "2000-02-29T00:00:00.250Z", "1969-12-31T23:59:58.500Z"]
)  # fmt: skip
VALUES = st.fixed_dictionaries(
    {
        "s": TEXTS, "n": WHOLE, "d": DECIMALS, "b": st.booleans(), "day": DAYS, "at": MOMENTS,
        "l": st.lists(TEXTS, max_size=4), "i": st.lists(WHOLE, max_size=4),
    },
    optional={"t": TEXTS, "m": WHOLE, "c": st.booleans()},
)  # fmt: skip

# -- templates -------------------------------------------------------------------------------------

TEXT_FILTERS = st.sampled_from(
    ["lower", "upper", "trim", "trim('-.')", "capitalize", "digits", "truncate(5)", "truncate(3, '')", "replace('.', '')",
     "replace('a', \"it's\")", "replace('(', '[x]')", "replace('\\\\', '/')", "string", "default('none')", "default('none', true)"]
)  # fmt: skip


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"


def templates() -> st.SearchStrategy[str]:
    """Expressions of our template language, of each type, each made of smaller ones."""
    text_leaf = st.sampled_from(["params.s", "params.t"]) | st.text(
        st.sampled_from("abc '\"\\$.é"), max_size=5
    ).map(quoted)
    number_leaf = st.sampled_from(["params.n", "params.m", "7", "2"])
    lists = st.sampled_from(
        ["params.l", "(params.l | sort)", "(params.l | unique)", "(params.s | split(','))"]
    )

    def test_of(text: Any, number: Any) -> Any:
        signs = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
        return (
            st.sampled_from(["params.b", "params.c", "params.t is defined", "params.m is undefined", "params.n is odd"])
            | st.builds("({} {} {})".format, number, signs, number)
            | st.builds("({} {} {})".format, text, st.sampled_from(["==", "!="]), text)
            | st.builds("({} in ['a', '42', 'Ada'])".format, text)
            | st.builds("({} not in {})".format, st.sampled_from(["'a'", "'@'"]), text)
        )  # fmt: skip

    def larger(inner: Any) -> Any:
        test = test_of(inner, number_leaf)
        test = test | st.builds("({} {} {})".format, test, st.sampled_from(["and", "or"]), test)
        test = test | st.builds("(not {})".format, test)
        return (
            st.builds("({} | {})".format, inner, TEXT_FILTERS)
            | st.builds("({} ~ '-' ~ {})".format, inner, inner | number_leaf | st.sampled_from(["params.d", "params.b", "params.day", "params.at"]))
            | st.builds("({} + {})".format, inner, inner)
            | st.builds("({} if {} else {})".format, inner, test, inner)
            | st.builds("({} or {})".format, inner, inner)
            | st.builds("({} | join('; '))".format, lists)
            | st.builds("({} | first)".format, lists)
        )  # fmt: skip

    text = st.recursive(text_leaf, larger, max_leaves=4)
    number = st.recursive(
        number_leaf | st.builds("({} | length)".format, text | lists) | st.just("params.d"),
        lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["+", "-", "*", "/", "%"]), inner)
        | st.builds("({} | {})".format, inner, st.sampled_from(["abs", "round", "round(1)", "int", "float", "default(3)"]))
        | st.builds("({} if {} else {})".format, inner, test_of(text, inner), inner),
        max_leaves=3,
    )  # fmt: skip
    dates = st.builds(
        "(params.{} | {})".format,
        st.sampled_from(["day", "at", "n"]),
        st.sampled_from(
            ["date('%d/%m/%Y')", "date('%Y-%m-%d')", "date('%H:%M:%S')", "timestamp", "date('%d %z')"]
        ),
    )
    whole = st.builds("{{{{ {} }}}}".format, text | number | test_of(text, number) | dates | lists)
    around = st.builds("Hello {{{{ {} }}}}, {{{{ {} }}}}!".format, text | dates, number | text)
    return whole | around


# -- what a verdict allows -------------------------------------------------------------------------


def texts_of(values: Mapping[str, Any]) -> list[str]:
    return [values["s"], values.get("t", ""), *values["l"]]


WITHIN: dict[str, Callable[[Mapping[str, Any]], bool]] = {
    ASCII: lambda values: all(one.isascii() for one in texts_of(values)),
    PLANE: lambda values: all(ord(it) < 0x10000 for one in texts_of(values) for it in one),
    BLANKS: lambda values: (
        not any(it.isspace() and it not in " \t\n\r" for one in texts_of(values) for it in one)
    ),
    SINCE_1970: lambda values: values["at"] >= "1970" and values["day"] >= "1970" and values["n"] >= 0,
}
"""Whether the values are those for which a verdict is said to be so."""


def _no_utc(values: Mapping[str, Any]) -> bool:
    return not values["at"].endswith("Z")


DIFFERENCES: dict[str, Callable[[Any, Any, Mapping[str, Any]], bool]] = {
    WHOLE_DECIMAL: lambda ours, theirs, values: "a decimal is written as the journey writes it" in NOTED,
    UTC_MOMENT: lambda ours, theirs, values: (
        "a moment is written in UTC" in NOTED and not re.fullmatch(r"[^.]*:(?!00)\d\dZ", values["at"])
    ),
    FIRST_WORD: lambda ours, theirs, values: ours.lower() == theirs.lower(),
    TRAILING_PARTS: lambda ours, theirs, values: "an empty part at the end is dropped" in NOTED,
    IN_UTC: lambda ours, theirs, values: _no_utc(values),
    HALF_UP: lambda ours, theirs, values: "a half is rounded up" in NOTED,
    SIGN_OF_REST: lambda ours, theirs, values: "the rest has the sign of the left side" in NOTED,
    UNESCAPED: lambda ours, theirs, values: any(re.search(r'["\\\x00-\x1f]', one) for one in values["l"]),
}
"""Whether what a difference names did happen: no other results may differ."""

NEVER_SEEN = (WITH_TIME, ORDER_OF_STRINGS, ORDER_OF_DISTINCT, TRUTH_NUMBER, WRITTEN_NUMBER)
"""Differences of which the evaluator knows nothing: it refuses, or gives the same."""


def allowed(reason: str, ours: Any, theirs: Any, values: Mapping[str, Any]) -> bool:
    """Return whether a difference of results is one that the reason names."""
    if ours is ABSENT:
        return theirs == "" and "is sent with an empty string" in reason
    named = [check for words, check in DIFFERENCES.items() if words in reason]
    return any(check(ours, theirs, values) for check in named)


def same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours == theirs
    return type(ours) is type(theirs) and ours == theirs


def judge(text: str, values: Mapping[str, Any]) -> str:
    """Compare the two results for a template; return what was found, for the count."""
    try:
        leaf = compiled_leaf(text, DECLARED)
    except TemplateFault:
        return "no template"
    field = form_of(leaf, DECLARED).fields["request", "payload", "field"]
    if field.computed is None:
        return field.verdict.kind if field.verdict.kind == "relay" else "whole"
    if not all(WITHIN[one](values) for one in field.verdict.within):
        return "beyond"
    try:
        ours = rendered(leaf, DECLARED, values)
    except TemplateFault:
        return "no result"
    try:
        theirs = evaluated(field.computed.expression, in_journey(DECLARED, values))
    except NotDescribedError:
        assert field.verdict.kind == "rough", (text, field.computed.expression, values)
        return "not described"
    if same(ours, theirs):
        return f"{field.verdict.kind}, equal"
    told = (text, field.computed.expression, values, ours, theirs, field.verdict)
    assert field.verdict.kind == "rough", told
    assert allowed(field.verdict.reason, ours, theirs, values), told
    return "rough, different"


def test_generated_templates_mean_the_same_in_a_journey() -> None:
    tried = examples(100, 5_000)
    counted: Counter[str] = Counter()

    @settings(max_examples=tried, deadline=None, suppress_health_check=list(HealthCheck))
    @given(templates(), VALUES)
    def check(text: str, values: dict[str, Any]) -> None:
        counted[judge(text, values)] += 1

    check()
    assert counted["exact, equal"] > tried * 0.25, counted
    assert counted["rough, equal"] > counted["rough, different"], counted


SPOILS = re.compile(r"[\\\x00-\x1f]")


def judge_content(text: str, values: Mapping[str, Any]) -> str:
    """Compare what a template makes with what the content of a custom channel's message prints for it."""
    try:
        leaf = compiled_leaf(text, WITHOUT_SOURCES)
        ours = rendered(leaf, WITHOUT_SOURCES, values)
    except TemplateFault:
        return "no result"
    form = channel_form(
        {
            "request": {"method": "POST", "url": "https://a.example", "payload": {"always": 1, "field": leaf}},
            "authentication": {"type": "none"}, "parameters": WITHOUT_SOURCES,
        }
    )  # fmt: skip
    if form.content is None:
        return "relay"
    verdict = form.fields["request", "payload", "field"].verdict
    try:
        theirs = json.loads(printed(form.content, values)).get("field", ABSENT)
    except ValueError:
        theirs = None
    if same(ours, theirs):
        return f"{verdict.kind}, equal"
    told = (text, form.content, values, ours, theirs, verdict)
    assert verdict.kind == "rough", told
    numbers = NUMBER in verdict.reason and any(isinstance(one, float) for one in values.values())
    escaped = HTML in verdict.reason and same(ours, unescaped(theirs))
    spoilt = (HTML in verdict.reason or PRINTED in verdict.reason) and bool(
        SPOILS.search("".join(texts(values)))
    )
    assert numbers or escaped or spoilt, told
    return "rough, different"


def texts(values: Mapping[str, Any]) -> Iterator[str]:
    for one in values.values():
        yield from (it for it in (one if isinstance(one, list) else [one]) if isinstance(it, str))


def test_generated_templates_mean_the_same_in_the_content_of_a_message() -> None:
    tried = examples(100, 5_000)
    counted: Counter[str] = Counter()

    @settings(max_examples=tried, deadline=None, suppress_health_check=list(HealthCheck))
    @given(templates(), VALUES)
    def check(text: str, values: dict[str, Any]) -> None:
        counted[judge_content(text, values)] += 1

    check()
    assert counted["exact, equal"] > tried * 0.04, counted
    assert counted["rough, equal"] > counted["rough, different"], counted


CALLS: dict[str, tuple[str, ...]] = {
    "abs": ("params.n | abs", "params.d | abs"),
    "capitalize": ("params.s | capitalize",),
    "date": ("params.day | date('%d/%m/%Y')", "params.at | date('%H:%M:%S %z')", "params.n | date('%Y-%m-%d %H')"),
    "digits": ("params.s | digits",),
    "first": ("params.l | first", "params.i | first"),
    "float": ("params.n | float",),
    "int": ("params.d | int", "params.s | int"),
    "join": ("params.l | join(', ')", "params.i | join(\"'\")"),
    "last": ("params.l | last",),
    "length": ("params.s | length", "params.l | length"),
    "lower": ("params.s | lower",),
    "replace": ("params.s | replace('.', '-')", "params.s | replace('(a|b)', '')", "params.s | replace('\\\\', \"'\")"),
    "round": ("params.d | round", "params.d | round(1)"),
    "sort": ("params.l | sort", "params.i | sort"),
    "split": ("params.s | split(',')", "params.s | split('.')"),
    "string": ("params.n | string", "params.b | string", "params.d | string"),
    "timestamp": ("params.at | timestamp", "params.day | timestamp"),
    "title": ("params.s | title",),
    "tojson": ("params.n | tojson", "params.l | tojson"),
    "trim": ("params.s | trim", "params.s | trim(\"-'.\")"),
    "truncate": ("params.s | truncate(5)", "params.s | truncate(3, '')"),
    "unique": ("params.l | unique",),
    "upper": ("params.s | upper",),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(LOWERINGS))
def test_each_filter_means_the_same_in_a_journey(name: str) -> None:
    tried = examples(20, 500)
    counted: Counter[str] = Counter()

    @settings(max_examples=tried, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.sampled_from(CALLS[name]), VALUES)
    def check(call: str, values: dict[str, Any]) -> None:
        counted[judge(f"{{{{ {call} }}}}", values)] += 1

    check()
    assert counted["exact, equal"] + counted["rough, equal"] > tried / 10, counted


def test_each_difference_is_one_that_happens_or_one_that_is_never_seen() -> None:
    assert not {*DIFFERENCES} & {*NEVER_SEEN}
    for reason in NEVER_SEEN:
        assert not allowed(reason, "a", "b", {})


def test_every_filter_is_lowered_or_named_as_one_for_the_relay() -> None:
    assert {*LOWERINGS, *FOR_THE_RELAY} == {*FILTERS}
    assert {*CALLS} == {*LOWERINGS}


@pytest.mark.parametrize("name", sorted(FOR_THE_RELAY))
def test_a_filter_that_the_language_lacks_goes_by_the_relay_with_the_reason(name: str) -> None:
    field = field_of(f"{{{{ params.s | {name} }}}}", DECLARED)
    assert field.verdict.kind == "relay"
    assert field.verdict.reason == FOR_THE_RELAY[name]


def result(text: str, **values: Any) -> tuple[Any, Any, LoweredField]:
    leaf = compiled_leaf(text, DECLARED)
    field = field_of(text, DECLARED)
    assert field.computed is not None
    expression = field.computed.expression
    return rendered(leaf, DECLARED, values), evaluated(expression, in_journey(DECLARED, values)), field


@pytest.mark.parametrize(
    ("value", "digits", "ours", "theirs"),
    [
        (2.5, 0, 2, 3),
        (3.5, 0, 4, 4),
        (-2.5, 0, -2, -2),
        (-3.5, 0, -4, -3),
        (0.25, 1, 0.2, 0.3),
        (2.4, 0, 2, 2),
    ],
)
def test_rounding_differs_for_a_half_only(value: float, digits: int, ours: float, theirs: float) -> None:
    call = f"round({digits})" if digits else "round"
    found = result(f"{{{{ params.d | {call} }}}}", d=value)
    assert found[:2] == (ours, theirs)
    assert found[2].verdict.reason == HALF_UP


@given(DECIMALS.filter(lambda one: round(one * 100) % 10 != 5), st.sampled_from([1]))
@settings(max_examples=50, deadline=None)
def test_rounding_is_the_same_for_what_is_no_half(value: float, digits: int) -> None:
    ours, theirs, _ = result(f"{{{{ params.d | round({digits}) }}}}", d=value)
    assert ours == theirs


@pytest.mark.parametrize(("value", "ours", "theirs"), [(9, 2, 2), (-9, 5, -2), (0, 0, 0)])
def test_the_rest_of_a_division_differs_for_a_negative_number_only(
    value: int, ours: int, theirs: int
) -> None:
    found = result("{{ params.n % 7 }}", n=value)
    assert found[:2] == (ours, theirs)
    assert found[2].verdict.reason == SIGN_OF_REST
