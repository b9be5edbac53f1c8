"""What the page for a new action says of its shape and writes as YAML is what the compiler says and reads."""

from __future__ import annotations

import copy
import json
import math
from random import Random
from typing import Any

import pytest

from callsheet.documents import Document
from callsheet.documents.reading import parse
from callsheet.language.formatting import formatted
from callsheet.language.schema_check import check_document, schema
from support import forms
from support.browser import any_browser, browser
from support.firefox import firefox
from support.scripts import evaluated
from support.workspaces import ROOT

__all__ = ["any_browser", "browser", "firefox"]
SCRIPTS = ("request.js", "yaml.js", "credentials.js", "schema.js")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 3, 11, 2.5, 3.0, 1e22, 1e-7, 2**53 - 1, "", "x", "a b", "a-b", "env:TOKEN", "10s", "ten seconds", "500 per 1s",
    "POST", "post", "Bearer", "bearer", "aplKey", "emial", "string", "yes", "no", "null", "1e3", "0x1", "12:30", "2026-11-28", "- a", "# b", "a: b", "a #b",
    "~", "=", "<<", "{{ params.a }}", "/v1", "?a=b", "line\nbreak", "tab\t", " é", "😀", "\u2028", "\x85", "\u202eevil", "name\n", "x" * 101, [], {}, ["a", "a"],
    [1, 1.0], {"a": 1}, {"secret": "env:A"}, {"secret": "env:A", "host": "a b"}, {"en": "a", "fr": "b"}, {"EN": "a"}, [{"name": "a", "params": {}}], {"type": "oauth2"},
    {"type": "hmac", "key": {"secret": "env:K"}, "content": "{body}", "headers": {"X": "{signatur}"}}, {"type": "custom", "method": "POST"}, {"x-own": [1, {"a": 2}]},
)  # fmt: skip
KEYS = (
    "name", "title", "url", "path", "methods", "method", "type", "tokn", "token", "x-own", "retries", "timeout", "secret", "host", "__proto__", "constructor",
    "a b", "10", "9", "connection", "contract", "openapi", "operation", "discovery", "pattern", "example", "éa", "-", "yes", "renamedFrom", "x" * 100,
)  # fmt: skip


def broken() -> list[Any]:
    """Return documents each of which breaks one keyword of the schema."""
    request = {"method": "POST", "url": "https://api.example.com"}
    fields: tuple[dict[str, Any], ...] = (
        {"limits": {"retries": 11}}, {"limits": {"maxConnections": 0}}, {"limits": {"timeout": "ten"}}, {"request": {**request, "url": ""}}, {"environments": []},
        {"environments": ["a", "a"]}, {"contract": {"openapi": "a.yaml", "method": "b"}}, {"contract": {"openapi": "a.yaml"}}, {"request": {**request, "path": "/a"}},
        {"request": {"method": "POST", "path": "/a"}}, {"connection": "a b"}, {"parameters": {"a-b": {"type": "string"}}}, {"parameters": {"a": {"enum": []}}},
        {"authentication": {"type": "basic", "token": "a"}}, {"responses": {"failure": {"when": {"a": 1}}}}, {"tests": [{"name": "", "params": {}, "expect": {}}]},
    )  # fmt: skip
    head = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": {"name": "a"}}
    return [{**head, "spec": {"request": request, **one}} for one in fields]


def samples() -> list[Any]:
    """Return the documents of the samples that are actions."""
    found = []
    for path in sorted((ROOT / "actions").rglob("*.yaml")):
        documents, _ = parse(path.read_text("utf-8"), path.name)
        found += [one.value for one in documents if one.value["kind"] == "Action"]
    return found


def changed(document: Any, chance: Random) -> Any:
    """Return a document with a few values, keys or fields that are others."""
    found = copy.deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        here, depth = found, chance.randint(1, 5)
        while depth and isinstance(here, dict | list) and here:
            key = chance.choice(sorted(here)) if isinstance(here, dict) else chance.randrange(len(here))
            inner, depth = here[key], depth - 1
            if depth and isinstance(inner, dict | list) and inner:
                here = inner
                continue
            if isinstance(here, dict) and chance.random() < 0.3:
                del here[key]
            elif isinstance(here, dict) and chance.random() < 0.3:
                here[chance.choice(KEYS)] = copy.deepcopy(chance.choice(VALUES))
            else:
                here[key] = copy.deepcopy(chance.choice(VALUES))
            break
    # Without these, no schema is chosen: the page always writes them.
    return {**found, "apiVersion": "callsheet/v1", "kind": "Action"}


def generated(number: int) -> list[Any]:
    chance = Random(number)
    return [changed(chance.choice(samples()), chance) for _ in range(150)]


@pytest.mark.parametrize("number", range(2 if not forms.LONG else 60))
def test_the_findings_of_the_page_are_those_of_the_compiler(number: int, any_browser: Any) -> None:
    documents = [*samples(), *broken(), *generated(number)]
    compute = """(batch, schema) => parsed(batch).value.map(one =>
        findingsOf(one, JSON.parse(schema)).map(it => [it.code, it.message, it.help]))"""
    found = evaluated(any_browser, SCRIPTS, compute, json.dumps(documents), json.dumps(schema("action")))
    kinds: set[str] = set()
    for document, said in zip(documents, found, strict=True):
        text = json.dumps(document)
        wanted = {
            (it.code, it.message, it.help)
            for it in check_document(Document("a.json", 0, text, parse(text, "a.json")[0][0]))
        }
        assert {tuple(one) for one in said} == wanted, text
        kinds |= {code for code, _, _ in wanted}
    assert kinds >= {"CS203", "CS204", "CS205", "CS206", "CS207", "CS208", "CS209", "CS210", "CS212"}


@pytest.mark.parametrize("number", range(2 if not forms.LONG else 60))
def test_the_yaml_of_the_page_says_the_same_and_is_formatted(number: int, any_browser: Any) -> None:
    documents = [*samples(), *generated(number)]
    compute = "(batch, schema) => parsed(batch).value.map(one => yamlOf(one, JSON.parse(schema), ['# a comment']))"
    found = evaluated(any_browser, SCRIPTS, compute, json.dumps(documents), json.dumps(schema("action")))
    for document, text in zip(documents, found, strict=True):
        read, problems = parse(text, "a.yaml")
        assert not problems, (text, problems)
        assert same(read[0].value, document), text
        assert formatted(text, "a.yaml") == (text, None)


def same(one: Any, other: Any) -> bool:
    """Return whether two values are the same, with the types of numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=0)
    return type(one) is type(other) and bool(one == other)
