"""Fragments that a template file names: `{{ fragment('customer', id=params.customer_id) }}`."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from callsheet import Workspace
from callsheet.emulator import Emulator, Faults
from support.journeys import ENVIRONMENT as JOURNEYS
from support.workspaces import ENVIRONMENT, Callsheet, Folder, findings

FRAGMENTS = """\
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: customer}
spec:
  parameters:
    id: {type: string, sensitivity: customer-id, label: Customer, maxLength: 40, example: "c-1"}
    segment: {type: string, label: Segment, optional: true}
  payload:
    id: "{{ params.id }}"
    label: "Customer {{ params.id | upper }}"
    segment: "{{ params.segment }}"
    shop: "{{ values.host }}"
"""
ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: NAME, title: {en: Push, fr: Push}}
spec:
  request: {method: POST, url: https://api.example.com/send, payloadFile: FILE}
"""
CALL = "{{ fragment('customer', id=params.customer_id) }}"


def write(
    folder: Folder, template: str, *, parameters: str = "", fragments: str = FRAGMENTS, name: str = "push"
) -> None:
    folder.write("fragments.yaml", fragments)
    folder.write(f"{name}.json.j2", template)
    folder.write(
        f"{name}.yaml", ACTION.replace("NAME", name).replace("FILE", f"{name}.json.j2") + parameters
    )
    folder.write("local.yaml", ENVIRONMENT)


def sent(folder: Folder, callsheet: Callsheet, *given: str) -> Any:
    arguments = [word for one in given for word in ("--params", one)]
    outcome = callsheet("render", "push", "-C", folder.path, *arguments)
    assert outcome.code == 0, outcome.out + outcome.err
    return json.loads(outcome.out[outcome.out.index("\n\n") :])


def test_a_template_file_names_a_fragment_with_arguments(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{"to": ' + CALL + ', "x": {{ params.text }}}', parameters="""\
  parameters: {text: {type: string, label: Text, optional: true}}
""")  # fmt: skip
    assert findings(empty, callsheet) == []
    customer = {"id": 'ada "1"', "label": 'Customer ADA "1"', "shop": "api.example.com"}
    assert sent(empty, callsheet, 'customer_id=ada "1"') == {"to": customer, "x": None}
    vip = {**customer, "segment": "vip"}
    assert sent(empty, callsheet, 'customer_id=ada "1"', "segment=vip", "text=t") == {"to": vip, "x": "t"}


def test_what_it_declares_becomes_the_parameter_of_the_action(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{"to": ' + CALL + "}")
    outcome = callsheet("render", "push", "-C", empty.path, "-o", "json")
    (action,) = json.loads(outcome.out)["actions"]
    assert action["parameters"] == {
        "customer_id": {
            "type": "string", "sensitivity": "customer-id", "label": "Customer", "maxLength": 40, "example": "c-1",
        },
        "segment": {"type": "string", "label": "Segment", "optional": True},
    }  # fmt: skip
    assert action["request"]["payload"]["$template"]["params"] == ["customer_id", "segment"]


def test_loops_conditions_and_constants_pass_what_they_have(empty: Folder, callsheet: Callsheet) -> None:
    text = """\
{"all": [{% for one in params.ids %}{% if not loop.first %}, {% endif %}
  {{ fragment('customer', id=one, segment='s' if loop.first else none) }}{% endfor %}],
 "first": {% set c = fragment('customer', id='x', segment='y') %}{{ c.label }}}
"""
    write(empty, text, parameters="""\
  parameters: {ids: {type: array, items: string, label: Ids, example: [a]}}
""")  # fmt: skip
    assert findings(empty, callsheet) == []
    shop = "api.example.com"
    assert sent(empty, callsheet, 'ids=["a", "b"]') == {
        "all": [
            {"id": "a", "label": "Customer A", "segment": "s", "shop": shop},
            {"id": "b", "label": "Customer B", "segment": None, "shop": shop},
        ],
        "first": "Customer X",
    }  # fmt: skip


def test_a_file_without_parameters_is_known_when_it_is_compiled(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, """{"to": {{ fragment('customer', id='a', segment=env.name) }}}""")
    outcome = callsheet("render", "push", "-C", empty.path, "-o", "json")
    (action,) = json.loads(outcome.out)["actions"]
    customer = {"id": "a", "label": "Customer A", "segment": "local", "shop": "api.example.com"}
    assert action["request"]["payload"] == {"to": customer}


def test_fragments_in_the_fragment_and_a_mapping_that_goes_work_as_elsewhere(
    empty: Folder, callsheet: Callsheet
) -> None:
    more = """\
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: contact}
spec:
  parameters: {user: {type: string, label: User, sensitivity: customer-id, optional: true}, key: {type: string, label: Key}}
  payload:
    $whenEmpty: drop
    type: sms
    who: {$whenEmpty: drop, user: "{{ params.user }}", customer: {$fragment: customer, with: {id: "{{ params.user }}", segment: a}}}
