"""Lists and objects in a query, as OpenAPI's "Style Examples" write them: imported so, and read so by a contract."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.calling import build_request
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
    text = {**beginning, "info": {"title": "S", "version": "1"}, "paths": {"/a": {"get": operation}}}
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
    "null where it may be": ({"type": "integer", "nullable": True}, {}, {"color": ""}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", JUDGED)
def test_a_query_is_judged_by_the_style_of_its_parameter(
    case: str, empty: Folder, callsheet: Callsheet
) -> None:
    schema, style, query, code = JUDGED[case]
    empty.write("shop.oas", description(parameter(schema, **style)))
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
