"""Variables and fields that are no strings, refer to themselves, or are declared twice: as their tools write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from callsheet import Workspace
from support.sent_requests import UNKNOWN, Sent, sent_by_action
from support.workspaces import Callsheet, Folder, Outcome

AT = "https://api.example.com/v1"
HOST = {"protocol": "https", "host": ["api", "example", "com"]}
ASK = {"url": f"{AT}/{{{{it}}}}?a={{{{it}}}}"}
NONE: Any = object()
SHAPE = "the file is not valid as a Postman collection: a part of it is missing, or has another type"


def imported(workspace: Folder, callsheet: Callsheet, value: Any, *options: Any) -> Outcome:
    file = workspace.path.parent / "collection.json"
    file.write_text(json.dumps(value), encoding="utf-8")
    return callsheet("import", file, *options, "--name", "one", "-C", workspace.path)


def postman(request: Any, variables: Any = (), **more: Any) -> dict[str, Any]:
    return {"variable": variables, "item": [{"name": "one", "request": request}], **more}


def sent(workspace: Folder) -> Sent:
    """Return what the imported action sends with its own test case."""
    compiled = Workspace(workspace.path).compile()
    assert compiled.errors == []
    content: Any = compiled.by_environment["local"]["Action/one"].content
    return sent_by_action(content, compiled.actions["one"].spec["tests"][0]["params"], lambda _: UNKNOWN)


@pytest.mark.parametrize(
    ("held", "kind", "text"),
    [
        (True, None, "true"), (False, "any", "false"), (0, None, "0"), (5, "string", "5"), (1.0, None, "1"),
        (1e20, None, "100000000000000000000"), (1e-7, None, "1e-7"), (12345678901234567890, None, "12345678901234567000"),
        ("x", "unknown", "x"), ("false", "boolean", "true"), (0, "boolean", "false"), ([], "boolean", "true"),
        (True, "number", "1"), (" 7.50 ", "number", "7.5"), ([1, "x", None, True], None, "1,x,,true"),
        ([1, [2]], "array", "1,2"), ("5", "Number", "5"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_postman_casts_it(
    workspace: Folder, callsheet: Callsheet, held: Any, kind: str | None, text: str
) -> None:
    """By `Variable` of postman-collection 5: what its types make of these values."""
    variable = {"key": "it", "value": held, **({"type": kind} if kind else {})}
    outcome = imported(workspace, callsheet, postman(ASK, [variable]), "--request", "one")
    assert (outcome.code, outcome.err) == (0, "")
    found = sent(workspace)
    assert (found.path, found.query) == (f"/v1/{text}", [("a", text)])


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ([{"key": "it", "value": {"a": 1}}], "its variable `it` is an object"),
        ([{"key": "it", "value": [{"a": 1}]}], "its variable `it` is an object"),
        ([{"key": "it", "value": {}, "type": "object"}], "its variable `it` is an object"),
        ([{"key": "it", "value": "x", "type": "object"}], "its variable `it` is of the type object"),
        ([{"key": "it", "value": "x", "type": "number"}], "its variable `it` is of the type number, and is none"),
        ([{"key": "it", "value": "[1]", "type": "array"}], "its variable `it` is of the type array, and is none"),
        ([{"key": "it", "value": "{{it}}"}], "its variable `it` refers to itself"),
        ([{"key": "it", "value": "x{{it}}"}], "its variable `it` refers to itself"),
        ([{"key": "it", "value": "{{b}}"}, {"key": "b", "value": "<{{it}}>"}], "its variable `it` refers to itself"),
    ],
)  # fmt: skip
def test_a_value_without_a_text_is_refused_where_it_is_used(
    workspace: Folder, callsheet: Callsheet, variables: Any, reason: str
) -> None:
    outcome = imported(workspace, callsheet, postman(ASK, variables), "--request", "one")
    assert outcome.code == 1
    assert outcome.err.startswith(f"error CS938: {reason}\n"), outcome.err
    assert imported(workspace, callsheet, postman({"url": AT}, variables), "--request", "one").code == 0


@pytest.mark.parametrize("held", [None, "", NONE])
def test_a_variable_without_a_value_is_a_parameter(
    workspace: Folder, callsheet: Callsheet, held: Any
) -> None:
    variable = {"key": "it", **({} if held is NONE else {"value": held})}
    assert imported(workspace, callsheet, postman(ASK, [variable]), "--request", "one").code == 0
    compiled = Workspace(workspace.path).compile()
    assert list(compiled.actions["one"].spec["parameters"]) == ["it"]


@pytest.mark.parametrize(
    ("variables", "environment", "text"),
    [
        ([{"key": "it", "value": "x"}, {"key": "it", "value": "y"}], None, "y"),
        ([{"key": "it", "value": "y"}, {"key": "it", "value": "x", "disabled": True}], None, "y"),
        ([{"key": "it", "value": "x"}], {"values": [{"key": "it", "value": "y"}]}, "y"),
        ([{"key": "it", "value": "x"}], {"values": [{"key": "it", "value": "y", "enabled": False}]}, "x"),
        ([{"key": "it", "value": "x"}], {"values": [{"key": "it", "value": 5, "type": "any"}]}, "5"),
        ([{"key": "it", "value": "x"}],
         {"values": [{"key": "it", "value": "y"}], "_postman_variable_scope": "globals"}, "x"),
        ([], {"values": [{"key": "it", "value": "y"}], "_postman_variable_scope": "globals"}, "y"),
        ([{"key": "it", "value": "{{b}}"}], {"values": [{"key": "b", "value": "z"}]}, "z"),
    ],
)  # fmt: skip
def test_the_nearest_value_counts(
    workspace: Folder, callsheet: Callsheet, variables: Any, environment: Any, text: str
) -> None:
    options = ["--request", "one"]
    if environment is not None:
        file = workspace.path.parent / "environment.json"
        file.write_text(json.dumps(environment))
        options += ["--environment", str(file)]
    outcome = imported(workspace, callsheet, postman(ASK, variables), *options)
    assert (outcome.code, outcome.err) == (0, "")
    assert sent(workspace).path == f"/v1/{text}"


def test_segments_that_are_objects_are_their_values_and_it_is_said(
    workspace: Folder, callsheet: Callsheet
) -> None:
    path = ["v1", {"type": "string", "value": "a b"}, {"value": 5}, True, None, 1.5]
    outcome = imported(workspace, callsheet, postman({"url": {**HOST, "path": path}}), "--request", "one")
    assert (outcome.code, outcome.err) == (
        0, "a part of the URL is an object: its value is sent, in the place of it\n",
    )  # fmt: skip
    assert sent(workspace).path == "/v1/a%20b/5/true//1.5"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"url": {**HOST, "path": ["v1", ["a"]]}}, "a part of the URL is not a string"),
        ({"url": {**HOST, "path": ["v1", {"value": {"a": 1}}]}}, "a part of the URL is not a string"),
        ({"url": {**HOST, "path": {"value": "a"}}}, SHAPE),
        ({"url": {**HOST, "port": {}}}, SHAPE),
        ({"url": {**HOST, "protocol": 5}}, SHAPE),
        ({"url": {"raw": 5}}, SHAPE),
        ({"url": AT, "method": 5}, SHAPE),
        ({"url": AT, "method": False}, SHAPE),
        ({"url": f"{AT}/:id", "header": [{"key": "X-A", "value": {"a": 1}}]}, "the value of X-A is not a string"),
        ({"url": AT, "header": [{"key": ["X-A"], "value": "1"}]}, "the name of a field is not a string"),
        ({"url": {**HOST, "path": [":id"], "variable": [{"key": "id", "value": {"a": 1}}]}},
         "the variable id of the path is not a string"),
        ({"url": AT, "auth": {"type": "basic", "basic": {"username": {"a": 1}}}},
         "`username` of its authentication is not a string"),
    ],
)  # fmt: skip
def test_a_part_that_is_no_text_is_refused(
    workspace: Folder, callsheet: Callsheet, request_: Any, reason: str
) -> None:
    outcome = imported(workspace, callsheet, postman(request_), "--request", "one")
    assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {reason}")


def test_numbers_and_flags_of_fields_are_written_as_in_javascript(
    workspace: Folder, callsheet: Callsheet
) -> None:
    headers = [{"key": "X-A", "value": True}, {"key": "X-B", "value": 1.0}, {"key": "X-C", "value": False}]
    auth = {"type": "basic", "basic": {"username": 0, "password": 12345}}
    request = {"url": AT, "header": headers, "auth": auth}
    assert imported(workspace, callsheet, postman(request), "--request", "one").code == 0
    found = sent(workspace).headers
    assert [found[one] for one in ("x-a", "x-b", "x-c")] == ["true", "1", "false"]
    compiled = Workspace(workspace.path).compile()
    assert compiled.actions["one"].spec["authentication"]["username"] == ""


# Insomnia -----------------------------------------------------------------------------------------


def insomnia(base: Any, below: Any = None, *folders: Any) -> dict[str, Any]:
    """Return an export of one request in folders with these variables."""
    resources: list[dict[str, Any]] = [
        {"_id": "wrk", "_type": "workspace", "name": "W"},
        {"_id": "env", "_type": "environment", "parentId": "wrk", "name": "Base", "data": base},
        {"_id": "sub", "_type": "environment", "parentId": "env", "name": "Below", "data": below or {}},
    ]
    parent = "wrk"
    for index, one in enumerate(folders):
        here = f"fld{index}"
        resources.append(
            {"_id": here, "_type": "request_group", "name": here, "parentId": parent, "environment": one}
        )
        parent = here
    resources.append({"_id": "req", "_type": "request", "name": "one", "parentId": parent, "method": "GET",
                      "url": f"{AT}/{{{{ _.it }}}}"})  # fmt: skip
    return {"_type": "export", "__export_format": 4, "resources": resources}


@pytest.mark.parametrize(
    ("base", "below", "folders", "text"),
    [
        ({"it": True}, None, [], "true"),
        ({"it": 1.0}, None, [], "1"),
        ({"it": ["a", 1]}, None, [], "a,1"),
        ({"it": "x"}, {"it": "{{ _.it }}-y"}, [], "x-y"),
        ({"it": "x"}, {"it": "{{it}}-y"}, [{"it": "{{ _.it }}-z"}], "x-y-z"),
        ({"it": "x"}, None, [{"it": "{{ it }}-y"}, {"it": "{{ _.it }}-z"}], "x-y-z"),
        ({"it": "{{ _.b.c }}", "b": {"c": 5}}, None, [], "5"),
        ({"it": "x"}, {"it": "y"}, [{"other": "z"}], "y"),
    ],
)
def test_an_environment_of_insomnia_reads_the_value_that_it_replaces(
    workspace: Folder, callsheet: Callsheet, base: Any, below: Any, folders: Any, text: str
) -> None:
    options = ["--environment", "Below"] if below else []
    outcome = imported(workspace, callsheet, insomnia(base, below, *folders), "--request", "one", *options)
    assert (outcome.code, outcome.err) == (0, "")
    assert sent(workspace).path == f"/v1/{text}"


@pytest.mark.parametrize(
    ("base", "reason"),
    [
        ({"it": "{{ _.it }}"}, "its variable `it` refers to itself"),
        ({"it": "{{ _.b }}", "b": "{{ _.it }}"}, "its variable `it` refers to itself"),
        ({"it": {"a": 1}}, "its variable `it` is an object"),
    ],
)
def test_a_value_of_insomnia_without_a_text_is_refused(
    workspace: Folder, callsheet: Callsheet, base: Any, reason: str
) -> None:
    outcome = imported(workspace, callsheet, insomnia(base), "--request", "one")
    assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {reason}")


# Bruno --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ([{"name": "it", "value": "x"}], "/v1/x"), ([{"name": "it", "value": 5}], "/v1/5"),
        ([{"name": "it", "value": "y", "enabled": False}], "/v1/it"),
        ([{"name": "it", "value": "{{it}}"}], "its variable `it` refers to itself"),
        ([{"name": "it", "value": {"a": 1}}], "its variable `it` is an object"),
    ],
)  # fmt: skip
def test_variables_of_bruno(workspace: Folder, callsheet: Callsheet, variables: Any, expected: str) -> None:
    root = {"request": {"vars": {"req": variables}}}
    request = {"method": "GET", "url": f"{AT}/{{{{it}}}}"}
    value = {"name": "B", "version": "1", "root": root, "items": [{"name": "one", "request": request}]}
    outcome = imported(workspace, callsheet, value, "--request", "one")
    if expected.startswith("/"):
        assert (outcome.code, outcome.err) == (0, "")
        assert sent(workspace).path == expected
    else:
        assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {expected}")


# In a JSON body, without quotes ------------------------------------------------------------------


@pytest.mark.parametrize("tool", ["postman", "bruno"])
def test_what_a_tool_makes_up_is_another_parameter_each_time(
    tool: str, workspace: Folder, callsheet: Callsheet
) -> None:
    """Postman's `Substitutor` and Bruno's `interpolate` call the function of a variable for each use of it."""
    url = f"{AT}?g={{{{$guid}}}}-{{{{$guid}}}}&at={{{{$timestamp}}}}&then={{{{$timestamp}}}}&id={{{{it}}}}{{{{it}}}}"
    raw = '{"a": {{$randomInt}}, "b": {{$randomInt}}, "c": "{{$randomInt}}"}'
    if tool == "postman":
        body = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
        file = postman({"url": url, "method": "POST", "body": body}, [{"key": "it", "value": "x{{$guid}}"}])
    else:
        request = {"url": url, "method": "POST", "body": {"mode": "json", "json": raw}}
        variables = [{"name": "it", "value": "x{{$guid}}", "enabled": True}]
        file = {
            "name": "c", "version": "1", "items": [{"type": "http", "name": "one", "request": request}],
            "root": {"request": {"vars": {"req": variables}}},
        }  # fmt: skip
    outcome = imported(workspace, callsheet, file, "--request", "one")
    assert outcome.code == 0, outcome.err
    found = sent(workspace)
    assert found.query == [
        ("at", "timestamp"),
        ("g", "guid-guid_2"),
        ("id", "xguid_3xguid_4"),
        ("then", "timestamp"),
    ]
    declared = Workspace(workspace.path).compile().actions["one"].spec["parameters"]
    assert [one for one in declared if "andom" in one] == ["random_int", "random_int_2", "random_int_3"]
    assert (declared["random_int_2"]["type"], declared["random_int_3"]["type"]) == ("integer", "string")


def test_a_credential_that_a_tool_makes_up_is_a_secret_with_a_note(
    workspace: Folder, callsheet: Callsheet
) -> None:
    outcome = imported(
        workspace, callsheet, posted('{"password": "{{$randomPassword}}"}'), "--request", "one"
    )
    assert outcome.err == "`{{$randomPassword}}` is a secret: the tool makes another one up each time\n"
    assert sent(workspace).json == {"password": UNKNOWN}


NUMBER = "has no quotes in the body: it is a number, in place of any JSON that the tool writes"


def posted(raw: str, variables: Any = ()) -> dict[str, Any]:
    body = {"mode": "raw", "raw": raw, "options": {"raw": {"language": "json"}}}
    return postman({"url": AT, "method": "POST", "body": body}, variables)


@pytest.mark.parametrize(
    ("raw", "variables", "body", "notes"),
    [
        ('{"b": [{{it}}]}', [{"key": "it", "value": ""}], {"b": [1]}, [f"`{{{{it}}}}` {NUMBER}"]),
        ('{"b": [{{missing}}]}', [], {"b": [1]}, [f"`{{{{missing}}}}` {NUMBER}"]),
        ('{"b": [{{ it }}]}', [{"key": "it", "value": 5}], {"b": [1]}, [f"`{{{{ it }}}}` {NUMBER}"]),
        ('{"b": {{it}}}', [{"key": "it", "value": "{{missing}}"}], {"b": 1}, [f"`{{{{missing}}}}` {NUMBER}"]),
        ('{"a": "{{it}}", "b": {{it}}, "c": "no. {{it}}"}', [], {"a": "1", "b": 1, "c": "no. 1"}, [f"`{{{{it}}}}` {NUMBER}"]),
        ('{"b": {{$timestamp}}}', [], {"b": 1_700_000_000}, []),
        ('{"b": {{$randomBoolean}}}', [], {"b": True}, []),
        ('{"b": {{apiKey}}}', [], {"b": UNKNOWN}, ["`{{apiKey}}` has no quotes in the body: the secret is sent as a string"]),
        ('{"b": {{it}}}', [{"key": "it", "value": '{"c": [1.5]}'}], {"b": {"c": [1.5]}}, []),
        ("{ {{it}}: 1}", [{"key": "it", "value": '"x"'}], {"x": 1}, []),
    ],
)  # fmt: skip
def test_a_variable_without_quotes_is_what_the_tool_writes_or_it_is_said(
    workspace: Folder, callsheet: Callsheet, raw: str, variables: Any, body: Any, notes: list[str]
) -> None:
    """By Postman's own runtime, which writes the text of a variable into the body, whatever it is."""
    outcome = imported(workspace, callsheet, posted(raw, variables), "--request", "one")
    assert outcome.code == 0, outcome.err
    assert [one for one in outcome.err.splitlines() if not one.startswith("Its credentials")] == notes
    assert sent(workspace).json == body


