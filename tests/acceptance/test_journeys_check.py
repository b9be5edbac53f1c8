"""What journeys make of the actions that they use: `callsheet journeys check`, and the checks alone."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from callsheet import Workspace
from callsheet.language.schema_check import schema
from callsheet.targets.journey_optimizer.lowering.references import CLOSING, OPENING
from callsheet.targets.journey_optimizer.pasted import is_pasted
from callsheet.targets.journey_optimizer.readings import Reading, holds_field, readings
from support.adobe import Adobe
from support.adobe_workspace import ENVIRONMENT, Do
from support.workspaces import Callsheet, Folder

GREETING = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: greeting, owner: team-crm}
spec:
  request:
    method: POST
    url: https://mail.example.com/v1/greetings
    payload:
      to: "{{ params.email }}"
      text: "Hello {{ params.name | default('you') }}!"
  parameters:
    email: {type: string, label: Address, sensitivity: email, journey: "#{ExperiencePlatform.Profile.email}"}
    name: {type: string, label: {en: Name, fr: Nom}, optional: true}
  responses:
    success: {payload: {id: g1, places: [{name: Paris}, {zip: 1}], items: [], any: null}}
    failure: {payload: {error: {code: 404}}}
  limits: {timeout: 10s, retries: 1}
"""
"""An action of which one field is a whole variable, and the other is computed."""


WITHOUT_API = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: journeys}
spec:
  target: {type: journey-optimizer, organization: 0A7F574EBB4C6E1423973F52@AdobeOrg, sandbox: prod, usage: journeys.json}
  ledger: {type: sqlite, path: .callsheet/journeys.db}
