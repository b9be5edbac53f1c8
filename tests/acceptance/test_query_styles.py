"""Lists and objects in a query, as OpenAPI's "Style Examples" write them: imported so, and read so by a contract."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling.request import build_request
from support.workspaces import ENVIRONMENT, Callsheet, Folder, findings

LIST = {"type": "array", "minItems": 3, "maxItems": 3, "uniqueItems": True, "items": {"enum": ["blue", "black", "brown"]}}  # fmt: skip
RGB = {
    "type": "object",
    "required": ["R", "G", "B"],
    "additionalProperties": False,
    "properties": {
        "R": {"type": "integer", "enum": [100]},
        "G": {"type": "integer", "enum": [200]},
        "B": {"type": "integer", "enum": [150]},
    },
}
STYLES = {
    ("form", True): ("color=blue&color=black&color=brown", "B=150&G=200&R=100"),
    ("form", False): ("color=blue%2Cblack%2Cbrown", "color=R%2C100%2CG%2C200%2CB%2C150"),
    ("spaceDelimited", False): ("color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150"),
    ("pipeDelimited", False): ("color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150"),
    ("deepObject", True): (None, "color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100"),
}
"""OpenAPI 3.1, "Style Examples": what a list and an object look like.

An action sorts what has names, and encodes whatever RFC 3986 reserves, the comma too.
"""

FORMATS = {
    "csv": "color=blue%2Cblack%2Cbrown",
    "ssv": "color=blue%20black%20brown",
    "tsv": "color=blue%09black%09brown",
    "pipes": "color=blue%7Cblack%7Cbrown",
    "multi": "color=blue&color=black&color=brown",
}
"""Swagger 2.0, "Parameter Object", collectionFormat."""


COMPONENTS = {"schemas": {"N": {"type": "array", "items": {"$ref": "#/components/schemas/N"}}}}


def description(*parameters: Any, old: bool = False) -> str:
    operation = {
        "operationId": "op",
        "parameters": parameters,
        "responses": {"200": {"description": "done"}},
    }
    beginning: dict[str, Any] = (
        {"swagger": "2.0", "host": "api.shop.example", "schemes": ["https"]}
        if old
        else {"openapi": "3.0.3", "servers": [{"url": "https://api.shop.example"}]}
    )
    text = {
        **beginning,
        "info": {"title": "S", "version": "1"},
        "components": COMPONENTS,
        "paths": {"/a": {"get": operation}},
    }
    return json.dumps(text)


def parameter(schema: Any, **more: Any) -> dict[str, Any]:
    return {"name": "color", "in": "query", "required": True, "schema": schema, **more}


def sent(workspace: Folder, callsheet: Callsheet, text: str, **values: Any) -> str:
    """Import the operation, and return the query that its action sends."""
    (workspace.path / "example.yaml").unlink()
    file = workspace.write("shop.oas", text)
    outcome = callsheet("import", file, "--operation", "op", "--name", "shop", "-C", workspace.path)
    assert outcome.code == 0, outcome.err
    assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"
    assert callsheet("test", "-C", workspace.path).code == 0
    content = Workspace(workspace.path).compile().by_environment["local"]["Action/shop"].content
    examples = {name: one["example"] for name, one in content.get("parameters", {}).items()}
    return build_request(content, examples | values).url.partition("?")[2]


@pytest.mark.parametrize("kind", [0, 1], ids=["list", "object"])
@pytest.mark.parametrize("style", STYLES, ids=str)
def test_a_value_is_written_as_the_specification_shows_it(
    style: tuple[str, bool], kind: int, workspace: Folder, callsheet: Callsheet
) -> None:
    expected = STYLES[style][kind]
    if expected is None:
        return  # OpenAPI does not define it
    one = parameter((LIST, RGB)[kind], style=style[0], explode=style[1])
    assert sent(workspace, callsheet, description(one)) == expected


@pytest.mark.parametrize("form", FORMATS)
def test_a_list_is_written_in_the_form_of_swagger_2(
    form: str, workspace: Folder, callsheet: Callsheet
) -> None:
    one = {"name": "color", "in": "query", "required": True, "collectionFormat": form, **LIST}
    assert sent(workspace, callsheet, description(one, old=True)) == FORMATS[form]


@pytest.mark.parametrize(
    ("outer", "inner", "query", "wrong"),
    [
        ("csv", "pipes", "1%7C2%2C1%7C2", "1%2C2%2C3%2C4"),
        ("pipes", None, "1%2C2%7C1%2C2", "1%7C2%2C3"),
        ("multi", "ssv", "1%202&color=1%202", "1%7C2&color=3%7C4"),
        ("tsv", "tsv", None, "1%092"),
    ],
)
def test_a_list_within_a_list_has_a_delimiter_of_its_own(
    outer: str, inner: str | None, query: str | None, wrong: str, workspace: Folder, callsheet: Callsheet
) -> None:
    within = {
        "type": "array",
        "minItems": 2,
        "items": {"type": "integer", "enum": [1, 2]},
        "uniqueItems": True,
    }
    form = {} if inner is None else {"collectionFormat": inner}
    one = {"name": "color", "in": "query", "required": True, "collectionFormat": outer,
           "type": "array", "minItems": 2, "items": {**within, **form}}  # fmt: skip
    text = description(one, old=True)
    if query is not None:
        assert sent(workspace, callsheet, text) == f"color={query}"
    workspace.write("shop.oas", text)
    workspace.write("shop.yaml", NESTED.replace("QUERY", wrong))
    assert [one["code"] for one in findings(workspace, callsheet)] == ["CS454"]


NESTED = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: shop}
spec:
  request: {method: GET, url: "https://api.shop.example/a?color=QUERY"}
  contract: {openapi: shop.oas, operation: op}
"""