@pytest.mark.parametrize(
    ("raw", "variables", "reason"),
    [
        ('{"b": {{$guid}}}', [], "the body is not JSON: `{{$guid}}`, without quotes, is a text in it"),
        ('{"b": {{$x}}}', [], "the body is not JSON: `{{$x}}`, without quotes, is a text in it"),
        ('{"b": {{it}}}', [{"key": "it", "value": "{{$guid}}"}],
         "the body is not JSON: `{{$guid}}`, without quotes, is a text in it"),
        ('{"b": {{apiKey}}}', [{"key": "apiKey", "value": "abc-def"}], "the body is not JSON"),
        ("{ {{it}}: 1}", [{"key": "it", "value": 5}], "the body is not JSON"),
        ("{ {{it}}: 1}", [], "a key of the body is a variable"),
    ],
)  # fmt: skip
def test_a_variable_that_makes_a_body_no_json_is_refused(
    workspace: Folder, callsheet: Callsheet, raw: str, variables: Any, reason: str
) -> None:
    outcome = imported(workspace, callsheet, posted(raw, variables), "--request", "one")
    assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {reason}")


@pytest.mark.parametrize("kind", ["Insomnia", "Bruno"])
def test_the_others_write_a_variable_without_quotes_in_the_same_way(
    workspace: Folder, callsheet: Callsheet, kind: str
) -> None:
    raw = '{"a": {{ it }}, "b": {{ known }}, "c": "{{ it }}"}'
    if kind == "Bruno":
        # To Bruno, blanks are part of a name.
        raw = raw.replace("{ ", "{").replace(" }}", "}}")
        root = {"request": {"vars": {"req": [{"name": "known", "value": "[2]"}]}}}
        request = {"method": "POST", "url": AT, "body": {"mode": "json", "json": raw}}
        value = {"name": "B", "version": "1", "root": root, "items": [{"name": "one", "request": request}]}
    else:
        value = insomnia({"known": "[2]"})
        value["resources"][-1] |= {
            "method": "POST", "url": AT, "body": {"text": raw},
            "headers": [{"name": "Content-Type", "value": "application/json"}],
        }  # fmt: skip
    outcome = imported(workspace, callsheet, value, "--request", "one")
    assert (outcome.code, outcome.err.splitlines()) == (
        0,
        [f"`{{{{it}}}}` {NUMBER}"],
    )  # fmt: skip
    assert sent(workspace).json == {"a": 1, "b": [2], "c": "1"}


def test_only_an_environment_switches_variables_off_by_enabled(
    workspace: Folder, callsheet: Callsheet
) -> None:
    """By Postman's own runtime; what it exports for an environment has `enabled`, a collection `disabled`."""
    variable = {"key": "it", "value": "x", "enabled": False}
    assert imported(workspace, callsheet, postman(ASK, [variable]), "--request", "one").code == 0
    assert sent(workspace).path == "/v1/x"


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({"url": {**HOST, "protocol": {}}}, SHAPE),
        ({"url": AT, "header": [{"key": {}, "value": "1"}]}, "the name of a field is not a string"),
        ({"url": AT, "header": [{"key": [], "value": "1"}]}, "the name of a field is not a string"),
    ],
)  # fmt: skip
def test_an_empty_part_that_is_no_text_is_refused_as_the_tool_does(
    workspace: Folder, callsheet: Callsheet, request_: Any, reason: str
) -> None:
    outcome = imported(workspace, callsheet, postman(request_), "--request", "one")
    assert (outcome.code, outcome.err.splitlines()[0]) == (1, f"error CS938: {reason}")
