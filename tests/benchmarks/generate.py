"""Write a workspace of N generated actions, the same for the same N: for benchmarks and long tests."""

from __future__ import annotations

import sys
from pathlib import Path

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {project: shop, tenant: acme}
  target: {type: sqlite, path: .callsheet/local.db}
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


def generate(folder: Path, actions: int) -> None:
    """Write the workspace into a folder that is made."""
    folder.mkdir(parents=True)
    (folder / "environment.yaml").write_text(ENVIRONMENT, encoding="utf-8")
    for number in range(actions):
        text = ACTION % {"n": number, "team": number % 7, "group": number % 10}
        (folder / f"action_{number:05}.yaml").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    generate(Path(sys.argv[1]), int(sys.argv[2]))
