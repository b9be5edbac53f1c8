"""An action as a custom channel: its content prints the request that the definition makes, or says how it differs."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from callsheet.calling.request import build_request
from callsheet.language.schema_check import schema
from callsheet.targets.journey_optimizer.channel import channel_form
from callsheet.targets.journey_optimizer.channel.expressions import HTML
from callsheet.targets.journey_optimizer.lowering.references import CLOSING, OPENING
from support.journeys import ENVIRONMENT
from support.personalization import evaluate, unescaped
from support.workspaces import Callsheet, Folder

RELAY = 'relay: {url: "https://relay.example.com", key: {secret: "env:RELAY_KEY"}}'
CHANNEL = ENVIRONMENT.replace("sandbox: prod", "sandbox: prod, flavor: custom-channel")
LIST_FILE = """\
{
  "who": {{ params.word }},
  {% if params.maybe is defined %}"maybe": {{ params.maybe }},{% endif %}
  "kind": {% if params.word == "gold" %}"vip"{% else %}"all"{% endif %},
  "braces": "{a} {% raw %}{{b}}{% endraw %}",
  "fixed": {{ values.list }},
  "rows": [
    {% for row in params.rows %}
    {% if not loop.first %},{% endif %}
    {"sku": {{ row.sku }}, "at": {{ loop.index }}, "cheap": {% if row.price < 10 %}true{% else %}false{% endif %}}
    {% endfor %}
  ]
}
"""
PARAMETERS = {
    "word": {"type": "string", "enum": ["gold", "silver"], "example": "gold"},
    "maybe": {"type": "string", "optional": True, "pattern": "^[a-z]+$", "example": "there"},
    "number": {"type": "integer", "example": 7},
    "flag": {"type": "boolean", "example": True},
    "words": {"type": "array", "items": "string", "example": ["a", "b"]},
    "numbers": {"type": "array", "items": "integer", "optional": True, "example": [1, 2]},
    "nothing": {
        "type": "string",
        "optional": True,
        "whenMissing": None,
        "pattern": "^[a-z]+$",
        "example": "x",
    },
    "rows": {
        "type": "array",
        "items": "object",
        "example": [{"sku": "S-1", "price": 5}, {"sku": "S-2", "price": 12}],
    },
}
PAYLOAD = {
    "plain": "{{ params.word }}",
    "number": "{{ params.number }}",
    "flag": "{{ params.flag }}",
    "maybe": "{{ params.maybe }}",
    "null": "{{ params.nothing }}",
    "text": "Hello {{ params.word | upper }} {{ params.maybe }}{{ params.number }}!",
    "default": "{{ params.maybe | default('nobody') }}",
    "empty": "{{ params.maybe | default('nobody', true) }}",
    "digest": "{{ params.word | trim | lower | sha256 }}",
    "digits": "{{ params.word | digits }}",
    "length": "{{ params.word | length }}",
    "joined": "{{ params.words | join('-') }}",
    "words": "{{ params.words }}",
    "numbers": "{{ params.numbers }}",
    "choice": "{{ 'A' if params.word == 'gold' and params.number > 5 else 'B {x}' }}",
    "contrary": "{{ 1 if not params.flag else 2 }}",
    "brace": 'a {b} "c" {% raw %}{{ d }}{% endraw %} é',
    "optional": {
        "maybe": "{{ params.maybe }}",
        "numbers": "{{ params.numbers }}",
        "text": {"at": "{{ params.maybe }}"},
    },
    "both": {"maybe": "{{ params.maybe }}", "numbers": "{{ params.numbers }}"},
    "of": {"braces {}": [{}, [], {"at": ["{{ params.word }}"]}, None, True, 1.5]},
}


@pytest.fixture
def channels(empty: Folder) -> Folder:
    empty.write("environments.yaml", CHANNEL)
    return empty


def action(name: str = "note", **fields: Any) -> str:
    spec = {
        "request": {"method": "POST", "url": "https://api.example.com/v1", "payload": PAYLOAD},
        "parameters": PARAMETERS, **fields,
    }  # fmt: skip
    head = {"apiVersion": "callsheet/v1", "kind": "Action", "metadata": {"name": name}}
    return yaml.safe_dump({**head, "spec": spec}, sort_keys=False, allow_unicode=True)


def rendered(callsheet: Callsheet, folder: Folder) -> dict[str, Any]:
    outcome = callsheet("render", "-C", folder.path, "-e", "journeys", "-o", "json")
    assert outcome.code == 0, outcome.err
    return {one["name"]: one for one in json.loads(outcome.out)["actions"]}


def placed(text: str) -> str:
    """Write placeholders as contents do."""
    return text.replace("<", OPENING).replace(">", CLOSING)


def check_contents(compiled: dict[str, Any]) -> int:
    """Check the content against the request, for every choice of the optional parameters."""
    form, declared = channel_form(compiled), compiled.get("parameters", {})
    if form.content is None:
        return 0
    optional = [name for name, one in declared.items() if one.get("optional")]
    for there in product((True, False), repeat=len(optional)):
        left_out = {name for name, one in zip(optional, there, strict=True) if not one}
        params = {name: one["example"] for name, one in declared.items() if name not in left_out}
        labels = {
            (declared[name].get("label") or {}).get("en", name): value for name, value in params.items()
        }
        written = unescaped(json.loads(evaluate(form.content, labels)))
        assert written == build_request(compiled, params).payload
    assert (
        json.loads(json.dumps(form.payload))
        == build_request(compiled, {name: one["example"] for name, one in declared.items()}).payload
    )
    return 1


def test_the_content_prints_what_the_definition_says(callsheet: Callsheet, channels: Folder) -> None:
    payload = {**PAYLOAD, "brace": 'a {b} "c" é'}
    channels.write(
        "note.yaml",
        action(request={"method": "POST", "url": "https://api.example.com/v1", "payload": payload}),
    )
    channels.write("list.json.j2", LIST_FILE)
    file = {"method": "POST", "url": "https://api.example.com/v1", "payloadFile": "list.json.j2"}
    used = {name: PARAMETERS[name] for name in ("word", "maybe", "rows")}
    channels.write("listed.yaml", action("listed", request=file, parameters=used))
    channels.write(
        "environments.yaml", CHANNEL.replace("spec:\n", 'spec:\n  values: {list: [{a: "{b}"}, 1]}\n', 1)
    )
    found = rendered(callsheet, channels)
    assert sum(check_contents(one) for one in found.values()) == 2


def test_the_samples_become_channels_or_go_by_the_relay(callsheet: Callsheet, samples: Folder) -> None:
    samples.write(
        "environments/channels.yaml",
        CHANNEL.replace("spec:\n", "spec:\n  extends: production\n", 1).replace(
            "prod, ", f"prod, {RELAY}, ", 1
        ),
    )
    found = rendered(callsheet, samples)
    by_relay = sorted(name for name, one in found.items() if "relay" in one)
    assert by_relay == ["epsilon_message", "facebook_conversion", "firebase_push"]
    assert sum(check_contents(one) for name, one in found.items() if name not in by_relay) == 6
    plan = callsheet("plan", "-C", samples.path, "-e", "journeys").out
    assert "`method`: a custom channel calls with POST and nothing else" in " ".join(plan.split())
    outcome = callsheet("journey", "-C", samples.path, "-e", "journeys", "-o", "json")
    Draft202012Validator(schema("journey")).validate(json.loads(outcome.out))


def test_values_with_characters_of_html_differ_as_the_verdict_says(
    callsheet: Callsheet, channels: Folder
) -> None:
    channels.write(
        "note.yaml",
        action(
            request={
                "method": "POST",
                "url": "https://api.example.com",
                "payload": {"text": "{{ params.text }}"},
            },
            parameters={"text": {"type": "string"}},
        ),
    )
    form = channel_form(rendered(callsheet, channels)["note"])
    (field,) = [one for path, one in form.fields.items() if path[-1] == "text"]
    assert (field.verdict.kind, field.verdict.reason) == ("rough", HTML)
    assert json.loads(evaluate(form.content or "", {"text": "Q&A <1>"})) == {"text": "Q&amp;A &lt;1&gt;"}


@pytest.mark.parametrize(
    ("source", "path"),
    [
        (
            "#{ExperiencePlatform.ProfileFieldGroup.profile.personalEmail.address}",
            "{{profile.personalEmail.address}}",
        ),
        ("@action{lookup.member.id}", "{{context.journey.actions.lookup.member.id}}"),
        ("@event{Order.customer.email}", "{{context.journey.events.<Order>.customer.email}}"),
        ("@event{Order.lines.all(true).sku}", "{{<word>}}"),
    ],
)
def test_a_named_source_is_written_as_messages_read_it(
    callsheet: Callsheet, channels: Folder, source: str, path: str
) -> None:
    channels.write(
        "note.yaml",
        action(
            request={
                "method": "POST",
                "url": "https://api.example.com",
                "payload": {"a": "{{ params.word }}"},
            },
            parameters={"word": {"type": "string", "enum": ["x"], "journey": source}},
        ),
    )
    assert (
        channel_form(rendered(callsheet, channels)["note"]).content == f'{{\n  "a": "{placed(path)}"\n}}\n'
    )


@pytest.mark.parametrize(
    ("request_fields", "more", "words"),
    [
        ({"method": "PUT"}, {}, "a custom channel calls with POST and nothing else"),
        ({"url": "http://api.example.com"}, {}, "over https only"),
        ({"url": "https://api.example.com/{{ params.word }}"}, {}, "no parameter stands in it"),
        ({"payload": {"a": {"secret": "env:KEY"}}}, {}, "could be read by everyone who edits the message"),
        ({"payload": {"a.b": 1}}, {}, "cannot tell a key that contains one"),
        ({"payload": {"a": ["{{ params.maybe }}"]}}, {}, "an item of a list that may have no value"),
        ({"payload": {"a": "{{ params.rows }}"}}, {}, "prints no list of objects as a whole"),
        ({"payload": {"a": "{{ params.word | truncate(2) }}"}}, {}, "no personalization function is known for the filter"),
        ({"payload": {"a": "{{ 'x' if params.maybe == 'a' else 'y' }}"}}, {}, "what a condition makes of a parameter"),
        ({"headers": {"X-Id": "{{ params.maybe }}"}}, {}, "is never left out"),
        ({}, {"authentication": {"type": "bearer", "token": {"secret": "env:T"}, "clientCertificate": {
            "certificate": {"secret": "env:C"}, "key": {"secret": "env:K"}}}}, "no other way|Adobe's own certificate"),
    ],
)  # fmt: skip
def test_what_no_channel_can_do_is_an_error_without_a_relay(
    callsheet: Callsheet, channels: Folder, request_fields: dict[str, Any], more: dict[str, Any], words: str
) -> None:
    request = {"method": "POST", "url": "https://api.example.com/v1", "payload": {"a": 1}, **request_fields}
    text = json.dumps(request)
    used = {name: one for name, one in PARAMETERS.items() if f"params.{name}" in text}
    channels.write("note.yaml", action(request=request, parameters=used, **more))
    out = " ".join(callsheet("validate", "-C", channels.path).out.split())
    assert "error CS867" in out
    assert any(one in out for one in words.split("|"))
    channels.write("environments.yaml", CHANNEL.replace("prod,", f"prod, {RELAY},"))
    again = callsheet("validate", "-C", channels.path)
    assert "CS867" not in again.out


def test_the_pack_leads_through_the_screens_of_a_channel(callsheet: Callsheet, channels: Folder) -> None:
    channels.write(
        "note.yaml",
        action(
            request={
                "method": "POST", "url": "https://api.example.com/v1", "headers": {"X-Id": "{{ params.word }}", "X-Team": "crm"},
                "payload": {"text": "{{ params.word }}"},
            },
            authentication={"type": "basic", "username": "shop", "password": {"secret": "env:PASSWORD"}},
            parameters={"word": PARAMETERS["word"]},
            limits={"rate": "300 per 1m", "retries": 2, "timeout": "4s"},
        ),
    )  # fmt: skip
    for language in ("en", "fr"):
        channels.write("environments.yaml", CHANNEL.replace("prod,", f"prod, language: {language},"))
        pack = channels.path.parent / f"pack-{language}"
        outcome = callsheet("apply", "--yes", "-q", "--pack", pack, "-C", channels.path)
        assert outcome.code == 0, outcome.err
        (step,) = json.loads((pack / "pack.json").read_text())["steps"]
        fields = [(one["section"], one["name"], one["value"]) for one in step["fields"]]
        assert step["pasted"] == {"text": "gold"}
        if language == "en":
            assert ("Policy configuration", "Enable throttling", "5") in fields
            assert ("Policy configuration", "Timeout", "4000") in fields
            assert ("Authentication settings", "Authentication type", "Basic auth") in fields
            assert ("Authentication settings", "Password", None) in fields
            assert ("Channel configuration", "X-Id", placed("{{<word>}}")) in fields
            assert ("In each message", "Edit code", placed('{\n  "text": "{{<word>}}"\n}\n')) in fields
            assert "Channel builder > Custom channels" in (pack / "index.html").read_text().replace(
                "&gt;", ">"
            )
        else:
            assert (
                "Dans chaque message",
                "Modifier le code",
                placed('{\n  "text": "{{<word>}}"\n}\n'),
            ) in fields
            assert "voir `callsheet journey`" not in (pack / "pack.md").read_text()


def test_what_an_active_channel_locks_is_a_new_channel_and_its_content_is_not(
    callsheet: Callsheet, channels: Folder
) -> None:
    at = ("-C", channels.path)
    text = action(parameters={"word": PARAMETERS["word"]}, request={
        "method": "POST", "url": "https://api.example.com/v1", "payload": {"text": "Dear {{ params.word }}"},
    })  # fmt: skip
    channels.write("note.yaml", text)
    pack = channels.path.parent / "pack"
    assert callsheet("apply", "--yes", "-q", "--pack", pack, *at).code == 0
    assert callsheet("confirm", pack, *at).code == 0
    channels.write("note.yaml", text.replace("Dear", "Hello"))
    out = callsheet("plan", *at).out
    assert "~ Action/note" in out
    channels.write("note.yaml", text.replace("text: Dear", "body: Dear").replace("com/v1", "com/v2"))
    out = " ".join(callsheet("plan", *at).out.split())
    assert "↻ Action/note" in out
    assert "does not allow changes of URL, Payload configuration" in out
