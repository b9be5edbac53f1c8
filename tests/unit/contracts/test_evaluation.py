"""A value is compared with a translated schema in one pass: the verdict is that of jsonschema-rs, in linear time."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsheet.contracts import evaluation
from callsheet.contracts.evaluation import Evaluation
from callsheet.contracts.growth import looks_of
from callsheet.contracts.nodes import Judge, in_place, inside
from callsheet.contracts.schemas import Translator
from callsheet.contracts.validation import Validation
from support.forms import examples

NAMES = ("A", "B", "C")
KEYS = ("k", "a", "b")
SCALARS = st.sampled_from(["x", "y", "z", 1, 2, 1.0, True, None])
VALUES = st.recursive(
    SCALARS,
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.sampled_from(KEYS), one, max_size=3),
    max_leaves=8,
)
REFERENCES = st.sampled_from(NAMES).map(lambda name: {"$ref": f"#/components/schemas/{name}"})
LEAVES = st.one_of(
    st.just({}),
    st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"]).map(
        lambda kind: {"type": kind}
    ),
    st.lists(SCALARS, min_size=1, max_size=3).map(lambda values: {"enum": values}),
    SCALARS.map(lambda value: {"const": value}),
    st.integers(0, 2).map(lambda least: {"type": "array", "minItems": least, "uniqueItems": True}),
    st.just({"type": "string", "pattern": "^[xy]$"}),
    st.just({"type": ["object", "string"], "minProperties": 1}),
)


def _with_more(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.lists(one, min_size=1, max_size=3)
    properties = st.dictionaries(st.sampled_from(KEYS), one, max_size=3)
    return st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("object"), "properties": properties},
            optional={
                "required": st.lists(st.sampled_from(KEYS), unique=True, max_size=2),
                "additionalProperties": st.booleans() | one,
                "unevaluatedProperties": st.booleans() | one,
                "anyOf": parts,
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": one},
            optional={"prefixItems": parts, "contains": one, "maxContains": st.integers(1, 2)},
        ),
        st.fixed_dictionaries(
            {},
            optional={
                "if": one,
                "then": one | st.just(False),
                "else": one,
                "dependentSchemas": properties,
                "dependentRequired": st.just({"k": ["a"], "a": ["b"]}),
                "patternProperties": st.dictionaries(st.sampled_from(["^[ab]$", "k"]), one, max_size=2),
                "propertyNames": st.sampled_from([{"enum": ["k", "a"]}, {"pattern": "^[ka]"}]),
                "additionalProperties": st.booleans() | one,
                "unevaluatedProperties": one,
                "allOf": parts,
            },
        ),
        st.fixed_dictionaries({}, optional={"allOf": parts, "anyOf": parts, "oneOf": parts, "not": one}),
        st.fixed_dictionaries(
            {
                "oneOf": st.lists(REFERENCES, min_size=1, max_size=3),
                "discriminator": st.just({"propertyName": "k"}),
            }
        ),
    )


SCHEMAS = st.recursive(LEAVES | REFERENCES, _with_more, max_leaves=6)


def translated(schema: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    return Translator({"components": {"schemas": schemas}}).whole(schema, "/x")


@given(SCHEMAS, st.tuples(SCHEMAS, SCHEMAS, SCHEMAS), st.lists(VALUES, min_size=1, max_size=5))
@settings(max_examples=examples(100, 20_000), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_verdict_is_that_of_jsonschema_rs(schema: Any, schemas: Any, values: list[Any]) -> None:
    root = translated(schema, dict(zip(NAMES, schemas, strict=True)))
    whole = jsonschema_rs.Draft202012Validator(root)
    for value in values:
        result = Evaluation(root).result(value)
        assert result.valid == whole.is_valid(value), (root, value)
        assert not (result.valid and result.faults)


@pytest.mark.parametrize(
    ("value", "valid"), [({"a": 1}, True), ({"a": 1, "x": "t"}, True), ({"a": 1, "x": 2}, False)]
)
def test_what_nothing_evaluates_is_held_to_its_schema(value: Any, valid: bool) -> None:
    schema = {
        "allOf": [{"type": "object", "properties": {"a": {"type": "integer"}}}],
        "unevaluatedProperties": {"type": "string"},
    }
    root = translated(schema, {})
    assert Evaluation(root).result(value).valid is valid
    assert jsonschema_rs.is_valid(root, value) is valid


def test_no_keyword_that_is_translated_is_left_out() -> None:
    """Every keyword that the translator can write is one that the evaluation looks at, or says nothing."""
    from callsheet.contracts import limits, nodes, schemas

    looked_at = {*nodes._OF_ONE_VALUE, "properties", "prefixItems", "items", "additionalProperties"}
    looked_at |= {"$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "unevaluatedProperties"}
    written = {*limits._VALID, *schemas._LISTS} - {*schemas._ELSEWHERE}
    assert written - looked_at == {"deprecated"}


def branches(kinds: int, *, named: bool) -> dict[str, Any]:
    """Return a choice between kinds that contain the choice again, as those of blocks and filters are."""
    alternatives = {
        f"K{number}": {
            "type": "object",
            "required": ["kind", "branches"],
            "properties": {
                "branches": {"type": "array", "items": {"$ref": "#/components/schemas/Branch"}},
                "kind": {"type": "string", **({"enum": [f"K{number}"]} if named else {})},
                "n": {"type": "integer"},
            },
        }
        for number in range(kinds)
    }
    choice = {"oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in alternatives]}
    root = {"type": "object", "properties": {"filter": {"$ref": "#/components/schemas/Branch"}}}
    return translated(root, {"Branch": choice, **alternatives})


def nested(depth: int, wrong: Any, kind: str = "K0") -> dict[str, Any]:
    node: dict[str, Any] = {"kind": kind, "n": wrong, "branches": []}
    for _ in range(depth):
        node = {"kind": kind, "n": 1, "branches": [node]}
    return {"filter": node}


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("wrong", ["wrong", 1])
def test_the_steps_grow_with_the_value_and_not_with_a_power_of_its_depth(named: bool, wrong: Any) -> None:
    steps = []
    for depth in (5, 10, 20, 40):
        one = Evaluation(branches(6, named=named))
        result = one.result(nested(depth, wrong))
        assert result.valid == (wrong == 1)
        steps.append(one.steps)
    per_level = (steps[1] - steps[0]) / 5
    assert steps[2] - steps[1] == pytest.approx(10 * per_level)
    assert steps[3] - steps[2] == pytest.approx(20 * per_level)
    assert per_level < 60


@pytest.mark.parametrize("kinds", [2, 6, 24])
@pytest.mark.parametrize("depth", [1, 6, 28])
def test_a_wrong_value_deep_in_a_recursive_choice_is_reported_where_it_is(kinds: int, depth: int) -> None:
    (fault,) = Validation(branches(kinds, named=True)).faults(nested(depth, "wrong"))
    assert fault.path == ("filter", *("branches", 0) * depth, "n")
    assert fault.words.endswith("must be an integer by the contract")


def test_a_key_that_no_alternative_allows_is_reported_with_the_values_of_all() -> None:
    (fault,) = Validation(branches(3, named=True)).faults(nested(2, 1, kind="K7"))
    assert fault.path == ("filter", "kind")
    assert fault.way_out == 'write one of "K0", "K1", "K2"'


def test_the_alternative_with_the_fewest_faults_is_meant() -> None:
    schema = {
        "anyOf": [
            {
                "type": "object",
                "required": ["a", "b"],
                "properties": {
                    "a": {},
                    "b": {},
                    "deep": {"type": "object", "properties": {"x": {"type": "integer"}}},
                },
            },
            {
                "type": "object",
                "required": ["c"],
                "properties": {"c": {"type": "string"}, "deep": {"type": "object"}},
            },
            {"type": "string"},
        ]
    }
    (fault,) = Validation(translated(schema, {})).faults({"c": 5, "deep": {"x": "no"}})
    assert (fault.path, fault.words) == (("c",), "`c` must be a text by the contract")


def test_another_type_is_farther_than_any_number_of_faults() -> None:
    schema = {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "required": ["a", "b", "c"], "properties": {"a": {}, "b": {}, "c": {}}},
        ]
    }
    faults = Validation(translated(schema, {})).faults({})
    assert [one.words.split("`")[1] for one in faults] == ["a", "b", "c"]


def test_what_every_alternative_refuses_that_names_a_field_is_an_error() -> None:
    schema = {
        "anyOf": [
            {"type": "object", "required": ["a"], "properties": {"a": {}, "mode": {"enum": ["fast"]}}},
            {"type": "object", "required": ["b"], "properties": {"b": {}}},
        ]
    }
    validation = Validation(translated(schema, {}))
    assert [one.path for one in validation.faults({"b": 1, "mode": "fasd"})] == [("mode",)]
    assert validation.faults({"b": 1, "mode": "fast"}) == ()


def test_without_a_verdict_nothing_is_reported_as_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "BUDGET", 50)
    verdict = Validation(branches(6, named=False)).verdict(nested(20, "wrong"))
    assert (verdict.faults, verdict.decided) == ((), False)


def test_what_is_certainly_wrong_is_reported_also_where_the_place_is_not_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(evaluation, "BUDGET", 50)
    schema = {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "integer"}}}}
    validation = Validation(translated(schema, {}))
    verdict = validation.verdict([{"a": 1}] * 100 + [{"a": "no"}])
    assert verdict.decided
    assert [one.words for one in verdict.faults] == ["the body does not satisfy the contract"]
    assert "too large" in verdict.faults[0].way_out
    assert validation.faults([{"a": 1}] * 100) == ()


@pytest.mark.parametrize(("named", "kinds"), [(True, 2), (False, 2)])
def test_a_choice_that_contains_itself_is_not_left_to_a_validator_without_memory(
    named: bool, kinds: int
) -> None:
    assert looks_of(branches(kinds, named=named)) == float("inf")


def test_choices_that_contain_others_are_bounded_by_their_number_of_ways() -> None:
    def ladder(depth: int) -> dict[str, Any]:
        steps = {
            f"S{number}": {"anyOf": [{"allOf": [{"$ref": f"#/components/schemas/S{number + 1}"}]}] * 2}
            for number in range(depth)
        }
        last = {f"S{depth}": {"type": "object", "properties": {"a": {"type": "integer"}}}}
        return translated({"$ref": "#/components/schemas/S0"}, {**steps, **last})

    # Twice for each step.
    assert looks_of(ladder(4)) == 2**4
    assert looks_of(ladder(60)) == 2**60
    assert Validation(ladder(60)).faults({"a": "no"})[0].path == ("a",)
    assert not Validation(ladder(60)).faults({"a": 1})


def test_a_keyword_is_judged_without_what_is_inside_the_value() -> None:
    judge = Judge()
    node = {"type": "object", "required": ["a"], "minProperties": 2}
    assert judge.failing(node, {"a": object()}) == ["minProperties"]
    assert list(in_place(node, {})) == list(inside(node)) == []
