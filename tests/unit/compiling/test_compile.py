"""Compiled actions: encoding, template files, canonical JSON, references, overlays."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from callsheet import Workspace
from callsheet.calling.parameters import check_parameters, is_multiple, read_argument
from callsheet.calling.request import build_request
from callsheet.compiling import canonical_text
from callsheet.compiling.leaves import is_reference
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.errors import CallsheetError
from callsheet.language.schema_check import fast_validator
from support.examples import ACTION, ENVIRONMENT
from support.workspaces import Folder

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


def compile_one(spec: dict[str, Any], **files: str) -> dict[str, Any]:
    """Compile one action whose spec is given as data; gives the compiled action."""
    document = {**ACTION, "spec": {**ACTION["spec"], **spec}}
    contents = {"environment.yaml": ENVIRONMENT.encode(), "a.json": json.dumps(document).encode()}
    contents |= {name: text.encode() for name, text in files.items()}
    compiled = compile_workspace(MemorySource(contents))
    assert not compiled.errors, [(one.code, one.message) for one in compiled.errors]
    (one,) = compiled.by_environment["everywhere"].values()
    assert fast_validator("compiled-action").is_valid(one.content)
    assert json.loads(one.canonical) == one.content
    return one.content


def request(**fields: Any) -> dict[str, Any]:
    return {"request": {"method": "POST", "url": "https://api.example.com/v1", **fields}}


@given(JSON_VALUES)
def test_canonical_text_is_that_of_rfc_8785(value: Any) -> None:
    import rfc8785

    assert canonical_text(value) == rfc8785.dumps(value).decode("utf-8")


@pytest.mark.parametrize(
    "value", [1.0, -0.0, 1e21, 1e-7, 0.5, 1e16, 123456789.25, 2**53 - 1, "a:1e5", "\U0001f600", "\ue000"]
)
def test_numbers_and_texts_that_python_writes_otherwise(value: Any) -> None:
    import rfc8785

    for one in (value, [value], {"a": value}, {str(value): 1}):
        assert canonical_text(one) == rfc8785.dumps(one).decode("utf-8")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, 10**30, "\ud800"])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_text([value]).encode("utf-8")


EXAMPLES = Path(__file__).parents[3] / "tests" / "corpus" / "payloads.json"


def test_a_hundred_payloads_without_expressions_are_unchanged() -> None:
    payloads = json.loads(EXAMPLES.read_text("utf-8"))
    assert len(payloads) >= 100
    for payload in payloads:
        assert build_request(compile_one(request(payload=payload)), {}).payload == payload


@given(JSON_VALUES.filter(lambda value: "{{" not in json.dumps(value) and "{%" not in json.dumps(value)
                          and "{#" not in json.dumps(value)))  # fmt: skip
def test_any_payload_without_expressions_is_unchanged(value: Any) -> None:
    from callsheet.templates.encoding import encode

    compiled = {"name": "x", "request": {"method": "POST", "url": "https://a.example", "payload": encode(value)},
                "authentication": {"type": "none"}}  # fmt: skip
    assert build_request(compiled, {}).payload == value


def test_a_payload_that_looks_like_a_slot_is_sent_as_it_is() -> None:
    payload = {"$param": "x", "a": {"$literal": {"$concat": ["{{ env.name }}"]}}, "$secret": "env:X"}
    compiled = compile_one(request(payload=payload))
    assert set(compiled["request"]["payload"]) == {"$literal"}
    expected = json.loads(json.dumps(payload).replace("{{ env.name }}", "everywhere"))
    assert build_request(compiled, {}).payload == expected


def test_references_to_secrets_stay_references() -> None:
    compiled = compile_one(
        request(
            headers={"X-Key": {"secret": "env:KEY"}},
            payload={"k": {"secret": "env:KEY"}, "t": {"secret": "no"}},
        )
    )
    assert compiled["request"]["headers"] == {"X-Key": {"secret": "env:KEY"}}
    assert compiled["request"]["payload"] == {"k": {"$secret": "env:KEY"}, "t": {"secret": "no"}}
    built = build_request(compiled, {})
    assert (built.headers["X-Key"], built.payload["k"]) == ({"secret": "env:KEY"}, {"secret": "env:KEY"})
    assert not is_reference({"secret": "https://a.example"})
    assert not is_reference({"secret": 1})


def test_own_fields_are_not_deployed() -> None:
    compiled = compile_one(
        {
            **request(payload={"x-kept": 1, "a": "{{ params.p }}"}),
            "parameters": {"p": {"type": "string", "x-note": "n"}},
            "responses": {"success": {"payload": {"x-kept": 1}, "x-note": "n"}, "x-note": {}},
            "limits": {"retries": 1, "x-note": 1},
            "x-ticket": 1,
        }
    )
    assert "x-note" not in json.dumps(compiled)
    assert compiled["responses"] == {"success": {"payload": {"x-kept": 1}}}
    assert compiled["request"]["payload"] == {"x-kept": 1, "a": {"$param": "p"}}


TEMPLATE = """{
  {% set greeting = "Hello" %}
  {%- if params.items %}"items": [{% for item in params.items if item != "skip" %}
    {"n": {{ loop.index }}, "v": {{ item }}, "first": {{ loop.first }}}{% if not loop.last %},{% endif %}
  {% else %}"none"{% endfor %}],{% elif env.name == "x" %}{% else %}"empty": true,{% endif %}
  "text": {{ greeting ~ " " ~ params.name }}, "raw": {{ values | tojson }}
}"""


def test_a_template_file_has_loops_and_conditions_and_writes_json() -> None:
    spec = {
        "request": {"method": "POST", "url": "https://a.example/", "payloadFile": "t.j2"},
        "parameters": {"items": {"type": "array", "optional": True}, "name": {"type": "string"}},
    }
    compiled = compile_one(spec, **{"t.j2": TEMPLATE})
    assert compiled["request"]["payload"]["$template"]["params"] == ["items", "name"]
    hostile = '"}, {"x": {{ 1 }}'
    assert build_request(compiled, {"items": ["a", "skip", hostile], "name": hostile}).payload == {
        "items": [{"n": 1, "v": "a", "first": True}, {"n": 2, "v": hostile, "first": False}],
        "text": f"Hello {hostile}",
        "raw": {},
    }
    assert build_request(compiled, {"name": "x"}).payload == {"empty": True, "text": "Hello x", "raw": {}}
    assert build_request(compiled, {"items": ["skip"], "name": "x"}).payload["items"] == ["none"]


def test_a_template_file_without_parameters_is_rendered_at_compile_time() -> None:
    spec = {"request": {"method": "POST", "url": "https://a.example/", "payloadFile": "t.j2"}}
    text = '{% for key in {"b": 1, "a": 2} %}{% endfor %}{"env": {{ env.name }}, "$odd": 1}'
    compiled = compile_one(spec, **{"t.j2": text})
    assert compiled["request"]["payload"] == {"$literal": {"env": "everywhere", "$odd": 1}}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ params.nobody }}", "CS306"), ("{% for a, b in [1] %}{% endfor %}1", "CS504"),
        ("{% for a in 1 %}{% endfor %}1", "CS508"), ("{% set a, b = 1, 2 %}1", "CS504"),
        ("{{ params.name }", "CS501"), ("{{ params.name }} {{ params.name }}", "CS513"), ("NaN", "CS513"),
        ("{% for a in '1,2,3' | split(',') recursive %}{% endfor %}1", "CS504"), ("x" * 200_001, "CS510"),
        ("{% macro m() %}{% endmacro %}1", "CS504"), ("[" * 5000, "CS513"), ("", "CS513"),
    ],
)  # fmt: skip
def test_a_template_file_that_is_wrong_is_refused(text: str, code: str) -> None:
    document = {**ACTION, "spec": {
        "request": {"method": "POST", "url": "https://a.example/", "payloadFile": "t.j2"},
        "parameters": {"name": {"type": "string"}}}}  # fmt: skip
    files = {"e.yaml": ENVIRONMENT.encode(), "a.json": json.dumps(document).encode(), "t.j2": text.encode()}
    assert code in {one.code for one in compile_workspace(MemorySource(files)).errors}


URLS = [
    ("https://a.example/{{ 'x/y z' }}", "https://a.example/x%2Fy%20z"),
    ("https://a.example/{{ 'x/y z' | urlencode }}", "https://a.example/x/y%20z"),
    ("https://a.example/?q={{ 'a&b=c/d' }}", "https://a.example/?q=a%26b%3Dc%2Fd"),
    ("{{ 'https://a.example' }}/v1", "https://a.example/v1"),
    ("https://{{ 'a' }}.example{{ '' }}/v1", "https://a.example/v1"),
    ("https://a.example:{{ 8443 }}/{{ true }}", "https://a.example:8443/true"),
]


@pytest.mark.parametrize(("template", "expected"), URLS)
def test_a_value_in_a_url_is_encoded_for_its_place(template: str, expected: str) -> None:
    assert compile_one({"request": {"method": "GET", "url": template}})["request"]["url"] == expected


def test_parameters_in_a_url_are_encoded_when_it_is_called() -> None:
    compiled = {
        "name": "x", "authentication": {"type": "none"},
        "parameters": {"p": {"type": "string"}, "o": {"type": "string", "optional": True}},
        "request": {
            "method": "GET",
            "url": {"$concat": ["https://a.example/", {"$param": "p"}, "/", {"$param": "p", "filters": ["urlencode"]},
                                "?a=", {"$param": "p"}]},
            "query": {"b": {"$param": "p"}, "n": 1, "gone": {"$param": "o"}, "s": {"secret": "env:S"}},
            "headers": {"X-P": {"$param": "p", "filters": ["upper"]}, "X-O": {"$param": "o"}},
        },
    }  # fmt: skip
    built = build_request(compiled, {"p": "a/b c"})
    assert built.url == "https://a.example/a%2Fb%20c/a/b%20c?a=a%2Fb%20c&b=a%2Fb%20c&n=1&s={env:S}"
    assert built.headers == {"X-P": "A/B C"}
    assert built.body == ""


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "`p` is required and has no value"),
        ({"p": 1}, "`p` is not of type string"),
        ({"p": "x", "q": 1}, "`q` is not declared"),
        ({"p": "abcdef"}, "`p` is longer than 5 characters"),
        ({"p": ""}, "`p` is shorter than 1 characters"),
        ({"p": "A"}, "`p` does not have the declared format"),
        ({"p": "\ud800"}, "`p` contains an unpaired surrogate, which is not a character"),
        ({"p": "a", "n": 11}, "`n` is more than 10"),
        ({"p": "a", "n": 0}, "`n` is less than 1"),
        ({"p": "a", "n": 3}, "`n` is not a multiple of 2"),
        ({"p": "a", "x": 0.35}, "`x` is not a multiple of 0.1"),
        ({"p": "a", "e": "z"}, '`e` is not one of ["x", "y"]'),
        ({"p": "a", "d": "soon"}, "`d` is not a date or time of RFC 3339"),
        ({"p": "a", "b": 1}, "`b` is not of type boolean"),
        ({"p": "a", "m": "not an address"}, "`m` does not have the declared format"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(params: dict[str, Any], words: str) -> None:
    optional = {"optional": True}
    compiled = {
        "name": "x", "authentication": {"type": "none"},
        "request": {"method": "POST", "url": "https://a.example/", "payload": {"$param": "p"}},
        "parameters": {
            "p": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]*$"},
            "n": {"type": "integer", "minimum": 1, "maximum": 10, "multipleOf": 2, **optional},
            "x": {"type": "number", "multipleOf": 0.1, **optional},
            "e": {"type": "string", "enum": ["x", "y"], **optional},
            "d": {"type": "datetime", **optional}, "b": {"type": "boolean", **optional},
            "m": {"type": "string", "format": "email", **optional},
        },
    }  # fmt: skip
    with pytest.raises(CallsheetError) as caught:
        build_request(compiled, params)
    assert caught.value.code == "CS926"
    assert any(words in one for one in caught.value.details), caught.value.details


@pytest.mark.parametrize(
    ("number", "step"),
    [(0.3, 0.1), (19.99, 0.01), (1e15, 0.01), (1e-7, 1e-8), (-0.5, 0.25), (0, 7), (2**53 - 2, 2), (5, 2.5)],
)
def test_a_multiple_is_judged_by_the_digits_of_the_numbers(number: float, step: float) -> None:
    assert is_multiple(number, step)
    assert Draft202012Validator({"multipleOf": step}).is_valid(number)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_is_not_finite_is_no_multiple(number: float) -> None:
    declared = {"v": {"type": "number", "multipleOf": 0.1}}
    with pytest.raises(CallsheetError) as caught:
        check_parameters(declared, {"v": number})
    assert caught.value.code == "CS926"
    assert caught.value.details == (
        "`v` contains a number that is not finite: NaN, or one that is too large",
    )


def test_a_header_never_gets_a_line_break() -> None:
    compiled = {"name": "x", "authentication": {"type": "none"}, "parameters": {"p": {"type": "string"}},
                "request": {"method": "GET", "url": "https://a.example/", "headers": {"X": {"$param": "p"}}}}  # fmt: skip
    for hostile in ("a\r\nX-Admin: 1", "a\nb", "a\0b"):
        with pytest.raises(CallsheetError, match=r"would contain a (line break|control character)"):
            build_request(compiled, {"p": hostile})


def test_a_missing_optional_parameter_drops_its_field_or_writes_null() -> None:
    compiled = {
        "name": "x", "authentication": {"type": "none"},
        "parameters": {"d": {"type": "string", "optional": True},
                       "n": {"type": "string", "optional": True, "whenMissing": None}},
        "request": {"method": "POST", "url": "https://a.example/", "payload": {
            "d": {"$param": "d"}, "n": {"$param": "n"}, "t": {"$concat": ["<", {"$param": "n"}, ">"]},
            "l": [{"$param": "d"}, 1], "e": {"$expr": "(params.n ~ params.n)", "params": ["n"]},
            "x": {"$expr": "params.d", "params": ["d"]}}},
    }  # fmt: skip
    assert build_request(compiled, {}).payload == {"n": None, "t": "<>", "l": [1], "e": ""}
    whole = {**compiled, "request": {**compiled["request"], "payload": {"$param": "d"}}}  # type: ignore[dict-item]
    assert build_request(whole, {"d": None}).body == ""


def test_an_empty_part_of_a_path_is_refused() -> None:
    compiled = {"name": "x", "authentication": {"type": "none"}, "parameters": {"p": {"type": "string", "optional": True}},
                "request": {"method": "GET", "url": {"$concat": ["https://a.example/", {"$param": "p"}, "/x"]}}}  # fmt: skip
    with pytest.raises(CallsheetError, match="would be empty"):
        build_request(compiled, {})


def test_numbers_that_json_cannot_hold_are_refused_in_a_request() -> None:
    compiled = {"name": "x", "authentication": {"type": "none"}, "parameters": {"p": {"type": "integer"}},
                "request": {"method": "POST", "url": "https://a.example/", "payload": {"$param": "p"}}}  # fmt: skip
    for number in (2**53, -(2**53), 2**60):
        with pytest.raises(CallsheetError, match="cannot be written as JSON") as caught:
            build_request(compiled, {"p": number})
        assert caught.value.details == (
            f"`p` contains a whole number beyond {2**53 - 1}, which JSON does not keep: send it as a string",
        )
    assert build_request(compiled, {"p": 2**53 - 1}).payload == 2**53 - 1
    # Where it is in the URL, nothing of it is lost.
    compiled["request"] = {"method": "GET", "url": {"$concat": ["https://a.example/", {"$param": "p"}]}}
    assert build_request(compiled, {"p": 2**60}).url == f"https://a.example/{2**60}"


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("0.1", True), ("1.10", True), ("1e23", True), ("12.50", True), ("0.30000000000000004", True), ("-0.0", True),
        ("100000000000000000000.0", True), ("0.1234567890123456789", False), ("1.00000000000000000001", False),
        ("12345678901234567890.5", False), ("1e-400", False),
    ],
)  # fmt: skip
def test_a_number_with_more_digits_than_are_kept_is_refused_by_name(text: str, exact: bool) -> None:
    value = read_argument({"p": {"type": "number"}}, "p", text)
    assert value == float(text)
    for one, kind in ((value, "number"), ([{"a": value}], "array")):
        if exact:
            assert check_parameters({"p": {"type": kind}}, {"p": one}) == {"p": one}
            continue
        with pytest.raises(CallsheetError) as caught:
            check_parameters({"p": {"type": kind}}, {"p": one})
        assert caught.value.details == (
            "`p` has more digits than a number of JSON keeps: send it as a string",
        )


def test_the_definitions_of_all_kinds_are_listed_once_kind_by_kind(samples: Folder) -> None:
    found = Workspace(samples.path).compile()
    assert found.definitions is found.definitions
    assert [*found.definitions] == [name for kind in found.by_kind.values() for name in kind]
    assert {*found.actions, *found.messages} < {*found.definitions}


def test_a_header_of_the_authentication_may_begin_with_x_in_lower_case() -> None:
    authentication = {
        "type": "hmac",
        "x-note": "mine",
        "key": {"secret": "env:KEY"},
        "content": "{body}",
        "headers": {"x-signature": "{signature}"},
    }
    compiled = compile_one({"authentication": authentication})
    assert "x-signature" in compiled["authentication"]["headers"]
    assert "x-note" not in compiled["authentication"]
