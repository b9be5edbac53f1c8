"""Fragments: pieces of payload with parameters of their own, which become the action's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.workspaces import ENVIRONMENT, Callsheet, Folder, findings

FRAGMENTS = """\
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: customer}
spec:
  parameters:
    id: {type: string, sensitivity: customer-id, label: Customer, maxLength: 40}
    segment: {type: string, optional: true}
  payload:
    id: "{{ params.id }}"
    label: "Customer {{ params.id | upper }}"
    segment: "{{ params.segment }}"
    shop: "{{ values.host }}"
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: context}
spec:
  payload: {source: journey, environment: "{{ env.name }}"}
"""
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push}}
spec:
  request:
    method: POST
    url: https://api.example.com/send
    payload: PAYLOAD
"""
ID = {"type": "string", "sensitivity": "customer-id", "label": "Customer", "maxLength": 40}
SEGMENT = {"type": "string", "optional": True}


def write(folder: Folder, payload: str, *, parameters: str = "", fragments: str = FRAGMENTS) -> None:
    folder.write("fragments.yaml", fragments)
    folder.write("push.yaml", ACTION.replace("PAYLOAD", payload) + parameters)
    folder.write("local.yaml", ENVIRONMENT)


def compiled(folder: Folder, callsheet: Callsheet) -> dict[str, Any]:
    outcome = callsheet("render", "push", "-C", folder.path, "-e", "local", "-o", "json")
    assert outcome.code == 0, outcome.err
    found: dict[str, Any] = json.loads(outcome.out)["actions"][0]
    return found


def piece(identity: str, segment: object = None) -> dict[str, Any]:
    return {
        "id": {"$param": identity},
        "label": {"$concat": ["Customer ", {"$param": identity, "filters": ["upper"]}]},
        "segment": {"$param": "segment"} if segment is None else segment,
        "shop": "api.example.com",
    }


def test_a_fragment_is_a_value_and_its_parameters_are_the_actions(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, "{to: {$fragment: customer}, x: 1}")
    assert [one for one in findings(empty, callsheet) if one["code"] != "CS332"] == []
    found = compiled(empty, callsheet)
    assert found["request"]["payload"] == {"to": piece("id"), "x": 1}
    assert found["parameters"] == {"id": ID, "segment": SEGMENT}


