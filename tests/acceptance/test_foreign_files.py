"""What other tools export may lie beside the actions: nothing of it is a finding, and none of it an action."""

from __future__ import annotations

import json

import pytest

from support.workspaces import Callsheet, Folder

POSTMAN = {
    "info": {"name": "n", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "item": [{"name": "a", "request": {"url": "https://api.example.com", "method": "GET"}}],
}
HAR = {"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": []}}
FILES = {
    "openapi.yaml": "openapi: 3.0.3\ninfo: {title: t, version: 1.10}\npaths: {}\n",
    "openapi.json": json.dumps({"info": {"title": "t", "version": "1"}, "openapi": "3.1.0", "paths": {}}),
    "swagger.json": json.dumps({"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}}),
    "asyncapi.yaml": "asyncapi: 3.0.0\ninfo: {title: t, version: 1.10}\n",
    "components.yaml": "components:\n  schemas:\n    Pet: {type: object}\n  parameters: {}\n",
    "components.json": json.dumps({"components": {"schemas": {"A": {"$ref": "other.json"}}}}),
    "components_with_dates.yaml": "components:\n  schemas:\n    Pet: {example: 2024-01-01, v: 1.10, x: *none}\n",
    "paths.yaml": "paths:\n  /pets:\n    get: {operationId: pets}\ninfo: {title: t}\n",
    "discovery.json": json.dumps({"kind": "discovery#restDescription", "name": "x", "resources": {}}),
    "shop.postman_collection.json": json.dumps(POSTMAN),
    "wrapped.json": json.dumps({"collection": POSTMAN}),
    "staging.postman_environment.json": json.dumps(
        {"id": "a", "name": "e", "values": [], "_postman_variable_scope": "environment"}
    ),
    "insomnia.json": json.dumps({"_type": "export", "__export_format": 4, "resources": []}),
    "insomnia.yaml": "type: collection.insomnia.rest/5.0\nname: x\nmeta: {created: 1743415412345}\ncollection: []\n",
    "bruno.json": json.dumps(
        {"version": "1", "name": "x", "type": "collection", "ignore": ["node_modules"]}
    ),
    "exported_bruno.json": json.dumps({"name": "x", "version": "1", "items": []}),
    "opencollection.yaml": "opencollection: 1.0.0\ninfo: {name: x}\n",
    "calls.json": json.dumps(HAR),
    "indented.json": json.dumps(POSTMAN, indent=4),
    "numbers.json": json.dumps(POSTMAN).replace('"GET"', '"GET", "size": 92233720368547758070000'),
    "twice.json": json.dumps(POSTMAN).replace('"GET"', '"GET", "method": "GET"'),
    "large.json": json.dumps({**POSTMAN, "variable": [{"key": "k", "value": "x" * 1_000}] * 3_000}),
    "info of a package.json": json.dumps(
        {"collection": {"info": {"_postman_id": "1", "name": "Shop"}, "item": []}}
    ),
    "insomnia 4.yaml": "_type: export\n__export_format: 4\nresources: []\n",
    "environment.yaml": "type: environment.insomnia.rest/5.0\nname: Shop\nenvironments: {}\n",
    "too large a number.json": '{"log": {"version": "1.2", "entries": [{"time": 99999999999999999999}]}}',
    "half of it.json": json.dumps(POSTMAN)[:-4],
    "words of YAML 1.1.yaml": "type: collection.insomnia.rest/5.0\nname: no\nmeta: {created: 2026-01-01, id: 017}\n",
    "an alias.yaml": "_type: export\n__export_format: 4\nresources: [&a {x: 1}, *a, *b]\n",
    "calls.har": json.dumps(HAR),
}


@pytest.mark.parametrize("name", FILES)
def test_an_exported_file_beside_the_actions_is_left_alone(
    workspace: Folder, callsheet: Callsheet, name: str
) -> None:
    before = callsheet("validate", "-C", workspace.path)
    workspace.write(f"vendor/{name}", FILES[name])
    after = callsheet("validate", "-C", workspace.path)
    assert (after.code, after.out, after.err) == (before.code, before.out, before.err)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("type: Action\nmetadata: {name: a}\n", "`kind` is missing"),
        ("components: {parts: [a]}\n", "`kind` is missing"),
        ("components: {}\n", "`kind` is missing"),
        ("paths: {pets: {get: {}}}\n", "`kind` is missing"),
        ("metadata: {name: a}\ncomponents: {schemas: {}}\n", "`kind` is missing"),
        ("spec: {}\npaths: {/pets: {}}\n", "`kind` is missing"),
        ("type: object\nproperties: {a: {type: string}}\n", "`kind` is missing"),
        ("log: {entries: none}\n", "`kind` is missing"),
        ("name: a\nitems: [{name: b}]\n", "`kind` is missing"),
        ("apiVersion: callsheet/v1\nlog: {entries: []}\n", "`kind` is missing"),
        ("type: collection\nname: Shop\n", "`kind` is missing"),
    ],
)
def test_a_document_of_ours_that_lacks_its_kind_is_still_reported(
    workspace: Folder, callsheet: Callsheet, text: str, words: str
) -> None:
    workspace.write("mine.yaml", text)
    outcome = callsheet("validate", "-C", workspace.path)
    assert outcome.code == 1
    assert "CS204" in outcome.out
    assert words in outcome.out


def test_what_a_part_without_a_description_refers_to_is_left_alone_too(
    workspace: Folder, callsheet: Callsheet
) -> None:
    before = callsheet("validate", "-C", workspace.path)
    workspace.write("vendor/components.yaml", "components:\n  schemas:\n    A: {$ref: a.yaml}\n")
    workspace.write("vendor/a.yaml", "type: object\n")
    after = callsheet("validate", "-C", workspace.path)
    assert (after.code, after.out) == (before.code, before.out)
    workspace.write("vendor/components.yaml", "components:\n  schemas:\n    A: {}\n")
    assert "CS204" in callsheet("validate", "-C", workspace.path).out


@pytest.mark.parametrize(
    "text",
    [
        '{"log": {"version": "1.2"}}',
        'kind: Action\nmetadata: {name: a}\nspec: {schema: "https://schema.getpostman.com/"}\n',
        "apiVersion: callsheet/v1\nkind: Action\n_postman_variable_scope: globals\n",
    ],
)
def test_what_only_resembles_an_export_is_a_finding(
    text: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("other.yaml", text)
    assert callsheet("validate", "-C", workspace.path).code == 1
