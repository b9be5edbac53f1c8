"""Files of other people's tools, and one's own, broken in any way: each is told, and nothing falls over."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from syrupy.assertion import SnapshotAssertion

from callsheet.documents.reading import _parsed_again
from callsheet.documents.yaml_text import Dumper
from support.breaking import broken, containers, run
from support.forms import examples
from support.workspaces import ENVIRONMENT, ROOT, Callsheet, Folder

HAR = {
    "log": {"entries": [{"request": {
        "method": "POST", "url": "https://api.example.com/v1/send",
        "headers": [{"name": "Authorization", "value": "Bearer abc"}], "postData": {"text": '{"to": "ada"}'},
    }}]}
}  # fmt: skip
POSTMAN = {
    "variable": [{"key": "host", "value": "api.example.com"}],
    "item": [{"name": "folder", "item": [{"name": "send", "request": {
        "method": "POST", "url": {"raw": "https://{{host}}/v1/send"},
        "header": [{"key": "X-A", "value": "b"}],
        "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "abc"}]},
        "body": {"mode": "raw", "raw": '{"to": "ada"}'},
    }}]}],
}  # fmt: skip
INSOMNIA = {
    "resources": [
        {"_type": "environment", "data": {"host": "api.example.com"}},
        {"_type": "request", "name": "Send", "method": "POST", "url": "https://{{ _.host }}/v1/send",
         "headers": [{"name": "X-A", "value": "b"}], "parameters": [{"name": "q", "value": "1"}],
         "authentication": {"type": "basic", "username": "a", "password": "b"},
         "body": {"mimeType": "application/json", "text": '{"to": "ada"}'}},
    ]
}  # fmt: skip
OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://api.example.com/v1"}],
    "paths": {"/send/{id}": {"post": {
        "operationId": "send",
        "parameters": [
            {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            {"name": "q", "in": "query", "schema": {"type": "integer"}},
        ],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/M"}}}},
        "responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}},
        "security": [{"k": []}],
    }}},
    "components": {
        "schemas": {"M": {"type": "object", "required": ["to"], "properties": {
            "to": {"type": "string", "maxLength": 5}, "n": {"type": "integer", "minimum": 1}, "e": {"enum": ["a"]},
            "o": {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"z": {"type": "boolean"}}}]},
        }}},
        "securitySchemes": {"k": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}  # fmt: skip
FILES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "HAR": (HAR, ()),
    "Postman": (POSTMAN, ("--request", "folder/send")),
    "Insomnia": (INSOMNIA, ("--request", "Send")),
    "OpenAPI": (OPENAPI, ("--operation", "send")),
}
BOUNDED = settings(
    max_examples=examples(15, 40), deadline=None, suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  contract: {openapi: api.oas, operation: send}
  request:
    method: POST
    url: https://api.example.com/v1/send/{{ params.id }}
    payload: {to: "{{ params.to }}", n: 1}
  authentication: {type: apiKey, in: header, name: X-Key, value: {secret: "env:KEY"}}
  parameters: {id: {type: string, example: a}, to: {type: string, maxLength: 5, minLength: 1, example: b}}
  responses: {success: {payload: {id: x}}}
"""


def several(value: Any, data: Any) -> Any:
    for _ in range(data.draw(some.integers(1, 3))):
        value = broken(value, data) if containers(value) else value
    return value


@pytest.mark.parametrize("kind", FILES)
def test_what_is_whole_is_imported(kind: str, workspace: Folder, callsheet: Callsheet) -> None:
    value, arguments = FILES[kind]
    file = workspace.path.parent / "file.json"
    file.write_text(json.dumps(value))
    outcome = callsheet("import", file, *arguments, "--name", "made", "-C", workspace.path)
    assert outcome.code == 0, outcome.err