"""


def placed(text: str) -> str:
    """Return an expression with its placeholders between the quotation marks that the product writes."""
    return re.sub("<([A-Z][^>]*)>", rf"{OPENING}\1{CLOSING}", text)


def journey(
    *nodes: Any, status: str = "Deployed", seconds: Any = 30, name: str = "Welcome"
) -> dict[str, Any]:
    return {
        "id": f"j-{name}", "name": name, "version": "1.0", "status": status,
        "metadata": {"lastModifiedAt": "2026-11-20T10:00:00Z"},
        **({} if seconds is None else {"timeouts": {"actionExecution": seconds, "entityEnrichment": 30}}),
        "nodes": [{"id": "n0", "type": "readAudience", "name": "Start"}, *nodes],
    }  # fmt: skip


def calling(text: str, address: str = "#{ExperiencePlatform.Profile.email}", **more: Any) -> dict[str, Any]:
    mappings = [
        {"label": "Address", "paramPath": "$.to", "expression": address},
        {"label": "text", "paramPath": "$.text", "expression": text},
    ]
    return {
        "id": "n1", "type": "customAction", "name": "Greet", "fallbackOnTimeoutOrError": True, "paramMappings": mappings,
        **more,
    }  # fmt: skip


def condition(*expressions: str) -> dict[str, Any]:
    transitions = [
        {"targetNodeId": f"t{number}", "expression": one} for number, one in enumerate(expressions)
    ]
    return {"id": "n2", "type": "condition", "name": "Did it arrive", "transitions": transitions}


@pytest.fixture
def do(callsheet: Callsheet, empty: Folder, adobe: Adobe) -> Do:
    empty.write("greeting.yaml", GREETING)
    empty.write(
        "environments.yaml",
        ENVIRONMENT.replace("sandbox: prod\n", "sandbox: prod\n    usage: journeys.json\n"),
    )
    adobe.journeys = []
    return Do(callsheet, empty)


def generated(do: Do, source: str) -> str:
    """Return the generated expression of the text, with a source for its placeholder."""
    form = Workspace(do.folder.path).journey(["greeting"], "journeys").forms["greeting"]
    return form.variables[0].expression.replace(placed("<Name>"), source)


def codes(do: Do, *more: str) -> list[str]:
    found = json.loads(do("journeys", "check", "-o", "json", *more).out)
    Draft202012Validator(schema("validate")).validate(found)
    return [one["code"] for one in found["diagnostics"]]


def test_a_journey_in_which_all_is_well_has_no_finding(do: Do, adobe: Adobe) -> None:
    text = generated(do, "@event{Signup.name}")
    adobe.journeys = [journey(calling(text), condition("@action{greeting.id, defaultValue: ''} != ''"))]
    outcome = do("journeys", "check")
    assert (outcome.code, outcome.out) == (0, "Valid: 1 action.\n"), outcome.out + outcome.err
    assert do("journeys", "check", "greeting", "--strict").code == 0


def test_each_finding_is_at_the_line_of_the_action_that_it_is_about(
    do: Do, adobe: Adobe, snapshot: SnapshotAssertion
) -> None:
    adobe.journeys = [
        journey(
            calling(
                "'Hello ' + @event{Signup.name}", "@event{Signup.mail}", fallbackOnTimeoutOrError=False
            ),
            condition(
                "@action{greeting.places.at(0).town} == 'Paris'", "@action{greeting.jo_status_code} is null"
            ),
            seconds=9,
        )
    ]
    outcome = do("journeys", "check")
    assert outcome.code == 1
    assert outcome.out == snapshot
    assert codes(do) == ["CS890", "CS894", "CS892", "CS892", "CS893", "CS891"]


@pytest.mark.parametrize("status", ["Finished", "Stopped"])
def test_a_journey_that_is_over_is_not_checked(do: Do, adobe: Adobe, status: str) -> None:
    adobe.journeys = [journey(calling("'Hi'", fallbackOnTimeoutOrError=False), status=status)]
    assert codes(do) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("@action{greeting.id} == 'x'", ["CS894"]),
        ("@action{greeting.id} is null or @action{greeting.id} == 'x'", []),
        ("@action{greeting.errorResponse.error.code, defaultValue: 0} == 404", []),
        ("@action{greeting.errorResponse.error.message, defaultValue: ''} == 'x'", ["CS893"]),
        ("@action{greeting.'first name', defaultValue: ''} == 'x'", ["CS893"]),
        ("@action{greeting.places.all(currentActionField.name == 'a').name} is null", []),
        ("@action{greeting.places.first().town} is null", ["CS893"]),
        ("@action{greetings.id} == 'x'", []),
        ("@event{E.t} == '@action{greeting.nothere}' /* @action{greeting.gone} */", []),
        ("@action{greeting.items.at(0).id} is null and @action{greeting.any.x} is null", []),
        ('@action{greeting.jo_status_code} == "http_200"', []),
        ("@action{greeting.id} != null and @action{greeting.id} == 'x'", []),
        ("@action{greeting.id} == 'is null'", ["CS894"]),
        ("@action{greeting.id} is  not  null", []),
        ("@action{greeting.places.all(currentActionField.town == ').x').name} is null", ["CS893"]),
        ("@action{greeting.places.all(currentActionField.name == ').x').name} is null", []),
        ("@action{greeting.places[0].nah} is null", ["CS893"]),
        ("@action{greeting.places[0].name} is null", []),
        ("@action{Greeting.id} is null", ["CS893"]),
        ("@action{greeting.places.all(currentActionField.zip == 1)} is null", []),
    ],
)
def test_what_a_condition_reads_of_an_answer(do: Do, adobe: Adobe, written: str, found: list[str]) -> None:
    adobe.journeys = [journey(condition(written))]
    assert codes(do) == found


def test_what_a_message_reads_of_an_answer(do: Do, adobe: Adobe) -> None:
    text = "Your greeting {{context.journey.actions.greeting.number}}"
    adobe.journeys = [
        journey({"id": "m", "type": "message", "name": "Mail", "campaign": {"content": {"body": text}}})
    ]
    assert codes(do) == ["CS893"]
    assert "certain  Welcome (Deployed, node Mail): it reads `@action{greeting.number}`" in do("usage").out


def test_a_journey_gives_an_action_its_time(do: Do, adobe: Adobe) -> None:
    text = generated(do, "@event{E.name}")
    for seconds, found in (
        (10, []), (9, ["CS891"]), (9_000, ["CS891"]), (30_000, []), (None, ["CS849"]), ("PT5S", ["CS891"]),
        ("PT1M", []), ("5", ["CS891"]), (5.0, ["CS891"]), ("soon", ["CS849"]), (True, ["CS849"]), (0, ["CS849"]),
    ):  # fmt: skip
        adobe.journeys = [journey(calling(text), seconds=seconds)]
        assert codes(do) == found, seconds


def test_what_is_compared_is_what_is_deployed_and_not_what_is_planned(do: Do, adobe: Adobe) -> None:
    text = generated(do, "@event{E.name}")
    adobe.journeys = [journey(calling(text))]
    pack = do.folder.path.parent / "pack"
    assert do.apply("--pack", str(pack)).code == 0
    assert do.callsheet("confirm", pack, "-C", do.folder.path).code == 0
    do.folder.write("greeting.yaml", GREETING.replace("Hello {{", "Good day {{"))
    assert codes(do) == []
    assert do.apply("--pack", str(pack) + "2", "--accept", "breaking", "--accept", "sensitive").code == 0
    assert do.callsheet("confirm", str(pack) + "2", "-C", do.folder.path).code == 0
    assert codes(do) == ["CS892"]


PING = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: ping, title: Ping}
spec:
  request: {method: GET, url: "https://ping.example.com/v1"}
  limits: {timeout: 20s}
"""


