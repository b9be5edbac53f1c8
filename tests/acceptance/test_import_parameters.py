"""`import --param NAME=/pointer` chooses what becomes a parameter."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from support.request_collections import POSTMAN
from support.workspaces import Callsheet, Folder

PAYLOAD: dict[str, Any] = {
    "campaign": "spring",
    "user": {"id": "u-1", "tags": ["vip", "new"], "score": 3.5, "a/b~c": "odd"},
    "reference": "spring",
    "count": 2,
    "again": 2,
    "flag": True,
    "nothing": None,
    "api_key": "s3cr3tvalue",
    "phone": "+33 6 12 34 56 78",
}
LINE = f"curl 'https://api.example.com/v1/send?page=2&label=spring&token=s3cr3tvalue' -d '{json.dumps(PAYLOAD)}'"


def action(workspace: Folder, name: str = "sent") -> dict[str, Any]:
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    return compiled.actions[name].spec


def imported(callsheet: Callsheet, workspace: Folder, *choices: str) -> Any:
    arguments = [it for one in choices for it in ("--param", one)]
    return callsheet("import", "curl", LINE, "--name", "sent", *arguments, "-C", workspace.path)


def test_values_of_the_payload_and_the_query_become_parameters_of_their_types(
    workspace: Folder, callsheet: Callsheet
) -> None:
    choices = ("userId=/user/id", "score=/user/score", "tags=/user/tags", "odd=/user/a~1b~0c")
    outcome = imported(callsheet, workspace, *choices, "on=/flag", "page=query:page", "who=/phone")
    assert outcome.code == 0
    spec = action(workspace)
    payload = spec["request"]["payload"]
    assert payload["user"] == {
        "id": "{{ params.userId }}",
        "tags": "{{ params.tags }}",
        "score": "{{ params.score }}",
        "a/b~c": "{{ params.odd }}",
    }
    assert spec["request"]["query"]["page"] == "{{ params.page }}"
    types = {name: (one["type"], one["example"]) for name, one in spec["parameters"].items()}
    assert types == {
        "userId": ("string", "u-1"),
        "score": ("number", 3.5),
        "tags": ("array", ["vip", "new"]),
        "odd": ("string", "odd"),
        "on": ("boolean", True),
        "page": ("string", "2"),
        "who": ("string", "+33 6 12 34 56 78"),
    }
    assert spec["parameters"]["who"]["sensitivity"] == "phone"
    assert callsheet("test", "-C", workspace.path).code == 0


def test_one_value_that_is_used_twice_is_one_parameter(workspace: Folder, callsheet: Callsheet) -> None:
    assert imported(callsheet, workspace, "name=/campaign", "number=/count", "number=/again").code == 0
    spec = action(workspace)
    payload = spec["request"]["payload"]
    assert (payload["campaign"], payload["reference"]) == ("{{ params.name }}", "{{ params.name }}")
    assert (payload["count"], payload["again"]) == ("{{ params.number }}", "{{ params.number }}")
    assert spec["request"]["query"]["label"] == "{{ params.name }}"
    assert {"name", "number"} <= {*spec["parameters"]}
    assert callsheet("test", "-C", workspace.path).code == 0


def test_a_number_is_the_same_parameter_only_where_it_is_named(
    workspace: Folder, callsheet: Callsheet
) -> None:
    assert imported(callsheet, workspace, "number=/count").code == 0
    assert action(workspace)["request"]["payload"]["again"] == 2


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (("x=/campain",), "the payload has nothing at /campain (did you mean `/campaign`?)"),
        (("x=/user/tags/2",), "the payload has nothing at /user/tags/2"),
        (("x=/user/tags/-1",), "the payload has nothing at /user/tags/-1"),
        (("x=/campaign/0",), "the payload has nothing at /campaign/0"),
        (("x=query:pages",), "the query has no `pages` (did you mean `page`?)"),
        (("1x=/campaign",), "`1x` is not a name of a parameter"),
        (("a-b=/campaign",), "`a-b` is not a name of a parameter"),
        (("=/campaign",), "`` is not a name of a parameter"),
        (("x",), "`` is not a place in a request"),
        (("x=campaign",), "`campaign` is not a place in a request"),
        (("x=/a~2b",), "`/a~2b` is not a place in a request"),
        (("x=query:",), "`query:` is not a place in a request"),
        (("x=/campaign", "y=/campaign"), "/campaign has two names: `x` and `y`"),
        (("x=/user", "y=/user/id"), "/user/id is within /user, which is a parameter already"),
        (("x=/campaign", "x=/count"), "`x` is one parameter, and the value at /count is another"),
        (("x=/nothing",), "the value at /nothing is null, which has no type"),
        (("x=/api_key",), "the value at /api_key is a credential"),
        (("x=query:token",), "the value at query:token is a credential"),
    ],
)
def test_what_cannot_be_a_parameter_is_a_finding_and_nothing_is_written(
    choices: tuple[str, ...], message: str, workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(callsheet, workspace, *choices)
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS986: {message}")
    assert "s3cr3tvalue" not in outcome.err
    assert not (workspace.path / "sent.yaml").exists()


def test_many_requests_have_the_parameter_where_they_have_the_value(
    workspace: Folder, callsheet: Callsheet
) -> None:
    file = workspace.path.parent / "shop.json"
    file.write_text(json.dumps(POSTMAN))
    arguments = ("import", file, "--all", "--name", "shop", "-C", workspace.path)
    outcome = callsheet(*arguments, "--param", "adress=/too")
    assert "CS986: the payload has nothing at /too (did you mean `/to`?)" in outcome.err
    assert callsheet(*arguments, "--param", "address=/to", "--param", "buyer=/who").code == 0
    actions = Workspace(workspace.path).compile().actions
    for name in ("shop_send", "shop_schedule"):
        payload = actions[name].spec["request"]["payload"]
        assert (payload["to"], payload["replyTo"]) == ("{{ params.address }}", "{{ params.address }}")
        assert actions[name].spec["parameters"]["address"]["sensitivity"] == "email"
    assert [*actions["shop_create_order"].spec["parameters"]] == ["buyer"]
    assert callsheet("test", "-C", workspace.path).code == 0


def test_an_operation_has_the_parameter_under_the_chosen_name(
    workspace: Folder, callsheet: Callsheet
) -> None:
    schema = {
        "type": "object",
        "required": ["subject"],
        "properties": {"subject": {"type": "string", "maxLength": 20}, "note": {"type": "string"}},
    }
    operation = {
        "operationId": "send",
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "done"}},
    }
    description = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "servers": [{"url": "https://api.shop.example.com"}],
        "paths": {"/mails/{id}": {"post": operation}},
    }
    file = workspace.write("shop.openapi", json.dumps(description))
    arguments = ("import", file, "--operation", "send", "--name", "sent", "-C", workspace.path)
    outcome = callsheet(*arguments, "--param", "note=/note")
    assert "CS986: the payload has nothing at /note" in outcome.err
    assert "help: name a place of the payload; --fields adds optional fields of an operation" in outcome.err
    assert callsheet(*arguments, "--param", "headLine=/subject").code == 0
    parameters = action(workspace)["parameters"]
    assert (parameters["headLine"]["maxLength"], [*parameters]) == (20, ["headLine", "id"])
    outcome = callsheet(*arguments[:-3], "two", "-C", workspace.path, "--param", "id=/subject")
    assert "CS986: `id` is one parameter, and the value at /subject is another" in outcome.err


def test_the_empty_pointer_is_the_whole_payload_and_nothing_is_an_anchor(
    workspace: Folder, callsheet: Callsheet
) -> None:
    line = 'curl https://api.example.com/v1 -d \'{"a": {"b": 1}}\''
    at = ("-C", workspace.path)
    assert callsheet("import", "curl", line, "--param", "root=", "--name", "whole", *at).code == 0
    assert callsheet("import", "curl", line, "--param", "o=/a", "--name", "part", *at).code == 0
    for name, written in (("whole", "{{ params.root }}"), ("part", {"a": "{{ params.o }}"})):
        text = (workspace.path / f"{name}.yaml").read_text()
        assert "&id" not in text
        assert yaml.safe_load(text)["spec"]["request"]["payload"] == written
    assert callsheet("test", *at).code == 0
    none = callsheet("import", "curl", "curl https://api.example.com/v1", "--param", "root=", *at)
    assert none.err.startswith("error CS986: the payload has nothing at its root\n")
    bare = callsheet("import", "curl", line, "--param", "root", *at)
    assert bare.err.startswith("error CS986: `` is not a place in a request\n")
