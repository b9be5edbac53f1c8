"""Contracts: what the vendor would refuse is told before anybody sends it, at the line of the action."""

from __future__ import annotations

import copy
import http.client
import json
import random
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion

import callsheet.contracts as contracts_module
from callsheet.compiling.memo import Memo
from callsheet.contracts.operations import Operation
from callsheet.contracts.subject import Subject
from callsheet.documents import Problem
from callsheet.emulator.standins import standin
from support.workspaces import ROOT, SHARED, Callsheet, Folder

VENDORS = SHARED / "reference" / "vendors"

API = """\
openapi: 3.0.3
info: {title: Mail, version: "1"}
servers: [{url: "https://api.example.com/v1"}]
security: [{key: []}]
paths:
  /send/{list}:
    parameters: [{name: X-Team, in: header, required: true, schema: {type: string}}]
    post:
      operationId: send
      parameters: [{name: dry, in: query, required: false, deprecated: true, schema: {type: boolean}}, {name: page, in: query, schema: {type: integer, minimum: 1}}]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Message"}}
      responses:
        "200": {description: ok, content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string}}}}}}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
  schemas:
    Message:
      type: object
      required: [id, to, kind]
      properties:
        id: {type: string, readOnly: true}
        to: {type: string, maxLength: 20}
        note: {type: string, nullable: true}
        score: {type: number, minimum: 0, exclusiveMinimum: true}
        old: {type: string, deprecated: true}
        tree: {$ref: "#/components/schemas/Tree"}
        kind: {type: string, enum: [push, mail]}
        free: {type: object}
        body:
          oneOf: [{$ref: "#/components/schemas/Text"}, {$ref: "#/components/schemas/Image"}, {$ref: "#/components/schemas/Shut"}]
          discriminator: {propertyName: type, mapping: {text: "#/components/schemas/Text", image: "#/components/schemas/Image", shut: "#/components/schemas/Shut"}}
    Tree: {type: object, properties: {inner: {$ref: "#/components/schemas/Tree"}, leaf: {type: integer}}}
    Text: {type: object, required: [type, text], properties: {type: {type: string}, text: {type: string}}}
    Image: {type: object, required: [type, url], properties: {type: {type: string}, url: {type: string}}}
    Shut: {type: object, required: [type, text], properties: {type: {type: string}, text: {type: string}}, additionalProperties: false}
"""

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/send/news
    headers: {X-Team: crm}
    payload:
      to: "{{ params.to }}"
      kind: push
      body: {type: text, text: Hello}
      tree: {inner: {inner: {leaf: 1}}}
      note: null
      score: 0.5
      free: {anything: goes}
  authentication: {type: bearer, token: {secret: "env:TOKEN"}}
  parameters:
    to: {type: string, example: ada, maxLength: 20}
  responses: {success: {payload: {id: x}}}
  contract: {openapi: api.yaml, operation: send}
"""


@pytest.fixture
def bound(workspace: Folder) -> Folder:
    """Give a workspace with one action that keeps its contract."""
    workspace.write("api.yaml", API)
    workspace.write("example.yaml", ACTION)
    return workspace


def found(callsheet: Callsheet, folder: Folder) -> list[tuple[str, int, str]]:
    """Give code, line and words of every finding."""
    record = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)
    return [(one["code"], one["line"], one["message"]) for one in record["diagnostics"]]


HALVES = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: vendor}
spec: {url: "https://api.example.com", contract: CONNECTION}
---
apiVersion: callsheet/v1
kind: Action
metadata: {name: half}
spec:
  connection: vendor
  contract: ACTION
  request: {method: POST, path: /v1/send/news, payload: {a: 1}}
"""


@pytest.mark.parametrize(
    ("connection", "action", "line"),
    [
        ("{openapi: api.yaml}", "{ignore: [{path: /a, reason: theirs}]}", 11),
        ("{openapi: api.yaml}", "{method: send}", 11),
        ("{optional: true}", "{operation: send}", 11),
        ("{optional: true}", "{openapi: api.yaml}", 11),
        ("{openapi: api.yaml, discovery: api.yaml}", "{operation: send}", 4),
    ],
)
def test_half_of_a_contract_is_a_finding_of_its_form(
    bound: Folder, callsheet: Callsheet, connection: str, action: str, line: int
) -> None:
    bound.write("half.yaml", HALVES.replace("CONNECTION", connection).replace("ACTION", action))
    for verb in ("validate", "test"):
        outcome = callsheet(verb, "-C", bound.path)
        assert outcome.code == 1
        assert f"half.yaml:{line}:" in outcome.out + outcome.err
        assert "error CS210" in outcome.out + outcome.err
        assert "internal error" not in outcome.err


def test_what_keeps_its_contract_is_valid_and_the_contract_is_no_document(
    bound: Folder, callsheet: Callsheet
) -> None:
    assert callsheet("validate", "-C", bound.path).out == "Valid: 2 documents.\n"