def test_an_action_without_variables_is_judged_by_the_name_of_its_node(do: Do, adobe: Adobe) -> None:
    do.folder.write("ping.yaml", PING)
    node = {"id": "p", "type": "customAction", "name": "Ping", "fallbackOnTimeoutOrError": False}
    adobe.journeys = [journey(node, seconds=9)]
    assert codes(do, "ping") == ["CS890", "CS891"]
    assert (
        "likely  Welcome (Deployed, node Ping): the node has its name, and nothing has to be mapped"
        in do("usage", "ping").out
    )
    # A message may have the same name.
    adobe.journeys = [journey({**node, "type": "message"}, seconds=9)]
    assert codes(do, "ping") == []


def test_a_node_that_lost_a_mapping_or_has_one_too_many_is_judged(do: Do, adobe: Adobe) -> None:
    text, (email, name) = generated(do, "@event{E.n}"), calling("")["paramMappings"]
    name = {**name, "expression": text}
    more = {"label": "Bonus", "paramPath": "$.bonus", "expression": "1"}
    for mappings, found in (
        ([email], ["CS890", "CS892"]),
        ([name], ["CS890", "CS892"]),
        ([email, name, more], ["CS849", "CS890"]),
        ([{**email, "expression": " "}, name], ["CS890", "CS892"]),
        ([email, {**name, "expression": placed("<Name>")}], ["CS890", "CS892"]),
        ([more], ["CS849"]),
    ):
        node = calling("", name="greeting", paramMappings=mappings, fallbackOnTimeoutOrError=False)
        adobe.journeys = [journey(node)]
        assert codes(do) == found, mappings
    adobe.journeys = [journey(calling("", name="greeting", paramMappings=[email]))]
    outcome = do("journeys", "check")
    assert "node `greeting`, does not map `text`, which the action requires" in " ".join(
        outcome.out.split()
    )
    # What is pasted is never wrapped.
    assert (
        f"  help: paste the generated expression:\n    {generated(do, placed('<Name>'))}\n" in outcome.out
    )