def test_what_an_object_requires_becomes_parameters(workspace: Folder, callsheet: Callsheet) -> None:
    text = {"type": "string", "maxLength": 8}
    page = {
        "type": "object",
        "required": ["size", "after"],
        "properties": {"size": {"type": "integer"}, "after": text},
    }
    filters = {
        "type": "object",
        "required": ["state", "made"],
        "properties": {
            "state": {"type": "string"},
            "made": {"type": "object", "required": ["gte"], "properties": {"gte": {"type": "integer"}}},
            "other": {"type": "string"},
        },
    }  # fmt: skip
    listed = [
        {**parameter(page), "name": "page", "style": "deepObject"},
        {**parameter(filters), "name": "filter", "style": "deepObject"},
        {**parameter({"type": "array", "minItems": 2, "items": {"type": "integer"}}), "name": "ids"},
    ]
    values = {"size": 5, "after": "x", "state": "open", "gte": 7, "ids": 9}
    found = sent(workspace, callsheet, description(*listed), **values)
    assert sorted(found.split("&")) == [
        "filter%5Bmade%5D%5Bgte%5D=7", "filter%5Bstate%5D=open", "ids=9", "ids=9", "page%5Bafter%5D=x", "page%5Bsize%5D=5",
    ]  # fmt: skip


# -- what a contract finds in an action's query -------------------------------------------------

NUMBERS = {"type": "array", "items": {"type": "integer"}, "maxItems": 3}
EITHER = {"anyOf": [{"type": "integer"}, {"type": "object", "properties": {"gte": {"type": "integer"}}, "additionalProperties": False}]}  # fmt: skip
DEEP = {"style": "deepObject", "explode": True}
TEXT = {"type": "string"}


