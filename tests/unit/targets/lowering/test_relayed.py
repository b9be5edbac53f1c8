"""What no journey can call is planned as the call of a relay: flat variables, and a key."""

from __future__ import annotations

from typing import Any

import pytest

from callsheet.calling.generated import standard_values
from callsheet.calling.request import build_request
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.targets.journey_optimizer.lowering import (
    lowered,
    relay_call,
    relay_form,
    relay_host,
    relay_reasons,
)
from support.examples import JOURNEY, TARGETS

RELAY = {"url": "https://relay.example.com/base/", "key": {"secret": "env:RELAY_KEY"}}
CONTENT: dict[str, Any] = {
    "name": "hashed",
    "title": "Hashed",
    "request": {
        "method": "PATCH",
        "url": "https://api.example.com/v1",
        "payload": {"user": {"$param": "email", "filters": ["sha256"]}},
    },
    "authentication": {"type": "none"},
    "parameters": {
        "email": {"type": "string", "sensitivity": "email"},
        "nick": {"type": "string", "optional": True, "whenMissing": None},
        "customer": {"type": "object", "example": {"name": "Ada", "n": 1, "deep": {"tags": ["a"]}}},
        "codes": {"type": "array", "example": [1, 2]},
        "lines": {"type": "array", "items": "object"},
    },
    "responses": {"success": {"payload": {"id": 1}}},
    "relay": RELAY,
}


def test_the_custom_action_posts_the_parameters_to_the_relay_with_its_key() -> None:
    call = relay_call(CONTENT)
    assert call["request"]["method"] == "POST"
    assert call["request"]["url"] == "https://relay.example.com/base/actions/hashed"
    assert call["authentication"] == {
        "type": "apiKey", "name": "X-Callsheet-Key", "in": "header", "value": {"secret": "env:RELAY_KEY"},
    }  # fmt: skip
    assert call["responses"] == CONTENT["responses"]
    assert relay_host(CONTENT) == "relay.example.com"


def test_each_parameter_is_a_variable_and_an_object_one_for_each_member() -> None:
    form = relay_form(CONTENT)
    assert form.kind == "exact"
    assert {".".join(map(str, path[2:])): one.type for path, one in form.fields.items() if path[1:2] == ("payload",)} == {
        "email": "string", "nick": "string", "customer.name": "string", "customer.n": "integer",
        "customer.deep.tags": "listString", "codes": "listInteger", "lines": "listObject",
    }  # fmt: skip
    assert form.payload["customer"]["deep"]["tags"]["toBeMapped"] is True
    # What a parameter that is left out means is known to the relay.
    assert form.allow_null is False


def test_the_body_that_reaches_the_relay_has_the_parameters_by_their_names() -> None:
    declared = {name: {**one, "example": one.get("example", 1)} for name, one in CONTENT["parameters"].items()}  # fmt: skip
    declared["email"]["example"] = "ada@example.com"
    declared["nick"]["example"] = "al"
    declared["lines"]["example"] = [{"sku": "a"}]
    content = {**CONTENT, "parameters": declared}
    call = relay_call(content)
    mapped = {"customer.name": "Ada", "customer.n": 1, "customer.deep.tags": ["a"]}
    given = {**{name: one["example"] for name, one in declared.items() if name != "customer"}, **mapped}
    sent = build_request(call, given).payload
    assert sent == {name: one["example"] for name, one in declared.items()}
    # And the vendor's call is made of exactly that.
    assert build_request(content, sent).payload == build_request(content, standard_values(declared)).payload


ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request: {method: POST, url: "https://api.example.com/v1", payload: %s}
  parameters: {a: %s}