@pytest.mark.parametrize("kind", FILES)
@given(data=some.data())
@BOUNDED
def test_what_is_broken_is_imported_or_told(
    kind: str, data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    value, arguments = FILES[kind]
    folder = tmp_path_factory.mktemp("import")
    (folder / "file.json").write_text(json.dumps(several(value, data)))
    outcome = run("import", folder / "file.json", *arguments, "--name", "made", "-C", folder)
    assert outcome.code in (0, 1, 2)
    assert "CS999" not in outcome.err


@given(data=some.data())
@BOUNDED
def test_a_contract_that_is_broken_is_told_by_validate(
    data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = Folder(tmp_path_factory.mktemp("contract"))
    folder.write("example.yaml", ACTION)
    folder.write("environments.yaml", ENVIRONMENT)
    folder.write("api.oas", json.dumps(several(OPENAPI, data)))
    for verb in ("validate", "test"):
        outcome = run(verb, "-C", folder.path)
        assert "CS999" not in outcome.out + outcome.err


@given(data=some.data())
@settings(BOUNDED, max_examples=examples(5, 12))
def test_a_document_of_the_workspace_that_is_broken_is_told(
    data: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    import shutil

    folder = tmp_path_factory.mktemp("documents") / "actions"
    shutil.copytree(ROOT / "actions", folder, ignore=shutil.ignore_patterns(".callsheet"))
    file = data.draw(some.sampled_from(sorted(folder.rglob("*.yaml"))))
    documents = list(yaml.safe_load_all(file.read_text()))
    index = data.draw(some.integers(0, len(documents) - 1))
    documents[index] = several(documents[index], data)
    file.write_text(yaml.dump_all(documents, Dumper=Dumper, sort_keys=False, allow_unicode=True))
    for command in (("validate",), ("fmt", "--check"), ("test",)):
        outcome = run(*command, "-C", folder)
        assert "CS999" not in outcome.out + outcome.err, command


def changed(value: dict[str, Any], *path: str | int, to: Any) -> str:
    value = copy.deepcopy(value)
    inner: Any = value
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = to
    return json.dumps(value)


def test_what_is_said_of_files_of_another_shape(
    workspace: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    file = workspace.path.parent / "file.json"
    said = {}
    for name, text, arguments in (
        ("HAR", changed(HAR, "log", "entries", to=["x"]), ()),
        ("Postman", changed(POSTMAN, "item", to=[{"name": "send", "request": {"header": 5}}]), ()),
        ("Insomnia", changed(INSOMNIA, "resources", 1, "authentication", to=["x"]), ("--request", "Send")),
        ("OpenAPI", changed(OPENAPI, "servers", to=["x"]), ("--operation", "send")),
    ):
        file.write_text(text)
        outcome = callsheet("import", file, *arguments, "--name", "made", "-C", workspace.path)
        assert outcome.code == 1
        said[name] = outcome.err
    outcome = callsheet("import", "curl", "curl https://me:pw@[x/v1", "-C", workspace.path)
    said["URL"] = outcome.err
    workspace.write("example.yaml", ACTION)
    for name, text in (
        ("contract", changed(OPENAPI, "servers", to=["x"])),
        ("schema", changed(OPENAPI, "components", "schemas", "M", "properties", "to", "maxLength", to="x")),
    ):
        workspace.write("api.oas", text)
        said[name] = callsheet("validate", "-C", workspace.path).out
    assert said == snapshot


@pytest.mark.parametrize(
    "verb", ["journey example", "test example", "render example", "send example", "show example"]
)
def test_an_action_that_could_not_be_read_is_not_said_to_be_unknown(
    verb: str, workspace: Folder, callsheet: Callsheet
) -> None:
    text = (workspace.path / "example.yaml").read_text()
    workspace.write(
        "example.yaml", text.replace("spec:\n", "spec:\n  tests: [{name: t, parameters: {}}]\n")
    )
    outcome = callsheet(*verb.split(), "-C", workspace.path)
    assert outcome.code == 1
    assert "example.yaml:5:" in outcome.err
    assert "error CS924: " in outcome.err


@pytest.mark.parametrize("kind", ["{}", "[]", "[Action]", "{a: b}", "1", "~"])
def test_a_kind_that_is_no_text_is_a_finding_of_its_file(
    kind: str, workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write(
        "odd.yaml", f"apiVersion: callsheet/v1\nkind: {kind}\nmetadata: {{name: x}}\nspec: {{}}\n"
    )
    for verb in ("validate", "list", "test", "plan"):
        outcome = callsheet(verb, "-C", workspace.path)
        assert "CS999" not in outcome.out + outcome.err
    assert "odd.yaml:2:7: error CS20" in callsheet("validate", "-C", workspace.path).out


def test_a_file_of_many_wrong_documents_is_parsed_once_more_and_not_for_each(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("many.yaml", "---\na: 1\n" * 60)
    before = _parsed_again.cache_info().misses
    found = callsheet("validate", "-C", workspace.path, "-o", "json")
    assert len(json.loads(found.out)["diagnostics"]) >= 60
    assert _parsed_again.cache_info().misses - before <= 3