def test_a_node_that_may_be_another_action_is_counted_with_the_reason(do: Do, adobe: Adobe) -> None:
    email, _ = calling("")["paramMappings"]
    adobe.journeys = [
        journey(calling("", paramMappings=[email])),
        journey(calling("", paramMappings=[email]), name="Second", status="Draft"),
        journey(calling("", paramMappings=[email]), name="Third", status="Stopped"),
    ]
    (found,) = json.loads(do("journeys", "check", "-o", "json").out)["diagnostics"]
    assert (found["code"], found["message"]) == (
        "CS849",
        ("2 nodes are not judged, or not as a whole: journey `Second` (Draft), node `Greet`, may call it: the node"
        " maps labels of it, but does not map `text`; journey `Welcome` (Deployed), node `Greet`, may call it: the"
        " node maps labels of it, but does not map `text`"),
    )  # fmt: skip
    assert do("journeys", "check").code == 0
    assert do("journeys", "check", "--strict").code == 1
    for form in ("github", "junit", "sarif", "gitlab"):
        assert "2 nodes are not judged" in do("journeys", "check", "-o", form).out


def test_settings_judge_these_findings_too(do: Do, adobe: Adobe) -> None:
    adobe.journeys = [journey(calling("'Hi'", fallbackOnTimeoutOrError=False))]
    assert codes(do) == ["CS890", "CS892"]
    do.folder.write(
        "callsheet.yaml",
        "apiVersion: callsheet/v1\nkind: Workspace\nmetadata: {name: w}\nspec:\n  severity: {CS890: error}\n"
        "  ignore: [{code: CS892, file: greeting.yaml, reason: the journey is being rebuilt}]\n",
    )
    outcome = do("journeys", "check")
    assert (outcome.code, outcome.out.count("error CS890"), "CS892" in outcome.out) == (1, 1, False)


def test_a_comment_silences_a_finding_in_its_place_and_validate_knows_it(do: Do, adobe: Adobe) -> None:
    adobe.journeys = [journey(calling("'Hi'", fallbackOnTimeoutOrError=False), seconds=9)]
    assert codes(do) == ["CS890", "CS892", "CS891"]
    text = GREETING.replace("  request:\n", "  request:  # callsheet: ignore CS890 nobody waits\n")
    text = text.replace("      text:", "      # callsheet: ignore CS892 it is being rebuilt\n      text:")
    do.folder.write("greeting.yaml", text)
    overlay = "  overlays:\n    greeting:\n      limits: {timeout: 25s}  # callsheet: ignore CS891 slow at night\n"
    file = do.folder.path / "environments.yaml"
    file.write_text(file.read_text() + overlay)
    assert codes(do) == []
    assert "CS313" not in do("validate").out
    file.write_text(file.read_text().replace("  # callsheet: ignore CS891 slow at night", ""))
    outcome = do("journeys", "check")
    assert "      limits: {timeout: 25s}\n" in outcome.out  # the line of the environment's file
    # Another code is still found to be useless.
    do.folder.write("greeting.yaml", GREETING + "  # callsheet: ignore CS407 it was http once\n")
    assert "CS313" in do("validate").out


def test_why_a_snapshot_is_used_is_said(do: Do, adobe: Adobe, monkeypatch: pytest.MonkeyPatch) -> None:
    adobe.journeys = [journey(calling("'Hi'"))]
    assert do("usage", "--save", "-q").code == 0
    monkeypatch.delenv("ADOBE_SECRET")
    out = " ".join(do("journeys", "check").out.split())
    assert "Note: Adobe's API was not reached (the environment variable ADOBE_SECRET is not set" in out
    assert "Note: journeys are as of 20" in out


