"""A command of its own process says from the cache what it says without one, in every format."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from support.hooks import ENVIRONMENT
from support.workspaces import ACTION, Folder

pytestmark = pytest.mark.cached

AGE = 2.2
"""Seconds after which a file is trusted by its stat."""
ALL = ("text", "json", "markdown", "html", "sarif", "junit", "github", "gitlab")
COMMANDS = [
    *(("validate", "-o", one) for one in ALL),
    *(("render", "example", "-e", "local", "-o", one) for one in ("text", "json")),
    *(
        ("plan", "-e", "local", "-o", one)
        for one in ("text", "json", "markdown", "html", "junit", "github")
    ),
    *(("drift", "-e", "local", "-o", one) for one in ("text", "json", "markdown", "html", "github")),
    *(("list", "-o", one) for one in ("text", "json", "markdown")),
    *(("test", "-o", one) for one in ("text", "json", "junit")),
    ("plan", "-e", "away"),
]
AWAY = (
    ENVIRONMENT.replace("name: local", "name: away")
    .replace("name: hooks", "name: away").replace("collection: hooks", "collection: away")
    .replace("local.db", "away.db")
    .replace(
        'authentication: {type: bearer, token: {secret: "env:HOOKS_TOKEN"}}',
        "authentication: {type: oauth2, grant: client_credentials, tokenUrl: 'https://login.example.com/t', clientId: x,"
        " clientSecret: {secret: 'env:OTHER'}}",
    )
)  # fmt: skip
SENDING = """\
apiVersion: callsheet/v1
kind: Action
metadata: {name: sending, title: {en: Example}, owner: team-a, labels: {channel: push}}
spec:
  connection: shop
  request: {method: POST, path: /v1, payload: {title: Hi}}
"""
CONNECTION = """\
apiVersion: callsheet/v1
kind: Connection
metadata: {name: shop}
spec:
  url: "https://shop.example.com"
  authentication: {type: bearer, token: {secret: "env:SHOP_TOKEN"}}
"""


def run(folder: Folder, *words: str) -> str:
    environment = {**os.environ, "COLUMNS": "100", "HOOKS_URL": "https://hooks.example.com"}
    environment.pop("CALLSHEET_NO_CACHE", None)
    command = [sys.executable, "-m", "callsheet", "-C", str(folder.path), *words]
    found = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60, env=environment, cwd=folder.path
    )
    return f"{found.returncode}\n{found.stdout}\n{found.stderr}"


def test_what_is_said_from_the_cache_is_what_is_said_without(workspace: Folder) -> None:
    workspace.write("away.yaml", AWAY)
    workspace.write("shop.yaml", CONNECTION)
    workspace.write("sending.yaml", SENDING)
    workspace.write("warned.yaml", ACTION.format(name="warned", constant='1, X-Api-Key: "4711"'))
    workspace.write(
        "unused.yaml", ACTION.format(name="unused", constant="1").replace("params.title", "env.name")
    )
    time.sleep(AGE)
    without = {one: run(workspace, *one, "--no-cache") for one in COMMANDS}
    assert run(workspace, "validate").startswith("0\n")
    found = {one: run(workspace, *one) for one in COMMANDS}
    for one in COMMANDS:
        assert "CS999" not in found[one], found[one]
        assert "No such" not in found[one], found[one]
        assert found[one] == without[one], one
    assert "CS961" in found["plan", "-e", "away"]
    assert "CS607" in found["validate", "-o", "sarif"]
