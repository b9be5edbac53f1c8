"""Every filter's documentation has examples, and each gives what it says."""

import json
import re

import pytest

from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.filters import DEFAULT_DOCUMENTATION, FILTERS
from callsheet.templates.scope import Scope
from callsheet.templates.syntax import parse_leaf

EXAMPLES = [
    (name, *example)
    for name, text in [
        *((one.name, one.documentation) for one in FILTERS.values()),
        ("default", DEFAULT_DOCUMENTATION),
    ]
    for example in re.findall(r"\{\{ (.*) \}\} → (.*)", text)
]


def value(expression: str) -> object:
    (part,) = parse_leaf("{{ " + expression + " }}")
    assert not isinstance(part, str)
    return evaluate(part.node, Scope({"values": {}}, None, {}))


@pytest.mark.parametrize(("name", "expression", "expected"), EXAMPLES)
def test_a_filters_example_gives_what_it_says(name: str, expression: str, expected: str) -> None:
    assert value(expression) == json.loads(expected)


def test_every_filter_has_an_example() -> None:
    assert {name for name, _, _ in EXAMPLES} == {*FILTERS, "default"}


@pytest.mark.parametrize(
    "expression",
    [
        "'x' | replace('a')", "'x' | replace(1, 2)", "'x' | truncate(-1)", "'x' | int", "'x' | float", "'9' * 2",
        "2 | round(99)", "[] | first", "[] | last", "[1, 'a'] | sort", "'x' | split('')", "'{' | fromjson",
        "'x' | date('%Y')", "1 | date('%B')", "1 | date(1)", "99999999999999 | date('%Y')", "'2026-13-01' | timestamp",
        "true | date('%Y')", "'x' | default", "[[1]] | join", "'1e999' | float", "'x' | trim(1)",
    ],
)  # fmt: skip
def test_a_filter_given_nonsense_is_a_fault_with_words(expression: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        value(expression)
    assert caught.value.code in ("CS506", "CS509", "CS510", "CS508", "CS507")
    assert caught.value.message


def test_dates_keep_their_own_offset() -> None:
    assert value("'2026-11-25T23:30:00.5+02:00' | date('%Y-%m-%d %H:%M:%S %z %j %%')") == (
        "2026-11-25 23:30:00 +02:00 329 %"
    )
    assert value("'2026-11-25' | timestamp") == 1795564800
