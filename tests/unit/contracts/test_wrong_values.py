"""Whatever a description writes at a keyword, it is read, imported or refused with a reason: never an internal error."""

from __future__ import annotations

import json
from contextlib import suppress
from itertools import product
from typing import Any

import pytest

from callsheet.contracts.operations import find_operation
from callsheet.contracts.schemas import Translator
from callsheet.contracts.sources import ContractFault, ContractFile
from callsheet.importing.model import ImportFault, with_examples
from callsheet.importing.openapi import read_operation

KEYWORDS = """
    type format enum const default example examples title description minLength maxLength pattern minimum maximum
    exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems uniqueItems minProperties maxProperties required
    properties patternProperties additionalProperties unevaluatedProperties unevaluatedItems propertyNames dependentRequired
    dependentSchemas items prefixItems contains minContains maxContains allOf anyOf oneOf not if then else nullable readOnly
    writeOnly deprecated discriminator xml $ref $anchor $dynamicRef $id $defs contentEncoding
""".split()  # noqa: SIM905 - a list of words
WRONG: list[Any] = [
    None, 0, -1, -3, 2.5, 1e400, -1e400, 1e-400, 10**30, 10**310, int("9" * 4_000), True, False, "a", "strng", "", [], ["a"],
    [3], [None], {}, {"a": 3}, {"$ref": 3}, {"$ref": ""}, [[]], [{}],
]  # fmt: skip
BASES: list[dict[str, Any]] = [
    {}, {"type": "string"}, {"type": "integer"}, {"type": "number"}, {"type": "array", "items": {"type": "string"}},
    {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
]  # fmt: skip
BESIDE = {
    "minContains": {"contains": {"const": "a"}},
    "maxContains": {"contains": {"const": "a"}},
    "then": {"if": {"type": "string"}},
    "else": {"if": {"type": "string"}},
}
VALUES: list[Any] = ["a", 1, 2.5, True, None, ["a"], [], {"a": "b"}, {}]


def described(schemas: list[Any], version: str = "3.1.0") -> ContractFile:
    """Return a description in which each schema is that of an answer, a body, and what is in query and headers."""
    paths = {}
    for at, schema in enumerate(schemas):
        whole = {"type": "object", "required": ["v"], "properties": {"v": schema}}
        content = {"content": {"application/json": {"schema": whole}}}
        listed = [
            {"name": name, "in": where, "required": True, "schema": schema}
            for name, where in (("q", "query"), ("X-H", "header"), ("p", "path"))
        ]
        paths[f"/{at}/{{p}}"] = {
            "post": {
                "operationId": f"o{at}",
                "parameters": listed,
                "requestBody": content,
                "responses": {"200": {"description": "", **content}},
            }
        }
    text = json.dumps({"openapi": version, "servers": [{"url": "https://api.example.com"}], "paths": paths})
    return ContractFile("d.json", text.replace("Infinity", "1e999").encode())


@pytest.mark.one_in(2)
@pytest.mark.parametrize("keyword", KEYWORDS)
def test_a_wrong_value_at_a_keyword_is_no_internal_error(keyword: str) -> None:
    schemas = [{**base, **BESIDE.get(keyword, {}), keyword: wrong} for base, wrong in product(BASES, WRONG)]
    for version in ("3.0.3", "3.1.0"):
        file = described(schemas, version)
        for name in file.description.names(None):
            with suppress(ContractFault):  # a finding that names the description
                operation = find_operation(file.description, name)
                for value in VALUES:
                    operation.validation("body").verdict({"v": value})
                    operation.validation_of(operation.parameters[0]["schema"], "q").verdict(value)
            with suppress(ImportFault):  # a reason
                imported = read_operation(file, name)
                json.dumps(with_examples(imported.payload), allow_nan=False).encode()


@pytest.mark.parametrize(
    ("keyword", "wrong"),
    [(name, one) for name in ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
     for one in (-1, 2.5, "3", 10**30, True, [])]
    + [(name, one) for name in ("minimum", "maximum") for one in (1e400, -1e400, 10**310, "3", True, {})]
    + [("multipleOf", one) for one in (0, -3, "x", 1e-400, 1e400, True)]
    + [("required", "a"), ("required", {}), ("required", 3), ("enum", {}), ("enum", "a"), ("uniqueItems", "yes"), ("deprecated", 1)],
)  # fmt: skip
def test_a_limit_that_is_none_says_nothing_and_is_named_with_its_place(keyword: str, wrong: Any) -> None:
    translator = Translator({"openapi": "3.1.0"})
    assert keyword not in translator.translated({keyword: wrong}, "/at")
    assert translator.odd == [(f"/at/{keyword}", f"is no {keyword}, and says nothing")]


@pytest.mark.parametrize(
    ("schema", "translated"),
    [
        ({"minLength": 2.0}, {"minLength": 2}),
        ({"maxLength": None, "minimum": None}, {}),
        ({"minimum": -1.5, "multipleOf": 0.1}, {"minimum": -1.5, "multipleOf": 0.1}),
        ({"exclusiveMinimum": True, "minimum": 1}, {"exclusiveMinimum": 1, "minimum": 1}),
        ({"required": True}, {}),
        ({"type": ["string", 3, [], None]}, {"type": "string"}),
        ({"type": "strng"}, {}),
    ],
)
def test_what_a_limit_says_is_kept(schema: dict[str, Any], translated: dict[str, Any]) -> None:
    translator = Translator({"openapi": "3.0.3"})
    assert translator.translated(schema, "/at") == {"x-at": "/at", **translated}
    assert translator.odd == []


@pytest.mark.parametrize("name", ["d.json", "d.yaml", "d.yml"])
@pytest.mark.parametrize("at", ["minimum", "example", "x-anything"])
def test_a_number_of_more_digits_than_python_reads_is_read(name: str, at: str) -> None:
    text = described([{"type": "integer", at: 7}]).text.replace("7}", f"{'9' * 5_000}}}")
    for form in (text, text.replace("{", "{ ", 1), f"# a comment\n{text}" if name != "d.json" else text):
        imported = read_operation(ContractFile(name, form.encode()), "o0")
        assert imported.payload["v"].example == 1