def of(**properties: Any) -> dict[str, Any]:
    """Return a closed object that requires its properties."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


CLOSED = of(a={"type": "integer"})
JUDGED: dict[str, tuple[Any, dict[str, Any], dict[str, str], str]] = {
    "a deep object": (RGB, DEEP, {"color[R]": "100", "color[G]": "200", "color[B]": "150"}, ""),
    "a deep object without a field": (RGB, DEEP, {"color[R]": "100", "color[G]": "200"}, "CS454"),
    "a deep object with another value": (RGB, DEEP, {"color[R]": "1", "color[G]": "200", "color[B]": "150"}, "CS454"),
    "a deep object with an unknown field": (RGB, DEEP, {"color[R]": "100", "color[G]": "200", "color[B]": "150", "color[A]": "1"}, "CS454"),
    "an object spread over the query": (RGB, {}, {"R": "100", "G": "200", "B": "150"}, ""),
    "an object spread over the query, in part": (RGB, {}, {"R": "100"}, "CS454"),
    "an object in one text": (RGB, {"explode": False}, {"color": "R,100,G,200,B,150"}, ""),
    "an object in one text, in part": (RGB, {"explode": False}, {"color": "R,100"}, "CS454"),
    "an object that is not there": (RGB, {}, {"other": "1"}, "CS453"),
    "a free object": ({"type": "object"}, {}, {"other": "1"}, ""),
    "a list by commas": (NUMBERS, {"explode": False}, {"color": "1,2,3"}, ""),
    "a list by commas that is too long": (NUMBERS, {"explode": False}, {"color": "1,2,3,4"}, "CS454"),
    "a list by bars": (NUMBERS, {"style": "pipeDelimited"}, {"color": "1|2"}, ""),
    "a list by bars with a word": (NUMBERS, {"style": "pipeDelimited"}, {"color": "1|b"}, "CS454"),
    "a list by spaces": (NUMBERS, {"style": "spaceDelimited"}, {"color": "1 2"}, ""),
    "a list as PHP names it": (NUMBERS, {}, {"color[]": "1"}, ""),
    "a number or an object: the number": (EITHER, DEEP, {"color": "12"}, ""),
    "a number or an object: the object": (EITHER, DEEP, {"color[gte]": "12"}, ""),
    "a number or an object: neither": (EITHER, DEEP, {"color": "x"}, "CS454"),
    "a number or an object: another object": (EITHER, DEEP, {"color[lt]": "12"}, "CS454"),
    "a text where an object is deep": (CLOSED, DEEP, {"color": "zzz"}, "CS454"),
    "a text where an object is spread": (CLOSED, {}, {"color": "zzz"}, "CS453"),
    "a text where an object is one text": (CLOSED, {"explode": False}, {"color": "zzz"}, "CS454"),
    "an object in one text, with a name too many": (CLOSED, {"explode": False}, {"color": "a,1,b"}, "CS454"),
    "an object in one text, with a name twice": (CLOSED, {"explode": False}, {"color": "a,x,a,1"}, "CS454"),
    "junk between the brackets": (CLOSED, DEEP, {"color[a]junk": "1"}, "CS453"),
    "a spread list is not split": (NUMBERS, {}, {"color": "1,2"}, "CS454"),
    "an item with a comma": ({"type": "array", "maxItems": 1, "items": TEXT}, {}, {"color": "Doe, Jane"}, ""),
    "one of items with commas": ({"type": "array", "items": {"type": "string", "enum": ["a,b", "c"]}}, {}, {"color": "a,b"}, ""),
    "a number of nineteen digits": ({"type": "integer", "format": "int64"}, {}, {"color": "1234567890123456789"}, ""),
    "a number with an exponent": ({"type": "number"}, {}, {"color": "1e3"}, ""),
    "an optional list by bars": ({"anyOf": [NUMBERS, {"type": "null"}]}, {"style": "pipeDelimited"}, {"color": "1|2"}, ""),
    "a nullable list by commas": ({"nullable": True, "anyOf": [NUMBERS]}, {"explode": False}, {"color": "1,2"}, ""),
    "an optional object that is spread": ({"anyOf": [CLOSED, {"type": "null"}]}, {}, {"a": "1"}, ""),
    "a property of two types": (of(a={"anyOf": [{"type": "integer"}, {"type": "boolean"}]}), DEEP, {"color[a]": "5"}, ""),
    "a property of values without a type": (of(a={"enum": [1, 2]}), DEEP, {"color[a]": "2"}, ""),
    "a property of other values": (of(a={"enum": [1, 2]}), DEEP, {"color[a]": "3"}, "CS454"),
    "a property that is a text of digits": (of(a={"type": ["integer", "string"], "enum": ["1"]}), DEEP, {"color[a]": "1"}, ""),
    "items of two types": ({"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]}}, {"explode": False}, {"color": "1,true"}, ""),
    "patterns of names": ({"type": "object", "patternProperties": {"^x": {"type": "integer"}}}, DEEP, {"color[x1]": "1"}, ""),
    "first items": ({"type": "array", "prefixItems": [{"type": "integer"}, TEXT]}, {"explode": False}, {"color": "1,2"}, ""),
    "a deep property that is a number or an object": (of(a=EITHER), DEEP, {"color[a][gte]": "5"}, ""),
    "a list in a deep object, by PHP": (of(a=NUMBERS), DEEP, {"color[a][]": "1"}, ""),
    "a list in a deep object, by numbers": (of(a=NUMBERS), DEEP, {"color[a][0]": "1", "color[a][1]": "2"}, ""),
    "a list in a deep object, with a word": (of(a=NUMBERS), DEEP, {"color[a][0]": "1", "color[a][1]": "b"}, "CS454"),
    "an empty value that is allowed": ({"type": "integer"}, {"allowEmptyValue": True}, {"color": ""}, ""),
    "an empty list": (NUMBERS, {"explode": False}, {"color": ""}, ""),
    "an open object that is spread, by another name": ({"type": "object", "properties": {"a": {"type": "integer"}}}, {}, {"other": "1"}, ""),
    "a map that is spread": ({"type": "object", "required": ["a"], "additionalProperties": {"type": "integer"}}, {}, {"a": "x"}, "CS454"),
    "a list that contains itself": ({"$ref": "#/components/schemas/N"}, {"explode": False}, {"color": "1"}, "CS454"),
    "JSON in a text": (None, {"content": {"application/json": {"schema": of(a={"type": "integer"})}}}, {"color": '{"a":1}'}, ""),
    "JSON in a text, with another value": (None, {"content": {"application/json": {"schema": of(a={"type": "integer"})}}}, {"color": '{"a":"x"}'}, "CS454"),
    "no JSON in a text": (None, {"content": {"application/json": {"schema": of(a={"type": "integer"})}}}, {"color": "zzz"}, "CS454"),
    "null where it may be": ({"type": "integer", "nullable": True}, {}, {"color": ""}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", JUDGED)
def test_a_query_is_judged_by_the_style_of_its_parameter(
    case: str, empty: Folder, callsheet: Callsheet
) -> None:
    schema, style, query, code = JUDGED[case]
    described = parameter(schema, **style)
    if schema is None:
        del described["schema"]
    empty.write("shop.oas", description(described))
    empty.write("environments.yaml", ENVIRONMENT)
    action: dict[str, Any] = {
        "apiVersion": "callsheet/v1",
        "kind": "Action",
        "metadata": {"name": "shop"},
        "spec": {
            "request": {"method": "GET", "url": "https://api.shop.example/a", "query": query},
            "contract": {"openapi": "shop.oas", "operation": "op"},
        },
    }
    empty.write("shop.json", json.dumps(action, indent=1))
    assert [one["code"] for one in findings(empty, callsheet)] == ([code] if code else [])


UNUSED = "CS307"
IN_URLS = {
    "a word for a number": ({"type": "integer"}, {}, "color=x", "CS454"),
    "a number": ({"type": "integer"}, {}, "color=1", ""),
    "a list with a word": (NUMBERS, {}, "color=1&color=x", "CS454"),
    "a list": (NUMBERS, {}, "color=1&color=2", ""),
    "a list that is too short": ({**NUMBERS, "minItems": 2}, {}, "color=1", "CS454"),
    "a deep object with a word": (CLOSED, DEEP, "color[a]=bad", "CS454"),
}


@pytest.mark.parametrize("case", IN_URLS)
def test_a_query_in_the_url_is_judged_too(case: str, empty: Folder, callsheet: Callsheet) -> None:
    schema, style, query, code = IN_URLS[case]
    empty.write("shop.oas", description(parameter(schema, **style)))
    empty.write("environments.yaml", ENVIRONMENT)
    empty.write("shop.yaml", ACTION.format(url=f"https://api.shop.example/a?{query}", query="{}"))
    found = [one["code"] for one in findings(empty, callsheet)]
    assert [one for one in found if one != UNUSED] == ([code] if code else [])


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: shop}}
spec:
  request: {{method: GET, url: "{url}", query: {query}}}
  parameters: {{x: {{type: string, example: "1"}}}}
  contract: {{openapi: shop.oas, operation: op}}
"""
BESIDE_A_SLOT = {
    "another constant": '{"color[a]": "9", "color[b]": "{{ params.x }}"}',
    "an unknown constant": '{"color[a]": "1", "color[b]": "{{ params.x }}", "color[zz]": "1"}',
    "one that is missing": '{"color[b]": "{{ params.x }}"}',
}


