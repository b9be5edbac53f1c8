"""`$whenEmpty: drop`: a mapping of a payload goes where no parameter in it has a value, in every verb."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
import yaml

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from callsheet.importing.adopting import described_by
from support.journeys import ENVIRONMENT as JOURNEYS
from support.workspaces import ENVIRONMENT, Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: push, title: {en: Push, fr: Push}}
spec:
  request:
    method: POST
    url: https://api.example.com/send
    payload:
      id: "{{ params.id }}"
      data:
        $whenEmpty: drop
        name: "{{ params.name }}"
        deep: {$whenEmpty: drop, kind: mail, mail: "{{ params.mail }}"}
      list:
        - {$whenEmpty: drop, type: sms, to: "{{ params.phone }}"}
        - {type: always}
  parameters:
    id: {type: string, label: Id, example: "1"}
    name: {type: string, label: Name, optional: true}
    mail: {type: string, label: Mail, optional: true}
    phone: {type: string, label: Phone, optional: true}
"""
ALWAYS = {"type": "always"}
OPTIONAL = "a: {type: string, label: A, optional: true}"


@pytest.fixture
def push(empty: Folder) -> Folder:
    empty.write("local.yaml", ENVIRONMENT)
    empty.write("push.yaml", ACTION)
    return empty


def small(payload: str, parameters: str = OPTIONAL) -> str:
    head, _, _ = ACTION.partition("    payload:")
    return f"{head}    payload: {payload}\n  parameters: {{{parameters}}}\n"


def diagnostics(callsheet: Callsheet, folder: Folder) -> list[dict[str, Any]]:
    outcome = callsheet("validate", "-C", folder.path, "-o", "json")
    assert "Traceback" not in outcome.err
    found: list[dict[str, Any]] = json.loads(outcome.out)["diagnostics"]
    return found


def sent(callsheet: Callsheet, folder: Folder, *given: str) -> Any:
    """Return the body of the request that `send --dry-run` shows."""
    arguments = [word for one in given for word in ("-p", one)]
    outcome = callsheet("send", "push", "--dry-run", "-C", folder.path, *arguments)
    assert outcome.code == 0, outcome.out + outcome.err
    text = outcome.out[outcome.out.index("{") : outcome.out.rindex("}") + 1] if "{" in outcome.out else ""
    return json.loads(text) if text else None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((), {"id": "1", "list": [ALWAYS]}),
        (("name=Ada",), {"id": "1", "data": {"name": "Ada"}, "list": [ALWAYS]}),
        (("mail=a@b.c",), {"id": "1", "data": {"deep": {"kind": "mail", "mail": "a@b.c"}}, "list": [ALWAYS]}),
        (("phone=+49",), {"id": "1", "list": [{"type": "sms", "to": "+49"}, ALWAYS]}),
    ],
)  # fmt: skip
def test_a_mapping_and_an_item_of_a_list_go_where_nothing_in_them_has_a_value(
    push: Folder, callsheet: Callsheet, given: tuple[str, ...], expected: Any
) -> None:
    assert diagnostics(callsheet, push) == []
    words = [word for one in ("id=1", *given) for word in ("--params", one)]
    outcome = callsheet("render", "push", "-C", push.path, *words)
    assert json.loads(outcome.out[outcome.out.index("{") :]) == expected
    assert sent(callsheet, push, "id=1", *given) == expected


def test_a_mapping_around_goes_only_where_it_says_so_itself(push: Folder, callsheet: Callsheet) -> None:
    inner = '{$whenEmpty: drop, a: "{{ params.a }}"}'
    push.write("push.yaml", small(f"{{x: 1, outer: {{inner: {inner}}}}}"))
    assert sent(callsheet, push) == {"x": 1, "outer": {}}
    push.write("push.yaml", small(f"{{x: 1, outer: {{$whenEmpty: drop, inner: {{middle: [{inner}]}}}}}}"))
    assert sent(callsheet, push) == {"x": 1}


def test_a_payload_that_is_left_out_as_a_whole_is_no_body(push: Folder, callsheet: Callsheet) -> None:
    push.write("push.yaml", small('{$whenEmpty: drop, type: t, a: "{{ params.a }}"}'))
    assert sent(callsheet, push, "a=1") == {"type": "t", "a": "1"}
    assert sent(callsheet, push) is None


