"""Write a workspace of N generated actions, the same for the same arguments: for benchmarks and long tests."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: %(name)s}
spec:
  values: {project: shop%(suffix)s, tenant: acme%(suffix)s}
  target: {type: sqlite, path: .callsheet/%(name)s.db}
"""

ACTION = """\
apiVersion: callsheet/v1
kind: Action
metadata:
  name: action_%(n)05d
  title: {en: Action number %(n)d, fr: Action numéro %(n)d}
  description: A generated action that sends message %(n)d
  owner: team-%(team)d
  labels: {vendor: firebase, channel: push, group: g%(group)d}
spec:
  request:
    method: POST
    url: https://api.example.com/v1/projects/{{ values.project }}/messages/%(n)d
    headers:
      Content-Type: application/json; charset=UTF-8
      X-Tenant: "{{ values.tenant }}"
    payload:
      message:
        id: %(n)d
        fid: "{{ params.installation_id }}"
        notification:
          title: "{{ params.title }}"
          body: "Hello {{ params.first_name }}, message %(n)d"
        data:
          kind: generated
          ratio: 0.5
          urgent: false
          tags: [a, b, c]
  authentication:
    type: bearer
    token: {secret: "env:TOKEN"}
  parameters:
    installation_id:
      type: string
      label: Installation
      sensitivity: device-id
      example: abc
    title:
      type: string
      label: Title
      maxLength: 120
      example: Hi
    first_name:
      type: string
      label: First name
      sensitivity: name
      example: Ada
  responses:
    success:
      payload: {name: "projects/x"}
    failure:
      payload:
        error: {code: 404, status: NOT_FOUND}
  limits:
    timeout: 10s
    retries: 3
  tests:
    - name: minimal
      params: {installation_id: abc, title: Hi, first_name: Ada}
      expect:
        payload: {message: {id: %(n)d}}
"""

CONNECTED = """\
apiVersion: callsheet/v1
kind: Action
metadata:
  name: action_%(n)05d
  title: {en: Action number %(n)d, fr: Action numéro %(n)d}
spec:
  connection: vendor
  request:
    method: POST
    path: /messages/%(n)d
    payload:
      id: %(n)d
      customer: {$fragment: customer, with: {id: "{{ params.customer }}"}}
  parameters:
    customer: {type: string, label: Customer, sensitivity: customer-id, example: c-1}
"""

SHARED = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: vendor, owner: team-crm, labels: {vendor: vendor, channel: email}}
spec:
  url: "https://api.example.com/{{ values.project }}"
  headers: {X-Version: "3", X-Tenant: "{{ values.tenant }}"}
  authentication: {type: bearer, token: {secret: "env:VENDOR"}}
  limits: {timeout: 8s, retries: 2}
---
apiVersion: callsheet/v1
kind: Fragment
metadata: {name: customer}
spec:
  parameters: {id: {type: string, label: Customer, sensitivity: customer-id, example: c-1}}
  payload: {id: "{{ params.id }}", tenant: "{{ values.tenant }}"}
"""

SET = """\
apiVersion: callsheet/v1
kind: ActionSet
metadata: {name: set_%(n)05d}
spec:
  items:
%(rows)s
  template:
    metadata: {name: "action_{{ item.key }}", title: {en: "{{ item.title }}"}}
    spec:
      connection: vendor
      request: {method: POST, path: /campaigns/send, payload: {campaign: "{{ item.campaign }}", to: "{{ params.to }}"}}
      parameters: {to: {type: string, label: To, sensitivity: email, example: ada@example.com}}
"""

MESSAGE = """\
apiVersion: callsheet/v1
kind: Message
metadata: {name: message_%(n)05d, title: {en: Message %(n)d}}
spec:
  channel: email
  via: {smtp: {host: "smtp.{{ values.tenant }}.example.com", username: shop, password: {secret: "env:SMTP"}}}
  from: {name: Shop, email: shop@example.com}
  to: "{{ params.email }}"
  parameters:
    email: {type: string, label: Email, sensitivity: email, example: ada@example.com}
    name: {type: string, label: Name, sensitivity: name, example: Ada}
  content:
    en: {subject: "Message %(n)d", text: "Hello {{ params.name }}"}
    fr: {subject: "Message %(n)d", text: "Bonjour {{ params.name }}"}
"""

DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "Generated", "version": "1"},
    "servers": [{"url": "https://api.example.com/v1/projects/{project}"}],
    "paths": {
        "/messages/{id}": {
            "post": {
                "operationId": "send",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "project", "in": "path", "required": True, "schema": {"type": "string"}},
                ],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["message"],
                                "properties": {"message": {"type": "object"}},
                            }
                        }
                    },
                },
                "responses": {"200": {"description": "sent"}},
            }
        }
    },
}

_ROWS = 50
"""Of each set."""


def generate(folder: Path, actions: int, *, environments: int = 1, mixed: bool = False) -> None:
    """Write the workspace into a folder that is made.

    Args:
        folder: where.
        actions: how many; those of sets count, messages do not.
        environments: how many; their values differ.
        mixed: whether one of ten has a warning, one a contract, one a connection and a fragment, and one is of
            a set, with a message for each twenty; else all are written out.

    """
    folder.mkdir(parents=True)
    names = ("local", "staging", "production")[:environments] if environments <= 3 else ()
    texts = [
        ENVIRONMENT % {"name": one, "suffix": f"-{one}" if index else ""} for index, one in enumerate(names)
    ]
    (folder / "environment.yaml").write_text("---\n".join(texts), encoding="utf-8")
    for name, text in _mixed(actions) if mixed else _plain(range(actions)):
        (folder / name).write_text(text, encoding="utf-8")


def _plain(numbers: range) -> Iterator[tuple[str, str]]:
    for number in numbers:
        fields = {"n": number, "team": number % 7, "group": number % 10}
        yield f"action_{number:05}.yaml", ACTION % fields


def _mixed(actions: int) -> Iterator[tuple[str, str]]:
    yield "shared.yaml", SHARED
    yield "api.json", json.dumps(DESCRIPTION)
    rows: list[int] = []
    for number in range(actions):
        name = f"action_{number:05}.yaml"
        (text,) = (text for _, text in _plain(range(number, number + 1)))
        match number % 10:
            case 0:
                rows.append(number)
            case 1:
                yield name, CONNECTED % {"n": number}
            case 2:
                contract = "spec:\n  contract: {openapi: api.json, operation: send, ignore: [{path: /url, reason: a generated host}]}"
                yield name, text.replace("spec:", contract, 1)
            case 3:
                yield (
                    name,
                    text.replace(
                        "      sensitivity: name\n", "      sensitivity: name\n      optional: true\n"
                    ),
                )
            case _:
                yield name, text
        if number % 20 == 0:
            yield f"message_{number:05}.yaml", MESSAGE % {"n": number}
    for start in range(0, len(rows), _ROWS):
        lines = (
            f'    - {{key: "{one:05}", title: Row {one}, campaign: c-{one}}}'
            for one in rows[start : start + _ROWS]
        )
        yield f"set_{start:05}.yaml", SET % {"n": start, "rows": "\n".join(lines)}


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]), environments=3, mixed=True)