@pytest.mark.parametrize("case", BESIDE_A_SLOT)
def test_a_wrong_constant_beside_a_parameter_is_an_error(
    case: str, empty: Folder, callsheet: Callsheet
) -> None:
    schema = of(a={"type": "integer", "enum": [1]}, b=TEXT)
    empty.write("shop.oas", description(parameter(schema, **DEEP)))
    empty.write("environments.yaml", ENVIRONMENT)
    text = ACTION.format(url="https://api.shop.example/a", query=BESIDE_A_SLOT[case])
    empty.write("shop.yaml", text)
    assert [one["code"] for one in findings(empty, callsheet)] == ["CS454"]


@pytest.mark.parametrize("written", ["a=1,b=x", "b=x, a=1"])
def test_an_object_in_a_header_is_read_by_its_style(
    written: str, empty: Folder, callsheet: Callsheet
) -> None:
    schema = of(a={"type": "integer"}, b=TEXT)
    one = {"name": "X-C", "in": "header", "required": True, "explode": True, "schema": schema}
    empty.write("shop.oas", description(one))
    empty.write("environments.yaml", ENVIRONMENT)
    text = ACTION.format(url="https://api.shop.example/a", query="{}")
    empty.write(
        "shop.yaml",
        text.replace("query: {}", f'headers: {{X-C: "{written}"}}').replace(
            '  parameters: {x: {type: string, example: "1"}}\n', ""
        ),
    )
    assert findings(empty, callsheet) == []


