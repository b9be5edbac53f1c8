"""What somebody exported to import from it may lie beside the actions: it is no document of ours."""

from __future__ import annotations

import json

import pytest

from support.workspaces import Callsheet, Folder

POSTMAN = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
EXPORTS = {
    "shop.postman_collection.json": json.dumps({"info": {"name": "Shop", "schema": POSTMAN}, "item": []}),
    "of the API.json": json.dumps(
        {"collection": {"info": {"_postman_id": "1", "name": "Shop"}, "item": []}}
    ),
    "one.postman_environment.json": '{"name": "one", "values": [], "_postman_variable_scope": "environment"}',
    "insomnia 4.json": '{"_type": "export", "__export_format": 4, "resources": []}',
    "insomnia 4.yaml": "_type: export\n__export_format: 4\nresources: []\n",
    "insomnia 5.yaml": "type: collection.insomnia.rest/5.0\nname: Shop\ncollection: []\n",
    "environment.yaml": "type: environment.insomnia.rest/5.0\nname: Shop\nenvironments: {}\n",
    "archive.json": '{"log": {"version": "1.2", "creator": {}, "entries": []}}',
}
NOT_OF_OURS = {
    "a number that is too large.json": '{"log": {"version": "1.2", "entries": [{"time": 99999999999999999999}]}}',
    "a key twice.json": json.dumps({"info": {"schema": POSTMAN}, "item": []})[:-1] + ', "item": []}',
    "half of it.json": json.dumps({"info": {"schema": POSTMAN}, "item": []})[:-4],
    "words of YAML 1.1.yaml": "type: collection.insomnia.rest/5.0\nname: no\nmeta: {created: 2026-01-01, id: 017}\n",
    "an alias.yaml": "_type: export\n__export_format: 4\nresources: [&a {x: 1}, *a, *b]\n",
    "more than a megabyte.json": json.dumps({"info": {"schema": POSTMAN}, "item": ["x" * 1_100_000]}),
}


@pytest.mark.parametrize("name", [*EXPORTS, *NOT_OF_OURS])
def test_an_export_is_no_document_whatever_is_in_it(
    name: str, workspace: Folder, callsheet: Callsheet
) -> None:
    documents = callsheet("validate", "-C", workspace.path).out
    workspace.write(name, (EXPORTS | NOT_OF_OURS)[name])
    outcome = callsheet("validate", "-C", workspace.path)
    assert (outcome.code, outcome.out) == (0, documents)


@pytest.mark.parametrize(
    "text",
    [
        '{"log": {"version": "1.2"}}',
        "type: collection\nname: Shop\n",
        'kind: Action\nmetadata: {name: a}\nspec: {schema: "https://schema.getpostman.com/"}\n',
        "apiVersion: callsheet/v1\nkind: Action\n_postman_variable_scope: globals\n",
    ],
)
def test_what_only_resembles_an_export_is_a_finding(
    text: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("other.yaml", text)
    assert callsheet("validate", "-C", workspace.path).code == 1