def test_with_says_what_the_parameters_of_a_fragment_are(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{to: {$fragment: customer, with: {id: "{{ params.customer_id }}", segment: vip}}}')
    found = compiled(empty, callsheet)
    assert found["request"]["payload"] == {"to": piece("customer_id", "vip")}
    assert found["parameters"] == {"customer_id": ID}


@pytest.mark.parametrize(
    ("given", "label"),
    [
        ("a-1", "Customer A-1"),
        ("{{ values.host }}", "Customer API.EXAMPLE.COM"),
        ("x{{ env.name }}", "Customer XLOCAL"),
    ],
)
def test_a_constant_is_known_inside_the_fragment(
    empty: Folder, callsheet: Callsheet, given: str, label: str
) -> None:
    write(empty, f'{{to: {{$fragment: customer, with: {{id: "{given}", segment: null}}}}}}')
    found = compiled(empty, callsheet)
    assert found["request"]["payload"]["to"]["label"] == label
    assert "parameters" not in found


def test_fragments_are_spread_into_a_mapping_and_items_of_a_list(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty,
        "{a: 1, $fragments: [context, {$fragment: customer, with: {segment: s}}], "
        "list: [{$fragment: context}, 2, {$fragment: customer, with: {id: x, segment: y}}]}",
    )
    payload = compiled(empty, callsheet)["request"]["payload"]
    assert payload == {
        "a": 1, "source": "journey", "environment": "local", **piece("id", "s"),
        "list": [
            {"source": "journey", "environment": "local"}, 2,
            {"id": "x", "label": "Customer X", "segment": "y", "shop": "api.example.com"},
        ],
    }  # fmt: skip


def test_a_fragment_in_a_fragment_passes_its_parameters_on(empty: Folder, callsheet: Callsheet) -> None:
    outer = """\
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: recipient}
spec:
  parameters: {user: {type: string, sensitivity: customer-id, label: Customer, maxLength: 40}}
  payload: {who: {$fragment: customer, with: {id: "{{ params.user }}", segment: "{{ params.user | lower }}"}}}
"""
    write(empty, '{$fragment: recipient, with: {user: "{{ params.u }}"}}', fragments=FRAGMENTS + outer)
    found = compiled(empty, callsheet)
    assert found["request"]["payload"]["who"]["id"] == {"$param": "u"}
    assert found["request"]["payload"]["who"]["segment"] == {
        "$param": "u",
        "filters": ["lower"],
    }
    assert found["parameters"] == {"u": ID}


def test_an_overlay_may_name_a_fragment_too(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "{to: nobody}")
    overlay = (
        "  overlays: {push: {request: {payload: {to: {$fragment: customer, with: {segment: null}}}}}}\n"
    )
    empty.write("local.yaml", ENVIRONMENT + overlay)
    found = compiled(empty, callsheet)
    assert found["request"]["payload"]["to"] == piece("id", segment={}) | {"segment": None}
    assert found["parameters"] == {"id": ID}


def test_the_actions_own_label_and_example_win(empty: Folder, callsheet: Callsheet) -> None:
    write(
        empty,
        "{to: {$fragment: customer, with: {segment: s}}, $fragments: [context]}",
        parameters="  parameters: {id: {type: string, label: Buyer, example: b-1}}\n",
    )
    assert findings(empty, callsheet) == []
    assert compiled(empty, callsheet)["parameters"]["id"] == {**ID, "label": "Buyer", "example": "b-1"}


def test_a_change_of_a_fragment_is_one_change_in_all_of_its_actions(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, "{to: {$fragment: customer}}")
    empty.write(
        "mail.yaml", ACTION.replace("PAYLOAD", "{$fragment: customer}").replace("name: push", "name: mail")
    )
    empty.git("init", "-q")
    empty.commit("fragments")
    assert callsheet("apply", "-C", empty.path, "-e", "local", "--yes").code == 0
    empty.write("fragments.yaml", FRAGMENTS.replace("maxLength: 40", "maxLength: 50"))
    assert "2 to update" in callsheet("plan", "-C", empty.path, "-e", "local").out
    shown = callsheet("diff", "--base", "HEAD", "-C", empty.path).out
    assert shown.startswith("~ Fragment/customer parameters.id.maxLength  [")
    assert "changes 2 actions  in local" in shown


WRONG = [
    ("an unknown fragment", "{to: {$fragment: custumer}}", "", ("CS329", "push.yaml", 8, "there is no fragment `custumer` (did you mean `customer`?)")),
    ("an unknown one in a spread", "{$fragments: [context, custumer]}", "", ("CS329", "push.yaml", 8, "there is no fragment `custumer`")),
    ("a parameter that it has not", "{to: {$fragment: customer, with: {ide: x}}}", "", ("CS330", "push.yaml", 8, "the fragment `customer` has no parameter `ide` (did you mean `id`?)")),
    ("a list as an argument", "{to: {$fragment: customer, with: {id: [x]}}}", "", ("CS330", "push.yaml", 8, "`id` is not a string, a number, a boolean or null")),
    ("a constant of another type", "{to: {$fragment: customer, with: {id: true}}}", "", ("CS330", "push.yaml", 8, "`id` cannot have this value")),
    ("a constant that is too long", "{to: {$fragment: customer, with: {id: " + "x" * 41 + "}}}", "", ("CS330", "push.yaml", 8, "`id` cannot have this value")),
    ("with that is no mapping", "{to: {$fragment: customer, with: id}}", "", ("CS330", "push.yaml", 8, "`with` is not a mapping")),
    ("a field that is there already", "{source: x, $fragments: [context]}", "", ("CS330", "push.yaml", 8, "the fragment `context` writes `source`, which is there already")),
    ("two that write the same", "{$fragments: [context, context]}", "", ("CS330", "push.yaml", 8, "the fragment `context` writes `environment`, which is there already")),
    ("a spread of no name", "{$fragments: [1]}", "", ("CS330", "push.yaml", 8, "this does not name a fragment")),
    ("another type", "{to: {$fragment: customer}}", "  parameters: {id: {type: integer}}\n", ("CS331", "push.yaml", 9, "`type` of the parameter `id` is not what its fragment declares")),
    ("another constraint", "{to: {$fragment: customer}}", "  parameters: {id: {type: string, maxLength: 50}}\n", ("CS331", "push.yaml", 9, "`maxLength` of the parameter `id`")),
    ("an unknown value in an argument", '{to: {$fragment: customer, with: {id: "{{ values.hots }}"}}}', "", ("CS502", "push.yaml", 8, "`values.hots` is not defined")),
    ("an undeclared parameter in an argument", '{to: {$fragment: customer, with: {id: "{{ params.a ~ params.b }}"}}}', "", ("CS306", "push.yaml", 8, "the parameter `a` is not declared")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "parameters", "expected"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG]
)
def test_what_is_wrong_with_a_fragment_is_found_where_it_is_named(
    empty: Folder, callsheet: Callsheet, payload: str, parameters: str, expected: tuple[str, str, int, str]
) -> None:
    write(empty, payload, parameters=parameters)
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert {(one["code"], one["file"], one["line"]) for one in found} == {expected[:3]}, found
    assert expected[3] in found[0]["message"]


IN_FRAGMENTS = [
    ("a parameter that it does not declare", ("params.segment", "params.segmnt"), ("CS306", 11, "the parameter `segmnt` is not declared by the fragment (did you mean `segment`?)")),
    ("an unknown value", ("values.host", "values.hots"), ("CS502", 12, "`values.hots` is not defined (did you mean `host`?)")),
    ("a filter that is none", ("| upper", "| uper"), ("CS505", 10, "there is no filter `uper`")),
    ("a secret in clear", ("label: \"Customer {{ params.id | upper }}\"", "label: xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"), ("CS601", 10, "credential")),
    ("itself", ("source: journey", "source: {$fragment: context}"), ("CS330", 18, "the fragment names itself: context → context")),
    ("an unknown one", ("source: journey", "source: {$fragment: contxt}"), ("CS329", 18, "there is no fragment `contxt`")),
    ("a misspelt field", ("  payload: {source", "  paylod: {source"), ("CS204", 17, "")),
    ("a wrong type", ("id: {type: string", "id: {type: text"), ("CS206", 6, "")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"), [one[1:] for one in IN_FRAGMENTS], ids=[one[0] for one in IN_FRAGMENTS]
)
def test_what_is_wrong_in_a_fragment_is_found_in_its_file(
    empty: Folder, callsheet: Callsheet, change: tuple[str, str], expected: tuple[str, int, str]
) -> None:
    assert change[0] in FRAGMENTS
    write(
        empty, "{to: {$fragment: customer}, $fragments: [context]}", fragments=FRAGMENTS.replace(*change, 1)
    )
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert (found[0]["code"], found[0]["file"], found[0]["line"]) == (
        "CS204" if expected[0] == "CS204" else expected[0],
        "fragments.yaml",
        expected[1],
    ), found
    assert expected[2] in found[0]["message"]
    assert {one["file"] for one in found} == {"fragments.yaml"}


def test_fragments_that_multiply_come_to_an_end(empty: Folder, callsheet: Callsheet) -> None:
    doubling = ""
    for n in range(7):
        inner = ", ".join([f"{{$fragment: f{n + 1}}}"] * 40) if n < 6 else "1"
        doubling += f"---\napiVersion: callsheet/v1\nkind: Fragment\nmetadata: {{name: f{n}}}\n"
        doubling += f"spec: {{payload: [{inner}]}}\n"
    write(empty, "{to: {$fragment: f0}}", fragments=doubling.removeprefix("---\n"))
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert {one["code"] for one in found} == {"CS330"}
    assert "more than 20,000 values" in found[0]["message"]


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("{a: {$fragment: 1}}", "`$fragment` takes the name of a fragment"),
        ("{a: {$fragment: customer, other: 1}}", "`$fragment` takes the name of a fragment"),
        ("{a: {$fragment: [customer]}}", "`$fragment` takes the name of a fragment"),
        ("{a: {$fragments: customer}}", "`$fragments` is not a list"),
        ("{a: {$fragement: customer}}", "`$fragement` names no fragment (did you mean `$fragment`?)"),
        ('{a: {$fragment: customer, with: ""}}', "`with` is not a mapping"),
        ("{a: {$fragment: customer, with: []}}", "`with` is not a mapping"),
    ],
)
def test_what_is_meant_to_be_a_fragment_is_never_sent_as_it_is_written(
    empty: Folder, callsheet: Callsheet, payload: str, words: str
) -> None:
    write(empty, payload)
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert [(one["code"], one["file"], one["line"]) for one in found] == [("CS330", "push.yaml", 8)]
    assert words in found[0]["message"]


def test_an_optional_parameter_of_a_fragment_loosens_none_of_the_actions(
    empty: Folder, callsheet: Callsheet
) -> None:
    payload = (
        '{id: "{{ params.id }}", to: {$fragment: customer, with: {id: x, segment: "{{ params.id }}"}}}'
    )
    write(empty, payload, parameters="  parameters: {id: {type: string}}\n")
    assert compiled(empty, callsheet)["parameters"] == {"id": {"type": "string"}}
    both = '{a: {$fragment: customer, with: {id: "{{ params.s }}", segment: "{{ params.s }}"}}}'
    write(empty, both)
    assert "optional" not in compiled(empty, callsheet)["parameters"]["s"]


def test_a_fragment_that_nothing_names_is_a_warning(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "{to: {$fragment: customer}}")
    found = findings(empty, callsheet)
    assert [(one["code"], one["severity"], one["file"], one["line"]) for one in found] == [
        ("CS332", "warning", "fragments.yaml", 16)
    ]