IMPORTED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "an example beyond what JSON keeps": ({"type": "integer"}, {"example": 1234567890123456789}, "color=1"),
    "a least value beyond what JSON keeps": (
        {"type": "integer", "minimum": -9007199254740992},
        {},
        "color=1",
    ),
    "a bound beyond what JSON keeps": ({"type": "integer", "maximum": 9007199254740992}, {}, "color=1"),
    "a name with an ampersand": (TEXT, {"name": "a&b=c"}, "a%26b%3Dc=a%26b%3Dc"),
    "a name with a hash": (TEXT, {"name": "#"}, "%23=%23"),
    "a name with an escape": (TEXT, {"name": "a%20b"}, "a%2520b=a%20b"),
    "deep names with signs": (
        of(**{"a b": TEXT, "é&=": TEXT}),
        DEEP,
        "color%5Ba%20b%5D=a%20b&color%5B%C3%A9%26%3D%5D=%C3%A9%26%3D",
    ),
    "an object whose fields are optional": (
        {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
        DEEP,
        "color%5Ba%5D=1",
    ),
    "an object with an example": (
        {"type": "object", "properties": {"a": {"type": "integer"}}},
        {**DEEP, "example": {"a": 3}},
        "color%5Ba%5D=3",
    ),
}


@pytest.mark.parametrize("case", IMPORTED)
def test_what_is_odd_is_imported_as_it_is(case: str, workspace: Folder, callsheet: Callsheet) -> None:
    schema, more, query = IMPORTED[case]
    found = sent(workspace, callsheet, description(parameter(schema) | more))
    text = (workspace.path / "shop.yaml").read_text("utf-8")
    assert not any("\ue000" <= one <= "\uf8ff" for one in text)
    assert "\\ue00" not in text
    assert "Slot(" not in text
    assert found.split("=")[0] == query.split("=")[0]


