"""A finding that only follows from another one is not shown; one that stands by itself is."""

from __future__ import annotations

import json

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example, title: {en: A}, owner: t}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send
    payload: {title: "{{ params.title }}", more: "TEXT"}
  parameters:
    title: {type: string, example: Hi}
    second: {type: string, example: Hi}
"""
USED = "{{ params.second }}"
FAULTS = {
    "a syntax error": ("{{ params.second ", "CS501"),
    "a name that is not there": ("{{ values.nowhere ~ params.second }}", "CS502"),
    "a name before it": ("{{ values.nowhere }} {{ params.second }}", "CS502"),
    "a call": ("{{ params.second.upper() }}", "CS504"),
    "an unknown filter": ("{{ params.second | uper }}", "CS505"),
    "arguments that a filter does not take": ("{{ params.second | truncate('5') }}", "CS506"),
    "a statement": ("{% if params.second %}x{% endif %}", "CS511"),
}


def codes(folder: Folder, callsheet: Callsheet) -> list[str]:
    found = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)["diagnostics"]
    return sorted(one["code"] for one in found)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_parameter_of_a_leaf_that_does_not_compile_is_not_unused(
    workspace: Folder, callsheet: Callsheet, fault: str
) -> None:
    text, code = FAULTS[fault]
    workspace.write("example.yaml", ACTION.replace("TEXT", text))
    assert codes(workspace, callsheet) == [code]
    workspace.write("example.yaml", ACTION.replace("TEXT", text.replace("second", "title")))
    assert codes(workspace, callsheet) == ["CS307", code], "what nothing names is unused all the same"


def test_wrong_arguments_are_found_once_for_all_environments(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("environments.yaml", ENVIRONMENT + "---\n" + ENVIRONMENT.replace("local", "other"))
    workspace.write("example.yaml", ACTION.replace("TEXT", "{{ params.second | replace('a') }}"))
    (found,) = json.loads(callsheet("validate", "-C", workspace.path, "-o", "json").out)["diagnostics"]
    assert found["code"] == "CS506"
    assert found["message"] == "the filter `replace` takes 2 arguments, not 1"
    payload = 'payload: {title: "{{ params.title }}", more: "TEXT"}'
    workspace.write("example.yaml", ACTION.replace(payload, "payloadFile: body.json.j2"))
    workspace.write("body.json.j2", '{"a": {{ params.title }}, "b": {{ params.second | lower(1) }}}')
    assert codes(workspace, callsheet) == ["CS506"]


def test_the_same_in_a_url_in_a_key_and_in_template_files(workspace: Folder, callsheet: Callsheet) -> None:
    url = ACTION.replace("v1/send", "v1/{{ values.nowhere }}/{{ params.second }}")
    workspace.write("example.yaml", url)
    assert codes(workspace, callsheet) == ["CS502"]
    workspace.write("example.yaml", ACTION.replace("more:", '"{{ params.second }}":'))
    assert codes(workspace, callsheet) == ["CS518"]
    payload = 'payload: {title: "{{ params.title }}", more: "TEXT"}'
    workspace.write("example.yaml", ACTION.replace(payload, "payloadFile: body.json.j2"))
    assert codes(workspace, callsheet) == ["CS512"]
    workspace.write("body.json.j2", '{"a": {{ params.title }}, "b": {{ params.second | nope }}}')
    assert codes(workspace, callsheet) == ["CS505"]
    workspace.write("body.json.j2", '{"a": {{ params.title | nope }}}')
    assert codes(workspace, callsheet) == ["CS307", "CS505"]


def test_a_parameter_that_an_invalid_overlay_uses_is_not_unused(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("example.yaml", ACTION.replace("TEXT", "x"))
    overlay = "  overlays: {example: {request: {payload: {more: '{{ params.second }}'}, nosuch: 1}}}\n"
    workspace.write("environments.yaml", ENVIRONMENT + overlay)
    assert codes(workspace, callsheet) == ["CS203"]


def test_a_comment_is_not_useless_while_an_error_may_hide_what_it_ignores(
    workspace: Folder, callsheet: Callsheet
) -> None:
    comment = "  # callsheet: ignore CS407 no TLS there until March"
    text = ACTION.replace("v1/send", "v1/send" + comment).replace("TEXT", USED)
    workspace.write("example.yaml", text)
    assert codes(workspace, callsheet) == ["CS313"]
    workspace.write("example.yaml", text.replace("https:", "http:"))
    assert codes(workspace, callsheet) == []
    for broken, code in (
        ((USED, "{{ values.nowhere ~ params.second }}"), CS502),
        (("payload:", "payloat:"), CS203),
    ):
        workspace.write("example.yaml", text.replace("https:", "http:").replace(*broken))
        assert set(codes(workspace, callsheet)) == {code}, code
    workspace.write("example.yaml", text)
    workspace.write("environments.yaml", ENVIRONMENT + "  overlays: {example: {request: {nosuch: 1}}}\n")
    assert codes(workspace, callsheet) == ["CS203"]
    workspace.write("environments.yaml", ENVIRONMENT)
    workspace.action("other", constant='"{{ values.nowhere }}"')
    assert codes(workspace, callsheet) == ["CS313", "CS502"], "another action's error hides nothing here"


CS203, CS502 = "CS203", "CS502"


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("payload: {", "CS110"),
        ("payload: {title: 'a}", "CS110"),
        ("\x00", "CS108"),
    ],
)
def test_what_names_a_definition_that_cannot_be_read_is_not_reported(
    workspace: Folder, callsheet: Callsheet, broken: str, code: str
) -> None:
    overlay = "  overlays: {example: {limits: {timeout: 3s}}}\n"
    workspace.write("environments.yaml", ENVIRONMENT + overlay)
    workspace.write("example.yaml", ACTION.replace("TEXT", USED))
    assert codes(workspace, callsheet) == []
    workspace.write("example.yaml", ACTION.replace("TEXT", USED) + broken)
    assert codes(workspace, callsheet) == [code]
    workspace.write("environments.yaml", ENVIRONMENT + overlay.replace("example", "nowhere"))
    workspace.action("example")
    assert codes(workspace, callsheet) == ["CS305"]