def test_a_snapshot_is_enough_and_one_of_an_earlier_version_is_read(do: Do, adobe: Adobe) -> None:
    adobe.journeys = [
        journey(calling("'Hi'", fallbackOnTimeoutOrError=False), condition("@action{greeting.id} == 'x'"))
    ]
    assert do("usage", "--save", "-q").code == 0
    found = codes(do)
    assert found == ["CS890", "CS894", "CS892"]
    kept = do.folder.path / "journeys.json"
    do.folder.write("environments.yaml", WITHOUT_API)
    outcome = do("journeys", "check")
    assert "Note: journeys are as of " in outcome.out
    assert outcome.code == 1
    record = json.loads(kept.read_text())
    for one in record["journeys"]:
        one.pop("timeout", None)
        for node in one["nodes"]:
            node.pop("fallback", None)
            node.pop("reads", None)
    kept.write_text(json.dumps(record))
    assert codes(do) == ["CS849", "CS892"]
    kept.write_text('{"greeting": ["Welcome"]}')
    outcome = do("journeys", "check")
    assert (outcome.code, "no node is judged: " in outcome.out) == (0, True)
    assert do("journeys", "check", "--strict").code == 1
    kept.write_text('{"greting": ["Welcome"]}')
    assert "Note: the snapshot names actions that are not there: greting\n" in do("journeys", "check").out
    kept.write_text("{}")
    assert codes(do) == ["CS849"]
    for wrong in (
        {"fallback": "no"},
        {"reads": [{"text": 1, "condition": True}]},
        {"reads": [{"text": "a"}]},
    ):
        record["journeys"][0]["nodes"][0] |= wrong
        kept.write_text(json.dumps(record))
        assert do("journeys", "check").err.startswith("error CS848")
        for name in wrong:
            del record["journeys"][0]["nodes"][0][name]


def test_an_environment_without_journeys_and_an_unknown_name(
    do: Do, callsheet: Callsheet, samples: Folder
) -> None:
    assert do("journeys", "check", "greetin").err.startswith("error CS925: there is no action `greetin`")
    outcome = callsheet("journeys", "check", "-C", samples.path, "-e", "local")
    assert outcome.err.startswith("error CS845: the target of local has no journeys")


@pytest.mark.parametrize(
    ("generated", "held", "same"),
    [
        ('"a" + (<N>)', '"a"+( @event{E.n} )', True),
        ('"a" + (<N>)', '"b" + (@event{E.n})', False),
        ('"a b"', '"a  b"', False),
        ("(<N>) + (<N>)", "(@event{E.n}) + (@event{E.n})", True),
        ("(<N>) + (<N>)", "(@event{E.n}) + (@event{E.m})", False),
        ("(<A>) + (<B>)", "(#{S.G.a}) + (@event{E.m, defaultValue: 'x + y'})", True),
        ("a == b", "a = = b", False),
        ("<N>", "", False),
        ("<First name> + '.*'", "@event{E.n} + '.*'", True),
        ("<First name> + '.*'", "@event{E.n} + 'xx'", False),
        # A placeholder stands for one operand, and not for whatever is in its place.
        ("lower(<A>)", 'lower(@event{E.a}) + " DELETED " + lower(@event{E.b})', False),
        ("lower(<A>)", "lower(<A>)", False),
        ("lower(<A>)", "lower(upper(<B>))", False),
        ("lower(<A>)", 'lower("")', False),
        ("lower(<A>)", "lower(())", False),
        ("lower(<A>)", "lower(null)", False),
        ("lower(<A>)", "lower()", False),
        ("lower(<A>)", "lower(@event{E.a} /* x */)", False),
        ("lower(<A>)", "lower(@event{E.a}, @event{E.b})", False),
        ("lower(<A>)", "lower(@event{E.a} + 'x')", False),
        ("lower(<A>)", "lower(@event{E.a}", False),
        ("lower(<A>)", "upper(@event{E.a})", False),
        ("lower(<A>)", "lower((@event{E.a} + 'x'))", True),
        ("lower(<A>)", "lower(trim(@event{E.list.all(currentEventField.x > 1).at(0).name}))", True),
        ("lower(<A>)", "lower(@action{x.list}.first().name)", True),
        ("lower(<A>)", "lower('x')", True),
        ("toString(<A>)", "toString(-1.5)", True),
        ('(<A>) + "/points"', '(@event{V.a}) + "/hacked/" + (@event{V.z}) + "/points"', False),
        ('(<A>) + "/points"', '(@event{V.a} + "x") + "/points"', True),
        ("(<A>) is null", "@event{V.a} == 1 or (@event{V.a}) is null", False),
        ("if ((<N>) is null) then ('y') else (<N>)", "if (@event{E.n} is null) then (\"y\") else (@event{E.n})", True),
        ("if ((<N>) is null) then ('y') else (<N>)", "if (@event{E.n} is null) then ('y') else (@event{E.m})", False),
        # Quotes, parentheses and quoted names that mean nothing.
        ("'Hello ' + (<N>)", '"Hello " + (@event{E.n})', True),
        ("'Hello ' + (<N>)", "'Hello' + (@event{E.n})", False),
        ("'Hello ' + (<N>)", "(('Hello ') + ((@event{E.n})))", True),
        ("lower(@event{Order.amount})", "(lower((@event{'Order'.\"amount\"})))", True),
        ("@event{Order.'first name'}", '@event{Order."first name"}', True),
        ("@event{Order.a-b}", "@event{Order.'a-b'}", True),
        ("@event{E.a, defaultValue: 'n'}", "@event{E.a, defaultValue: n}", False),
        ("'a' + 'b'", "'a''b'", False),
        ("(a) + (b", "( a)+(b", True),
        ("concat(a, b)", "concat(b, a)", False),
    ],
)  # fmt: skip
def test_an_expression_is_the_generated_one_whatever_its_blanks(
    generated: str, held: str, same: bool
) -> None:
    assert is_pasted(placed(generated), placed(held)) == same