CASES: dict[str, tuple[str, str, str, int, str]] = {
    "a field that is missing": ('      kind: push\n', "", "CS454", 9, "the body lacks `kind`, which the contract requires"),
    "a field that is unknown": ("score: 0.5", "scroe: 0.5", "CS441", 15, "`scroe` is not named in the contract (did you mean `score`?)"),
    "a field that is unknown in what refers to itself": ("{leaf: 1}", "{leav: 1}", "CS441", 13, "`tree.inner.inner.leav` is not named in the contract (did you mean `leaf`?)"),
    "a field that is unknown in an object that is closed": ("{type: text, text: Hello}", "{type: shut, text: Hello, tixt: x}", "CS454", 12, "`tixt` is not in the contract (did you mean `text`?)"),
    "a value that is none of a list": ("kind: push", "kind: pushh", "CS454", 11, "`kind` is not one of the values of the contract (did you mean `push`?)"),
    "a field of another type": ("score: 0.5", "score: much", "CS454", 15, "`score` must be a number by the contract"),
    "an exclusive bound": ("score: 0.5", "score: 0", "CS454", 15, "`score` does not satisfy `exclusiveMinimum: 0` of the contract"),
    "the alternative that is meant": ("{type: text, text: Hello}", "{type: image, text: Hello}", "CS454", 12, "`body` lacks `url`, which the contract requires"),
    "an alternative that there is not": ("{type: text, text: Hello}", "{type: film, text: Hello}", "CS454", 12, "`body.type` is not one of the values of the contract"),
    "deep in what refers to itself": ("{leaf: 1}", "{leaf: one}", "CS454", 13, "`tree.inner.inner.leaf` must be an integer by the contract"),
    "what is deprecated": ("kind: push", "kind: push\n      old: x", "CS456", 12, "`old` is deprecated by the contract"),
    "another method": ("method: POST", "method: PUT", "CS452", 6, "the contract uses the method POST, the action uses PUT"),
    "another path": ("/v1/send/news", "/v1/sendd/news", "CS452", 7, "the URL is not that of the operation: https://api.example.com/v1/send/{list}"),
    "another host": ("https://api.example.com", "https://api.example.org", "CS452", 7, "the URL is not that of the operation: https://api.example.com/v1/send/{list}"),
    "a header that is missing": ("    headers: {X-Team: crm}\n", "", "CS453", 6, "the contract requires the header parameter `X-Team`"),
    "a query that is deprecated": ("headers: {X-Team: crm}", 'headers: {X-Team: crm}\n    query: {dry: "true"}', "CS456", 9, "the query parameter `dry` is deprecated by the contract"),
    "a query of another type": ("headers: {X-Team: crm}", "headers: {X-Team: crm}\n    query: {page: first}", "CS454", 9, "`page` must be an integer by the contract"),
    "a query out of its bounds": ("headers: {X-Team: crm}", "headers: {X-Team: crm}\n    query: {page: 0}", "CS454", 9, "`page` does not satisfy `minimum: 1` of the contract"),
    "a query that might not fit": ("headers: {X-Team: crm}", 'headers: {X-Team: crm}\n    query: {page: "{{ params.to }}"}', "CS455", 9, "`page` must be an integer by the contract with the example of its parameter"),
    "another authentication": ('{type: bearer, token: {secret: "env:TOKEN"}}', "{type: none}", "CS457", 17, "the contract requires bearer, and the action has none"),
    "an answer that is none": ("{id: x}", "{idd: x}", "CS458", 20, "the example of the answer does not fit the contract: the body lacks `id`, which the contract requires"),
    "a value that might be too long": (", maxLength: 20}", "}", "CS455", 10, "`to` does not satisfy `maxLength: 20` of the contract where `to` is a text of 10,000 characters"),
    "a slot that can never fit": ("to: {type: string, example: ada, maxLength: 20}", "to: {type: integer, example: 3}", "CS454", 10, "`to` must be a text by the contract"),
    "a slot that might not fit": ("kind: push", 'kind: "{{ params.to }}"', "CS455", 11, "`kind` is not one of the values of the contract with the example of its parameter"),
    "an operation that there is not": ("operation: send", "operation: snd", "CS451", 21, "there is no operation `snd` in the contract (did you mean `send`?)"),
    "a file that there is not": ("openapi: api.yaml", "openapi: apy.yaml", "CS450", 21, "the contract apy.yaml: there is no such file"),
    "the network": ("openapi: api.yaml", 'openapi: "https://127.0.0.1:1/api.yaml"', "CS450", 21, "a contract is never fetched from the network"),
    "a package that there is not": ("openapi: api.yaml", "openapi: package:nowhere_at_all/api.yaml", "CS450", 21, "there is no package `nowhere_at_all` for the contract"),
    "a way out of a package": ("openapi: api.yaml", "openapi: package:yaml/../../x.json", "CS450", 21, "there is no package `yaml` for the contract"),
    "no OpenAPI": ("openapi: api.yaml", "openapi: environments.yaml", "CS450", 21, "the contract is not OpenAPI 2.0, 3.0 or 3.1"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_fault_is_told_at_its_line(case: str, bound: Folder, callsheet: Callsheet) -> None:
    old, new, code, line, words = CASES[case]
    assert old in ACTION
    bound.write("example.yaml", ACTION.replace(old, new))
    told = [one for one in found(callsheet, bound) if one[0].startswith(("CS44", "CS45"))]
    assert (code, line, words) in told, told
    if case != "a slot that might not fit":
        assert len(told) == 1, told


def test_a_finding_points_at_the_action_and_at_the_contract(
    bound: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    bound.write("example.yaml", ACTION.replace("kind: push", "kind: sms"))
    assert callsheet("validate", "-C", bound.path).out == snapshot


BY_TOKEN = "endpoint: 'https://a.example/t', method: GET, tokenInResponse: 'json://t'"
PROOFS = {
    "a key in a header": ("header", '{type: apiKey, in: header, name: x-proof, value: {secret: "env:K"}}'),
    "a key in the query": ("query", '{type: apiKey, in: query, name: X-Proof, value: {secret: "env:K"}}'),
    "a signature": ("header", '{type: hmac, key: {secret: "env:K"}, content: "{body}", headers: {X-Time: "{timestamp}", X-PROOF: "{signature}"}}'),
    "a token in a header": ("header", f"{{type: custom, {BY_TOKEN}, authorizationType: header, tokenTarget: x-proof}}"),
    "a token in the query": ("query", f"{{type: custom, {BY_TOKEN}, authorizationType: queryParam, tokenTarget: X-Proof}}"),
}  # fmt: skip


@pytest.mark.parametrize("case", PROOFS)
def test_what_the_authentication_sends_is_not_asked_for_again(
    case: str, bound: Folder, callsheet: Callsheet
) -> None:
    place, written = PROOFS[case]
    required = f"parameters: [{{name: X-Proof, in: {place}, required: true, schema: {{type: string}}}}, "
    bound.write("api.yaml", API.replace("parameters: [{name: dry", required + "{name: dry"))
    bearer = '{type: bearer, token: {secret: "env:TOKEN"}}'
    bound.write("example.yaml", ACTION.replace(bearer, written))
    assert [
        one for one in found(callsheet, bound) if one[0] in ("CS453", "CS454", "CS203", "CS204", "CS206")
    ] == []
    bound.write("example.yaml", ACTION)
    line = 8 if place == "header" else 6
    assert found(callsheet, bound) == [
        ("CS453", line, f"the contract requires the {place} parameter `X-Proof`")
    ]


def test_a_key_that_is_near_points_at_the_one_that_the_contract_names(
    bound: Folder, callsheet: Callsheet, snapshot: SnapshotAssertion
) -> None:
    bound.write("example.yaml", ACTION.replace("score: 0.5", "scroe: 0.5"))
    outcome = callsheet("validate", "-C", bound.path)
    assert (outcome.code, outcome.out) == (0, snapshot)
    ignore = "operation: send, ignore: [{path: /scroe, reason: another field}]}"
    text = ACTION.replace("score: 0.5", "scroe: 0.5").replace("operation: send}", ignore)
    bound.write("example.yaml", text)
    assert found(callsheet, bound) == []


def test_an_emulator_takes_what_an_open_object_leaves_open(bound: Folder) -> None:
    from callsheet import Workspace
    from callsheet.emulator.checks import Came, refuse_call

    (route,) = Workspace(bound.path).routes()
    token = standin(route.authentication["token"]["secret"])
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}", "x-team": "crm"}

    def reason(**more: Any) -> str | None:
        body = json.dumps({"to": "ada", "kind": "push", **more}).encode()
        url = "https://api.example.com/v1/send/news"
        refusal = refuse_call(route, Came("POST", url, headers, body), {})
        return refusal.reason if refusal else None

    assert reason(scroe=0.5, other={"x": 1}) is None
    assert reason(body={"type": "text", "text": "x", "more": 1}) is None
    assert reason(body={"type": "shut", "text": "x", "more": 1}) == "`more` is not in the contract"


def test_a_description_that_is_wrong_is_ignored_at_a_path_with_a_reason(
    bound: Folder, callsheet: Callsheet
) -> None:
    text = ACTION.replace("kind: push", "kind: sms").replace(
        "operation: send}", "operation: send, ignore: [{path: /kind, reason: sms is new since May}]}"
    )
    bound.write("example.yaml", text)
    assert found(callsheet, bound) == []
    bound.write("example.yaml", text.replace(", reason: sms is new since May", ""))
    assert found(callsheet, bound)[0][0] == "CS204"


def test_it_is_checked_for_each_environment(bound: Folder, callsheet: Callsheet) -> None:
    environment = (bound.path / "environments.yaml").read_text()
    overlay = "  overlays: {example: {request: {payload: {kind: fax}}}}\n"
    bound.write("second.yaml", environment.replace("local", "second") + overlay)
    assert found(callsheet, bound) == [
        ("CS454", 7, "`kind` is not one of the values of the contract (in second)")
    ]


def test_a_body_that_is_made_of_the_same_is_judged_for_each_place_that_it_is_written_in(
    bound: Folder, callsheet: Callsheet
) -> None:
    environment = (bound.path / "environments.yaml").read_text()
    for name, kind, overlay in (
        ("second", "fax", ""),
        ("third", "fax", ""),
        ("fourth", "push", "{payload: {kind: fax}}"),
        ("fifth", "push", "{headers: {X-Place: here}}"),
    ):
        over = f"  overlays: {{example: {{request: {overlay}}}}}\n" if overlay else ""
        text = environment.replace("local", name).replace("values: {", f"values: {{kind: {kind}, ")
        bound.write(f"{name}.yaml", f"{text}{over}")
    bound.write("environments.yaml", environment.replace("values: {", "values: {kind: push, "))
    bound.write("example.yaml", ACTION.replace("kind: push", 'kind: "{{ values.kind }}"'))
    record = json.loads(callsheet("validate", "-C", bound.path, "-o", "json").out)
    assert [(one["code"], one["file"], one["message"]) for one in record["diagnostics"]] == [
        ("CS454", "example.yaml", "`kind` is not one of the values of the contract (in second, third)"),
        ("CS454", "fourth.yaml", "`kind` is not one of the values of the contract (in fourth)"),
    ]


def test_a_body_is_not_judged_by_a_value_that_the_url_refuses(bound: Folder, callsheet: Callsheet) -> None:
    long = ACTION.replace("maxLength: 20", "minLength: 5, maxLength: 10000").replace(
        "example: ada", "example: ada.l"
    )
    bound.write("example.yaml", long)
    assert found(callsheet, bound) == [
        (
            "CS455",
            10,
            "`to` does not satisfy `maxLength: 20` of the contract where `to` is as long as it may be",
        )
    ]
    # A URL of 70,000 characters is never sent.
    bound.write("example.yaml", long.replace("/send/news", "/send/" + "{{ params.to }}" * 7))
    assert found(callsheet, bound) == []


ODD = {
    "a remote reference": ("{type: object, properties: {inner:", '{$ref: "https://127.0.0.1:1/x.json#/y", x: {inner:'),
    "a reference to nothing": ('inner: {$ref: "#/components/schemas/Tree"}', 'inner: {$ref: "#/components/schemas/Tre"}'),
    "a pattern without an end": ("note: {type: string, nullable: true}", 'note: {type: string, nullable: true, pattern: "^(a(?=b)+)+$"}'),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_an_odd_description_is_one_warning_and_no_error(
    case: str, bound: Folder, callsheet: Callsheet
) -> None:
    old, new = ODD[case]
    assert old in API
    bound.write("api.yaml", API.replace(old, new))
    told = found(callsheet, bound)
    assert [one[0] for one in told] == ["CS459"], told
    assert told[0][2].startswith("the contract itself has an error: /components/schemas/")


def test_two_operations_of_one_name_and_a_name_by_method_and_path(
    bound: Folder, callsheet: Callsheet
) -> None:
    bound.write("api.yaml", API + "\n")
    bound.write("example.yaml", ACTION.replace("operation: send", 'operation: "POST /send/{list}"'))
    assert found(callsheet, bound) == []
    twice = API.replace(
        "components:\n", "  /other:\n    post: {operationId: send, responses: {}}\ncomponents:\n", 1
    )
    bound.write("api.yaml", twice)
    bound.write("example.yaml", ACTION)
    assert found(callsheet, bound)[0][2] == "two operations are called `send` in the contract"


def test_a_contract_of_fifty_megabytes_is_refused(bound: Folder, callsheet: Callsheet) -> None:
    with (bound.path / "api.yaml").open("wb") as stream:
        stream.truncate(50 * 1_048_576)
    told = [(code, words) for code, _, words in found(callsheet, bound)]
    assert ("CS450", "the contract api.yaml: the file is larger than 16,777,216 bytes") in told


def test_a_contract_that_is_not_utf_8_is_refused(bound: Folder, callsheet: Callsheet) -> None:
    (bound.path / "api.yaml").write_bytes(API.replace("Mail", "M\u00e4il").encode("latin-1"))
    outcome = callsheet("validate", "-C", bound.path)
    assert "error CS450" in outcome.out
    assert "the contract api.yaml is not UTF-8" in outcome.out


def test_swagger_2_and_a_form(bound: Folder, callsheet: Callsheet) -> None:
    swagger = """\
swagger: "2.0"
host: api.example.com
basePath: /v1
paths:
  /send/{list}:
    post:
      operationId: send
      parameters:
        - {name: X-Team, in: header, type: string, required: true}
        - {name: body, in: body, required: true, schema: {$ref: "#/definitions/M"}}
  /form:
    post: {operationId: form, parameters: [{name: To, in: formData, type: string}]}
definitions:
  M: {type: object, required: [to], properties: {to: {type: string}, kind: {enum: [mail]}}}
"""
    bound.write("api.yaml", swagger)
    told = {one[2] for one in found(callsheet, bound)}
    assert "`kind` is not one of the values of the contract" in told
    assert not any("`body`" in words for words in told)
    bound.write("api.yaml", swagger.replace("M: {", "M: {additionalProperties: false, "))
    assert "`body` is not in the contract" in {one[2] for one in found(callsheet, bound)}
    bound.write(
        "example.yaml", ACTION.replace("operation: send", "operation: form").replace("/send/news", "/form")
    )
    told = {one[2] for one in found(callsheet, bound)}
    assert told == {"the operation takes a form or a file, not a JSON body"}


# -- the vendors ------------------------------------------------------------------------------

FCM = {
    "renamed": ('fid: "{{', 'fdi: "{{', "CS454", 23, "`fdi` is not in the contract (did you mean `fid`?)"),
    "a duration": (
        "ttl: 3600s",
        "ttl: 1h",
        "CS454",
        28,
        "`message.android.ttl` does not satisfy `pattern:",
    ),
    "a number in data": (
        "data: {origin",
        "data: {n: 1, origin",
        "CS454",
        27,
        "`message.data.n` must be a text",
    ),
    "deprecated": ('fid: "{{', 'token: "{{', "CS456", 23, "`message.token` is deprecated by the contract"),
    "another path": (
        "messages:send\n",
        "messages:sent\n",
        "CS452",
        19,
        "the URL is not that of the operation",
    ),
}


@pytest.mark.parametrize("case", FCM)
def test_firebase_by_the_discovery_document_in_googles_package(
    case: str, samples: Folder, callsheet: Callsheet
) -> None:
    pytest.importorskip("googleapiclient", reason="pip install google-api-python-client")
    old, new, code, line, words = FCM[case]
    file = samples.path / "firebase" / "push.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    told = found(callsheet, samples)
    assert any(one[:2] == (code, line) and one[2].startswith(words) for one in told), told


SENDGRID = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: example}
spec:
  request:
    method: POST
    url: https://api.sendgrid.com/v3/mail/send
    payload:
      personalizations: [{to: [{email: "{{ params.email }}"}]}]
      from: {email: shop@example.com}
      subject: "{{ params.subject }}"
      content: [{type: text/plain, value: "{{ params.text }}"}]
  authentication: {type: bearer, token: {secret: "env:SENDGRID"}}
  parameters:
    email: {type: string, format: email, example: ada@example.com}
    subject: {type: string, example: Hi}
    text: {type: string, example: Hello}
  contract: {openapi: tsg_mail_v3.json, operation: SendMail}
"""


def test_sendgrid_by_its_own_description(workspace: Folder, callsheet: Callsheet) -> None:
    file = VENDORS / "sendgrid" / "tsg_mail_v3.json"
    if not file.exists():
        pytest.skip("needs the vendors' descriptions, which are not part of this repository")
    workspace.write("tsg_mail_v3.json", file.read_text())
    workspace.write("example.yaml", SENDGRID)
    assert [one for one in found(callsheet, workspace) if one[0] == "CS454"] == []
    for old, new, line, words in [
        (
            'subject: "{{',
            'subjekt: "{{',
            11,
            "`subjekt` is not named in the contract (did you mean `subject`?)",
        ),
        (
            "from: {email: shop@example.com}",
            "from: {mail: shop@example.com}",
            10,
            "`from` lacks `email`, which the contract requires",
        ),
        ("type: text/plain, ", "", 12, "`content.0` lacks `type`, which the contract requires"),
    ]:
        workspace.write("example.yaml", SENDGRID.replace(old, new))
        told = found(callsheet, workspace)
        assert any(
            one[0] in ("CS454", "CS441") and one[1] == line and one[2].startswith(words) for one in told
        ), (
            new,
            told,
        )


def whatsapp() -> Path:
    files = sorted((VENDORS / "whatsapp").glob("*.yaml"))
    if not files:
        pytest.skip("needs the vendors' descriptions, which are not part of this repository")
    return files[0]


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, dict[str, Any]]]:
    description = yaml.load(whatsapp().read_text(), yaml.CSafeLoader)
    operation = description["paths"]["/{Version}/{Phone-Number-ID}/messages"]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    return [
        (name, one["value"])
        for name, one in content["examples"].items()
        if isinstance(one.get("value"), dict)
    ]


def whatsapp_action(name: str, payload: Any) -> str:
    head = f"""\
apiVersion: callsheet/v1
kind: Action
metadata: {{name: {name}}}
spec:
  authentication: {{type: bearer, token: {{secret: "env:WHATSAPP"}}}}
  contract: {{openapi: contracts/whatsapp.yaml, operation: sendMessage}}
  request:
    method: POST
    url: https://graph.facebook.com/v23.0/106540352242922/messages
    payload:
"""
    body = json.dumps(payload, indent=2, ensure_ascii=False).replace("{{", "{ {").replace("}}", "} }")
    return head + "".join(f"      {line}\n" for line in body.split("\n"))


def mutants(payload: dict[str, Any], seed: random.Random) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Give a payload with one thing wrong, and the key that is wrong."""
    for what in ("messaging_product removed", "messaging_product renamed", "to retyped", "type changed"):
        value = copy.deepcopy(payload)
        key = what.split()[0]
        if key not in value:
            continue
        if what.endswith("removed"):
            del value[key]
        elif what.endswith("renamed"):
            value[f"{key}x"] = value.pop(key)
        elif what.endswith("retyped"):
            value[key] = {"no": seed.random()}
        else:
            value[key] = "telegram"
        yield what, value, key


@pytest.mark.timeout(300)
def test_whatsapps_examples_are_judged_by_whatsapps_schema_and_mutants_are_refused(
    workspace: Folder,
    callsheet: Callsheet,
    examples: list[tuple[str, dict[str, Any]]],
    snapshot: SnapshotAssertion,
) -> None:
    """Of 50 examples 27 break the schema beside them (a number for a text, fields that it lacks): the snapshot has each."""
    workspace.write("contracts/whatsapp.yaml", whatsapp().read_text())
    (workspace.path / "example.yaml").unlink()
    for number, (_, payload) in enumerate(examples):
        workspace.write(f"good_{number}.yaml", whatsapp_action(f"good_{number}", payload))
    told = findings_by_file(callsheet, workspace)
    names = {f"good_{number}.yaml": name for number, (name, _) in enumerate(examples)}
    assert {names[file]: words for file, words in told.items()} == snapshot
    seed = random.Random(5)
    wrong = {}
    for number, (_, payload) in enumerate(examples):
        (workspace.path / f"good_{number}.yaml").unlink()
        if f"good_{number}.yaml" in told:
            continue
        for index, (what, value, key) in enumerate(mutants(payload, seed)):
            name = f"bad_{number}_{index}"
            wrong[f"{name}.yaml"] = (what, key)
            workspace.write(f"{name}.yaml", whatsapp_action(name, value))
    assert len(wrong) >= 80
    told = findings_by_file(callsheet, workspace)
    assert set(told) == set(wrong)
    for file, (what, key) in wrong.items():
        assert any(key in words for words in told[file]), (what, told[file])


def findings_by_file(callsheet: Callsheet, folder: Folder) -> dict[str, list[str]]:
    """Give the words of what breaks a contract, by file."""
    record = json.loads(callsheet("validate", "-C", folder.path, "-o", "json").out)
    found: dict[str, list[str]] = {}
    for one in record["diagnostics"]:
        if one["code"] == "CS454":
            found.setdefault(one["file"], []).append(f"{one['line']}: {one['message']}")
    return found


def test_no_file_of_the_product_is_a_vendors(tmp_path: Path) -> None:
    del tmp_path
    for file in (ROOT / "actions").rglob("*.*"):
        if file.suffix in (".yaml", ".json"):
            assert not re.search(r"(?m)^(openapi|swagger):", file.read_text("utf-8"))


def forget_contracts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process read of contracts."""
    from callsheet.contracts import reading, sources

    monkeypatch.setattr(reading, "_OPERATIONS", Memo(1_000_000))
    monkeypatch.setattr(sources, "_PARSED", Memo(1_000_000))
    monkeypatch.setattr(sources, "_HELD", {})


def reads_of_contracts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list to which each contract is added when it is parsed; none is known yet."""
    from callsheet.contracts import sources

    parsed: list[str] = []
    real = sources.ContractFile._parsed
    monkeypatch.setattr(sources.ContractFile, "_parsed", lambda it: parsed.append(it.reference) or real(it))
    forget_contracts(monkeypatch)
    return parsed


def two_operations(bound: Folder) -> None:
    """Let two actions of the workspace each have an operation in one description, in JSON."""
    api = yaml.safe_load(API)
    api["paths"]["/other"] = {"post": {**api["paths"]["/send/{list}"]["post"], "operationId": "other"}}
    (bound.path / "api.yaml").unlink()
    (bound.path / "api.json").write_text(json.dumps(api, indent=1))
    text = (bound.path / "example.yaml").read_text().replace("api.yaml", "api.json")
    (bound.path / "example.yaml").write_text(text)
    text = text.replace("operation: send", "operation: other").replace("name: example", "name: other_one")
    text = text.replace("/v1/send/news", "/v1/other").replace("headers: {X-Team: crm}", "headers: {}")
    (bound.path / "other.yaml").write_text(text)


@pytest.mark.parametrize("verb", [("validate",), ("test",), ("test", "example")])
def test_two_operations_of_one_description_are_read_by_parsing_it_once(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...]
) -> None:
    two_operations(bound)
    parsed = reads_of_contracts(monkeypatch)
    outcome = callsheet(*verb, "-C", bound.path, "--no-cache")
    assert outcome.code == 0, outcome.out + outcome.err
    assert parsed == ["api.json"]


@pytest.mark.cached
def test_an_emulator_parses_no_description_that_validate_has_read(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callsheet import Workspace

    two_operations(bound)
    parsed = reads_of_contracts(monkeypatch)
    assert callsheet("validate", "-C", bound.path).code == 0
    assert parsed == ["api.json"]
    forget_contracts(monkeypatch)
    routes = Workspace(bound.path, cache=True).routes()
    assert {one.operation.at for one in routes if one.operation} == {
        "/paths/~1send~1{list}/post",
        "/paths/~1other/post",
    }
    assert parsed == ["api.json"]


def test_every_operation_of_a_description_is_imported_by_parsing_it_once(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callsheet.contracts import sources

    two_operations(bound)
    for name in ("example.yaml", "other.yaml"):
        (bound.path / name).unlink()
    parsed = reads_of_contracts(monkeypatch)
    # As if it were too large to be remembered.
    monkeypatch.setattr(sources, "_PARSED", Memo(0))
    outcome = callsheet("import", bound.path / "api.json", "--all", "-C", bound.path)
    assert outcome.code == 0, outcome.out + outcome.err
    assert parsed == ["api.json"]
    assert len([*bound.path.glob("**/*_send.yaml"), *bound.path.glob("**/*_other.yaml")]) == 2


def test_a_finding_in_a_description_in_json_is_placed_as_in_its_text(
    bound: Folder, callsheet: Callsheet
) -> None:
    two_operations(bound)
    text = (bound.path / "example.yaml").read_text()
    (bound.path / "example.yaml").write_text(text.replace("kind: push", "kind: pusk"))
    outcome = callsheet("validate", "-C", bound.path, "-o", "sarif")
    (result,) = json.loads(outcome.out)["runs"][0]["results"]
    (related,) = result["relatedLocations"]
    lines = (bound.path / "api.json").read_text().splitlines()
    assert lines[related["physicalLocation"]["region"]["startLine"] - 1].strip() == '"kind": {'


@pytest.mark.cached
def test_a_contract_is_read_once_for_its_content(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = reads_of_contracts(monkeypatch)
    first = callsheet("validate", "-C", bound.path)
    assert len(parsed) == 1
    assert callsheet("validate", "-C", bound.path).out == first.out
    assert len(parsed) == 1
    forget_contracts(monkeypatch)
    assert callsheet("validate", "-C", bound.path).out == first.out
    assert len(parsed) == 1
    # What a stranger put into the folder is not taken: the contract is read.
    (file,) = (bound.path / ".callsheet" / "cache").glob("contracts-*.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE kept SET body = replace(replace(body, 'push', 'pull'), 'CS454', 'CS999')"
        )
        connection.execute("UPDATE kept SET body = body || ' '")
    connection.close()
    forget_contracts(monkeypatch)
    assert callsheet("validate", "-C", bound.path).out == first.out
    assert len(parsed) == 2
    file.write_bytes(b"no database")
    assert callsheet("validate", "-C", bound.path).out == first.out
    # Another text is another contract.
    (bound.path / "api.yaml").write_text(API.replace("enum: [push, mail]", "enum: [mail]"))
    assert "CS454" in callsheet("validate", "-C", bound.path).out


@pytest.mark.cached
def test_what_a_contract_says_of_an_action_is_asked_again_only_where_something_changed(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = contracts_module.check_request

    def check_request(subject: Subject, operation: Operation) -> Iterator[Problem]:
        asked.append(operation.at)
        return real(subject, operation)

    monkeypatch.setattr(contracts_module, "check_request", check_request)
    first = callsheet("validate", "-C", bound.path)
    assert len(asked) > 0
    for changed in (None, "api.yaml", "example.yaml", "environments.yaml", None):
        asked.clear()
        if changed is not None:
            path = bound.path / changed
            path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
        assert callsheet("validate", "-C", bound.path).out == first.out
        assert bool(asked) == (changed is not None), changed


def test_a_reference_that_leads_to_itself_ends(bound: Folder, callsheet: Callsheet) -> None:
    for text in (
        API.replace("kind: {type: string, enum: [push, mail]}", 'kind: {$ref: "#/components/schemas/Loop"}')
        + '    Loop: {$ref: "#/components/schemas/Loop"}\n',
        API.replace("kind: {type: string, enum: [push, mail]}", 'kind: {$ref: "#/components/schemas/A"}')
        + '    A: {allOf: [{$ref: "#/components/schemas/B"}]}\n    B: {allOf: [{$ref: "#/components/schemas/A"}]}\n',
        API.replace("kind: {type: string, enum: [push, mail]}", 'kind: {$ref: "#/components/schemas/Loop"}')
        + '    Loop: {not: {$ref: "#/components/schemas/Loop"}}\n',
        API.replace("kind: {type: string, enum: [push, mail]}", 'kind: {$ref: "#/components/schemas/Loop"}')
        + "    Loop: {oneOf: [{type: string}], discriminator: {propertyName: a, mapping: {a: Loop}}}\n",
    ):
        (bound.path / "api.yaml").write_text(text)
        outcome = callsheet("validate", "-C", bound.path)
        assert "CS999" not in outcome.err, outcome.err
        assert "CS459" in outcome.out, outcome.out


def recursive_choice(bound: Folder, depth: int, leaf: Any) -> None:
    """Let the payload of the example be a tree of a kind that is a choice between six, each with the choice inside."""
    kinds = "".join(
        f"    {name}: {{type: object, required: [kind, branches], properties: {{branches: {{type: array, items: {{$ref: '#/components/schemas/Tree'}}}}, kind: {{type: string, enum: [{name}]}}, leaf: {{type: integer}}}}}}\n"
        for name in ("AND", "OR", "NOT", "ANY", "ONE", "TWO")
    )
    choice = ", ".join(
        f"{{$ref: '#/components/schemas/{one}'}}" for one in ("AND", "OR", "NOT", "ANY", "ONE", "TWO")
    )
    old = next(line for line in API.splitlines() if line.startswith("    Tree:"))
    (bound.path / "api.yaml").write_text(API.replace(old, f"    Tree: {{oneOf: [{choice}]}}\n{kinds}"))
    node: dict[str, Any] = {"kind": "OR", "leaf": leaf, "branches": []}
    for _ in range(depth):
        node = {"kind": "OR", "branches": [node]}
    text = (bound.path / "example.yaml").read_text()
    tree = json.dumps(node).replace("{", "{ ").replace('"', "")
    (bound.path / "example.yaml").write_text(text.replace("{inner: {inner: {leaf: 1}}}", tree))


@pytest.mark.timeout(30)
@pytest.mark.parametrize("depth", [6, 20])
def test_a_wrong_value_deep_in_a_recursive_choice_is_one_finding_at_its_line(
    bound: Folder, callsheet: Callsheet, depth: int
) -> None:
    recursive_choice(bound, depth, 1)
    assert callsheet("validate", "-C", bound.path).code == 0
    recursive_choice(bound, depth, "wrong")
    text = (bound.path / "example.yaml").read_text()
    (bound.path / "example.yaml").write_text(text.replace("leaf: 1", "leaf: wrong"))
    found = json.loads(callsheet("validate", "-C", bound.path, "-o", "json").out)["diagnostics"]
    (one,) = found
    branches = ".".join(["tree", *("branches", "0") * depth, "leaf"])
    assert (one["code"], one["message"]) == ("CS454", f"`{branches}` must be an integer by the contract")


def test_a_payload_that_cannot_be_compared_with_its_contract_is_said_to_be_unchecked(
    bound: Folder, callsheet: Callsheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from callsheet.contracts import evaluation

    recursive_choice(bound, 6, "wrong")
    monkeypatch.setattr(evaluation, "BUDGET", 10)
    outcome = callsheet("validate", "-C", bound.path)
    assert outcome.code == 0
    assert "warning CS440" in outcome.out
    assert "Valid, with 1 warning" in outcome.out
    assert callsheet("test", "-C", bound.path).code == 0


@pytest.mark.timeout(60)
def test_an_emulator_answers_others_while_one_call_is_compared_with_its_contract(bound: Folder) -> None:
    """A payload with a choice inside a choice takes seconds; the calls that come meanwhile do not wait for it."""
    from callsheet import Workspace
    from callsheet.emulator import Emulator, Faults

    recursive_choice(bound, 2, 1)
    # No key decides between the alternatives.
    text = (bound.path / "api.yaml").read_text()
    (bound.path / "api.yaml").write_text(
        re.sub(r"kind: \{type: string, enum: \[[A-Z]+\]\}", "kind: {}", text)
    )
    emulator = Emulator(Workspace(bound.path).routes(), Faults(()))
    threading.Thread(target=emulator.serve, daemon=True).start()
    try:
        tree: dict[str, Any] = {"kind": 1, "leaf": 1, "branches": []}
        for _ in range(10):
            tree = {"kind": 1, "branches": [tree, tree]}
        finished: list[str] = []

        def call(name: str, body: dict[str, Any]) -> None:
            (route,) = emulator.routes
            token = standin(route.authentication["token"]["secret"])
            host = emulator.url.removeprefix("http://")
            connection = http.client.HTTPConnection(host, timeout=50)
            headers = {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {token}",
                "X-Team": "crm",
            }
            connection.request("POST", "/api.example.com/v1/send/news", json.dumps(body), headers)
            answer = connection.getresponse()
            finished.append(f"{name} {answer.status}")
            connection.close()

        small = {"to": "ada", "kind": "push"}
        slow = threading.Thread(target=call, args=("slow", {**small, "tree": tree}))
        slow.start()
        time.sleep(0.1)
        for _ in range(5):
            call("quick", small)
        slow.join()
        assert finished == ["quick 200"] * 5 + ["slow 200"]
    finally:
        emulator.close()


def test_a_base_that_names_its_kinds_does_not_refer_to_itself(bound: Folder, callsheet: Callsheet) -> None:
    old = next(line for line in API.splitlines() if line.startswith("    Tree:"))
    base = "    Tree: {type: object, required: [kind], properties: {kind: {type: string}, leaf: {type: integer}}, discriminator: {propertyName: kind, mapping: {cat: '#/components/schemas/Cat'}}}\n"
    cat = "    Cat: {allOf: [{$ref: '#/components/schemas/Tree'}, {type: object, properties: {lives: {type: integer}}}]}"
    text = API.replace(old, base + cat).replace(
        'tree: {$ref: "#/components/schemas/Tree"}', 'tree: {$ref: "#/components/schemas/Cat"}'
    )
    (bound.path / "api.yaml").write_text(text)
    action = (bound.path / "example.yaml").read_text()
    (bound.path / "example.yaml").write_text(
        action.replace("{inner: {inner: {leaf: 1}}}", "{kind: cat, leaf: 1, lives: 9}")
    )
    outcome = callsheet("validate", "-C", bound.path)
    assert outcome.code == 0, outcome.out
    assert "CS459" not in outcome.out


def test_what_a_contract_would_refuse_of_a_generated_case_fails_it(
    bound: Folder, callsheet: Callsheet
) -> None:
    at = ("test", "example", "-C", bound.path)
    assert callsheet(*at).code == 0
    text = (bound.path / "example.yaml").read_text()
    (bound.path / "example.yaml").write_text(text.replace("example: ada, maxLength: 20}", "example: ada}"))
    failed = callsheet(*at, "-k", "to is a long text")
    assert "the contract rejects it: `to` does not satisfy `maxLength: 20` of the contract" in " ".join(
        failed.out.split()
    )


TRAPS = """\
info: {title: t, version: 1.10}
openapi: 3.0.3
servers: [{url: "https://api.example.com"}]
paths:
  /send:
    post:
      operationId: send
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [id]
              properties:
                id: {type: integer, format: int64, maximum: 9223372036854775807}
                zip: {type: string, example: 02134}
                at: {type: string, format: date-time, example: 2026-01-02T03:04:05Z}
                country: {type: string, enum: [de, no, on]}
              required: [id]
      responses: {200: {description: ok}}
"""
PART = "D:\n  type: object\n  properties: {a: {type: string}, next: {$ref: 'more.json#/E'}}\n  enum: [no, 1_000]\n"


@pytest.mark.parametrize("form", ["yaml", "json", "minified"])
def test_a_description_is_read_for_what_it_means_and_corrected_by_nobody(
    form: str, workspace: Folder, callsheet: Callsheet
) -> None:
    name = "api.yaml" if form == "yaml" else "api.json"
    text = TRAPS
    if form != "yaml":
        value = yaml.load(
            TRAPS.replace("2026-01-02T03:04:05Z", "'2026'").replace("200:", "'200':"), yaml.BaseLoader
        )
        schema = value["paths"]["/send"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema["properties"]["id"]["maximum"] = 9223372036854775807
        text = json.dumps(value, indent=None if form == "minified" else 1)
    workspace.write(name, text)
    action = (workspace.path / "example.yaml").read_text("utf-8")
    contract = f"  contract: {{openapi: {name}, operation: send}}\n"
    for payload, code in (
        ("{id: 7, country: 'no'}", ""),
        ("{id: seven}", "CS454"),
        ("{id: 7, country: fr}", "CS454"),
    ):
        changed = re.sub(r"    payload: .*\n", f"    payload: {payload}\n", action).replace(
            "/v1/send", "/send"
        )
        changed = re.sub(r"  parameters:\n(?:    .*\n)+", "", changed)
        workspace.write("example.yaml", changed.replace("spec:\n", f"spec:\n{contract}", 1))
        for cached in ((), ()):
            outcome = callsheet("validate", "-C", workspace.path, *cached)
            assert re.findall(r"(?:error|warning) (CS\d+)", outcome.out) == [code] * bool(code), outcome.out


def test_the_files_of_which_a_description_consists_are_no_documents_of_ours(
    workspace: Folder, callsheet: Callsheet
) -> None:
    workspace.write("parts/schemas.yaml", PART)
    workspace.write("parts/more.json", '{"E": {"maximum": 9223372036854775807}}')
    broken = callsheet("validate", "-C", workspace.path).out
    assert {"parts/schemas.yaml", "parts/more.json"} <= set(re.findall(r"^(\S+?):\d", broken, re.MULTILINE))
    reference = "$ref: './parts/schemas.yaml#/D'"
    workspace.write(
        "api.yaml",
        TRAPS.replace(
            "at: {type: string, format: date-time, example: 2026-01-02T03:04:05Z}", f"at: {{{reference}}}"
        ),
    )
    for _ in range(2):
        assert callsheet("validate", "-C", workspace.path).out == "Valid: 2 documents.\n"
    # What is an action stays one, whoever names its file.
    workspace.write("api.yaml", TRAPS + "x-more: {$ref: 'example.yaml#/spec'}\n")
    workspace.write(
        "example.yaml",
        "apiVersion: callsheet/v1\nkind: Action\nmetadata: {name: example}\nspec: {reqest: {}}\n",
    )
    assert "error CS2" in callsheet("validate", "-C", workspace.path).out