def test_keys_of_the_payload_that_begin_with_a_dollar_stay_beside_the_marker(
    push: Folder, callsheet: Callsheet
) -> None:
    push.write("push.yaml", small('{set: {$whenEmpty: drop, $set: {b: "{{ params.a }}"}}, x: 1}'))
    compiled = Workspace(push.path).compile().by_environment["local"]["Action/push"].content
    written = {"$whenEmpty": "drop", "$literal": {"$set": {"b": {"$param": "a"}}}}
    assert compiled["request"]["payload"] == {"set": written, "x": 1}
    assert sent(callsheet, push, "a=1") == {"set": {"$set": {"b": "1"}}, "x": 1}
    assert sent(callsheet, push) == {"x": 1}
    assert described_by(compiled).document["spec"]["request"]["payload"] == {
        "set": {"$whenEmpty": "drop", "$set": {"b": "{{ params.a }}"}}, "x": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "parameters", "code", "message"),
    [
        ('{$whenEmpty: dorp, b: "{{ params.a }}"}', OPTIONAL, "CS342",
         "`$whenEmpty` is not `drop`, the only thing that it can say"),
        ('{$whenEmpty: true, b: "{{ params.a }}"}', OPTIONAL, "CS342",
         "`$whenEmpty` is not `drop`, the only thing that it can say"),
        ('{$when_empty: drop, b: "{{ params.a }}"}', OPTIONAL, "CS342",
         "`$when_empty` says nothing (did you mean `$whenEmpty`?)"),
        ('{$whenEmpty: drop, b: "{{ params.a }}"}', "a: {type: string, label: A}", "CS343",
         "`$whenEmpty: drop` has no effect: `b` always has a value"),
        ('{$whenEmpty: drop, b: ["{{ params.a | default(1) }}"]}', OPTIONAL, "CS343",
         "`$whenEmpty: drop` has no effect: `b.0` always has a value"),
        ('{$whenEmpty: drop, b: "{{ params.a }}"}',
         "a: {type: string, label: A, optional: true, whenMissing: null}", "CS343",
         "`$whenEmpty: drop` has no effect: `b` always has a value"),
        ('{$whenEmpty: drop, b: 1}, a: "{{ params.a }}"', OPTIONAL, "CS343",
         "`$whenEmpty: drop` has no effect: no parameter is in it"),
    ],
)  # fmt: skip
def test_a_marker_that_says_nothing_or_changes_nothing_is_a_finding(
    push: Folder, callsheet: Callsheet, mapping: str, parameters: str, code: str, message: str
) -> None:
    push.write("push.yaml", small(f"{{x: 1, data: {mapping}}}", parameters))
    (found,) = diagnostics(callsheet, push)
    assert (found["code"], found["message"]) == (code, message)
    line = push.path.joinpath("push.yaml").read_text().splitlines()[found["line"] - 1]
    assert line[found["column"] - 1 :].startswith(("$when", "dorp", "true"))


def test_an_expression_without_a_value_counts_as_absent(push: Folder, callsheet: Callsheet) -> None:
    push.write("push.yaml", small('{x: 1, data: {$whenEmpty: drop, b: "{{ params.a | upper | trim }}"}}'))
    assert diagnostics(callsheet, push) == []
    assert sent(callsheet, push) == {"x": 1}
    assert sent(callsheet, push, "a= y") == {"x": 1, "data": {"b": "Y"}}


def test_a_fragment_and_an_overlay_may_say_it(push: Folder, callsheet: Callsheet) -> None:
    fragment = """\
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: mail}
spec:
  parameters: {a: {type: string, label: A, optional: true}}
  payload: {$whenEmpty: drop, type: email, address: "{{ params.a }}"}
"""
    push.write("fragment.yaml", fragment)
    push.write("push.yaml", small("{x: 1, list: [{$fragment: mail}]}", ""))
    assert diagnostics(callsheet, push) == []
    assert sent(callsheet, push) == {"x": 1, "list": []}
    assert sent(callsheet, push, "a=b") == {"x": 1, "list": [{"type": "email", "address": "b"}]}
    push.write("push.yaml", small("{x: 1, $fragments: [mail]}", ""))
    (found,) = diagnostics(callsheet, push)
    assert found["code"] == "CS330"
    assert found["message"] == "the fragment `mail` says `$whenEmpty`, and is spread into a mapping"
    push.write("push.yaml", small('{x: 1, data: {b: "{{ params.a }}"}}'))
    overlay = "  overlays: {push: {request: {payload: {data: {$whenEmpty: drop}}}}}\n"
    push.write("local.yaml", ENVIRONMENT + overlay)
    assert sent(callsheet, push) == {"x": 1}
    push.write("push.yaml", small('{x: 1, data: {$whenEmpty: drop, b: "{{ params.a }}"}}'))
    push.write("local.yaml", ENVIRONMENT + overlay.replace("drop", "{$remove: true}"))
    assert sent(callsheet, push) == {"x": 1, "data": {}}


def test_tests_expect_what_is_left(push: Folder, callsheet: Callsheet) -> None:
    cases = """\
  tests:
    - {name: nothing, params: {id: "1"}, expect: {payload: {id: "1", list: [{type: always}]}}}
    - {name: wrong, params: {id: "1"}, expect: {payload: {id: "1", data: {}, list: [{type: always}]}}}
"""
    push.write("push.yaml", ACTION + cases)
    outcome = callsheet("test", "-C", push.path)
    assert outcome.code == 1
    assert "1 case failed" in outcome.out
    assert "push in local, wrong" in outcome.out