def test_expressions_of_any_length_are_compared_at_once() -> None:
    for names in (["A", "B", "C"] * 10, [f"P{number}" for number in range(300)]):
        one = " + ".join(f"({OPENING}{name}{CLOSING})" for name in names)
        held = " + ".join(f"(@event{{E.{name}}})" for name in names)
        begin = time.process_time()
        assert is_pasted(one, held)
        assert not is_pasted(one, held + " + 'x'")
        assert not is_pasted(one, "(" * 50_000)
        assert not is_pasted(f"lower({one})", "lower(" + "(" * 20_000 + "a" + ")" * 20_000 + ")")
        assert time.process_time() - begin < 2


def test_every_page_of_journeys_is_read_however_their_number_is_written(do: Do, adobe: Adobe) -> None:
    def others(number: int) -> list[dict[str, Any]]:
        return [journey(status="Draft", name=f"J{one}") for one in range(number)]

    last = journey(calling("'Hi'"))
    adobe.page_size = 3
    for pages_of in (lambda number: None, str, lambda number: number):
        adobe.pages_of = pages_of
        for number in (2, 3, 4):
            adobe.journeys = [*others(number), last]
            assert codes(do) == ["CS892"], number
    # One id twice in a page is no change while it is read; null is not a text.
    adobe.journeys = [
        last,
        last,
        {**last, "version": "2.0"},
        {"id": None, "name": None, "status": None, "nodes": None},
    ]
    adobe.page_size = 100
    assert codes(do) == ["CS892", "CS892"]
    adobe.journeys = [journey(calling(None, name=None, fallbackOnTimeoutOrError="false"))]  # type: ignore[arg-type]
    outcome = do("journeys", "check")
    assert "None" not in outcome.out
    assert codes(do) == ["CS890", "CS892"]


def test_the_fields_that_a_text_reads() -> None:
    text = "@action{a.b.'c d'.e} + @action{ f . g } {{context.journey.actions.h.`1i`.j}} @action{k} @action{l.at(0).m}"
    assert list(readings(text)) == [
        Reading("a", ("b", "c d", "e")), Reading("f", ("g",)), Reading("k", ()), Reading("l", ("m",)),
        Reading("h", ("1i", "j")),
    ]  # fmt: skip
    assert holds_field({"a": [{"b": None}]}, ("a", "b"))
    assert holds_field({"a": []}, ("a", "b"))
    assert holds_field({"a": [{"c": 1}, {"b": 1}]}, ("a", "b"))
    assert not holds_field({"a": [{"c": 1}]}, ("a", "b"))
    text = '{{context.journey.actions["points"].gone}} @action{a.l.all(currentActionField.x.y > 1).z}'
    assert {*readings(text)} == {
        Reading("points", ("gone",)), Reading("a", ("l", "z")), Reading("a", ("l", "x", "y")),
    }  # fmt: skip
    assert not holds_field(None, ("a",))
