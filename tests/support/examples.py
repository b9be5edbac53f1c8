"""The example documents of the rules: what `Bad:` and `Good:` stand for, as whole workspaces."""

from __future__ import annotations

import textwrap
from datetime import date
from typing import Any

import yaml

from callsheet.compiling import Compiled
from callsheet.compiling.workspace import compile_workspace
from callsheet.documents import MemorySource
from callsheet.language.merge import merged

ENVIRONMENT = """\
apiVersion: callsheet/v1
kind: Environment
metadata: {name: everywhere}
spec: {target: {type: sqlite, path: .callsheet/everywhere.db}}
"""

ACTION: dict[str, Any] = {
    "apiVersion": "callsheet/v1",
    "kind": "Action",
    "metadata": {"name": "example"},
    "spec": {"request": {"method": "POST", "url": "https://api.example.com/v1"}},
}


def workspace_of(example: str) -> dict[str, bytes]:
    """Give the files of an example: whole documents, or a piece of an action's `spec`."""
    files = {"environment.yaml": ENVIRONMENT.encode()}
    if "apiVersion" not in example:
        files["example.yaml"] = _action_with(example).encode()
    else:
        files["example.yaml"] = example.encode()
        if "kind: Action" not in example:
            files["action.yaml"] = yaml.safe_dump(ACTION).encode()
    return files


def _action_with(piece: str) -> str:
    """Put a piece of `spec` into an action, as text, so that what is odd in it stays odd."""
    try:
        spec = merged(ACTION["spec"], yaml.safe_load(piece))
        if yaml.safe_load(yaml.safe_dump(spec)) == spec and not _has_traps(piece):
            return yaml.safe_dump({**ACTION, "spec": spec}, sort_keys=False, allow_unicode=True)
    except yaml.YAMLError:
        pass
    head = yaml.safe_dump({key: ACTION[key] for key in ("apiVersion", "kind", "metadata")})
    url = "method: POST, url: 'https://api.example.com/v1', "
    return (
        head + "spec:\n" + textwrap.indent(piece.replace("request: {", "request: {" + url, 1), "  ") + "\n"
    )


def _has_traps(piece: str) -> bool:
    value = yaml.safe_load(piece)
    return repr(value) != repr(yaml.load(piece, yaml.BaseLoader)) and any(
        trap in piece
        for trap in (": no}", "1:20", ": 2026-", ".inf", ": 3.10", "12345678901234567890", "{1: ")
    )


JOURNEY = ENVIRONMENT.replace(
    "{target: {type: sqlite, path: .callsheet/everywhere.db}}",
    "{target: {type: journey-optimizer, sandbox: prod}, ledger: {type: sqlite, path: .callsheet/x.db}}",
)


TARGETS = {
    "journey": JOURNEY,
    "relay": JOURNEY.replace(
        "sandbox: prod",
        'sandbox: prod, relay: {url: "https://relay.example.com", key: {secret: "env:RELAY"}}',
    ),
    "channel": JOURNEY.replace("sandbox: prod", "sandbox: prod, flavor: custom-channel"),
    "orchestration": JOURNEY.replace("sandbox: prod", "sandbox: prod, flavor: journey-orchestration"),
}


def compile_example(example: str, subject: str = "action") -> Compiled:
    """Compile an example, in an environment of the target that its rule is about."""
    files = workspace_of(example)
    if subject in TARGETS:
        files["environment.yaml"] = TARGETS[subject].encode()
    return compile_workspace(MemorySource(files), today=date(2026, 11, 25))
