"""Expressions: what is known is folded, what is not stays a slot, and what is wrong has its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsheet.calling.request import build_request
from callsheet.templates.evaluate import evaluate
from callsheet.templates.faults import TemplateFault
from callsheet.templates.residual import Residual, literal
from callsheet.templates.scope import ABSENT, Missing, Scope, join_parts, present
from callsheet.templates.syntax import Expression, parse_leaf

VALUES = {"host": "a.example", "n": 3, "list": [1, 2], "map": {"x": {"y": 1}}, "no": None, "yes": True}
TYPES = {"a": "string", "n": "integer", "list": "array", "o": "object"}


def part_of(part: Expression | str, scope: Scope) -> tuple[Any, int]:
    if isinstance(part, str):
        return part, 0
    try:
        return present(evaluate(part.node, scope)), part.base + part.node.lineno - 1
    except TemplateFault as fault:
        raise fault.moved(part.base) from None


def fold(template: str, params: dict[str, Any] | None = None) -> Any:
    scope = Scope({"values": VALUES, "env": {"name": "local"}, "action": {"name": "x"}}, params, TYPES)
    parts = [part_of(one, scope) for one in parse_leaf(template)]
    value = parts[0][0] if len(parts) == 1 else join_parts(parts)
    return value.compiled() if isinstance(value, Residual) else value


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ values.n }}", 3),
        ("{{ values.map }}", {"x": {"y": 1}}),
        ("{{ values.map['x'].y }}", 1),
        ("{{ values.list[0] }}", 1),
        ("{{ values.list[-1] }}", 2),
        ("{{ values.no }}", None),
        ("n={{ values.n }} {{ values.yes }} {{ 0.5 }} {{ 2.0 }}", "n=3 true 0.5 2"),
        ("{{ values.n + 1 }}{# nothing #}", 4),
        ("{{ -values.n }}", -3),
        ("{{ +values.n }}", 3),
        ("{{ 7 // 2 }}", 3),
        ("{{ 7 % 4 }}", 3),
        ("{{ 1 / 4 }}", 0.25),
        ("{{ 2 * 3 - 1 }}", 5),
        ("{{ 'a' + 'b' }}", "ab"),
        ("{{ [1] + [2] }}", [1, 2]),
        ("{{ 'a' ~ 1 ~ true }}", "a1true"),
        ("{{ 'x' if values.n > 2 else 'y' }}", "x"),
        ("{{ 'x' if values.n == 2 else 'y' }}", "y"),
        ("{{ values.gone | default('z') }}", "z"),
        ("{{ values.gone.deep | default('z') }}", "z"),
        ("{{ values.gone is defined }}", False),
        ("{{ values.n is defined }}", True),
        ("{{ values.gone is undefined }}", True),
        ("{{ values.no is none }}", True),
        ("{{ values.host is string and values.n is number and values.map is mapping }}", True),
        ("{{ values.list is sequence or false }}", True),
        ("{{ 3 is odd and 4 is even and true is true and false is false and true is boolean }}", True),
        ("{{ 1 < 2 <= 2 and 3 >= 2 != 4 }}", True),
        ("{{ 1 in values.list and 9 not in values.list }}", True),
        ("{{ not values.n }}", False),
        ("{{ 0 or 'b' }}", "b"),
        ("{{ 0 and 'b' }}", 0),
        ("{{ (1, 2) }}", [1, 2]),
        ("{{ {'a': [1, {'b': none}]} }}", {"a": [1, {"b": None}]}),
        ("{{ '{{' }} literally", "{{ literally"),
        ("plain }} text", "plain }} text"),
    ],
)
def test_what_is_known_is_folded(template: str, expected: Any) -> None:
    assert fold(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ params.a }}", {"$param": "a"}),
        ("{{ params['a'] }}", {"$param": "a"}),
        ("{{ params.a | lower | sha256 }}", {"$param": "a", "filters": ["lower", "sha256"]}),
        (
            "{{ params.a | default(values.host) }}",
            {"$param": "a", "filters": [{"filter": "default", "args": ["a.example"]}]},
        ),
        ("Hello {{ params.a }}!", {"$concat": ["Hello ", {"$param": "a"}, "!"]}),
        ("{{ values.n }}{{ params.a }}{{ values.n }}", {"$concat": ["3", {"$param": "a"}, "3"]}),
        ("{{ 'x' ~ params.a }}", {"$concat": ["x", {"$param": "a"}]}),
        ("{{ '' ~ params.n }}", {"$concat": [{"$param": "n"}]}),
        ("{{ ('' ~ params.n) | length }}", {"$expr": '(("" ~ params.n) | length)', "params": ["n"]}),
        ("{{ (params.n ~ '') == '3' }}", {"$expr": '(("" ~ params.n) == "3")', "params": ["n"]}),
        ("{{ params.n + 1 }}", {"$expr": "(params.n + 1)", "params": ["n"]}),
        (
            "{{ params.a if params.n > values.n else 'no' }}",
            {"$expr": '(params.a if (params.n > 3) else "no")', "params": ["a", "n"]},
        ),
        ("{{ [params.a, 1] }}", {"$expr": "[params.a, 1]", "params": ["a"]}),
        ("{{ {'k': params.a} }}", {"$expr": '{"k": params.a}', "params": ["a"]}),
        ("{{ not params.a }}", {"$expr": "(not params.a)", "params": ["a"]}),
        ("{{ -params.n }}", {"$expr": "(-params.n)", "params": ["n"]}),
        ("{{ +params.n }}", {"$param": "n"}),
        ("{{ params.a is defined }}", {"$expr": "(params.a is defined)", "params": ["a"]}),
        ("{{ params.a is string }}", {"$expr": "(params.a is string)", "params": ["a"]}),
        ("{{ params.o.x }}", {"$expr": 'params.o["x"]', "params": ["o"]}),
        ("{{ values.map[params.a] }}", {"$expr": '{"x": {"y": 1}}[params.a]', "params": ["a"]}),
        ("{{ params.a and 1 }}", {"$expr": "(params.a and 1)", "params": ["a"]}),
        ("{{ 0 or params.a }}", {"$param": "a"}),
        ("{{ params.a or 'x' }}", {"$expr": '(params.a or "x")', "params": ["a"]}),
        ("{{ 1 < params.n < 3 }}", {"$expr": "((1 < params.n) and (params.n < 3))", "params": ["n"]}),
        (
            "{{ 'a' | replace('a', params.a) }}",
            {"$expr": '("a" | replace("a", params.a))', "params": ["a"]},
        ),
    ],
)
def test_what_mentions_parameters_stays_a_slot(template: str, expected: Any) -> None:
    assert fold(template) == expected


@pytest.mark.parametrize(
    ("template", "code", "offset"),
    [
        ("{{ values.gone }}", "CS502", 3),
        ("x {{ values.host.gone }}", "CS502", 5),
        ("{{ values.list[9] }}", "CS502", 3),
        ("{{ 'x' if false }}", "CS502", 3),
        ("{{ nobody }}", "CS503", 3),
        ("{{ params.b }}", "CS306", 3),
        ("{{ values.host | lowr }}", "CS505", 17),
        ("{{ values.host is lowr }}", "CS505", 15),
        ("{{ params.n | lower }}", "CS506", 14),
        ("{{ params.a | length | lower }}", "CS506", 23),
        ("{{ params.a | lower('x') }}", "CS506", 14),
        ("{{ values.host | truncate(length=3) }}", "CS504", 17),
        ("{{ [1] < 2 }}", "CS509", 11),
        ("{{ 1 + 'a' }}", "CS509", 3),
        ("{{ 1 / 0 }}", "CS509", 3),
        ("{{ 5 % 0 }}", "CS509", 3),
        ("{{ 9007199254740991 + 1 }}", "CS509", 3),
        ("{{ 1e308 * 10 }}", "CS509", 3),
        ("{{ {1: 2} }}", "CS520", 4),
        ("a {{ values.no }}", "CS507", 11),
        ("a {{ values.map }}", "CS508", 11),
    ],
)
def test_what_is_wrong_is_told_with_its_place(template: str, code: str, offset: int) -> None:
    with pytest.raises(TemplateFault) as caught:
        fold(template)
    assert (caught.value.code, caught.value.offset) == (code, offset)


@pytest.mark.parametrize(
    ("template", "params", "expected"),
    [
        ("{{ params.a }}", {"a": "x"}, "x"),
        ("{{ params.a }}", {}, ABSENT),
        ("{{ params.a | upper }}", {}, ABSENT),
        ("[{{ params.a }}]", {}, "[]"),
        ("{{ params.a | default('d') }}", {}, "d"),
        ("{{ params.a | default('d', true) }}", {"a": ""}, "d"),
        ("{{ params.a is defined }}", {}, False),
        ("{{ params.n + 1 }}", {}, ABSENT),
        ("{{ params.n > 1 }}", {}, False),
        ("{{ params.n != 1 }}", {}, True),
        ("{{ params.o.x }}", {}, ABSENT),
        ("{{ params.o.x }}", {"o": {"x": [1]}}, [1]),
        ("{{ 'y' if params.a else 'n' }}", {}, "n"),
    ],
)
def test_at_run_time_parameters_have_values_or_are_absent(
    template: str, params: Any, expected: Any
) -> None:
    assert fold(template, params) == expected


def test_a_template_has_a_bounded_number_of_steps_and_size() -> None:
    with pytest.raises(TemplateFault, match="longer than"):
        fold("{{ " + " ~ ".join(["'" + "x" * 1000 + "'"] * 1100) + " }}")
    scope = Scope({"values": VALUES}, None, {}, steps=5)
    (part,) = parse_leaf("{{ 1 + 1 + 1 + 1 + 1 }}")
    with pytest.raises(TemplateFault, match="steps"):
        evaluate(part.node, scope)  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(JSON)
def test_a_literal_is_read_back_as_its_value(value: Any) -> None:
    (part,) = parse_leaf("{{ " + literal(value) + " }}")
    assert evaluate(part.node, Scope({}, None, {})) == value  # type: ignore[arg-type]


ACTION = {
    "name": "x",
    "request": {
        "method": "POST",
        "url": {"$concat": ["https://a.example/v1/", {"$param": "s"}, "?q=", {"$param": "s"}]},
        "payload": {
            "whole": {"$param": "any"},
            "text": {"$concat": ['"', {"$param": "s"}, "\\"]},
            "rich": {"$expr": "(params.s ~ params.s)", "params": ["s"]},
            "inner": [{"$literal": {"$schema": {"$param": "s"}}}],
        },
    },
    "authentication": {"type": "none"},
    "parameters": {"any": {"type": "object"}, "s": {"type": "string"}},
}


@given(st.dictionaries(st.text(), JSON, max_size=4), st.text(min_size=1))
def test_no_parameter_breaks_the_json_around_it(any_value: dict[str, Any], text: str) -> None:
    import json
    from urllib.parse import parse_qs, unquote, urlsplit

    request = build_request(ACTION, {"any": any_value, "s": text})
    assert json.loads(request.body) == {
        "whole": any_value,
        "text": f'"{text}\\',
        "rich": text + text,
        "inner": [{"$schema": text}],
    }
    url = urlsplit(request.url)
    assert (url.netloc, unquote(url.path)) == ("a.example", f"/v1/{text}")
    assert parse_qs(url.query, keep_blank_values=True) == {"q": [text]}


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{ ('' ~ params.n) | length }}", 2),
        ("{{ ('' ~ params.n) + '1' }}", "421"),
        ("{{ (params.n ~ '') == '42' }}", True),
        ("{{ ['' ~ params.n, ''] | join('-') }}", "42-"),
        ("{{ ('' ~ ('' ~ params.n)) | replace('4', 'x') }}", "x2"),
        ("{{ ('' ~ params.b) if params.b else 'no' }}", "true"),
    ],
)
def test_joined_with_nothing_a_parameter_is_a_string_in_a_larger_expression(
    template: str, expected: Any
) -> None:
    from callsheet.calling.request import Filler
    from support.lowering import compiled_leaf

    declared = {"n": {"type": "integer"}, "b": {"type": "boolean"}}
    leaf = compiled_leaf(template, declared)
    assert Filler(declared, {"n": 42, "b": True}, lambda reference: reference).fill(leaf) == expected


def test_a_missing_value_is_told_apart_from_an_absent_one() -> None:
    assert not ABSENT
    assert Missing("a", 0) != ABSENT
