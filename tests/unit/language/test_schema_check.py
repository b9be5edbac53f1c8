"""The two validators agree; faults are worded without values."""

from __future__ import annotations

import copy
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet.documents.reading import Document, parse
from callsheet.language.kinds import KINDS
from callsheet.language.schema_check import check_document, fast_validator, schema
from support.forms import examples
from support.workspaces import ROOT

SAMPLES = [
    (path.name, one.value)
    for path in sorted((ROOT / "actions").rglob("*.yaml"))
    if ".callsheet" not in path.parts
    for one in parse(path.read_text("utf-8"), path.name)[0]
]
PYTHON = {one.schema: jsonschema.Draft202012Validator(schema(one.schema)) for one in KINDS.values()}


def agree(value: Any, name: str) -> bool:
    fast, slow = fast_validator(name).is_valid(value), PYTHON[name].is_valid(value)
    assert fast == slow
    return fast


@pytest.mark.parametrize(("name", "value"), SAMPLES)
def test_every_sample_is_valid_to_both_validators(name: str, value: Any) -> None:
    assert agree(value, KINDS[value["kind"]].schema)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    if isinstance(value, dict):
        for key, one in value.items():
            found += paths(one, (*path, key))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            found += paths(one, (*path, index))
    return found


ODD = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        "",
        "x",
        "10s",
        "a b",
        [],
        [1],
        {},
        {"secret": "env:X"},
        {"type": "none"},
        "é" * 200,
    ]
)


@settings(max_examples=examples(100, 400), deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_both_validators_agree_on_documents_with_a_fault(
    sample: tuple[str, Any], data: st.DataObject
) -> None:
    value = copy.deepcopy(sample[1])
    path = data.draw(st.sampled_from(paths(value)[1:]))
    inner = value
    for part in path[:-1]:
        inner = inner[part]
    match data.draw(st.sampled_from(["replace", "remove", "rename"])):
        case "replace":
            inner[path[-1]] = data.draw(ODD)
        case "remove":
            del inner[path[-1]]
        case _ if isinstance(inner, dict):
            inner["odd name"] = inner.pop(path[-1])
    name = KINDS[sample[1]["kind"]].schema
    problems = check_document(
        Document("f.yaml", 0, "", type("D", (), {"value": value, "places": None, "line": 1})())
    )
    assert (problems == []) == agree(value, name)
    assert all(one.code.startswith("CS2") and one.message and one.help for one in problems)


def words(text: str) -> list[tuple[str, str, str]]:
    (one,), _ = parse(text, "f.yaml")
    return [
        (one_.code, one_.message, one_.help) for one_ in check_document(Document("f.yaml", 0, text, one))
    ]


def action(spec: str) -> str:
    return f"apiVersion: callsheet/v1\nkind: Action\nmetadata: {{name: a}}\nspec: {{request: {{method: GET, url: 'https://a.example'}}, {spec}}}\n"


@pytest.mark.parametrize(
    ("spec", "code", "message"),
    [
        ("parameters: {p: {type: strng}}", "CS206", "`spec.parameters.p.type` has a value that is not allowed (did you mean `string`?)"),
        ("parameters: {'1p': {type: string}}", "CS212", "`1p` cannot be a name in `spec.parameters`"),
        ("parameters: {p: string}", "CS205", "`spec.parameters.p` is a string, not a mapping"),
        ("authentication: {type: basic, username: a, pasword: b}", "CS203", "`spec.authentication` has no field `pasword` (did you mean `password`?)"),
        ("authentication: {type: bearer, token: [1]}", "CS205", "`spec.authentication.token` is a list, not a mapping or a string"),
        ("authentication: {type: bearer, token: {scret: x}}", "CS203", "`spec.authentication.token` has no field `scret` (did you mean `secret`?)"),
        ("limits: {timeout: 10}", "CS205", "`spec.limits.timeout` is an integer, not a string"),
        ("limits: {timeout: 10 s}", "CS207", "`spec.limits.timeout` does not have the form ^[0-9]{1,9}(ms|s|m|h)$"),
        ("tests: [{name: x, params: {}, expect: {}}]", "CS208", "`spec.tests[0].expect` does not satisfy minProperties 1"),
        ("contract: {openapi: a}", "CS210", "`spec.contract` is a mapping, and matches none of the forms that it can have"),
        ("lifecycle: {renamedFrom: a b}", "CS207", "`spec.lifecycle.renamedFrom` does not have the form ^[A-Za-z0-9_]{1,30}$"),
        ("tests: true", "CS205", "`spec.tests` is a boolean, not a list"),
        ("parameters: {p: {type: string, enum: []}}", "CS208", "`spec.parameters.p.enum` does not satisfy minItems 1"),
    ],
)  # fmt: skip
def test_a_fault_is_worded_with_its_field(spec: str, code: str, message: str) -> None:
    assert (code, message) in [(one[0], one[1]) for one in words(action(spec))]


def test_what_to_do_prints_values_as_a_document_writes_them() -> None:
    """null, true and numbers are those of YAML, not of Python."""
    parameter = "parameters: {p: {type: string, optional: true, whenMissing: nul}}"
    found = {one[0]: one[2] for one in words(action(parameter))}
    assert found["CS206"].endswith("null")
    guards = "apiVersion: callsheet/v1\nkind: Environment\nmetadata: {name: a}\nspec: {guards: {requireAccept: [b, b]}}\n"  # fmt: skip
    message = {one[0]: one[1] for one in words(guards)}
    assert message["CS208"] == "`spec.guards.requireAccept` does not satisfy uniqueItems true"


@pytest.mark.parametrize(
    ("kind", "spec", "message", "way_out"),
    [
        ("Action", "connection: c, request: {method: GET, path: a}", "`spec.request.path` does not begin with `/` or `?`", "a path begins with `/`"),
        ("Action", "request: {method: GET, url: {secret: 'env:A', host: a.example.com, path: a}}", "`spec.request.url.path` does not begin with `/`", "a path begins with `/`"),
        ("Connection", "url: {secret: 'env:A', host: a.example.com, path: a}", "`spec.url.path` does not begin with `/`", "a path begins with `/`"),
    ],
)  # fmt: skip
def test_a_path_says_how_it_begins(kind: str, spec: str, message: str, way_out: str) -> None:
    found = words(f"apiVersion: callsheet/v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{{spec}}}\n")
    assert [(one[0], one[1]) for one in found] == [("CS207", message)]
    assert found[0][2].startswith(way_out)


def test_heads_that_are_missing_or_odd() -> None:
    assert [one[0] for one in words("a: 1")] == ["CS204", "CS204"]
    assert (
        words("apiVersion: [1]\nkind: null\n")[0][1]
        == "`apiVersion` is `a list`, which this callsheet does not know"
    )
    assert words("text")[0][1] == "a document must be a mapping, and this is a string"
    assert words("apiVersion: callsheet/v1\nkind: Action\n")[0][1] == "the document lacks `metadata`"
