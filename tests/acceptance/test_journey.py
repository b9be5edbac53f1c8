"""`callsheet journey`: actions as the screen of Journey Optimizer and its journeys hold them."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from callsheet import Workspace
from callsheet.language.schema_check import schema
from support.workspaces import Callsheet, Folder

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: greet}
spec:
  request:
    method: POST
    url: "https://api.example.com/v1/users/{{ params.id }}/mails"
    payload: {text: "Hello {{ params.name | upper }}", kind: mail, to: "{{ params.mail }}"}
  authentication: {type: bearer, token: {secret: "env:TOKEN"}}
  parameters:
    id: {type: string}
    name: {type: string, journey: {en: "@event{Order.customer.name}"}}
    mail: {type: string, optional: true, label: {en: Mail address, fr: Adresse}}
"""
LEFT, RIGHT = (
    "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}",
    "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}",
)


@pytest.fixture
def greet(workspace: Folder) -> Folder:
    (workspace.path / "example.yaml").unlink()
    workspace.write("greet.yaml", ACTION)
    return workspace


def test_each_field_is_shown_with_what_a_journey_pastes(greet: Folder, callsheet: Callsheet) -> None:
    outcome = callsheet("journey", "-C", greet.path)
    assert outcome.code == 0, outcome.err
    lines = [line.strip() for line in outcome.out.splitlines()]
    assert 'payload.kind: constant "mail"' in lines
    assert "payload.to: variable Mail address (string, optional)" in lines
    assert lines[-1] == "1 action in local: 1 rough."
    # The source that the parameter names is in the expression, and no placeholder of it.
    body = lines[lines.index("payload.text: computed text (string)") + 1]
    assert body.startswith('"Hello " + (upper(')
    assert "@event{Order.customer.name" in body
    assert LEFT not in body
    # The Path may need an encoding that Adobe does not document.
    path = lines[next(at for at, line in enumerate(lines) if line.startswith("url: ")) + 1]
    assert path.startswith(f"({LEFT}id{RIGHT}) + ")


def test_the_same_as_json_and_from_python(greet: Folder, callsheet: Callsheet) -> None:
    found = json.loads(callsheet("journey", "greet", "-C", greet.path, "--lang", "fr", "-o", "json").out)
    Draft202012Validator(schema("journey")).validate(found)
    (action,) = found["actions"]
    assert (action["name"], action["verdict"], action["url"]) == (
        "greet",
        "rough",
        "https://api.example.com/v1/users",
    )
    assert action["authentication"]["fields"]["name"] == "Authorization"
    labels = {one["path"]: one["label"] for one in action["fields"]}
    assert labels["/request/payload/to"] == "Adresse"
    form = Workspace(greet.path).journey(["greet"], language="fr").forms["greet"]
    assert form.path is not None
    assert form.path.expression == action["pathExpression"]
    assert list(form.unverified) == action["unverified"]


def test_every_sample_has_a_form(samples: Folder, callsheet: Callsheet) -> None:
    found = json.loads(callsheet("journey", "-C", samples.path, "-e", "production", "-o", "json").out)
    Draft202012Validator(schema("journey")).validate(found)
    verdicts = {one["name"]: one["verdict"] for one in found["actions"]}
    assert verdicts["vonage_sms"] == verdicts["whatsapp_text"] == "exact"
    assert verdicts["firebase_push"] == verdicts["facebook_conversion"] == "relay"
    for action in found["actions"]:
        assert all(one["reason"] for one in action["fields"] if one["verdict"] == "relay")


def test_an_action_that_is_not_there(greet: Folder, callsheet: Callsheet) -> None:
    assert callsheet("journey", "gret", "-C", greet.path).err.startswith(
        "error CS925: there is no action `gret` (did you mean"
    )
    greet.write("greet.yaml", ACTION.replace("params.name", "params.nam"))
    outcome = callsheet("journey", "-C", greet.path)
    assert (outcome.code, outcome.out) == (1, "")
    assert "error CS306" in outcome.err


def test_a_source_that_is_none_is_refused(greet: Folder, callsheet: Callsheet) -> None:
    greet.write("greet.yaml", ACTION.replace("@event{Order.customer.name}", "customer.name"))
    outcome = callsheet("validate", "-C", greet.path)
    assert outcome.code == 1
    assert "greet.yaml:12:" in outcome.out


def test_what_stays_in_english_is_said(greet: Folder, callsheet: Callsheet) -> None:
    for language in ("fr", "de"):
        outcome = callsheet("journey", "-C", greet.path, "--lang", language)
        assert outcome.err.startswith(
            f"note: labels are in `{language}` where the definitions have them, and"
        )
    assert callsheet("journey", "-C", greet.path, "--lang", "fr", "-o", "json").err == ""
    assert callsheet("journey", "-C", greet.path).err == ""