"""


def compiled_with(environment: str, payload: str, parameter: str = "{type: string}") -> Any:
    action = ACTION % (payload, parameter)
    compiled = compile_workspace(MemorySource({"e.yaml": environment.encode(), "a.yaml": action.encode()}))
    found = [(one.code, one.severity) for one in compiled.diagnostics]
    content = compiled.by_environment["everywhere"].get("Action/example")
    return found, None if content is None else content.content


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ('{a: "{{ params.a | sha256 }}"}', "CS833"),
        ('{a.b: "{{ params.a }}"}', "CS831"),
        ('["{{ params.a }}"]', "CS832"),
        ('"{{ params.a }}"', "CS832"),
        ('{l: [{i: [{x: "{{ params.a }}"}]}]}', "CS834"),
        ('{l: [{x: "{{ params.a }}"}, {x: b}]}', "CS834"),
        ('{l: [{x: "{{ params.a | lower }}"}]}', "CS834"),
    ],
)
def test_what_no_journey_can_do_is_one_error_and_none_with_a_relay(payload: str, code: str) -> None:
    found, content = compiled_with(JOURNEY, payload)
    assert found == [(code, "error")]
    assert "relay" not in (content or {})
    found, content = compiled_with(TARGETS["relay"], payload)
    assert found == []
    assert content["relay"] == {"url": "https://relay.example.com", "key": {"secret": "env:RELAY"}}
    assert lowered(content).kind == "relay"


@pytest.mark.parametrize("payload", ['{a: "{{ params.a }}"}', '{a: "To {{ params.a | lower }}"}'])
def test_what_a_journey_can_do_is_done_by_the_journey(payload: str) -> None:
    found, content = compiled_with(TARGETS["relay"], payload)
    assert found == []
    assert "relay" not in content


@pytest.mark.parametrize("environment", [JOURNEY, TARGETS["relay"]])
def test_what_comes_near_is_a_warning_with_the_expression(environment: str) -> None:
    action = ACTION % ('{a: "{{ params.a }} EUR"}', "{type: number}")
    compiled = compile_workspace(MemorySource({"e.yaml": environment.encode(), "a.yaml": action.encode()}))
    (one,) = compiled.diagnostics
    assert (one.code, one.severity, one.span.line) == ("CS858", "warning", 5)
    assert '`(toString(\u2039a\u203a)) + " EUR"`' in one.message
    assert "a number without a fraction" in one.message


def test_the_older_product_calls_a_get_by_the_relay() -> None:
    older = TARGETS["relay"].replace("sandbox: prod", "sandbox: prod, flavor: journey-orchestration")
    action = ACTION.replace("method: POST", "method: GET").replace("payload: %s", "query: {a: %s}")
    text = action % ('"{{ params.a }}"', "{type: string}")
    compiled = compile_workspace(MemorySource({"e.yaml": older.encode(), "a.yaml": text.encode()}))
    assert compiled.diagnostics == []
    content = compiled.by_environment["everywhere"]["Action/example"].content
    assert relay_reasons(content) == [("method", "Journey Orchestration cannot call with GET")]
    assert relay_call(content)["request"]["method"] == "POST"
    # The newer product calls it itself.
    newer = {"e.yaml": TARGETS["relay"].encode(), "a.yaml": text.encode()}
    compiled = compile_workspace(MemorySource(newer))
    assert "relay" not in compiled.by_environment["everywhere"]["Action/example"].content


@pytest.mark.parametrize("relay", [5, {}, {"url": 5}, {"url": "https://["}, None])
def test_what_was_broken_by_hand_at_the_target_has_no_relay(relay: Any) -> None:
    assert relay_host({**CONTENT, "relay": relay}) == ""


def test_an_object_without_an_example_cannot_be_sent_to_a_relay() -> None:
    payload = '{a: "{{ params.a }}"}'
    found, _ = compiled_with(TARGETS["relay"], payload, "{type: object}")
    assert found == [("CS860", "error")]
    found, _ = compiled_with(TARGETS["relay"], payload, "{type: object, example: {b: 1}}")
    assert found == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("https://relay.example.com", "http://relay.example.com", "over http"),
        ("https://relay.example.com", "https://localhost", "this machine"),
        ("https://relay.example.com", "https://10.0.0.1", "no IP address"),
        ("https://relay.example.com", "https://relay.example.com:8443", "default ports"),
        ("https://relay.example.com", "https://u@relay.example.com", "not that of a host"),
        ("https://relay.example.com", "https://relay.example.com/?a=1", "not that of a host"),
        ("https://relay.example.com", "relay.example.com", "not that of a host"),
        ("env:RELAY", "vaultt:RELAY", "scheme `vaultt`"),
        ("env:RELAY", "RELAY", "malformed"),
        ("type: journey-optimizer", "type: sqlite, path: .callsheet/y.db", "has no relay"),
    ],
)
def test_a_relay_that_journey_optimizer_cannot_call_is_refused(old: str, new: str, words: str) -> None:
    environment = TARGETS["relay"].replace(old, new, 1)
    compiled = compile_workspace(MemorySource({"e.yaml": environment.encode()}))
    found = [one for one in compiled.diagnostics if one.code == "CS859"]
    assert len(found) == 1
    assert words in found[0].message
    assert found[0].span.line == 4