def test_json_in_a_query_is_imported_as_json(workspace: Folder, callsheet: Callsheet) -> None:
    described = parameter(None, content={"application/json": {"schema": of(a={"type": "integer"})}})
    del described["schema"]
    assert sent(workspace, callsheet, description(described)) == "color=%7B%22a%22%3A%201%7D"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "minItems": 2, "items": CLOSED}, "has an object within a list"),
        ({"type": "array", "minItems": 100_000, "items": TEXT}, "has 100000 items at least"),
        ({"$ref": "#/components/schemas/N"}, ""),
    ],
)
def test_what_no_style_writes_is_refused(
    schema: Any, words: str, workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.write("shop.oas", description(parameter(schema)))
    outcome = callsheet("import", file, "--operation", "op", "--name", "shop", "-C", workspace.path)
    assert words in outcome.err
    assert "internal error" not in outcome.err
    assert outcome.code == (1 if words else outcome.code)


def test_an_optional_body_of_a_get_request_is_left_out(workspace: Folder, callsheet: Callsheet) -> None:
    text = json.loads(description())
    body = {"content": {"application/json": {"schema": of(a=TEXT)}}}
    text["paths"]["/a"]["get"]["requestBody"] = body
    assert sent(workspace, callsheet, json.dumps(text)) == ""
    assert "its body was left out" in (workspace.path / "shop.yaml").read_text("utf-8")


def test_no_range_of_media_types_is_written(workspace: Folder, callsheet: Callsheet) -> None:
    text = json.loads(description())
    content = {
        one: {"schema": of(a=TEXT)} for one in ("application/*+json", "text/json", "application/json")
    }
    text["paths"]["/a"]["post"] = text["paths"]["/a"].pop("get") | {"requestBody": {"content": content}}
    sent(workspace, callsheet, json.dumps(text))
    assert "Content-Type: application/json" in (workspace.path / "shop.yaml").read_text("utf-8")


def test_a_value_in_the_path_of_a_description_may_be_any(workspace: Folder, callsheet: Callsheet) -> None:
    text = json.loads(description())
    text["paths"] = {"/a?lat={lat}&v=2": text["paths"]["/a"]}
    assert sent(workspace, callsheet, json.dumps(text), lat="48.1") == "lat=48.1&v=2"


SERVERS = {
    "a path in a variable": ("https://api.shop.example{base}", "https://api.shop.example/x/v1/a", ""),
    "an empty path in a variable": ("https://api.shop.example{base}", "https://api.shop.example/a", ""),
    "another host behind a variable": ("https://api.shop.example{base}", "https://api.shop.example.evil.example/a", "CS452"),
    "parts in a variable": ("https://api.shop.example/{base}", "https://api.shop.example/x/v1/a", ""),
    "a variable of the host": ("https://{base}.shop.example", "https://eu.shop.example/a", ""),
    "a variable of the host with a slash": ("https://{base}.shop.example", "https://evil.example/x.shop.example/a", "CS452"),
    "another operation": ("https://api.shop.example{base}", "https://api.shop.example/x/v1/b", "CS452"),
}  # fmt: skip


@pytest.mark.parametrize("case", SERVERS)
def test_a_variable_of_a_server_may_be_a_path(case: str, empty: Folder, callsheet: Callsheet) -> None:
    server, url, code = SERVERS[case]
    text = json.loads(description())
    text["servers"] = [{"url": server, "variables": {"base": {"default": "/x/v1"}}}]
    empty.write("shop.oas", json.dumps(text))
    empty.write("environments.yaml", ENVIRONMENT)
    empty.write("shop.yaml", ACTION.format(url=url, query="{}"))
    found = [one["code"] for one in findings(empty, callsheet)]
    assert [one for one in found if one != UNUSED] == ([code] if code else [])


def test_the_url_of_a_stranger_is_matched_in_linear_time(empty: Folder, callsheet: Callsheet) -> None:
    names = [f"v{number}" for number in range(40)]
    text = json.loads(description())
    server = "https://api.shop.example/" + "".join(f"{{{name}}}" for name in names)
    text["servers"] = [{"url": server, "variables": {name: {"default": "x"} for name in names}}]
    text["paths"] = {f"/{''.join(f'{{w{number}}}' for number in range(40))}": text["paths"]["/a"]}
    empty.write("shop.oas", json.dumps(text))
    empty.write("environments.yaml", ENVIRONMENT)
    empty.write("shop.yaml", ACTION.format(url=f"https://api.shop.example/{'a/' * 500}?", query="{}"))
    assert "CS452" in [one["code"] for one in findings(empty, callsheet)]
