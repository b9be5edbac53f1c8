"""A REST server of other people's making, json-server of npm, as target: a whole life, and nothing left of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from support.workspaces import Callsheet, Folder

JSON_SERVER = os.environ.get("CALLSHEET_JSON_SERVER") or shutil.which("json-server")
pytestmark = pytest.mark.skipif(
    not JSON_SERVER,
    reason="json-server is missing: npm install json-server@0.17, and CALLSHEET_JSON_SERVER",
)
ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Target
metadata: {{name: hooks}}
spec:
  id: id
  body: {{name: "{{{{ action.name }}}}", url: "{{{{ action.request.url }}}}", definition: "{{{{ action | tojson }}}}"}}
  list: {{path: {listed}, paging: {{{paging}}}}}
  create: {{path: /hooks}}
  update: {{path: "/hooks/{{id}}", method: {method}}}
  delete: {{path: "/hooks/{{id}}"}}
---
apiVersion: callsheet/v1
kind: Environment
metadata: {{name: local}}
spec:
  target: {{type: http, collection: hooks, url: {{secret: "env:HOOKS_URL"}}}}
  ledger: {{type: sqlite, path: .callsheet/local.db}}
"""
PAGING = {
    "page": ("/hooks?_limit=2", "type: page, parameter: _page"),
    "link": ("/hooks?_limit=2&_page=1", "type: link"),
}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    (tmp_path / "db.json").write_text('{"hooks": []}')
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(JSON_SERVER), "--host", "127.0.0.1", "--port", str(port), str(tmp_path / "db.json")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    monkeypatch.setenv("HOOKS_URL", f"http://127.0.0.1:{port}")
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            for _ in range(1200):  # Node starts slowly on a busy machine
                try:
                    client.get("/hooks")
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            else:
                pytest.fail("json-server does not answer")
            yield client
    finally:
        process.terminate()
        process.wait(10)


def there(server: httpx.Client) -> dict[str, Any]:
    return {one["name"]: one for one in server.get("/hooks").json()}


@pytest.mark.parametrize(("method", "paging"), [("PUT", "page"), ("PATCH", "link")])
def test_a_whole_life(
    workspace: Folder, server: httpx.Client, callsheet: Callsheet, method: str, paging: str
) -> None:
    at = ("-C", workspace.path)
    apply = ("apply", *at, "--yes", "-q")
    listed, pages = PAGING[paging]
    workspace.write("environments.yaml", ENVIRONMENT.format(method=method, listed=listed, paging=pages))
    for name in ("one", "two", "three", "four"):
        workspace.action(name)
    assert callsheet(*apply).code == 0
    first = there(server)
    assert sorted(first) == ["example", "four", "one", "three", "two"]
    assert json.loads(first["one"]["definition"])["request"]["url"] == first["one"]["url"]
    workspace.action("one", constant="2")
    workspace.rename("two", "deux")
    workspace.remove("three")
    assert callsheet(*apply).code == 0
    now = there(server)
    assert sorted(now) == ["deux", "example", "four", "one"]
    assert (now["one"]["id"], now["deux"]["id"]) == (first["one"]["id"], first["two"]["id"])
    assert callsheet("plan", *at, "--detailed-exitcode").code == 0
    # What the service keeps beside is its own; what somebody changes of ours is drift.
    server.patch(f"/hooks/{now['four']['id']}", json={"note": "seen"})
    assert callsheet("drift", *at, "--detailed-exitcode").code == 0
    server.patch(f"/hooks/{now['four']['id']}", json={"url": "https://other.example.com/"})
    server.post("/hooks", json={"name": "somebody's"})
    told = callsheet("drift", *at).out
    assert "host changed from api.example.com to other.example.com (new-host)" in told
    assert "  ? Object/" in told
    assert callsheet(*apply, "--accept", "drift").code == 0
    if method == "PATCH":
        assert there(server)["four"]["note"] == "seen"
    plan = workspace.path.parent / "back.json"
    assert callsheet("rollback", "1", *at, "--out", plan, "-q").code == 0
    assert callsheet("apply", plan, *at, "-q", "--accept", "max-delete").code == 0
    assert sorted(there(server)) == ["example", "four", "one", "somebody's", "three", "two"]
    for name in ("example", "deux", "one", "four"):
        workspace.remove(name)
    workspace.action("last")
    assert callsheet(*apply, "--accept", "max-delete").code == 0
    assert sorted(there(server)) == ["last", "somebody's"]
