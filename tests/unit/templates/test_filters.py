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


WRONG_ARGUMENTS = {
    "lower('x')": "the filter `lower` takes no arguments, not 1",
    "upper(true)": "the filter `upper` takes no arguments, not 1",
    "sha256(1)": "the filter `sha256` takes no arguments, not 1",
    "digits(2)": "the filter `digits` takes no arguments, not 1",
    "base64(true)": "the filter `base64` takes no arguments, not 1",
    "urlencode('x')": "the filter `urlencode` takes no arguments, not 1",
    "trim('x', 'y')": "the filter `trim` takes 0 to 1 arguments, not 2",
    "trim(5)": "argument 1 of the filter `trim` is integer, not null or string",
    "truncate": "the filter `truncate` takes 1 to 2 arguments, not 0",
    "truncate(5, 'x', 1)": "the filter `truncate` takes 1 to 2 arguments, not 3",
    "truncate('5')": "argument 1 of the filter `truncate` is string, not integer",
    "truncate(true)": "argument 1 of the filter `truncate` is boolean, not integer",
    "truncate(5, 3)": "argument 2 of the filter `truncate` is integer, not string",
    "replace": "the filter `replace` takes 2 arguments, not 0",
    "replace('a')": "the filter `replace` takes 2 arguments, not 1",
    "replace('a', 'b', 1)": "the filter `replace` takes 2 arguments, not 3",
    "replace('a', 5)": "argument 2 of the filter `replace` is integer, not string",
    "split": "the filter `split` takes 1 argument, not 0",
    "split(none)": "argument 1 of the filter `split` is null, not string",
    "date(1)": "argument 1 of the filter `date` is integer, not string",
}


@pytest.mark.parametrize("call", WRONG_ARGUMENTS)
@pytest.mark.parametrize("subject", ["'x'", "params.v"])
def test_arguments_that_a_filter_does_not_take_are_a_fault_where_they_are_written(
    call: str, subject: str
) -> None:
    (part,) = parse_leaf("{{ " + f"{subject} | {call}" + " }}")
    assert not isinstance(part, str)
    with pytest.raises(TemplateFault) as caught:
        evaluate(part.node, Scope({}, None, {"v": "string"}))
    assert (caught.value.code, caught.value.message) == ("CS506", WRONG_ARGUMENTS[call])
    assert caught.value.offset == len(f"{{{{ {subject} | ")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [("[1, 2] | join(0)", "102"), ("' x ' | trim(none)", "x"), ("'abc' | replace('b', values.no | default(''))", "ac")],
)  # fmt: skip
def test_arguments_that_a_filter_takes_are_taken(expression: str, expected: str) -> None:
    assert value(expression) == expected


def test_dates_keep_their_own_offset() -> None:
    assert value("'2026-11-25T23:30:00.5+02:00' | date('%Y-%m-%d %H:%M:%S %z %j %%')") == (
        "2026-11-25 23:30:00 +02:00 329 %"
    )
    assert value("'2026-11-25' | timestamp") == 1795564800
