"""A workspace that is deployed to a REST collection: its environment, and what each step of an apply needs."""

from __future__ import annotations

from callsheet import Workspace
from support.collection import Collection
from support.workspaces import Callsheet, Folder

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: local}
spec:
  values: {host: api.example.com}
  target: {type: http, collection: hooks, url: {secret: "env:HOOKS_URL"}}
  ledger: {type: sqlite, path: .callsheet/local.db}
---
apiVersion: callsheet/v1
kind: Target
metadata: {name: hooks}
spec:
  authentication: {type: bearer, token: {secret: "env:HOOKS_TOKEN"}}
  id: id
  body: {name: "{{ action.name }}", kind: callsheet, target: {url: "{{ action.request.url }}"}, definition: "{{ action | tojson }}"}
  list: {path: /hooks, items: data}
  create: {path: /hooks}
  update: {path: "/hooks/{id}"}
  delete: {path: "/hooks/{id}"}
  idempotencyHeader: Idempotency-Key
  limits: {retries: 2, timeout: 5s}
"""
PAGING = {
    "none": "",
    "cursor": ", paging: {type: cursor, parameter: after, next: meta.next}",
    "page": ", paging: {type: page, parameter: page}",
    "link": ", paging: {type: link}",
    "next": ", paging: {type: next, next: meta.next}",
}


def settled(folder: Folder, callsheet: Callsheet, collection: Collection) -> None:
    """The next run finishes, nothing is there twice, and then there is nothing to do."""
    outcome = callsheet("apply", "-C", folder.path, "--yes", "-q")
    assert outcome.code == 0, outcome.err
    assert callsheet("plan", "-C", folder.path, "--detailed-exitcode").code == 0
    desired = sorted(Workspace(folder.path).compile().actions)
    assert collection.names() == desired


ACTIONS = ["create", "update", "delete", "rename"]


def prepared(folder: Folder, callsheet: Callsheet, action: str) -> None:
    """Bring about that the next apply does one step of a kind."""
    folder.action("one")
    if action != "create":
        assert callsheet("apply", "-C", folder.path, "--yes", "-q").code == 0
    else:
        (folder.path / "one.yaml").unlink()
        assert callsheet("apply", "-C", folder.path, "--yes", "-q").code == 0
        folder.action("one")
    if action == "update":
        folder.action("one", constant="other")
    elif action == "delete":
        (folder.path / "one.yaml").unlink()
    elif action == "rename":
        folder.rename("one", "two")