"""
    template = """{"a": 1{% set c = fragment('contact', user=params.user) %}{% if c is defined %}, "c": {{ c }}{% endif %}}"""
    fragments = FRAGMENTS.replace(
        'label: "Customer {{ params.id | upper }}"', 'label: "{{ params.id | upper }}"'
    )
    write(empty, template, fragments=fragments.replace("maxLength: 40", "optional: true")
          + more.replace(", key: {type: string, label: Key}", ""))  # fmt: skip
    assert [one for one in findings(empty, callsheet) if one["severity"] == "error"] == []
    assert sent(empty, callsheet, "user=u") == {
        "a": 1,
        "c": {
            "type": "sms",
            "who": {
                "user": "u",
                "customer": {"id": "u", "label": "U", "segment": "a", "shop": "api.example.com"},
            },
        },
    }
    empty.write("params.json", "{}")
    empty.write(".callsheetignore", "params.json\n")
    assert sent(empty, callsheet, str(empty.path / "params.json")) == {"a": 1}


def test_a_secret_in_the_fragment_stays_a_reference(empty: Folder, callsheet: Callsheet) -> None:
    fragments = FRAGMENTS.replace('"{{ values.host }}"', '{secret: "env:SHOP_KEY"}')
    write(empty, """{"to": {{ fragment('customer', id='a', segment='b') }}}""", fragments=fragments)
    found = Workspace(empty.path).compile().by_environment["local"]["Action/push"].canonical
    assert '{"$secret":"env:SHOP_KEY"}' in found
    outcome = callsheet("send", "push", "--dry-run", "-C", empty.path)
    assert "env:SHOP_KEY" in outcome.out


SEGMENT = ", segment='s'"


@pytest.mark.parametrize(
    ("call", "code", "column", "message"),
    [
        ("fragment('custommer')", "CS329", 11, "there is no fragment `custommer` (did you mean `customer`?)"),
        ("fragment('customer', ident='a')", "CS330", 38,
         "the fragment `customer` has no parameter `ident`"),
        ("fragment('customer', segmant='a')", "CS330", 40,
         "the fragment `customer` has no parameter `segmant` (did you mean `segment`?)"),
        ("fragment('customer', id=12)", "CS330", 35,
         "`id` cannot have this value: the fragment declares another type, or a constraint"),
        ("fragment()", "CS330", 11, "the name of the fragment must be written in quotes, first"),
        ("fragment(customer)", "CS330", 11, "the name of the fragment must be written in quotes, first"),
        ("fragment('customer', 'a')", "CS330", 11, "the name of the fragment must be written in quotes, first"),
        ("fragment('customer', **values)", "CS330", 11, "the arguments of a fragment must be named"),
        ("fragmet('customer')", "CS504", 11,
         "a call of a function is not part of the template language (did you mean `fragment`?)"),
        ("values.get('a')", "CS504", 11, "a call of a function is not part of the template language"),
        ("fragment('customer', id=params.custommer_id)", "", 0, ""),
        ("fragment('customer', id=values.hosst)", "CS502", 0, "`values.hosst` is not defined (did you mean `host`?)"),
        ("fragment('itself')", "CS330", 0, "the fragment names itself: itself → itself"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_call_is_found_at_its_line(
    empty: Folder, callsheet: Callsheet, call: str, code: str, column: int, message: str
) -> None:
    itself = """\
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: itself}
spec: {payload: {a: {$fragment: itself}}}
"""
    write(empty, '{"x": 1,\n "to": {{ ' + call + " }}}", fragments=FRAGMENTS + itself)
    found = [one for one in findings(empty, callsheet) if one["code"] != "CS332"]
    if not code:
        assert [one["severity"] for one in found] == []  # it is declared by the fragment
        return
    assert [(one["code"], one["message"].partition(" (in ")[0]) for one in found] == [(code, message)]
    if column:
        assert (found[0]["file"], found[0]["line"]) == ("push.json.j2", 2)
        line = (empty.path / "push.json.j2").read_text().splitlines()[1]
        at = found[0]["column"] - 1
        assert line[at:].startswith(("fragment", "fragmet", "values", "'a'", "12")) or at == column - 1


def test_a_leaf_says_how_a_payload_names_a_fragment(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, "{}")
    action = ACTION.replace("NAME", "push").replace(
        "payloadFile: FILE", """payload: {to: "{{ fragment('customer') }}"}"""
    )
    empty.write("push.yaml", action)
    found = [one for one in findings(empty, callsheet) if one["code"] == "CS504"]
    assert [(one["message"], one["help"]) for one in found] == [
        ("only a template file names a fragment by a call", "in `payload`, write `{$fragment: customer}`")
    ]


def test_a_fault_in_the_fragment_is_found_in_its_document(empty: Folder, callsheet: Callsheet) -> None:
    fragments = FRAGMENTS.replace("{{ values.host }}", "{{ values.hosst }}").replace(
        "params.id |", "params.idd |"
    )
    write(empty, '{"to": ' + CALL + "}", fragments=fragments)
    found = findings(empty, callsheet)
    assert [(one["code"], one["file"], one["line"]) for one in found] == [
        ("CS306", "fragments.yaml", 10),
        ("CS502", "fragments.yaml", 12),
    ]


def test_an_action_that_declares_a_parameter_otherwise_is_a_finding(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(
        empty, '{"to": ' + CALL + "}", parameters="  parameters: {customer_id: {type: integer, label: C}}\n"
    )
    found = [one for one in findings(empty, callsheet) if one["code"] == "CS331"]
    assert [(one["file"], one["line"]) for one in found] == [("push.yaml", 6)]


def test_output_is_bounded(empty: Folder, callsheet: Callsheet) -> None:
    loop = "{% for a in values.many %}{% for b in values.many %}{% for c in values.many %}"
    write(empty, f"[{loop}{{{{ fragment('customer', id='a', segment='b') }}}},{'{% endfor %}' * 3} 1]")
    many = json.dumps(list(range(100)))
    empty.write("local.yaml", ENVIRONMENT.replace("host: api.example.com", f"host: a, many: {many}"))
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert [one["code"] for one in found] == ["CS510"]


def test_expressions_in_a_fragment_count_in_the_bounds_of_the_file(
    empty: Folder, callsheet: Callsheet
) -> None:
    long = " ~ ".join(["params.id"] * 400)
    fragments = FRAGMENTS.replace(
        "{{ params.id | upper }}", f"{{{{ '' if params.id == 'x' else {long} }}}}"
    )
    loop = "{% for a in values.many %}{% for b in values.many %}"
    call = "{{ fragment('customer', id=params.id) }},"
    write(empty, f"[{loop}{call}{'{% endfor %}' * 2} 1]", fragments=fragments)
    many = json.dumps(list(range(20)))
    empty.write("local.yaml", ENVIRONMENT.replace("host: api.example.com", f"host: a, many: {many}"))
    found = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert [(one["code"], one["file"], one["line"]) for one in found] == [("CS510", "push.json.j2", 1)]
    assert found[0]["message"].startswith("in the fragment `customer`: the template runs more than")


def test_a_change_of_the_fragment_compiles_the_action_again(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{"to": ' + CALL + "}")

    def shown() -> str:
        outcome = callsheet("render", "push", "-C", empty.path, "-o", "json")
        assert outcome.code == 0, outcome.err
        return outcome.out

    first = shown()
    assert shown() == first
    empty.write("fragments.yaml", FRAGMENTS.replace("Customer {{", "Client {{"))
    second = shown()
    assert "Client " in second
    assert callsheet("render", "push", "-C", empty.path, "-o", "json", "--no-cache").out == second
    # A template that names what is not there yet is read again when it is.
    write(empty, "{\"to\": {{ fragment('later') }}}")
    assert [one["code"] for one in findings(empty, callsheet) if one["severity"] == "error"] == ["CS329"]
    empty.write("push.json.j2", '{"to": ' + CALL + "}")
    assert findings(empty, callsheet) == []


def test_a_fragment_that_only_a_file_names_is_used(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{"to": ' + CALL + "}")
    assert findings(empty, callsheet) == []
    outcome = callsheet("validate", "-C", empty.path, "--select", "fragment:customer", "-v")
    assert outcome.code == 0, outcome.err
    empty.write("push.json.j2", '{"to": 1}')
    assert [one["code"] for one in findings(empty, callsheet)] == ["CS332"]


def test_explain_leads_to_the_fragment(empty: Folder, callsheet: Callsheet) -> None:
    write(empty, '{"to": ' + CALL + "}")
    outcome = callsheet("render", "push", "-C", empty.path, "--explain")
    assert outcome.code == 0, outcome.err
    line = next(one for one in outcome.out.splitlines() if ".customer.payload.label" in one)
    assert line.split()[-2:] == ["Fragment/customer", "fragments.yaml:10"]
    fields = [one.split()[0] for one in outcome.out.splitlines()[1:]]
    assert fields == sorted(fields), "a fragment's fields are where the payload is"
    payload = next(one for one in outcome.out.splitlines() if " request.payload " in one)
    assert payload.endswith(" and push.json.j2:1")


def test_explain_leads_to_the_template_file_of_a_payload_that_is_known(
    empty: Folder, callsheet: Callsheet
) -> None:
    write(empty, '{"a": 1, "b": {"c": {{ fragment(\'customer\', id=\'a\', segment=env.name) }}}}')
    outcome = callsheet("render", "push", "-C", empty.path, "--explain")
    lines = [one for one in outcome.out.splitlines() if " request.payload." in one]
    assert len(lines) == 5
    assert all(one.endswith(" and push.json.j2:1") for one in lines)


def test_a_review_shows_the_change_of_a_fragment_once(empty: Folder, callsheet: Callsheet) -> None:
    for name in ("push", "mail", "text"):
        write(empty, '{"to": ' + CALL + "}", name=name)
    empty.commit()
    empty.write("fragments.yaml", FRAGMENTS.replace("Customer {{", "Client {{"))
    outcome = callsheet("diff", "--base", "HEAD", "-C", empty.path)
    assert outcome.code == 0, outcome.err
    assert "changes 3 actions" in outcome.out
    answer = json.loads(callsheet("diff", "--base", "HEAD", "-C", empty.path, "-o", "json").out)
    (one,) = answer["changes"][0]["diff"]
    assert one["words"] == "payload: `label` of the fragment `customer` in the template changed"
    assert (one["file"], one["line"]) == ("fragments.yaml", 10)


def test_tests_and_the_emulator_play_it(empty: Folder, callsheet: Callsheet) -> None:
    cases = """\
  tests:
    - name: one
      params: {customer_id: a}
      expect: {payload: {to: {id: a, label: Customer A, shop: api.example.com}}}
"""
    write(empty, '{"to": ' + CALL + "}", parameters=cases)
    outcome = callsheet("test", "-C", empty.path)
    assert outcome.code == 0, outcome.out
    emulator = Emulator(Workspace(empty.path).routes(), Faults())
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        send = callsheet("send", "push", "-C", empty.path, "-p", "customer_id=a", "--to", emulator.url)
        assert "ok: 200" in send.out, send.out + send.err
    finally:
        emulator.close()


@pytest.mark.parametrize("flavor", ["", ", flavor: custom-channel"])
def test_a_journey_refuses_it_with_the_reason(empty: Folder, callsheet: Callsheet, flavor: str) -> None:
    write(empty, '{"to": ' + CALL + "}", fragments=FRAGMENTS.replace("values.host", "env.name"))
    empty.write("local.yaml", JOURNEYS.replace("sandbox: prod", f"sandbox: prod{flavor}"))
    (found,) = [one for one in findings(empty, callsheet) if one["severity"] == "error"]
    assert (
        found["message"] == "the template file names a fragment, which only the field `payload` can do here"
    )
    assert (found["file"], found["line"]) == ("push.yaml", 5)
