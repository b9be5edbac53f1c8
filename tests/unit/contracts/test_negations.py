"""Under `not` a lenient reading would refuse more: what is there is read to the letter, or refuses nothing."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from callsheet.contracts.schemas import Translator
from callsheet.contracts.validation import Validation

TEXT = {"type": "string"}
B = {"type": "object", "properties": {"b": TEXT}, "required": ["b"]}
VALUES: tuple[Any, ...] = (
    None,
    "x",
    "y",
    1,
    {},
    {"b": "x"},
    {"b": 1},
    {"a": "x", "b": "x"},
    {"id": "x"},
    [],
    ["x"],
)


def to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def accepted(negated: Any, version: str = "3.0.3") -> tuple[list[Any], list[str]]:
    """Return the values that `not` takes, and what is odd of it."""
    loop = {"properties": {"in": to("Loop")}}
    schemas = {"B": B, "Null": {**B, "nullable": True}, "Loop": loop}
    translator = Translator({"openapi": version, "components": {"schemas": schemas}})
    validation = Validation(translator.whole({"not": negated}, "/x"))
    return [one for one in VALUES if not validation.faults(one)], [words for _, words in translator.odd]


@pytest.mark.parametrize(
    ("negated", "plain"),
    [
        # `nullable` extends the type beside it, and nothing else (OpenAPI 3.0.3, proposal of 2019-10-31).
        ({"nullable": True, **TEXT}, {"type": ["string", "null"]}),
        ({"nullable": True, **to("B")}, B),
        ({"nullable": True, "allOf": [to("B")]}, B),
        ({"type": "object", "nullable": True, "allOf": [to("B")]}, B),
        ({"x-nullable": True, "anyOf": [to("B")]}, B),
        ({"nullable": True, "enum": ["x"]}, {"enum": ["x"]}),
        ({"nullable": True, "type": "string", "enum": ["x"]}, {"enum": ["x"]}),
        (to("Null"), {**B, "type": ["object", "null"]}),
        ({"required": ["id"], "properties": {"id": {"type": "string", "readOnly": True}}},
         {"required": ["id"], "properties": {"id": TEXT}}),
        ({"oneOf": [to("B")]}, B),
        ({"anyOf": [{"required": ["a"]}, {"required": ["id"]}]}, {"anyOf": [{"required": ["a"]}, {"required": ["id"]}]}),
        ({"not": {"nullable": True, **to("B")}}, {"not": B}),
        ({"type": "object", "properties": {"b": TEXT}, "additionalProperties": False},
         {"type": "object", "properties": {"b": TEXT}, "additionalProperties": False}),
        (True, True), ({}, {}), (False, False),
    ],
)  # fmt: skip
def test_what_is_negated_is_read_to_the_letter(negated: Any, plain: Any) -> None:
    judge = jsonschema.Draft202012Validator({"not": plain})
    assert accepted(negated) == ([one for one in VALUES if judge.is_valid(one)], [])


@pytest.mark.parametrize(
    "negated",
    [
        {"oneOf": [to("B"), {"required": ["a"]}]}, {"type": "string", "format": "date"}, to("Lost"), to("Loop"),
        {"pattern": "^(a(?=b)+)+$"}, {"pattern": "/^a$/"}, {"type": "file"}, {"patternProperties": {"^(a(?=b)+)+$": {}}},
        {"allOf": [{"properties": {"b": TEXT}, "additionalProperties": False}]},
    ],
)  # fmt: skip
def test_what_is_not_known_to_the_letter_refuses_nothing_and_is_said(negated: Any) -> None:
    found, odd = accepted(negated)
    assert found == [*VALUES]
    assert odd == ["is under `not`, and is not known to the letter"]


def test_what_stands_beside_a_reference_counts_where_the_version_says_so() -> None:
    negated = {**to("B"), "required": ["a"]}
    assert {"b": "x"} not in accepted(negated)[0]
    assert {"b": "x"} in accepted(negated, "3.1.0")[0]
    assert {"a": "x", "b": "x"} not in accepted(negated, "3.1.0")[0]


EXCLUDED = [
    ({"not": {"required": ["a"]}}, {"a": 1}, "the body has `a`, which the contract excludes", "remove `a`"),
    (
        {"not": {"required": ["a", "b"]}},
        {"a": 1, "b": 1},
        "the body has `a` and `b` together, which the contract excludes",
        "remove one of them",
    ),
    (
        {"properties": {"x": {"not": {"enum": ["a"]}}}},
        {"x": "a"},
        "`x` is a value that the contract excludes",
        "change the value",
    ),
    (
        {"properties": {"x": {"not": {"type": "string", "pattern": "^a"}}}},
        {"x": "abc"},
        "`x` matches `^a`, which the contract excludes",
        "change the value",
    ),
    (
        {"properties": {"x": {"not": {"type": "string"}}}},
        {"x": "abc"},
        "`x` is a text, which the contract excludes",
        "change the value",
    ),
    (
        {"not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}},
        {"a": 1},
        "the body is of a form that the contract excludes",
        "change the value",
    ),
    (
        {"properties": {"x": {"type": "array", "contains": {"type": "integer"}}}},
        {"x": ["a"]},
        "`x` contains no item of the form that the contract requires one of",
        "add one",
    ),
]


@pytest.mark.parametrize(("schema", "value", "words", "way_out"), EXCLUDED)
def test_what_is_excluded_is_said_in_words(
    schema: dict[str, Any], value: Any, words: str, way_out: str
) -> None:
    root = Translator({"openapi": "3.1.0"}).whole({"type": "object", **schema}, "/x")
    assert [(one.words, one.way_out) for one in Validation(root).faults(value)] == [(words, way_out)]