CONTRACT = """\
openapi: 3.0.3
info: {title: Mail, version: "1"}
servers: [{url: "https://api.example.com"}]
paths:
  /send:
    post:
      operationId: send
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [REQUIRED], properties: {id: {type: string}, data: {type: object}, list: {type: array, minItems: 1}}}
      responses: {"200": {description: ok}}
"""


@pytest.mark.parametrize(
    ("required", "place"),
    [
        ("data", (10, "the body lacks `data`, which the contract requires where `data` is left out, as it is empty")),
        ("id", None),
    ],
)  # fmt: skip
def test_a_contract_that_requires_what_may_go_is_a_finding(
    push: Folder, callsheet: Callsheet, required: str, place: tuple[int, str] | None
) -> None:
    push.write("api.yaml", CONTRACT.replace("REQUIRED", required))
    push.write("push.yaml", ACTION + "  contract: {openapi: api.yaml, operation: send}\n")
    found = [(one["line"], one["message"]) for one in diagnostics(callsheet, push)]
    assert found == ([] if place is None else [(place[0] + 1, place[1])])


def test_a_contract_that_requires_a_body_is_not_met_by_none(push: Folder, callsheet: Callsheet) -> None:
    push.write("api.yaml", CONTRACT.replace("required: [REQUIRED], ", ""))
    push.write(
        "push.yaml",
        small('{$whenEmpty: drop, id: "{{ params.a }}"}')
        + "  contract: {openapi: api.yaml, operation: send}\n",
    )
    (found,) = diagnostics(callsheet, push)
    assert (found["code"], found["message"]) == (
        "CS455",
        "the contract requires a body, and there is none where the body is left out, as it is empty",
    )


@pytest.mark.parametrize("given", [(), ("name=Ada", "phone=1"), ("mail=m",)])
def test_the_emulator_takes_the_call_with_and_without_what_may_go(
    push: Folder, callsheet: Callsheet, given: tuple[str, ...]
) -> None:
    emulator = Emulator(Workspace(push.path).routes(), Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        arguments = [word for one in ("id=1", *given) for word in ("-p", one)]
        outcome = callsheet("send", "push", "-C", push.path, *arguments, "--to", emulator.url)
        assert outcome.code == 0, outcome.out + outcome.err
        assert "ok: 200" in outcome.out
    finally:
        emulator.close()


@pytest.mark.parametrize("flavor", ["", ", flavor: custom-channel"])
def test_a_journey_refuses_it_with_the_reason_and_a_relay_makes_the_call(
    push: Folder, callsheet: Callsheet, flavor: str
) -> None:
    push.remove("local")
    push.write("local.yaml", JOURNEYS.replace("sandbox: prod", f"sandbox: prod{flavor}"))
    found = [one for one in diagnostics(callsheet, push) if one["severity"] == "error"]
    places = [(one["code"], one["line"]) for one in found if "$whenEmpty" in one["message"]]
    assert places == ([("CS344", 10), ("CS344", 15)] if not flavor else [("CS867", 11), ("CS867", 15)])
    relay = 'relay: {url: "https://relay.example.com", key: {secret: "env:RELAY_KEY"}}'
    push.write("local.yaml", JOURNEYS.replace("sandbox: prod", f"sandbox: prod{flavor}, {relay}"))
    assert [one for one in diagnostics(callsheet, push) if one["severity"] == "error"] == []


def test_a_review_says_that_a_field_is_now_left_out(push: Folder, callsheet: Callsheet) -> None:
    push.write("push.yaml", ACTION.replace("        $whenEmpty: drop\n", ""))
    push.commit()
    push.write("push.yaml", ACTION)
    outcome = callsheet("diff", "--base", "HEAD", "-C", push.path, "-o", "json")
    (change,) = json.loads(outcome.out)["changes"]
    (one,) = change["diff"]
    assert one["words"] == "payload field `data` is now left out where nothing in it has a value"
    assert (change["impact"], one["line"]) == ("compatible", 11)
    back = callsheet("plan", "-C", push.path)
    assert back.code == 0, back.err


def test_what_is_adopted_and_copied_keeps_the_marker(push: Folder, callsheet: Callsheet) -> None:
    compiled = Workspace(push.path).compile().by_environment["local"]["Action/push"]
    push.write("push.yaml", yaml.safe_dump(described_by(compiled.content).document, sort_keys=False))
    again = Workspace(push.path).compile().by_environment["local"]["Action/push"]
    assert again.canonical == compiled.canonical
    assert '"data":{"$whenEmpty":"drop","deep":' in compiled.canonical


def test_extract_explain_and_fmt_leave_the_marker_alone(push: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("render", "push", "--explain", "-C", push.path)
    assert "request.payload.data.$whenEmpty" in outcome.out
    assert "push.yaml:11" in outcome.out
    assert callsheet("fmt", "-C", push.path).code == 0
    assert "$whenEmpty: drop" in push.path.joinpath("push.yaml").read_text()
